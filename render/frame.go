package render

import (
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/markdown"
	"github.com/ip3dp/ip3dp/render/view"
)

// frame has the data of the layout that every page uses.
type frame struct {
	Site        string
	Title       string // of the page; the layout adds the site's name
	Description string
	Root        string // "" or "../" …: from this page to the site's root
	Canonical   string // absolute URL, only with a base URL
	Nav, More   []view.Link
	Crumbs      []view.Link
	CSS, Script string
	Sheet       string // the style sheet of the page's own components; "" for none
	ECharts     string // the script fetches it for the first chart that a reader uses
	Search      string // the script fetches it for the first search
	Hours       *event // the next office hours; nil without a date
	Live        string
	Icon        string
	AsOf        string // ISO date, for the banner about old data
	Updated     string
	Version     string
	Preview     bool
}

// listView is a page with one list.
type listView[T any] struct {
	frame
	Count string // the number of entries, in words
	Rows  []T
}

// newFrame builds the frame of the page at the given path.
func (s *site) newFrame(at, title, description string, crumbs ...view.Link) frame {
	root := strings.Repeat("../", strings.Count(at, "/"))
	asset := func(name string) string {
		if p, ok := s.assets[name]; ok {
			return root + p
		}
		return ""
	}
	f := frame{
		Site: s.report.Platform.Name, Title: title, Description: description, Root: root,
		CSS: asset("site.css"), Sheet: asset(sheetOf(at)), Script: asset("site.js"), ECharts: asset("echarts.min.js"),
		Search: asset("search.js"), Live: asset("live.js"), Icon: asset("icon.svg"),
		AsOf: format.ISO(s.report.AsOf), Updated: format.Date(s.report.AsOf), Version: s.Version,
		Preview: s.Preview,
	}
	f.Hours, _ = s.officeHours(root)
	if s.BaseURL != "" {
		f.Canonical = strings.TrimSuffix(s.BaseURL, "/") + "/" + strings.TrimSuffix(at, "index.html")
	}
	for _, l := range menuLinks(mainMenu) {
		if s.paths[l.Href] {
			f.Nav = append(f.Nav, view.Link{Title: l.Title, Href: root + l.Href, Current: isWithin(at, l.Href)})
		}
	}
	for _, l := range slices.Concat(menuLinks(moreMenu), s.own, menuLinks(lastMenu)) {
		f.More = append(f.More, view.Link{Title: l.Title, Href: root + l.Href, Current: at == l.Href})
	}
	for _, l := range crumbs {
		f.Crumbs = append(f.Crumbs, view.Link{Title: l.Title, Href: root + l.Href})
	}
	return f
}

// sheets maps the folder of a page to the style sheet of its components.
var sheets = map[string]string{
	"features": "tree.css",
	"delivery": "delivery.css", "teams": "delivery.css", "groups": "delivery.css",
	"roadmap": "plan.css", "initiatives": "plan.css", "cases": "plan.css",
	"discovery": "plan.css", "decisions": "plan.css", "review": "plan.css",
	"experience": "people.css",
}

// sheetOf returns the name of the second style sheet of a page. The first page has none: it
// loads fast.
func sheetOf(at string) string {
	folder, _, deep := strings.Cut(at, "/")
	if at == healthPath {
		return ""
	}
	if sheet, ok := sheets[folder]; ok && deep {
		return sheet
	}
	return "more.css"
}

// isWithin reports whether a page belongs to a menu entry: it is that page, or in its folder.
func isWithin(at, place string) bool {
	if at == place {
		return true
	}
	dir := path.Dir(place)
	return dir != "." && strings.HasPrefix(at, dir+"/")
}

// metaLine returns the line under a title: window, population, sources.
func (s *site) metaLine() string { return s.metaLineOf(organisation) }

// metaLineOf returns the line under a title, with the window of a scope.
func (s *site) metaLineOf(scope metric.Scope) string {
	m := &s.report.Measured
	parts := []string{s.windowWordsOf(scope)}
	var who []string
	if n := m.CountTeams(); n > 0 {
		who = append(who, format.Things(n, "teams"))
	}
	if n := m.Platform.Developers; n > 0 {
		who = append(who, format.Things(n, "developers"))
	}
	if len(who) == 0 {
		who = append(who, format.Things(m.Services, "services"))
	}
	return strings.Join(append(parts, strings.Join(who, ", "), sourceWords(m.Quality)), " · ")
}

func sourceWords(q []compute.Quality) string {
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
	"join": strings.Join, "upper": format.UpperFirst, "things": format.Things, "anchor": view.Anchor, "span": format.Span,
}

