// Reloads the page when the site was rebuilt. Only "ip3dp serve" adds this script.
'use strict';
{
  const stream = new EventSource(new URL('../-/live', document.currentScript.src));
  let shown = '';
  stream.addEventListener('site', (event) => {
    if (shown && shown !== event.data) location.reload();
    shown = event.data;
  });
}
