package render

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"time"

	words "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

type aboutView struct {
	frame
	Meta    string
	Sources []compute.Quality
}

type methodsView struct {
	frame
	Meta        string
	CutOff      string
	AsOf        string
	Definitions []definitionView
	Published   publishedView
}

type definitionView struct {
	metric.Definition
	Anchor string
}

type dataView struct {
	frame
	Meta    string
	Sources []sourceView
	Differ  string // how many published values would be different today; "" if none
	Unused  []metric.LeftOut
}

type sourceView struct {
	Name, Grade, Span string
	Why               string // what the grade comes from, where gaps do not say it
	Imports           []importView
	Gaps              []gapView
	Sync              *syncView // nil for what is read on every build
	Checks            []checkView
}

type importView struct {
	Kind, File, Read, Used string
	Rejected               []string
	Notes                  []string
}

type gapView struct{ Where, When, Reason, Next string }

func (s *site) about() ([]Page, error) {
	const at, methods, data = "about/index.html", "about/methods/index.html", "about/data/index.html"
	views := []struct {
		template, at string
		view         func() any
	}{
		{"about", at, func() any {
			return aboutView{
				frame: s.frame(at, "About", "What this site is, how it is made and what is in it."),
				Meta:  s.meta(), Sources: s.report.Quality,
			}
		}},
		{"methods", methods, func() any { return s.methods(methods) }},
		{"data", data, func() any { return s.quality(data) }},
	}
	var pages []Page
	for _, v := range views {
		p, err := s.page(v.template, v.at, v.view)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *site) methods(at string) methodsView {
	v := methodsView{
		frame: s.frame(at, "Methods", "What each number means, with the settings in force.",
			place{"About", "about/index.html"}),
		Meta: s.meta(), CutOff: format.Date(s.report.CutOff), AsOf: format.Date(s.report.AsOf),
		Published: s.published(),
	}
	for _, sec := range append(slices.Clone(s.report.Sections), s.report.Found) {
		for _, d := range sec.Definitions {
			v.Definitions = append(v.Definitions, definitionView{d, anchor(d.ID)})
		}
	}
	return v
}

func (s *site) quality(at string) dataView {
	v := dataView{
		frame: s.frame(at, "Data quality", "What was read from each source, what was left out, and what is missing.",
			place{"About", "about/index.html"}),
		Meta: s.meta(), Differ: differ(len(s.report.Revisions())), Unused: s.unused(),
	}
	for i := range s.report.Quality {
		v.Sources = append(v.Sources, sourceOf(&s.report.Quality[i]))
	}
	return v
}

func sourceOf(q *compute.Quality) sourceView {
	v := sourceView{Name: q.Source, Grade: string(q.Grade), Why: q.Why, Sync: syncOf(q.Sync), Checks: checksOf(q.Checks)}
	if !q.First.IsZero() {
		v.Span = format.Span(q.First, q.Last.Add(time.Nanosecond))
	}
	for _, im := range q.Imports {
		iv := importView{
			Kind: im.Kind, File: im.File, Read: format.Count(im.Read), Used: format.Count(im.Used),
			Notes: im.Notes,
		}
		for _, r := range im.Rejected {
			text := format.Count(r.Count) + " × " + r.Reason
			if r.Line > 0 {
				text += " (first on line " + format.Count(r.Line) + ")"
			}
			iv.Rejected = append(iv.Rejected, text)
		}
		if im.Removed > 0 {
			iv.Notes = append(slices.Clone(iv.Notes), "credentials removed from its addresses and texts: "+format.Count(im.Removed)+"; revoke them")
		}
		v.Imports = append(v.Imports, iv)
	}
	for _, g := range q.Gaps {
		gv := gapView{Where: g.Repository, Reason: g.Reason, Next: g.Next}
		if !g.From.IsZero() {
			gv.When = format.Span(g.From, g.To)
		}
		v.Gaps = append(v.Gaps, gv)
	}
	return v
}

// data publishes what was computed, for previews and for people's own analyses.
func (s *site) data() ([]Page, error) {
	return []Page{
		{Path: "data/measured.json", Write: func(w io.Writer) error { return writeJSON(w, s.computed.Measured) }},
		{Path: "data/report.json", Write: func(w io.Writer) error { return writeJSON(w, s.computed) }},
	}, nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(true)
	return e.Encode(v)
}

type notFoundView struct{ frame }

// notFound is served from any depth, where relative links cannot lead home: with
// a base URL it names the site absolutely.
func (s *site) notFound() ([]Page, error) {
	const at = "404.html"
	p, err := s.page("404", at, func() any {
		f := s.frame(at, "Page not found", "There is no page at this address.")
		f.Canonical = ""
		return notFoundView{f}
	})
	return []Page{p}, err
}

// safeURL passes web addresses only: evidence comes from others.
func safeURL(u string) string {
	u, _ = words.RemoveSecrets(u)
	p, err := url.Parse(u)
	if err != nil || (p.Scheme != "https" && p.Scheme != "http") || p.Host == "" {
		return ""
	}
	return u
}
