package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ip3dp/ip3dp/collect/fact"
	words "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// Options are the settings of a rendering.
type Options struct {
	Templates fs.FS // layouts/*.html, pages/*.html
	Assets    fs.FS // the files below assets/
	BaseURL   string
	Version   string
	// Preview marks the site of a proposed change: its numbers are those of the published site,
	// without their evidence, and every page has a note about it.
	Preview bool
	// Live adds the script that reloads a page when the site was rebuilt.
	Live bool
	// EventLinks adds links from evidence to single deployments, changes and incidents.
	EventLinks bool
	// Audience is public, organisation or login: the people whom the site is made for; "" prints
	// nothing about them.
	Audience string
	// NoTeamPages and NoGroupPages leave out the pages of teams and groups. Their names are then
	// plain text.
	NoTeamPages, NoGroupPages bool
	// Changes are the changes of the content by quarter.
	Changes diff.Periods
}

// Site returns all pages in a fixed order. An error is about a template or an asset.
func Site(o Options, r compute.Report, c fact.Content, ev []metric.Evidence) ([]Page, error) {
	s, err := newSite(o, r, c, ev)
	if err != nil {
		return nil, err
	}
	var pages []Page
	for _, entry := range pageList() {
		more, err := entry.build(s)
		if err != nil {
			return nil, err
		}
		pages = append(pages, more...)
	}
	for i := range pages {
		s.paths[pages[i].Path] = true
	}
	return append(pages, s.assetPages...), nil
}

// site has the data of every page builder.
type site struct {
	Options
	report     compute.Report // with the words and units of the pages
	computed   compute.Report // as published for programs
	content    fact.Content
	evidence   map[metric.Scope][]metric.Evidence
	templates  map[string]*template.Template
	assets     map[string]string // name → fingerprinted path
	paths      map[string]bool   // of all pages, complete before the first is rendered
	titles     map[string]string // "roadmap/ID" → title of every piece of content
	told       map[string]bool   // research on the discovery page, by ID
	own        []view.Link       // the platform's own pages, in the menu
	assetPages []Page

	deliveryOnce sync.Once
	delivery     *deliveryIndex
}

func newSite(o Options, r compute.Report, c fact.Content, ev []metric.Evidence) (*site, error) {
	shown := r
	if r.Dimensions != nil {
		shown.Space.Dimensions = r.Dimensions
	}
	s := &site{
		Options: o, report: inReleaseWords(withRareRates(shown)), computed: r, content: c, evidence: map[metric.Scope][]metric.Evidence{},
		paths: map[string]bool{}, titles: titlesOf(&c), told: toldOf(&c),
	}
	s.own = s.ownPlaces()
	for _, e := range ev {
		scope := plainScope(e.Scope)
		s.evidence[scope] = append(s.evidence[scope], e)
	}
	if err := s.fingerprint(); err != nil {
		return nil, err
	}
	return s, s.parseTemplates()
}

// fingerprint adds a hash of the content to the name of every asset, so that hosts may cache it
// without a time limit.
func (s *site) fingerprint() error {
	s.assets = map[string]string{}
	return fs.WalkDir(s.Assets, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(s.Assets, name)
		if err != nil {
			return err
		}
		if name == "live.js" && !s.Live {
			return nil
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(name)
		to := "assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		s.assets[name] = to
		s.assetPages = append(s.assetPages, Page{Path: to, Write: func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		}})
		return nil
	})
}

