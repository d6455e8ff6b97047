//go:build browser

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// The budgets of the first page: what one look at it must show, and what it may cost.
const (
	phoneFold   = 740    // px: headline and four figures end above it, 390 px wide
	deskFold    = 800    // px: the top of the next section is above it, 1280 px wide
	phoneHeight = 3300   // px, 360 px wide
	chartShare  = 0.12   // of the page's area
	pageBytes   = 18_000 // gzip: HTML, styles, scripts without an interaction, icon
	maxRequests = 4
)

// figuresEnd is the lower end of the headline and of the four figures, without the lines about
// their sources.
const figuresEnd = `Math.max(...[...document.querySelectorAll('h1, .four .fig, .four .chg, .four svg')]
  .map((e) => e.getBoundingClientRect()).filter((r) => r.height > 0).map((r) => r.bottom))`

// chartArea is the area of all pictures as a share of the page's.
const chartArea = `[...document.querySelectorAll('main svg')].filter((e) => !e.parentElement.closest('svg'))
  .map((e) => e.getBoundingClientRect()).reduce((sum, r) => sum + r.width * r.height, 0) /
  (document.documentElement.clientWidth * document.documentElement.scrollHeight)`

// TestFirstPage holds the first page to its budgets, of the example and of a platform with 30
// initiatives and 40 features.
func TestFirstPage(t *testing.T) {
	example := &stateWorkshop{dir: t.TempDir()}
	example.example(t)
	crowded := &stateWorkshop{dir: t.TempDir()}
	crowded.example(t)
	crowded.crowd(t, 30, 40)
	for name, w := range map[string]*stateWorkshop{"example": example, "crowded": crowded} {
		t.Run(name, func(t *testing.T) {
			page := filepath.Join(w.build(t, ""), "index.html")
			checkWeight(t, page)
			checkLayout(t, page)
		})
	}
}

// checkLayout measures the page in a browser at the widths of its budgets.
func checkLayout(t *testing.T, page string) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.NoSandbox, chromedp.DisableGPU) // it opens our own files, and CI is root
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	ctx, late := context.WithTimeout(ctx, time.Minute)
	defer late()
	measure := func(width, height int64, script string) float64 {
		t.Helper()
		err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate("file://"+filepath.ToSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		v, err := chromedp.Run(ctx, chromedp.Evaluate[float64](script))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, m := range []struct {
		what          string
		width, height int64
		script        string
		least, most   float64
	}{
		{"the four figures end", 390, phoneFold, figuresEnd, 300, phoneFold},
		{"the next section begins", 1280, deskFold, `document.getElementById('next').getBoundingClientRect().bottom`, 300, deskFold},
		{"the page is high", 360, phoneFold, `document.documentElement.scrollHeight`, 1000, phoneHeight},
		{"the page is wide", 360, phoneFold, `document.documentElement.scrollWidth`, 0, 360},
		{"charts fill on a phone", 360, phoneFold, chartArea, chartShare, 1},
		{"charts fill on a desk", 1280, deskFold, chartArea, chartShare, 1},
	} {
		v := measure(m.width, m.height, m.script)
		t.Logf("%s: %.4g", m.what, v)
		if v < m.least || v > m.most {
			t.Errorf("%s: %.4g, want %.4g to %.4g", m.what, v, m.least, m.most)
		}
	}
}

// linked finds the files that a page loads by itself.
var linked = regexp.MustCompile(`<link rel="(?:stylesheet|icon)" href="([^"]+)"|<script src="([^"]+)"|<img [^>]*src="([^"]+)"`)

// checkWeight adds the compressed sizes of the page and of the files that it loads by itself.
func checkWeight(t *testing.T, page string) {
	t.Helper()
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	all, requests := compressedSize(t, html), 1
	for _, m := range linked.FindAllStringSubmatch(string(html), -1) {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(page), m[1]+m[2]+m[3]))
		if err != nil {
			t.Fatal(err)
		}
		all += compressedSize(t, data)
		requests++
	}
	t.Logf("%d bytes in %d requests, %d of them HTML", all, requests, compressedSize(t, html))
	if all > pageBytes || requests > maxRequests {
		t.Errorf("%d bytes in %d requests, more than %d or %d", all, requests, pageBytes, maxRequests)
	}
}

func compressedSize(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