// Places returns the pages that may show a metric, the most likely first. The site decides
// which of them exist. On the page that shows the metric, the ID of its element is Anchor of
// its ID.
func Places(m *metric.Metric) []string {
	switch m.Scope.Kind {
	case metric.Team:
		return []string{teamPath(m.Scope.ID), experiencePath}
	case metric.Group:
		return []string{groupPath(m.Scope.ID), experiencePath}
	case metric.Feature:
		return []string{"features/" + m.Scope.ID + "/index.html", experiencePath, "features/index.html"}
	case metric.Initiative:
		return []string{"initiatives/" + m.Scope.ID + "/index.html", roadmapPath}
	}
	return []string{deliveryPath, experiencePath, discoveryPath, roadmapPath, "features/index.html", "index.html"}
}

// Methods is the page with all definitions. The anchor of each is Anchor of its ID.
const Methods = "about/methods/index.html"

// folders maps a folder of content to the folder of its pages.
var folders = map[string]string{"cases": "cases", "features": "features", "pages": "pages", "roadmap": "initiatives"}

// linkTo returns the title of a piece of content in a folder, with a link if the site has its
// page. root leads from the page to the site's root.
func (s *site) linkTo(root, folder, id, title string) view.Link {
	l := view.Link{Title: title}
	if folder == "research" { // one page has all research, except drafts
		if s.told[id] && s.paths[discoveryPath] {
			l.Href = root + discoveryPath + "#" + researchAnchor(id)
		}
		return l
	}
	if at := folders[folder] + "/" + id + "/index.html"; s.paths[at] {
		l.Href = root + at
	}
	return l
}

// newResolver returns a function that resolves the relative links of a text in the file. A link
// to a file of content leads to its page. Any other link is relative to the text's page. A link
// without a target on the site becomes "".
func (s *site) newResolver(at, file string) func(string) string {
	root := strings.Repeat("../", strings.Count(at, "/"))
	return func(to string) string {
		to, _, _ = strings.Cut(to, "#")
		if to == "" {
			return ""
		}
		written := path.Join(path.Dir(file), to)
		folder, name := path.Split(written)
		if id, ok := strings.CutSuffix(name, ".md"); ok {
			return s.linkTo(root, strings.TrimSuffix(folder, "/"), id, "").Href
		}
		if page := path.Join(path.Dir(at), to); s.paths[page] {
			return root + page
		}
		return ""
	}
}

// renderProse renders the body of an item for the page at the given path; top is the level of
// its highest headings.
func (s *site) renderProse(at string, item *fact.Item, top int) view.Prose {
	html, err := markdown.Render([]byte(item.Body), markdown.Options{
		Top: top, Prefix: "text-",
		Resolve: s.newResolver(at, item.File),
	})
	if err != nil {
		return view.Prose{Problem: item.File + ": " + err.Error()}
	}
	return view.Prose{HTML: html}
}

// furtherLinks returns the web links of an item.
func furtherLinks(links []fact.Link) []view.Link {
	var out []view.Link
	for _, l := range links {
		title := l.Title
		if title == "" {
			title = l.URL
		}
		out = append(out, view.Link{Title: title, Href: safeURL(l.URL)})
	}
	return out
}

// namedLinks returns the links to the items of a folder with these IDs.
func (s *site) namedLinks(root, folder string, ids []string) []view.Link {
	var out []view.Link
	for _, id := range ids {
		title, ok := s.titles[folder+"/"+id]
		if !ok {
			title = id
		}
		out = append(out, s.linkTo(root, folder, id, title))
	}
	return out
}

// toldOf returns the IDs of research that the discovery page shows.
func toldOf(c *fact.Content) map[string]bool {
	told := map[string]bool{}
	for i := range c.Research {
		if r := &c.Research[i]; !r.Draft {
			told[r.ID] = true
		}
	}
	return told
}

// titlesOf maps the folder and ID of every piece of content to its title.
func titlesOf(c *fact.Content) map[string]string {
	titles := map[string]string{}
	add := func(folder string, i *fact.Item) { titles[folder+"/"+i.ID] = i.Title }
	for i := range c.Features {
		add("features", &c.Features[i].Item)
	}
	for i := range c.Initiatives {
		add("roadmap", &c.Initiatives[i].Item)
	}
	for i := range c.Research {
		add("research", &c.Research[i].Item)
	}
	for i := range c.Cases {
		add("cases", &c.Cases[i].Item)
	}
	for i := range c.Pages {
		add("pages", &c.Pages[i].Item)
	}
	return titles
}

// pageLink returns the link to a page, or "" if the site has none there.
func (s *site) pageLink(root, path string) string {
	if s.paths[path] {
		return root + path
	}
	return ""
}
