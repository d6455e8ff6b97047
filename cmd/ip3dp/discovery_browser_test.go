//go:build browser

package main_test

import (
	"bytes"
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// openNarrow opens a page in a window of the given width and returns its height.
func openNarrow(ctx context.Context, page string, width int64) (int, error) {
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
		return 0, err
	}
	if err := open(ctx, page); err != nil {
		return 0, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollHeight"))
}

// shownTalks counts the conversations that have a place on the page.
const shownTalks = `[...document.querySelectorAll('.conv')].filter((e) => e.checkVisibility({contentVisibilityAuto: true})).length`

// TestDiscoveryHeight opens the discovery page on a narrow screen and on a wide one. Narrow
// screens fold long lists behind a summary, and wide ones show them without a script.
func TestDiscoveryHeight(t *testing.T) {
	ctx, cancel := context.WithTimeout(newBrowser(t), time.Minute)
	defer cancel()
	height, err := openNarrow(ctx, "discovery/index.html", 360)
	if err != nil {
		t.Fatal(err)
	}
	if height > 5000 {
		t.Errorf("%d px high at 360, more than 5,000", height)
	}
	for _, l := range []struct {
		width int64
		want  bool
	}{{360, false}, {1280, true}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(l.width, 800)); err != nil {
			t.Fatal(err)
		}
		n, err := chromedp.Run(ctx, chromedp.Evaluate[int](shownTalks))
		if err != nil || (n > 0) != l.want {
			t.Errorf("%d conversations in view at %d px: %v", n, l.width, err)
		}
	}
}

// TestReviewPrint prints the review of the example: it is one sheet.
func TestReviewPrint(t *testing.T) {
	ctx, cancel := context.WithTimeout(newBrowser(t), time.Minute)
	defer cancel()
	if err := open(ctx, "review/index.html"); err != nil {
		t.Fatal(err)
	}
	var pdf []byte
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		r, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		pdf = r.Data
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type\s*/Page[^s]`).FindAll(pdf, -1)); n != 1 || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("%d pages, want 1", n)
	}
}
