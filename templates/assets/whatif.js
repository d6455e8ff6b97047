// Looks up the recommendation for other limits in the table that the page has for every span.
for (const box of document.querySelectorAll('[data-what-if]')) {
  const { spans, gap, words, cells, refused } = JSON.parse(box.dataset.whatIf);
  const sliders = [...box.querySelectorAll('input')], answer = box.querySelector('[data-answer]');
  const show = () => {
    const limits = sliders.map((slider) => {
      box.querySelector(`[for=${slider.id}] b`).textContent = slider.value + ' %';
      return +slider.value;
    });
    const at = limits.reduce((n, limit, i) => n * spans[i].length + Math.max(0, spans[i].filter((from) => from <= limit).length - 1), 0);
    answer.textContent = limits[2] > limits[1] - gap ? refused : words[cells[at]];
  };
  box.oninput = show;
  box.hidden = false;
  show();
}
