package render

import (
	"html/template"
	"path"
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// link is an anchor with its text.
type link struct {
	Title, Href string
	Current     bool
}

// frame is what the layout needs of every page.
type frame struct {
	Site        string
	Title       string // of the page; the layout adds the site's name
	Description string
	Root        string // "" or "../" …: from this page to the site's root
	Canonical   string // absolute URL, only with a base URL
	Nav, More   []link
	Crumbs      []link
	CSS, Script string
	ECharts     string // fetched by the script for the first chart that is touched
	Search      string // fetched by the script for the first search field that is entered
	Hours       *hoursView
	Live        string
	Icon        string
	AsOf        string // ISO date, for the banner that says the data are old
	Updated     string
	Version     string
	Preview     bool
}

// place is a page of the menu.
type place struct{ title, path string }

// The menu follows the loop; what is not part of it stands under More.
var (
	menu = []place{
		{"Health", "index.html"},
		{"Discovery", discoveryPath},
		{"Roadmap", roadmapPath},
		{"Features", featuresPath},
		{"Delivery", "delivery/index.html"},
		{"Experience", experiencePath},
	}
	menuMore = []place{
		{"Review", reviewPath},
		{"Decisions", decisionsPath},
		{"Cases", casesPath},
		{"How we work", howPath},
	}
	// menuLast stands under More after the platform's own pages.
	menuLast = []place{
		{"Methods", "about/methods/index.html"},
		{"Data quality", "about/data/index.html"},
		{"About", "about/index.html"},
	}
)

// frame builds the frame of the page at the given path.
func (s *site) frame(at, title, description string, crumbs ...place) frame {
	root := strings.Repeat("../", strings.Count(at, "/"))
	asset := func(name string) string {
		if p, ok := s.assets[name]; ok {
			return root + p
		}
		return ""
	}
	f := frame{
		Site: s.report.Platform.Name, Title: title, Description: description, Root: root,
		CSS: asset("site.css"), Script: asset("site.js"), ECharts: asset("echarts.min.js"),
		Search: asset("search.js"), Live: asset("live.js"), Icon: asset("icon.svg"), Hours: s.officeHours(root),
		AsOf: format.ISO(s.report.AsOf), Updated: format.Date(s.report.AsOf), Version: s.Version,
		Preview: s.Preview,
	}
	if s.BaseURL != "" {
		f.Canonical = strings.TrimSuffix(s.BaseURL, "/") + "/" + strings.TrimSuffix(at, "index.html")
	}
	for _, p := range menu {
		if s.paths[p.path] {
			f.Nav = append(f.Nav, link{p.title, root + p.path, isWithin(at, p.path)})
		}
	}
	for _, list := range [][]place{menuMore, s.own, menuLast} {
		for _, p := range list {
			f.More = append(f.More, link{p.title, root + p.path, at == p.path})
		}
	}
	for _, p := range crumbs {
		f.Crumbs = append(f.Crumbs, link{Title: p.title, Href: root + p.path})
	}
	return f
}

// isWithin reports whether a page belongs to a place of the menu: it is that
// place or lies below it.
func isWithin(at, place string) bool {
	if at == place {
		return true
	}
	dir := path.Dir(place)
	return dir != "." && strings.HasPrefix(at, dir+"/")
}

// meta is the line under a title: window, population, sources.
func (s *site) meta() string {
	m := &s.report.Measured
	parts := []string{format.Span(m.Current.From, m.Current.To) + ", against " + format.Span(m.Before.From, m.Before.To)}
	var who []string
	if n := len(m.Teams); n > 0 {
		who = append(who, format.Things(n, "teams"))
	}
	if n := m.Platform.Developers; n > 0 {
		who = append(who, format.Things(n, "developers"))
	}
	if len(who) == 0 {
		who = append(who, format.Things(m.Services, "services"))
	}
	return strings.Join(append(parts, strings.Join(who, ", "), sources(m.Quality)), " · ")
}

func sources(q []compute.Quality) string {
	complete := 0
	for i := range q {
		if q[i].Grade == compute.Complete {
			complete++
		}
	}
	if len(q) == 0 {
		return "no source connected"
	}
	return format.Count(complete) + " of " + format.Things(len(q), "sources") + " complete"
}

var funcs = template.FuncMap{
	"join": strings.Join, "upper": upperFirst, "things": format.Things,
}

// Places are the pages that may show a metric, the likeliest first. A page that
// shows it has an element whose ID is Anchor of the metric's; which pages there
// are depends on the site.
func Places(m *metric.Metric) []string {
	switch m.Scope.Kind {
	case metric.Team:
		return []string{"teams/" + m.Scope.ID + "/index.html", experiencePath}
	case metric.Feature:
		return []string{"features/" + m.Scope.ID + "/index.html", experiencePath, "features/index.html"}
	case metric.Initiative:
		return []string{"initiatives/" + m.Scope.ID + "/index.html", roadmapPath}
	}
	return []string{"delivery/index.html", experiencePath, discoveryPath, roadmapPath, "features/index.html", "index.html"}
}

// Methods is the page with every definition, whose anchor is the definition's ID.
const Methods = "about/methods/index.html"

// Anchor is the ID of the element that shows the metric, or the definition, with
// the given ID.
func Anchor(id string) string { return anchor(id) }
