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

  // ECharts is fetched for the first chart that is opened, search.js for the first search
  // field that is entered, and no other script ever.
  const loading = {}, policy = window.trustedTypes?.createPolicy('ip3dp', { createScriptURL: (name) => urls[name] });
  const load = (name) => loading[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = policy ? policy.createScriptURL(name) : urls[name];
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  // A slider over the rows of a figure's table.
  const set = (el, to) => { for (const k in to) el.setAttribute(k, to[k]); return el; };
  const slide = (box, figure, n, show) => {
    const [head, ...rows] = figure.querySelectorAll('tr');
    let i = n;
    const go = (to) => {
      i = Math.max(0, Math.min(n, to));
      const [when, ...cells] = [...rows[i].cells].map((cell) => cell.textContent);
      const lines = cells.map((text, k) => k ? text && head.cells[k + 1].textContent + ' ' + text : when + ': ' + text).filter(Boolean);
      set(box, { 'aria-valuenow': i, 'aria-valuetext': lines.join(', ') });
      show(i, lines);
    };
    set(box, { role: 'slider', tabindex: 0, 'aria-valuemin': 0, 'aria-valuemax': n, 'aria-valuenow': n });
    box.onfocus = () => go(i);
    box.onkeydown = (e) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -n, End: n }[e.key];
      if (by) e.preventDefault(go(i + by));
    };
    return go;
  };

  // The cursor. data-cur has the positions in percent, or nothing if they are even.
  const point = (svg) => {
    const figure = svg.closest('figure'), rows = figure.querySelectorAll('tbody tr'), n = rows.length - 1;
    if (n < 1) return;
    const at = [...rows].map((_, i) => svg.dataset.cur.split(' ')[i] || (i + .5) / (n + 1) * 100);
    const add = (name, to, values) => set(to.appendChild(document.createElementNS(svg.namespaceURI, name)), values);
    let g;
    const hide = () => g?.remove();
    const go = slide(svg, figure, n, (i, lines) => {
      hide();
      g = add('g', svg, { class: 'cur' });
      add('line', g, { x1: at[i] + '%', x2: at[i] + '%', y2: svg.clientHeight - 24 });
      const text = add('text', g, { y: 14 });
      for (const line of lines) add('tspan', text, { x: 0, dy: line === lines[0] ? 0 : 18 }).textContent = line.slice(0, 36);
      const wide = svg.clientWidth, size = text.getBBox().width;
      set(text, { transform: `translate(${Math.max(-38, Math.min(at[i] / 100 * wide - size / 2, wide + 38 - size))})` });
    });
    svg.onpointermove = svg.onpointerdown = (e) => {
      const box = svg.getBoundingClientRect(), far = (i) => Math.abs(at[i] - (e.clientX - box.left) / box.width * 100);
      go(at.reduce((best, _, i) => far(i) < far(best) ? i : best, 0));
    };
    svg.onpointerleave = () => document.activeElement === svg || hide();
    svg.onblur = hide;
  };

  // The same chart of ECharts, on request. Its option is in the figure.
  const live = (option) => {
    const figure = option.closest('figure'), button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Open interactive chart';
    button.onclick = () => load('echarts').then(() => redraw.push(echarts.open(figure, button, option.text, slide)), () => {});
    option.before(button); // it stays if the script fails
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
    each('svg[data-cur]', point);
    each('figure script', live);
  });
})();
