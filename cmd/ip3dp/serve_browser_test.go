//go:build browser

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestReloadInBrowser: an open page shows an edit by itself, under the content
// policy of every page.
func TestReloadInBrowser(t *testing.T) {
	dir := shop(t)
	s := serveFolder(t, dir)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, // it opens our own pages, and CI is root
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(s.url+"teams/checkout/")); err != nil {
		t.Fatalf("Chromium does not start (on Debian: apt-get install chromium): %v", err)
	}
	title := func() string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.title"))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := title(); !strings.Contains(got, "Shop") {
		t.Fatalf("title %q", got)
	}
	edited := time.Now()
	put(t, filepath.Join(dir, "config.toml"), strings.Replace(shopConfig, "Shop", "Bazaar", 1))
	for range 400 {
		if strings.Contains(title(), "Bazaar") {
			t.Logf("shown after %d ms", time.Since(edited).Milliseconds())
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("after an edit the page still says %q", title())
}
