//go:build browser

package chart

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// policy is what the site's pages declare, as a header here so that the test does
// not depend on where the meta element stands.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"require-trusted-types-for 'script'; trusted-types ip3dp"

// use moves every cursor by pointer and keys, opens every interactive chart, moves over the first,
// and switches the theme. It returns what happened.
const use = `(async () => {
  const violations = [], wait = (ms) => new Promise((r) => setTimeout(r, ms));
  document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.sample));
  const faults = [];
  for (const svg of document.querySelectorAll('svg[data-cur]')) {
    const rows = svg.closest('figure').querySelectorAll('tbody tr'), box = svg.getBoundingClientRect(), id = svg.closest('figure').id;
    const key = (k) => svg.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }));
    const now = () => svg.getAttribute('aria-valuetext'), row = (i) => [...rows[i].cells].map((c) => c.textContent);
    const agrees = (i) => row(i).every((text) => now().includes(text)) && +svg.getAttribute('aria-valuenow') === i;
    if (svg.getAttribute('role') !== 'slider' || !svg.getAttribute('aria-label') || svg.tabIndex !== 0) faults.push(id + ': no slider');
    svg.dispatchEvent(new FocusEvent('focus'));
    if (!agrees(rows.length - 1)) faults.push(id + ': focus has ' + now());
    key('Home');
    if (!agrees(0)) faults.push(id + ': Home has ' + now());
    key('ArrowRight');
    if (!agrees(1)) faults.push(id + ': the arrow has ' + now());
    key('End');
    if (!agrees(rows.length - 1)) faults.push(id + ': End has ' + now());
    svg.dispatchEvent(new PointerEvent('pointerdown', { clientX: box.left + 1, clientY: box.top + 9, pointerType: 'touch' }));
    if (!agrees(0)) faults.push(id + ': touch has ' + now());
    const text = svg.querySelector('.cur text').getBoundingClientRect();
    if (text.left < 0 || text.right > innerWidth) faults.push(id + ': the cursor leaves the page');
    svg.dispatchEvent(new FocusEvent('blur'));
    if (svg.querySelector('.cur')) faults.push(id + ': the cursor stays');
  }
  const sliders = document.querySelectorAll('svg[role=slider]').length;
  const before = performance.getEntriesByType('resource').filter((r) => r.name.includes('echarts')).length;
  document.querySelectorAll('details').forEach((d) => d.open = true);
  const buttons = [...document.querySelectorAll('figure button')];
  buttons.forEach((b) => b.click());
  for (let i = 0; i < 100 && document.querySelectorAll('.echart svg').length < buttons.length; i++) await wait(100);
  const plot = document.querySelector('.echart');
  plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }));
  await wait(300);
  const colour = () => plot.querySelector('path[stroke="' + getComputedStyle(document.querySelector('.ln')).stroke + '"]') !== null;
  const light = colour(), tooltip = plot.textContent.includes(plot.getAttribute('aria-valuetext').split(', ')[0]), words = plot.textContent;
  document.querySelector('[data-theme-switch]').click();
  await wait(300);
  return {
    before, sliders, faults, buttons: buttons.length, live: document.querySelectorAll('.echart svg').length,
    theme: document.documentElement.dataset.theme, tooltip, coloured: light && colour(), words, violations,
  };
})()`

// Every chart of the specimen has a cursor that reads its table, and opens as an interactive
// chart, under the strict policy: no violation, and nothing is fetched before the button is
// pressed. Run it where a Chromium is installed: go test -tags browser ./render/chart
func TestCursorsAndChartsUnderTheStrictPolicy(t *testing.T) {
	files := http.FileServer(http.Dir("../.."))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	ctx, cancelTime := context.WithTimeout(ctx, time.Minute)
	defer cancelTime()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/render/chart/testdata/specimen.html")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
		Before, Sliders, Buttons, Live int
		Theme, Words                   string
		Tooltip, Coloured              bool
		Faults, Violations             []string
	}](use, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Violations) > 0 || len(got.Faults) > 0 {
		t.Errorf("violations of the policy: %q; faults: %q", got.Violations, got.Faults)
	}
	if got.Sliders < 8 || got.Buttons < 6 || got.Live != got.Buttons || got.Before != 0 {
		t.Errorf("%d sliders, %d buttons, %d live, %d fetched before", got.Sliders, got.Buttons, got.Live, got.Before)
	}
	if got.Theme != "dark" || !got.Tooltip || !got.Coloured {
		t.Errorf("theme %q, tooltip %v, coloured %v", got.Theme, got.Tooltip, got.Coloured)
	}
	// The interactive chart has the words of the picture.
	for _, words := range []string{"target at most 1", "49 min", "general availability", "summer freeze"} {
		if !strings.Contains(got.Words, words) {
			t.Errorf("the interactive chart lacks %q: %q", words, got.Words)
		}
	}
}
