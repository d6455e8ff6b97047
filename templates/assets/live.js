// Reloads the page when the site was rebuilt. Only "ip3dp serve" adds this script;
// its server names the site that a page belongs to in a header.
'use strict';
{
  const [load] = performance.getEntriesByType('navigation');
  let shown = load?.serverTiming?.find((entry) => entry.name === 'site')?.description;
  const stream = new EventSource(new URL('../-/live', document.currentScript.src));
  stream.addEventListener('site', (event) => {
    shown ||= event.data;
    if (shown !== event.data) location.reload();
  });
}