// parseTemplates makes a template set for each page file: the layouts plus that page.
func (s *site) parseTemplates() error {
	base, err := template.New("layouts").Funcs(funcs).ParseFS(s.Templates, "layouts/*.html")
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	names, err := fs.Glob(s.Templates, "pages/*.html")
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	slices.Sort(names)
	s.templates = map[string]*template.Template{}
	for _, name := range names {
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(s.Templates, name)
		}
		if err != nil {
			return fmt.Errorf("templates: %w", err)
		}
		s.templates[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return nil
}

// newPage returns a page that renders a view with the template of that name. view is called
// only when the page is rendered, so that a list of ten thousand pages stays small.
func (s *site) newPage(name, at string, view func() any) (Page, error) {
	t := s.templates[name]
	if t == nil {
		return Page{}, fmt.Errorf("templates: no pages/%s.html", name)
	}
	return Page{Path: at, Write: func(w io.Writer) error {
		return t.ExecuteTemplate(clean{w}, "base", view())
	}}, nil
}

// newTile returns the tile of a metric. root leads to the site's root.
func (s *site) newTile(m *metric.Metric, root string) view.Tile {
	t := s.newBareTile(m, root)
	if m.State == metric.NotAvailable || m.Value == nil {
		return t
	}
	for i := range s.report.Sections {
		if series := s.report.Sections[i].FindSeries(m.ID, m.Scope); series != nil {
			t.Spark = view.DrawSpark(m, series)
			break
		}
	}
	return t
}

// newBareTile returns the tile of a metric without its chart.
func (s *site) newBareTile(m *metric.Metric, root string) view.Tile {
	t := view.NewTile(m, root+Methods)
	if m.ID == dora.Frequency {
		t.Facts = format.UpperFirst(ShippedWords(s.report.ShippedBy(m.Scope)))
		t.Few = m.Value == nil || m.Longer != nil
	}
	if m.State == metric.NotAvailable || m.Value == nil {
		return t
	}
	if m.Evidence != "" {
		if at := s.pageLink(root, evidencePath(m.Scope)); at != "" {
			t.Evidence = at + s.evidenceFragment(m)
		}
	}
	return t
}

// newTiles returns the tiles of the metrics with these IDs; it leaves out missing ones.
func (s *site) newTiles(sec *metric.Section, scope metric.Scope, root string, ids ...string) []view.Tile {
	var out []view.Tile
	for _, id := range ids {
		if m := sec.Find(id, scope); m != nil {
			out = append(out, s.newTile(m, root))
		}
	}
	return out
}

// goalTiles returns the tiles of the organisation's metrics with their goals.
func (s *site) goalTiles(sec *metric.Section, root string, ids ...string) []view.Tile {
	var out []view.Tile
	for _, id := range ids {
		if m := sec.Find(id, organisation); m != nil {
			out = append(out, s.newTile(m, root).WithGoal(m))
		}
	}
	return out
}

// evidenceFragment returns the ID of the part of a scope's evidence that is about a metric. An
// organisation with teams has one part, which lists the teams.
func (s *site) evidenceFragment(m *metric.Metric) string {
	for _, e := range s.evidence[metric.Scope{Kind: m.Scope.Kind, ID: m.Scope.ID}] {
		if e.ID == m.Evidence {
			return "#" + e.ID
		}
	}
	return ""
}

// audiences are the people whom a site is made for, by audience.
var audiences = map[string]string{
	"public": "the public", "organisation": "everyone in the organisation", "login": "everyone with an account for it",
}

// isPublic reports whether the site lacks the numbers of teams because everybody can read it.
func (s *site) isPublic() bool { return s.report.Withheld != nil }

// leftOut returns the parts that a public site leaves out.
func (s *site) leftOut() string {
	w := s.report.Withheld
	var parts []string
	for _, p := range []struct {
		n            int
		before, what string
	}{
		{w.Teams, "pages and numbers of ", "teams"},
		{w.Groups, "pages and numbers of ", "groups"},
		{w.Deployments, "the evidence of ", "deployments"},
		{w.Talks, "the words of ", "talks"},
		{w.Quotes, "", "quotes"},
	} {
		if p.n > 0 {
			parts = append(parts, p.before+format.Things(p.n, p.what))
		}
	}
	return words.Join(", ", parts...)
}

// audienceLine returns the people whom the site is made for and the parts that are left out for
// them; "" if the audience is not known.
func (s *site) audienceLine() string {
	who := audiences[s.Audience]
	switch {
	case who == "":
		return ""
	case s.isPublic() && s.leftOut() != "":
		return "This site is made for " + who + ". Left out: " + s.leftOut() + " (site.audience)."
	case s.Audience == "public" && !s.isPublic():
		return "The published site is made for " + who + " and has less than this copy: numbers of teams and groups, " +
			"evidence, and the words of developers are left out there (site.audience)."
	}
	return "This site is made for " + who + " (site.audience)."
}

// publicNote returns the note of a page of a public site; "" for other sites.
func (s *site) publicNote(text string) string {
	if !s.isPublic() {
		return ""
	}
	return "This site is made for the public: " + text
}
