//go:build browser

package render

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/ip3dp/ip3dp/compute"
)

// witness notes what a browser says while it shows pages.
type witness struct {
	sync.Mutex
	home    string // addresses that begin so are the site's own
	strange []string
}

func (w *witness) listen(t *testing.T, ctx context.Context) {
	t.Helper()
	note := func(what string) {
		w.Lock()
		defer w.Unlock()
		w.strange = append(w.strange, what)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, w.home) && !strings.HasPrefix(u, "data:") {
				note("request to " + u)
			}
		case *log.EventEntryAdded:
			note("log: " + ev.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			note("console." + string(ev.Type))
		case *runtime.EventExceptionThrown:
			note("exception: " + ev.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// browse starts a headless Chromium that talks to nobody but the test.
func browse(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("allow-file-access-from-files", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancelTime := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancelTime)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start (on Debian: apt-get install chromium): %v", err)
	}
	return ctx
}

// touch moves the cursors of a page and opens every chart and what can be opened; it returns
// the page's title, which hostile scripts try to change.
const touch = `(async () => {
  document.querySelectorAll('details').forEach((d) => d.open = true);
  document.querySelectorAll('svg[data-cur]').forEach((s) => { s.dispatchEvent(new FocusEvent('focus')); s.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home' })); });
  const buttons = [...document.querySelectorAll('figure button')];
  buttons.forEach((b) => b.click());
  for (let i = 0; i < 50 && document.querySelectorAll('.echart svg').length < buttons.length; i++) await new Promise((r) => setTimeout(r, 100));
  return document.title;
})()`

// With hostile text in every field no script runs, no request leaves and the
// policy has nothing to object to, from a server and from a folder.
func TestHostileTextInABrowser(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	c, e := hostileFacts(asOf)
	opt := compute.DefaultOptions()
	opt.Platform.Name, opt.DORA.Titles = "Platform", true
	m, ev, err := compute.Measure(opt, c, e, compute.Past{}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pages := tree(t, withLinks(), compute.Decide(opt, c, m), c, ev)
	for at, data := range pages {
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
	visit := []string{"index.html", "delivery/index.html", "delivery/evidence/index.html", "about/index.html", "about/data/index.html", "about/methods/index.html", "404.html"}
	for i := range hostile {
		id := "team-" + string(rune('0'+i))
		visit = append(visit, "teams/"+id+"/index.html", "teams/"+id+"/evidence/index.html")
	}
	for _, home := range []string{server.URL + "/", "file://" + dir + "/"} {
		ctx := browse(t)
		w := &witness{home: home}
		w.listen(t, ctx)
		for _, at := range visit {
			if err := chromedp.Do(ctx, chromedp.Navigate(home+at)); err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			title, err := chromedp.Run(ctx, chromedp.Evaluate[string](touch, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			if strings.HasPrefix(title, "pwned") {
				t.Errorf("%s%s: a script of the data's ran", home, at)
			}
		}
		w.Lock()
		for _, s := range w.strange {
			t.Errorf("%s: %s", home, s)
		}
		w.Unlock()
	}
}
