package render

import (
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"strings"

	words "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// buildData returns the files with the measured facts and the report. Previews read them, and
// people can analyse them.
func (s *site) buildData() ([]Page, error) {
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

// safeURL returns a web address without its secrets, or "" for any other text. Evidence
// contains text from outside the platform.
func safeURL(u string) string {
	u, _ = words.RemoveSecrets(u)
	p, err := url.Parse(u)
	if err != nil || (p.Scheme != "https" && p.Scheme != "http") || p.Host == "" {
		return ""
	}
	return u
}

const aboutPath = "about/index.html"

func (s *site) buildAbout() ([]Page, error) {
	p, err := s.newPage("about", aboutPath, func() any {
		v := dataView{
			frame: s.newFrame(aboutPath, "About", "What this site is, how it is made and what is in it."),
			Meta:  s.metaLine(), Sources: s.sourceViews(), Signs: drawSigns(),
		}
		v.Todos = s.todoViews(v.Root)
		return v
	})
	return []Page{p}, err
}

// todoViews returns what the team could write to make pages better.
func (s *site) todoViews(root string) view.List[view.Entry] {
	v := view.List[view.Entry]{Rows: s.todos(), None: "Nothing is missing from what the team writes."}
	for i := range v.Rows {
		if href := v.Rows[i].Name.Href; href != "" {
			v.Rows[i].Name.Href = root + href
		}
	}
	if n := len(v.Rows); n > 0 {
		v.Note = format.Things(n, "things")
	}
	return v
}

// drawSigns returns the signs of ranges with their meaning.
func drawSigns() []view.Chart {
	num := func(v float64) *float64 { return &v }
	figure := metric.Figure{Value: num(5), Lo: num(2), Hi: num(8)}
	var out []view.Chart
	for _, sign := range []struct {
		gauge chart.Gauge
		words string
	}{
		{chart.Gauge{Figure: figure}, "measured, with its likely range"},
		{chart.Gauge{Figure: figure, Class: "unknown"}, "hollow: may be chance"},
		{chart.Gauge{Figure: metric.Figure{Value: num(7)}, Was: num(3)}, "ring: before"},
		{chart.Gauge{Figure: figure, Marks: []chart.Limit{{Value: 4}}}, "stroke: threshold"},
		{chart.Gauge{Figure: figure, Zone: &metric.Limits{Lo: num(3), Hi: num(7)}}, "box: too small to matter"},
	} {
		sign.gauge.Max = 10
		out = append(out, view.Chart{Figure: view.DrawGauge(&sign.gauge), Words: sign.words})
	}
	return out
}
