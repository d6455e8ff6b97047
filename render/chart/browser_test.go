//go:build browser

package chart

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// policy is what the site's pages declare, as a header here so that the test does
// not depend on where the meta element stands.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"require-trusted-types-for 'script'; trusted-types ip3dp"

// upgrade enters every figure and waits until each shows the interactive chart, then
// moves over the first, switches the theme, and says what happened.
const upgrade = `(async () => {
  const violations = [];
  document.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.sample));
  const figures = [...document.querySelectorAll('[data-chart]')], tops = figures.map((f) => f.offsetHeight);
  const before = performance.getEntriesByType('resource').filter((r) => r.name.includes('echarts')).length;
  figures.forEach((f) => f.dispatchEvent(new PointerEvent('pointerenter')));
  for (let i = 0; i < 100 && document.querySelectorAll('.echart svg').length < figures.length; i++) await new Promise((r) => setTimeout(r, 100));
  const plot = document.querySelector('.echart'), box = plot.getBoundingClientRect();
  plot.firstChild.dispatchEvent(new MouseEvent('mousemove', { clientX: box.left + box.width * 0.8, clientY: box.top + box.height / 2, bubbles: true }));
  await new Promise((r) => setTimeout(r, 300));
  const text = plot.textContent;
  document.querySelector('[data-theme-switch]').click();
  await new Promise((r) => setTimeout(r, 300));
  return {
    before, figures: figures.length, live: document.querySelectorAll('.echart svg').length,
    moved: figures.filter((f, i) => f.offsetHeight !== tops[i]).length,
    theme: document.documentElement.dataset.theme, tooltip: text.includes('Interval: '), violations,
  };
})()`

// Every figure of the specimen becomes interactive under the strict policy: no
// violation, nothing moves, nothing was fetched before the pointer came. Run it
// where a Chromium is installed: go test -tags browser ./render/chart
func TestFiguresHydrateUnderTheStrictPolicy(t *testing.T) {
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
		Before, Figures, Live, Moved int
		Theme                        string
		Tooltip                      bool
		Violations                   []string
	}](upgrade, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Violations) > 0 {
		t.Errorf("violations of the policy: %q", got.Violations)
	}
	if got.Figures == 0 || got.Live != got.Figures || got.Moved != 0 || got.Before != 0 {
		t.Errorf("%d figures, %d live, %d moved, %d fetched before", got.Figures, got.Live, got.Moved, got.Before)
	}
	if got.Theme != "dark" || !got.Tooltip {
		t.Errorf("theme %q, tooltip %v", got.Theme, got.Tooltip)
	}
}
