package render

import (
	"encoding/json"
	"io"
	"net/url"

	words "github.com/ip3dp/ip3dp/collect/text"
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

// buildNotFound returns the page for unknown addresses. A server shows it at any depth, where
// relative links do not work: with a base URL its links are absolute.
func (s *site) buildNotFound() ([]Page, error) {
	const at = "404.html"
	p, err := s.newPage("404", at, func() any {
		f := s.newFrame(at, "Page not found", "This page does not exist.")
		f.Canonical = ""
		return f
	})
	return []Page{p}, err
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
		return dataView{
			frame: s.newFrame(aboutPath, "About", "What this site is, how it is made and what is in it."),
			Meta:  s.metaLine(), Sources: s.sourceViews(),
		}
	})
	return []Page{p}, err
}
