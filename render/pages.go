package render

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"sync"

	"github.com/ip3dp/ip3dp/render/view"
)

// menu is a part of the menu.
type menu int

const (
	noMenu   menu = iota
	mainMenu      // the loop
	moreMenu      // under More, before the platform's own pages
	lastMenu      // under More, after them
)

// pageEntry is an entry of the list of pages: the function that builds the pages, and the link
// in the menu. Its address is relative to the site's root.
type pageEntry struct {
	build func(*site) ([]Page, error)
	menu  menu
	link  view.Link
}

// pageList returns all pages in the order of the site and of its menu. To add a
// page, write its builder in a file of its own and its template in pages/, and add
// a line here.
func pageList() []pageEntry {
	return []pageEntry{
		{(*site).buildHealth, mainMenu, view.Link{Title: "Health", Href: healthPath}},
		{(*site).buildDiscovery, mainMenu, view.Link{Title: "Discovery", Href: discoveryPath}},
		{(*site).buildRoadmap, mainMenu, view.Link{Title: "Roadmap", Href: roadmapPath}},
		{(*site).buildChanges, moreMenu, view.Link{Title: "What changed", Href: changesPath}},
		{(*site).buildInitiatives, noMenu, view.Link{}},
		{(*site).buildFeatures, mainMenu, view.Link{Title: "Features", Href: featuresPath}},
		{(*site).buildDelivery, mainMenu, view.Link{Title: "Delivery", Href: deliveryPath}},
		{(*site).buildGroups, noMenu, view.Link{}},
		{(*site).buildTeams, noMenu, view.Link{}},
		{(*site).buildEvidence, noMenu, view.Link{}},
		{(*site).buildExperience, mainMenu, view.Link{Title: "Experience", Href: experiencePath}},
		{(*site).buildReview, moreMenu, view.Link{Title: "Review", Href: reviewPath}},
		{(*site).buildDecisions, moreMenu, view.Link{Title: "Decisions", Href: decisionsPath}},
		{(*site).buildCases, moreMenu, view.Link{Title: "Cases", Href: casesPath}},
		{(*site).buildContentPages, moreMenu, view.Link{Title: "How we work", Href: howPath}},
		{(*site).buildMethods, lastMenu, view.Link{Title: "Methods", Href: Methods}},
		{(*site).buildDataQuality, lastMenu, view.Link{Title: "Data quality", Href: dataPath}},
		{(*site).buildAbout, lastMenu, view.Link{Title: "About", Href: aboutPath}},
		{(*site).buildData, noMenu, view.Link{}},
		{(*site).buildSearch, noMenu, view.Link{}},
		{(*site).buildNotFound, noMenu, view.Link{}},
	}
}

// menuLinks returns the links of one part of the menu.
func menuLinks(part menu) []view.Link {
	var out []view.Link
	for _, e := range pageList() {
		if e.menu == part {
			out = append(out, e.link)
		}
	}
	return out
}

// Page is one file of the site.
type Page struct {
	Path  string // slash-separated, below the site's root
	Write func(w io.Writer) error
}

// ahead is the number of pages per worker that may be rendered before they are emitted.
const ahead = 4

// rendered is the content of a page, or the error.
type rendered struct {
	data *bytes.Buffer
	err  error
}

// Each renders pages with the given number of workers and emits them in the order of the list,
// so that the output does not depend on timing. It holds at most a few pages per worker in
// memory. It stops at the first error, of a page or of emit, and adds the name of the page.
func Each(pages []Page, workers int, emit func(path string, data []byte) error) error {
	workers = max(1, min(workers, len(pages)))
	r := renderer{
		pages: pages, due: make(chan int), stop: make(chan struct{}),
		// The number of pages that are not emitted yet is limited to the number of slots, so no
		// two of them share a slot.
		tokens: make(chan struct{}, ahead*workers),
		slots:  make([]chan rendered, ahead*workers),
	}
	for i := range r.slots {
		r.slots[i] = make(chan rendered, 1)
	}
	var wait sync.WaitGroup
	defer wait.Wait()
	defer close(r.stop)
	wait.Go(r.handOut)
	for range workers {
		wait.Go(r.renderPages)
	}
	for i := range pages {
		done := <-r.slots[i%len(r.slots)]
		if done.err == nil {
			done.err = emit(pages[i].Path, done.data.Bytes())
		}
		if done.err != nil {
			return fmt.Errorf("page %s: %w", pages[i].Path, done.err)
		}
		r.buffers.Put(done.data)
		<-r.tokens
	}
	return nil
}

type renderer struct {
	pages   []Page
	due     chan int // indices of pages to render, in order
	stop    chan struct{}
	tokens  chan struct{}
	slots   []chan rendered // page i arrives in slots[i % len(slots)]
	buffers sync.Pool
}

func (r *renderer) handOut() {
	defer close(r.due)
	for i := range r.pages {
		select {
		case r.tokens <- struct{}{}:
		case <-r.stop:
			return
		}
		select {
		case r.due <- i:
		case <-r.stop:
			return
		}
	}
}

func (r *renderer) renderPages() {
	for i := range r.due {
		buf, ok := r.buffers.Get().(*bytes.Buffer)
		if !ok {
			buf = new(bytes.Buffer)
		}
		buf.Reset()
		err := r.pages[i].Write(buf)
		r.slots[i%len(r.slots)] <- rendered{buf, err} // never blocks: the slot is free
	}
}

// clean is a writer that drops the control characters that a terminal or an editor may
// interpret, because text comes from outside. It keeps tab, line feed and carriage return.
type clean struct{ to io.Writer }

func (c clean) Write(p []byte) (int, error) {
	start := 0
	for i, b := range p {
		if b >= ' ' && b != 0x7f || b == '\t' || b == '\n' || b == '\r' {
			continue
		}
		if _, err := c.to.Write(p[start:i]); err != nil {
			return start, err
		}
		start = i + 1
	}
	if _, err := c.to.Write(p[start:]); err != nil {
		return start, err
	}
	return len(p), nil
}

// notFoundView is the page for unknown addresses.
type notFoundView struct {
	frame
	Style template.URL // the base sheet itself, because its address is relative to an unknown one
	Known bool         // the address of the site is known
}

// buildNotFound returns the page for unknown addresses. A server shows it at any depth, where
// relative links do not work. So its style is in it, and its links begin at the root of the
// server: with the path of the base URL, or without one if it is not known.
func (s *site) buildNotFound() ([]Page, error) {
	const at = "404.html"
	p, err := s.newPage("404", at, func() any {
		v := notFoundView{frame: s.newFrame(at, "Page not found", "This page does not exist.")}
		v.Root, v.Known = rootPath(s.BaseURL)
		for i := range v.Nav {
			v.Nav[i].Href = v.Root + v.Nav[i].Href
		}
		v.Style = s.sheetData("site.css")
		return v
	})
	return []Page{p}, err
}

// rootPath returns the path of the address of a site: "/platform/"; "/" and false if the
// address is not known.
func rootPath(base string) (root string, known bool) {
	u, err := url.Parse(base)
	if base == "" || err != nil || u.Host == "" {
		return "/", false
	}
	return strings.TrimSuffix(u.EscapedPath(), "/") + "/", true
}

// sheetData returns a style sheet as a data URL; "" without the sheet.
func (s *site) sheetData(name string) template.URL {
	data, err := fs.ReadFile(s.Assets, name)
	if err != nil {
		return ""
	}
	return template.URL("data:text/css;base64," + base64.StdEncoding.EncodeToString(data)) // of our own file
}
