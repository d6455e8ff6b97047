package render

import (
	"html/template"
	"path"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/markdown"
)

// folders maps a folder of content to the folder of its pages.
var folders = map[string]string{"cases": "cases", "features": "features", "pages": "pages", "roadmap": "initiatives"}

// linkTo names a piece of content written in the given folder, with a link where
// the site has a page for it. root leads from the page to the site's root.
func (s *site) linkTo(root, folder, id, title string) link {
	l := link{Title: title}
	if folder == "research" { // it stands on one page, but for drafts
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

// resolver says where relative links of a text lead: from the file it was written
// in to the page of the file it names, or, failing that, from its own page.
func (s *site) resolver(at, file string) func(string) string {
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

// prose is what somebody wrote, ready for a page. A text that is too large to
// render is a problem that the page tells.
type prose struct {
	HTML    template.HTML
	Problem string
}

// prose renders the body of an item that stands on the page at the given path; top
// is the level of its highest headings.
func (s *site) prose(at string, item *fact.Item, top int) prose {
	html, err := markdown.Render([]byte(item.Body), markdown.Options{
		Top: top, Prefix: "text-",
		Resolve: s.resolver(at, item.File),
	})
	if err != nil {
		return prose{Problem: item.File + ": " + err.Error()}
	}
	return prose{HTML: html}
}

// furtherLinks are the links of an item that lead to the web.
func furtherLinks(links []fact.Link) []link {
	var out []link
	for _, l := range links {
		title := l.Title
		if title == "" {
			title = l.URL
		}
		out = append(out, link{Title: title, Href: safeURL(l.URL)})
	}
	return out
}

// named are the pieces of content of one folder with these IDs.
func (s *site) named(root, folder string, ids []string) []link {
	var out []link
	for _, id := range ids {
		title, ok := s.titles[folder+"/"+id]
		if !ok {
			title = id
		}
		out = append(out, s.linkTo(root, folder, id, title))
	}
	return out
}

// toldOf are the IDs of research that the discovery page tells.
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
