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
	everyLook   = flag.Bool("every-look", false, "look at every page in every width, scheme and medium")
)

// axeFile has the rules of accessibility; "make test-browser" installs it.
const axeFile = "../../.github/tools/web/node_modules/axe-core/axe.min.js"

// look is a way a page is seen.
type look struct {
	name          string
	width, height int64
	scheme        string
	medium        string // "print"; "" for a screen
	forced        bool   // the colours of the system replace those of the page
}

// looks are a desk in light colours and the narrowest telephone in dark ones.
var looks = []look{
	{name: "wide-light", width: 1280, height: 900, scheme: "light"},
	{name: "narrow-dark", width: 360, height: 800, scheme: "dark"},
}

// allLooks returns every width in light and dark colours, in print and in forced colours.
func allLooks() []look {
	var out []look
	for _, width := range []int64{360, 390, 768, 1280} {
		out = append(out,
			look{name: fmt.Sprintf("%d-light", width), width: width, height: 900, scheme: "light"},
			look{name: fmt.Sprintf("%d-dark", width), width: width, height: 900, scheme: "dark"},
			look{name: fmt.Sprintf("%d-print", width), width: width, height: 900, scheme: "light", medium: "print"},
			look{name: fmt.Sprintf("%d-forced", width), width: width, height: 900, scheme: "dark", forced: true})
	}
	return out
}

// runAxe lists what the rules of accessibility, target size too, find on the open page.
const runAxe = `axe.run(document, {preload: false, resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
  .then((found) => found.violations.map((v) => v.id + ': ' + v.help + ': ' + v.nodes.length + ' times, first ' + v.nodes[0].html.slice(0, 160)))`

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
	browser, axe, seen := newBrowser(t), readAxe(t), looks
	if *everyLook {
		seen = allLooks()
	}
	for _, page := range pagesOfEveryKind(t) {
		t.Run(page, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(browser, time.Minute)
			defer cancel()
			messages := listen(t, ctx)
			if err := open(ctx, page); err != nil {
				t.Fatal(err)
			}
			for _, l := range seen {
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
				if l.medium == "" {
					checkAccess(t, ctx, axe, l.name)
				}
			}
			for _, m := range messages() {
				t.Errorf("on the console: %s", m)
			}
		})
	}
}

// readAxe reads the script with the rules of accessibility.
func readAxe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(axeFile)
	if err != nil {
		t.Fatalf("the rules of accessibility are not installed; run make test-browser: %v", err)
	}
	return string(script)
}

// checkAccess holds the open page to the rules of accessibility.
func checkAccess(t *testing.T, ctx context.Context, axe, look string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any]("typeof axe === 'undefined' && ("+"() => {"+axe+"})(); null")); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s", look, f)
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
	forced := "none"
	if l.forced {
		forced = "active"
	}
	media := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: l.medium,
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "forced-colors", Value: forced},
			},
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
