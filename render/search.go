package render

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const (
	searchPath = "search/index.html"
	searchFile = "search.json"
)

// finding is one entry of the search index.
type finding struct {
	Title string `json:"t"`
	Kind  string `json:"k"`
	Path  string `json:"u"` // relative to the site's root
	Text  string `json:"x,omitempty"`
}

// buildSearch returns the index as a page, which needs no script, and as the file that the
// field in the header fetches when somebody begins to type.
func (s *site) buildSearch() ([]Page, error) {
	p, err := s.newPage("search", searchPath, func() any {
		v := listView[view.List[finding]]{
			frame: s.newFrame(searchPath, "Search", "Every page of this site."), Rows: s.listFindings(),
		}
		n := 0
		for _, k := range v.Rows {
			n += len(k.Rows)
		}
		v.Count = format.Things(n, "entries")
		return v
	})
	index := Page{Path: searchFile, Write: func(w io.Writer) error {
		list := []finding{}
		for _, k := range s.listFindings() {
			list = append(list, k.Rows...)
		}
		return json.NewEncoder(w).Encode(list)
	}}
	return []Page{p, index}, err
}

// listFindings lists what the site has pages for, kind by kind.
func (s *site) listFindings() []view.List[finding] {
	kinds := []struct {
		kind, title string
		rows        []finding
	}{
		{"Page", "Pages", s.menuFindings()},
		{"Feature", "Features", s.contentFindings("features", len(s.content.Features), func(i int) (*fact.Item, string) {
			f := &s.content.Features[i]
			return &f.Item, strings.Join(f.Labels, " ")
		})},
		{"Initiative", "Initiatives", s.contentFindings("roadmap", len(s.content.Initiatives),
			func(i int) (*fact.Item, string) {
				in := &s.content.Initiatives[i]
				return &in.Item, in.Status + " " + in.Reason
			})},
		{"Case", "Cases", s.contentFindings("cases", len(s.content.Cases), func(i int) (*fact.Item, string) {
			c := &s.content.Cases[i]
			return &c.Item, c.Request
		})},
		{"How we work", "How we work", s.contentFindings("pages", len(s.content.Pages), func(i int) (*fact.Item, string) {
			p := &s.content.Pages[i]
			return &p.Item, p.Summary
		})},
		{"Research", "Research", s.researchFindings()},
		{"Group", "Groups", s.groupFindings()},
		{"Team", "Teams", s.teamFindings()},
		{"Definition", "Definitions", s.definitionFindings()},
	}
	var out []view.List[finding]
	for _, k := range kinds {
		for i := range k.rows {
			k.rows[i].Kind = k.kind
		}
		if len(k.rows) > 0 {
			out = append(out, view.List[finding]{Title: k.title, Rows: k.rows})
		}
	}
	return out
}

func (s *site) menuFindings() []finding {
	var out []finding
	for _, e := range pageList() {
		if e.menu != noMenu && s.paths[e.link.Href] {
			out = append(out, finding{Title: e.link.Title, Path: e.link.Href})
		}
	}
	return out
}

// contentFindings returns the items of a folder that have a page.
func (s *site) contentFindings(folder string, n int, item func(int) (*fact.Item, string)) []finding {
	var out []finding
	for i := range n {
		it, text := item(i)
		if l := s.linkTo("", folder, it.ID, it.Title); l.Href != "" {
			out = append(out, finding{Title: l.Title, Path: l.Href, Text: strings.TrimSpace(text)})
		}
	}
	return out
}

func (s *site) teamFindings() []finding {
	var out []finding
	for i := range s.report.Teams {
		t := &s.report.Teams[i]
		if at := teamPath(t.ID); s.paths[at] {
			out = append(out, finding{Title: t.Title, Path: at, Text: t.Group})
		}
	}
	return out
}

func (s *site) groupFindings() []finding {
	var out []finding
	for i := range s.content.Groups {
		g := &s.content.Groups[i]
		if at := groupPath(g.ID); s.paths[at] {
			out = append(out, finding{Title: s.groupTitle(g.ID), Path: at, Text: g.ID})
		}
	}
	return out
}

// definitionFindings returns the search entries of the definitions.
func (s *site) definitionFindings() []finding {
	const at = "about/methods/index.html"
	var out []finding
	for _, d := range definitionViews(s.computed.Sections) {
		out = append(out, finding{Title: d.Title, Path: at + "#" + view.Anchor(d.ID), Text: d.Familiar})
	}
	return out
}
