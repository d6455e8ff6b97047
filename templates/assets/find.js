// A field that finds a name in a list: it hides the entries that do not contain the text. The
// names are links without this script.
for (const field of document.querySelectorAll('[data-find]')) {
  const list = document.querySelectorAll(field.dataset.find), out = field.closest('p').querySelector('output');
  field.closest('p').hidden = false;
  field.oninput = () => {
    const text = field.value.trim().toLowerCase(), found = new Set();
    for (const x of list) {
      const name = x.firstElementChild.textContent.toLowerCase();
      x.hidden = !name.includes(text);
      if (!x.hidden) found.add(name);
    }
    out.textContent = text && `${found.size} found`;
  };
}
