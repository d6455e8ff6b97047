// All script of a page: <script src="site.js" data-echarts="…" data-search="…"></script>
// in <head>, not deferred, so that a chosen theme is in force before first paint.
(() => {
  const root = document.documentElement, key = 'ip3dp-theme', urls = document.currentScript.dataset;
  const dark = matchMedia('(prefers-color-scheme: dark)'), redraw = [];
  const isDark = () => (root.dataset.theme || (dark.matches ? 'dark' : 'light')) === 'dark';
  const each = (selector, f) => document.querySelectorAll(selector).forEach(f);
  const changed = () => {
    each('[data-theme-switch]', (button) => button.setAttribute('aria-pressed', isDark()));
    redraw.forEach((draw) => draw());
  };
  try { root.dataset.theme = localStorage[key] || ''; } catch {} // file:// may refuse

  // ECharts is fetched for the first figure that is entered, search.js for the first
  // search field that is, and no other script ever.
  const loading = {}, policy = window.trustedTypes?.createPolicy('ip3dp', { createScriptURL: (name) => urls[name] });
  const load = (name) => loading[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = policy ? policy.createScriptURL(name) : urls[name];
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  // The option stands in the figure; a tooltip is a row of its table.
  const upgrade = async (figure) => {
    await load('echarts');
    const box = document.createElement('div'), plot = figure.querySelector('.plot');
    const [head, ...rows] = figure.querySelectorAll('tr');
    box.className = 'echart';
    box.ariaHidden = true;
    plot.append(box);
    plot.classList.add('live');
    const chart = echarts.init(box, null, { renderer: 'svg' });
    const draw = () => {
      const css = getComputedStyle(root);
      const option = JSON.parse(figure.querySelector('script').text,
        (name, value) => /color$/i.test(name) ? css.getPropertyValue(value) : value);
      option.textStyle = { fontFamily: css.fontFamily };
      option.tooltip.textStyle = { color: css.color };
      option.tooltip.formatter = (at) => [...rows[(at[0] || at).dataIndex].cells]
        .map((cell, i) => cell.textContent && (i ? head.cells[i].textContent + ': ' : '') + cell.textContent)
        .filter(Boolean).join('\n');
      chart.setOption(option, true);
    };
    draw();
    redraw.push(draw);
    new ResizeObserver(() => chart.resize()).observe(box);
  };

  addEventListener('DOMContentLoaded', () => {
    each('[data-theme-switch]', (button) => button.onclick = () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      try { localStorage[key] = root.dataset.theme; } catch {}
      changed();
    });
    dark.onchange = changed;
    changed();
    each('input[data-search]', (field) => field.onfocus = () => load('search').catch(() => {}));
    if (location.hash.startsWith('#q=')) load('search').catch(() => {});
    each('[data-chart]', (figure) => {
      let done; // if it fails, the static picture stays
      figure.onpointerenter = () => done ??= upgrade(figure).catch(() => {});
      figure.addEventListener('focusin', figure.onpointerenter);
    });
  });
})();
