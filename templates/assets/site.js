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

  // A slider over the rows of a figure's table: each row in words, the first line with the value.
  const slide = (box, figure, n, show) => {
    const [head, ...rows] = figure.querySelectorAll('tr');
    let i = n;
    const go = (to) => {
      i = Math.max(0, Math.min(n, to));
      const [when, ...cells] = [...rows[i].cells].map((cell) => cell.textContent);
      const lines = [when + ': ' + cells[0]];
      cells.forEach((text, k) => k && text && lines.push(head.cells[k + 1].textContent + ' ' + text));
      set(box, { 'aria-valuenow': i, 'aria-valuetext': lines.join(', ') });
      show(i, lines);
    };
    set(box, { role: 'slider', tabindex: 0, 'aria-valuemin': 0, 'aria-valuemax': n, 'aria-valuenow': n });
    box.onfocus = () => go(i);
    box.onkeydown = (e) => {
      const to = { ArrowLeft: i - 1, ArrowDown: i - 1, ArrowRight: i + 1, ArrowUp: i + 1, Home: 0, End: n }[e.key];
      if (to === undefined) return;
      go(to);
      e.preventDefault();
    };
    return go;
  };
  const set = (el, values) => { for (const name in values) el.setAttribute(name, values[name]); };

  // The cursor over a static chart. data-cur has the positions of the points in percent, or
  // nothing if all have the same distance.
  const point = (svg) => {
    const figure = svg.closest('figure'), n = figure.querySelectorAll('tbody tr').length - 1;
    if (n < 1) return;
    const at = svg.dataset.cur ? svg.dataset.cur.split(' ') : Array.from({ length: n + 1 }, (_, i) => (i + .5) / (n + 1) * 100);
    const add = (name, to, values) => {
      const el = to.appendChild(document.createElementNS(svg.namespaceURI, name));
      set(el, values);
      return el;
    };
    let g;
    const hide = () => g && g.remove();
    const go = slide(svg, figure, n, (i, lines) => {
      hide();
      g = add('g', svg, { class: 'cur' });
      add('line', g, { x1: at[i] + '%', x2: at[i] + '%', y2: svg.clientHeight - 24 });
      const text = add('text', g, { y: 14 });
      lines.forEach((line, k) => add('tspan', text, { x: 0, dy: k && 18 }).textContent = line.length > 36 ? line.slice(0, 35) + '…' : line);
      const wide = svg.clientWidth, size = text.getBBox().width, x = at[i] / 100 * wide;
      set(text, { transform: `translate(${Math.max(-38, x > wide / 2 ? x - size - 8 : Math.min(x + 8, wide + 38 - size))})` });
    });
    svg.onpointermove = svg.onpointerdown = (e) => {
      const box = svg.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * 100;
      go(at.reduce((best, v, i) => Math.abs(v - x) < Math.abs(at[best] - x) ? i : best, 0));
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
