// Finds pages by their titles. Fetched when a search field is first entered; it
// fetches the index in turn. Without either, the link beside the field leads to a
// page that lists everything.
(() => {
  const words = (text) => text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '').split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  // Every word sought must begin a word of the entry; titles count before texts.
  const score = (sought, title, text) => sought.every((w) => [...title, ...text].some((have) => have.startsWith(w)))
    ? sought.filter((w) => title.some((have) => have.startsWith(w))).length * 2 + (title[0] || '').startsWith(sought[0])
    : -1;

  // On the page that lists everything, a field filters the list in place.
  const filter = (field, pages) => {
    const sought = words(field.value), status = document.querySelector('[data-found]');
    let found = 0;
    for (const section of pages.querySelectorAll('section')) {
      for (const item of section.querySelectorAll('li')) {
        item.hidden = sought.length > 0 && score(sought, words(item.textContent), words(section.querySelector('h2').textContent)) < 0;
        found += !item.hidden;
      }
      section.hidden = !section.querySelector('li:not([hidden])');
    }
    if (status) status.textContent = sought.length ? found + ' found' : '';
  };

  // Elsewhere it shows the best entries below it, as links.
  let index;
  const load = (root) => index ??= location.protocol === 'file:' ? Promise.reject('nothing can be fetched from a folder') : fetch(root + 'search.json')
    .then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status))
    .then((list) => list.map((entry) => ({ ...entry, title: words(entry.t), text: words((entry.x || '') + ' ' + entry.k) })));

  const link = (href, title, kind) => {
    const a = document.createElement('a'), name = document.createElement('bdi'), small = document.createElement('small');
    a.href = href;
    name.textContent = title;
    small.textContent = kind;
    a.append(name, ' ', small);
    return a;
  };
  const show = async (field, box) => {
    const sought = words(field.value), root = field.dataset.search, rows = [];
    const all = link(root + 'search/index.html#q=' + encodeURIComponent(field.value), 'All pages', '');
    if (sought.length) {
      try {
        const found = (await load(root)).map((entry) => [score(sought, entry.title, entry.text), entry])
          .filter(([rank]) => rank >= 0).sort((a, b) => b[0] - a[0]).slice(0, 8);
        rows.push(...found.map(([, entry]) => link(root + entry.u, entry.t, entry.k)));
      } catch {} // the list of all pages remains
    }
    if (words(field.value).join() !== sought.join()) return; // typed on meanwhile
    box.replaceChildren(...[...rows, all].map((a) => {
      const item = document.createElement('li');
      item.append(a);
      return item;
    }));
    box.hidden = !sought.length;
  };

  const pages = document.querySelector('[data-pages]');
  for (const field of document.querySelectorAll('[data-search]')) {
    if (pages) {
      const sought = new URLSearchParams(location.hash.slice(1)).get('q');
      if (sought && !field.value) field.value = sought;
      filter(field, pages);
      field.oninput = () => filter(field, pages);
      continue;
    }
    const box = document.createElement('ul'), place = field.parentElement;
    box.className = 'found';
    box.hidden = true;
    place.append(box);
    field.oninput = () => show(field, box);
    place.onkeydown = (event) => {
      const links = [...box.querySelectorAll('a')], at = links.indexOf(document.activeElement);
      if (event.key === 'Escape') { box.hidden = true; field.focus(); }
      if (event.key === 'Enter' && event.target === field && links.length) links[0].click();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !box.hidden) {
        event.preventDefault();
        (links[at + step] || field).focus();
      }
    };
    place.addEventListener('focusout', (event) => { box.hidden = !place.contains(event.relatedTarget); });
    if (field.value) show(field, box);
  }
})();
