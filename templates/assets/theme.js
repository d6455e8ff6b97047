// The dark/light switch. Loaded in <head> without defer, so that the choice is in
// force before the first paint; nothing waits for it longer than its few bytes.
// Without JavaScript, or from file:// where storage may throw, the system decides.
(() => {
  const root = document.documentElement, key = 'ip3dp-theme';
  const stored = (value) => {
    try {
      if (value) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch { return value; }
  };
  const apply = (theme) => { if (theme === 'dark' || theme === 'light') root.dataset.theme = theme; };
  apply(stored());
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('[data-theme-switch]');
    if (!button) return;
    const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    const show = () => button.setAttribute('aria-pressed', String(dark()));
    button.hidden = false;
    show();
    button.addEventListener('click', () => {
      const next = dark() ? 'light' : 'dark';
      apply(next);
      stored(next);
      show();
      document.dispatchEvent(new Event('themechange'));
    });
  });
})();
