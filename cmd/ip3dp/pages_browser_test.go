//go:build browser

package main_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	browserlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	site        = flag.String("site", "../../public", "the built `folder` to look at")
	screenshots = flag.String("screenshots", "", "the `folder` to write pictures to")
)

// look is a way a page is seen.
type look struct {
	name          string
	width, height int64
	scheme        string
}

// looks are a desk and the narrowest telephone, by day and by night.
var looks = []look{
	{"wide-light", 1280, 900, "light"},
	{"wide-dark", 1280, 900, "dark"},
	{"narrow-light", 360, 800, "light"},
	{"narrow-dark", 360, 800, "dark"},
}

// overflow tries to scroll a page sideways and names what sticks out if it can.
const overflow = `(() => {
  scrollTo(1e6, 0);
  const by = scrollX, room = document.body.getBoundingClientRect().right;
  scrollTo(0, 0);
  if (by === 0) return '';
  const out = [...document.body.querySelectorAll('*')].find((e) => e.getBoundingClientRect().right > room + 1);
  return 'by ' + by + ' px: ' + (out ? out.outerHTML.slice(0, 120) : 'nothing visible');
})()`

// TestPagesInBrowser opens one page of every kind of the built site as a file, the
// hardest place for relative addresses and the content policy: nothing may reach
// the console, and no page scrolls sideways.
func TestPagesInBrowser(t *testing.T) {
	browser := newBrowser(t)
	for _, page := range pagesOfEveryKind(t) {
		t.Run(page, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(browser, time.Minute)
			defer cancel()
			messages := listen(t, ctx)
			if err := open(ctx, page); err != nil {
				t.Fatal(err)
			}
			for _, l := range looks {
				wide, err := lookAt(ctx, l)
				if err != nil {
					t.Fatal(err)
				}
				if wide != "" {
					t.Errorf("%s: scrolls sideways: %s", l.name, wide)
				}
				if *screenshots != "" {
					picture(t, ctx, page, l.name)
				}
			}
			for _, m := range messages() {
				t.Errorf("on the console: %s", m)
			}
		})
	}
}

// newBrowser starts a browser for the length of a test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, // it opens our own files, and CI is root
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start (on Debian: apt-get install chromium): %v", err)
	}
	return ctx
}

// pagesOfEveryKind lists, below the site, the pages of its root and, of those that
// lie equally deep in a section, the first: there may be thousands of teams.
func pagesOfEveryKind(t *testing.T) []string {
	t.Helper()
	tree := os.DirFS(*site)
	pages, err := fs.Glob(tree, "*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there is no site in %s: run make site", *site)
	}
	seen := map[string]bool{}
	for _, pattern := range []string{"*/index.html", "*/*/index.html", "*/*/*/index.html"} {
		found, err := fs.Glob(tree, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			section, _, _ := strings.Cut(page, "/")
			kind := section + pattern
			if seen[kind] && section != "about" { // whose pages are all different
				continue
			}
			seen[kind] = true
			pages = append(pages, page)
		}
	}
	return pages
}

// open shows a page as a file.
func open(ctx context.Context, page string) error {
	file, err := filepath.Abs(filepath.Join(*site, page))
	if err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.ToSlash(file)))
}

// lookAt shows the open page in one look and says what sticks out of it.
func lookAt(ctx context.Context, l look) (string, error) {
	media := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
		})
		return err
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(l.width, l.height), media); err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](overflow))
}

// listen collects what pages write to the console until the test ends; the
// function it returns gives what has come so far.
func listen(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	messages := make(chan string, 100)
	err := chromedp.Listen(ctx, func(event any) {
		text := ""
		switch e := event.(type) {
		case *browserlog.EventEntryAdded:
			text = e.Entry.Text + " " + e.Entry.URL
		case *runtime.EventExceptionThrown:
			text = e.ExceptionDetails.Text
		case *runtime.EventConsoleAPICalled:
			text = fmt.Sprintf("console.%s", e.Type)
		default:
			return
		}
		select {
		case messages <- text:
		default: // a hundred are enough to fail
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		var all []string
		for len(messages) > 0 {
			all = append(all, <-messages)
		}
		return all
	}
}

// picture writes what the browser shows to a file named after page and look.
func picture(t *testing.T, ctx context.Context, page, look string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	name := strings.NewReplacer("/index.html", "", "index.html", "health", ".html", "", "/", "-").Replace(page)
	err = errors.Join(err, os.MkdirAll(*screenshots, 0o755), os.WriteFile(filepath.Join(*screenshots, name+"-"+look+".png"), png, 0o644))
	if err != nil {
		t.Fatal(err)
	}
}
