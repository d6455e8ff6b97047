package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/view"
	"github.com/ip3dp/ip3dp/templates"
	"github.com/jba/templatecheck"
)

var options = Options{Templates: templates.FS, Assets: templates.Assets, Version: "test"}

// small is an organisation of six teams, one of them too small to show.
func small(t testing.TB) (compute.Report, fact.Content, []metric.Evidence) {
	t.Helper()
	o := demo.Options{Seed: 7, TeamCount: 6, ServiceCount: 9, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), From: time.Date(2024, 6, 3, 0, 0, 0, 0, time.UTC)}
	return report(t, o)
}

func report(t testing.TB, o demo.Options) (compute.Report, fact.Content, []metric.Evidence) {
	t.Helper()
	e, err := demo.GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	c := fact.Content{Teams: demo.GenerateTeams(o)}
	c.Teams[0].Developers = 1
	return measure(t, c, e, o.AsOf)
}

func measure(t testing.TB, c fact.Content, e fact.Events, asOf time.Time) (compute.Report, fact.Content, []metric.Evidence) {
	t.Helper()
	opt := compute.DefaultOptions()
	opt.Platform = compute.Platform{Name: "Fawkes", Developers: 250}
	m, ev, err := compute.Measure(opt, c, e, compute.Past{}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return compute.Decide(opt, c, m), c, ev
}

// tree renders a site into memory.
func tree(t testing.TB, o Options, r compute.Report, c fact.Content, ev []metric.Evidence) map[string]string {
	t.Helper()
	pages, err := Site(o, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	err = Each(pages, 2, func(path string, data []byte) error {
		if _, twice := out[path]; twice {
			t.Errorf("%s is written twice", path)
		}
		out[path] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Templates are checked against the types of their views, so that a misspelt
// field fails here and not on somebody's site.
func TestTemplatesMatchTheirViews(t *testing.T) {
	r, c, ev := small(t)
	s, err := newSite(options, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	views := map[string]any{
		"health": healthView{}, "discovery": discoveryView{}, "experience": experienceView{}, "search": listView[view.List[finding]]{}, "delivery": scopeView{}, "team": scopeView{}, "group": scopeView{}, "evidence": evidenceView{},
		"roadmap": roadmapView{}, "initiative": initiativeView{}, "cases": listView[caseView]{}, "case": caseView{},
		"how-we-work": howView{}, "page": pageView{},
		"about": dataView{}, "methods": methodsView{}, "data": dataView{}, "features": featuresView{}, "feature": featureView{}, "decisions": decisionsView{}, "review": reviewView{}, "changes": listView[quarterView]{}, "404": notFoundView{}, "charts": view.Figures{},
	}
	for name, tmpl := range s.templates {
		v, ok := views[name]
		if !ok {
			t.Errorf("pages/%s.html: no view to check it against; add it here", name)
			continue
		}
		if err := templatecheck.CheckHTML(tmpl.Lookup("base"), v); err != nil {
			t.Errorf("pages/%s.html: %v", name, err)
		}
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	r, c, ev := small(t)
	a := tree(t, options, r, c, ev)
	r, c, ev = small(t)
	b := tree(t, options, r, c, ev)
	if len(a) != len(b) {
		t.Fatalf("%d pages, then %d", len(a), len(b))
	}
	for path := range a {
		if a[path] != b[path] {
			t.Errorf("%s differs", path)
		}
	}
}

func TestEachEmitsInOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 16} {
		var pages []Page
		for i := range 200 {
			pages = append(pages, Page{Path: fmt.Sprint(i), Write: func(w io.Writer) error {
				if i%7 == 0 {
					time.Sleep(time.Millisecond) // a slow page must not let others overtake it
				}
				_, err := fmt.Fprint(w, i)
				return err
			}})
		}
		var got []string
		err := Each(pages, workers, func(path string, data []byte) error {
			if path != string(data) {
				t.Errorf("page %s has the content of %s", path, data)
			}
			got = append(got, path)
			return nil
		})
		if err != nil || len(got) != 200 || !slices.IsSortedFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + int(bytes.Compare([]byte(a), []byte(b))) }) {
			t.Errorf("%d workers: %v, %v", workers, err, got)
		}
	}
}

func TestEachEndsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	page := func(path string, err error) Page {
		return Page{Path: path, Write: func(io.Writer) error { return err }}
	}
	var pages []Page
	for i := range 50 {
		pages = append(pages, page(fmt.Sprint(i), nil))
	}
	pages[20] = page("bad.html", broken)
	n := 0
	err := Each(pages, 4, func(string, []byte) error { n++; return nil })
	if !errors.Is(err, broken) || n != 20 || err.Error() != "page bad.html: broken" {
		t.Errorf("a page fails: got %v after %d", err, n)
	}
	err = Each(pages, 4, func(string, []byte) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("emit fails: got %v", err)
	}
	if err := Each(nil, 4, nil); err != nil {
		t.Errorf("no pages: %v", err)
	}
}

func TestBrokenTemplateIsNamed(t *testing.T) {
	o := options
	o.Templates = fstest.MapFS{"layouts/base.html": {Data: []byte(`{{define "base"}}{{end}}`)}, "pages/health.html": {Data: []byte(`{{`)}}
	if _, err := Site(o, compute.Report{}, fact.Content{}, nil); err == nil || !bytes.Contains([]byte(err.Error()), []byte("health.html")) {
		t.Errorf("got %v, want the file named", err)
	}
}

// A platform without a single source gets a page that says how to begin.
func TestNothingCollected(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC))
	site := tree(t, options, r, c, ev)
	for _, text := range []string{"Nothing is measured yet.", "Start with one source", "no source connected"} {
		if !bytes.Contains([]byte(site["index.html"]), []byte(text)) {
			t.Errorf("index.html does not say %q", text)
		}
	}
	checkTree(t, site)
}

func BenchmarkPages(b *testing.B) {
	r, c, ev := small(b)
	pages, err := Site(options, r, c, ev)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range pages {
		switch p.Path {
		case "index.html", "delivery/index.html", "teams/" + r.Teams[1].ID + "/index.html", "teams/" + r.Teams[1].ID + "/evidence/index.html":
			b.Run(p.Path, func(b *testing.B) {
				b.ReportAllocs()
				var buf bytes.Buffer
				for b.Loop() {
					buf.Reset()
					if err := p.Write(&buf); err != nil {
						b.Fatal(err)
					}
				}
				b.SetBytes(int64(buf.Len()))
			})
		}
	}
}
