//go:build browser

package render

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// seek types into the field of the header and says what was fetched before, what is
// found, and where Enter would lead.
const seek = `(async () => {
  const field = document.querySelector('header input[data-search]');
  const before = performance.getEntriesByType('resource').filter((r) => r.name.includes('search')).length;
  field.focus();
  field.value = 'custom helm';
  for (let i = 0; i < 100 && !document.querySelector('.found'); i++) await new Promise((r) => setTimeout(r, 50));
  field.dispatchEvent(new Event('input'));
  await new Promise((r) => setTimeout(r, 500));
  const links = [...document.querySelectorAll('.found:not([hidden]) a')];
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
  const focused = document.activeElement === links[0];
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  return { before, focused, open: !document.querySelector('.found').hidden, back: document.activeElement === field, links: links.map((a) => a.href) };
})()`

// filtered says what the page of all entries shows for the words in its address.
const filtered = `(async () => {
  for (let i = 0; i < 100 && !document.querySelector('[data-pages] [hidden]'); i++) await new Promise((r) => setTimeout(r, 50));
  return [...document.querySelectorAll('[data-pages] section:not([hidden]) li:not([hidden])')].map((li) => li.textContent);
})()`

// The search finds pages from a server; from a folder, where nothing can be
// fetched, it leads to the page of all entries, which filters itself.
func TestSearchInABrowser(t *testing.T) {
	dir := t.TempDir()
	for at, data := range example(t) {
		to := filepath.Join(dir, filepath.FromSlash(at))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	for home, first := range map[string]string{
		server.URL + "/":      "features/custom-helm-charts/index.html",
		"file://" + dir + "/": "search/index.html#q=custom%20helm",
	} {
		t.Run(home, func(t *testing.T) {
			ctx := browse(t)
			w := &witness{home: home}
			w.listen(t, ctx)
			focus := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
				return err
			})
			if err := chromedp.Do(ctx, focus, chromedp.Navigate(home+"roadmap/index.html")); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
				Before              int
				Focused, Open, Back bool
				Links               []string
			}](seek, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			if got.Before != 0 || !got.Focused || got.Open || !got.Back || len(got.Links) == 0 || got.Links[0] != home+first {
				t.Errorf("%s: got %+v, want %s first", home, got, first)
			}
			if err := chromedp.Do(ctx, chromedp.Navigate(home+"search/index.html#q=custom%20helm")); err != nil {
				t.Fatal(err)
			}
			list, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](filtered, chromedp.EvalAwaitPromise))
			if err != nil || len(list) != 1 || list[0] != "Custom Helm Charts" {
				t.Errorf("%s: the list shows %q, %v", home, strings.Join(list, ", "), err)
			}
			w.Lock()
			for _, s := range w.strange {
				t.Errorf("%s: %s", home, s)
			}
			w.Unlock()
		})
	}
}
