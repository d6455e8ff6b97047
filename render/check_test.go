package render

import (
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// checkTree holds every page of a site to the rules that all pages keep: links
// and fragments resolve, one h1, unique IDs, no inline script or style, no
// request to anywhere else, a heading for every level.
func checkTree(t *testing.T, site map[string]string) {
	t.Helper()
	parsed := map[string]*document{}
	for at, data := range site {
		if strings.HasSuffix(at, ".html") {
			parsed[at] = parse(t, at, data)
		}
	}
	for at, data := range site {
		if strings.HasSuffix(at, ".csv") {
			for _, wrong := range zeroCounts(data) {
				t.Errorf("%s: %s", at, wrong)
			}
		}
	}
	for at, d := range parsed {
		d.check(t)
		for _, l := range d.links {
			checkLink(t, site, parsed, at, l)
		}
	}
}

type document struct {
	at    string
	h1    int
	ids   map[string]bool
	links []string
	wrong []string
	main  int
	lang  string
}

func parse(t *testing.T, at, data string) *document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	d := &document{at: at, ids: map[string]bool{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			d.element(n)
			if n.Data == "table" {
				d.wrong = append(d.wrong, zeroCounts(tableCSV(n))...)
			}
		}
	}
	return d
}

// counted are the columns that say how much the value beside them rests on.
var counted = []string{"n", "teams", "compared", "compared with"}

// zeroCounts lists the rows of a CSV file whose value rests on nothing: 0 in a
// column of counts beside a value that is not itself 0.
func zeroCounts(data string) []string {
	records, err := csv.NewReader(strings.NewReader(data)).ReadAll()
	if err != nil || len(records) == 0 {
		return nil
	}
	value := slices.Index(records[0], "value")
	if value < 0 {
		value = 1
	}
	var wrong []string
	for column, name := range records[0] {
		if column == value || !slices.Contains(counted, strings.ToLower(name)) {
			continue
		}
		for _, r := range records[1:] {
			if v := r[value]; r[column] == "0" && strings.ContainsAny(v, "123456789") {
				wrong = append(wrong, fmt.Sprintf("0 in column %q beside %q", name, v))
			}
		}
	}
	return wrong
}

// tableCSV is a table's cells as a CSV file.
func tableCSV(table *html.Node) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for n := range table.Descendants() {
		if n.Type != html.ElementNode || n.Data != "tr" {
			continue
		}
		var row []string
		for c := range n.ChildNodes() {
			if c.Data == "th" || c.Data == "td" {
				text := ""
				for d := range c.Descendants() {
					if d.Type == html.TextNode {
						text += d.Data
					}
				}
				row = append(row, strings.TrimSpace(text))
			}
		}
		w.Write(row) // cannot fail
	}
	w.Flush()
	return b.String()
}

func TestZeroCountsAreSeen(t *testing.T) {
	for data, want := range map[string]int{
		"period,value,low,high,teams\n0,-0.2,,,0\n1,-0.1,-0.2,0,4\n": 1,
		"Week,Rate,n\na,0,0\nb,,0\n":                                 0,
		"Week,Rate,Teams\na,12 %,0\n":                                1,
	} {
		t.Run(data, func(t *testing.T) {
			if got := zeroCounts(data); len(got) != want {
				t.Errorf("%q: %q, want %d", data, got, want)
			}
		})
	}
}

func (d *document) bad(what string) { d.wrong = append(d.wrong, what) }

func (d *document) element(n *html.Node) {
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		switch {
		case strings.HasPrefix(a.Key, "on"):
			d.bad("event handler " + a.Key)
		case a.Key == "style":
			d.bad("style attribute on " + n.Data)
		case a.Key == "id":
			if d.ids[a.Val] {
				d.bad("id twice: " + a.Val)
			}
			d.ids[a.Val] = true
		case a.Key == "href" || a.Key == "src":
			d.links = append(d.links, a.Val)
		}
	}
	switch n.Data {
	case "html":
		d.lang = attr["lang"]
	case "h1":
		d.h1++
	case "main":
		d.main++
	case "style":
		d.bad("inline style")
	case "script":
		if attr["src"] == "" && attr["type"] != "application/json" {
			d.bad("inline script")
		}
	case "th":
		if attr["scope"] == "" {
			d.bad("th without scope")
		}
	case "img":
		if _, ok := attr["alt"]; !ok {
			d.bad("img without alt")
		}
	case "iframe", "object", "embed", "base", "form":
		d.bad("element " + n.Data)
	}
}

func (d *document) check(t *testing.T) {
	t.Helper()
	for _, w := range d.wrong {
		t.Errorf("%s: %s", d.at, w)
	}
	if d.h1 != 1 {
		t.Errorf("%s: %d h1", d.at, d.h1)
	}
	if d.main != 1 || d.lang != "en" {
		t.Errorf("%s: %d main, lang %q", d.at, d.main, d.lang)
	}
}

// notFound is the page that a server shows for unknown addresses.
const notFound = "404.html"

// checkLink: relative links lead to a file of the site, and fragments to an ID in
// it; absolute ones are web addresses of evidence.
func checkLink(t *testing.T, site map[string]string, parsed map[string]*document, at, link string) {
	t.Helper()
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
		return
	}
	if at == notFound && (strings.HasPrefix(link, "data:text/css;base64,") || link == "data:,") {
		return // a page at an unknown address has its style in it
	}
	file, fragment, _ := strings.Cut(link, "#")
	if at == notFound && strings.HasPrefix(file, "/") {
		file = file[1:] // checkTree looks at sites whose address is not known
	}
	if strings.Contains(file, ":") || strings.HasPrefix(file, "/") {
		t.Errorf("%s: link is not relative: %q", at, link)
		return
	}
	target := at
	if file != "" {
		target = path.Join(path.Dir(at), file)
	}
	if _, ok := site[target]; !ok {
		t.Errorf("%s: link to %q leads to no file %q", at, link, target)
		return
	}
	if fragment != "" && parsed[target] != nil && !parsed[target].ids[fragment] {
		t.Errorf("%s: link to %q: no such id in %s", at, link, target)
	}
}

func TestPagesKeepTheRules(t *testing.T) {
	r, c, ev := small(t)
	checkTree(t, tree(t, options, r, c, ev))
}

func TestBaseURL(t *testing.T) {
	r, c, ev := small(t)
	o := options
	o.BaseURL = "https://example.org/platform/"
	site := tree(t, o, r, c, ev)
	if want := `<link rel="canonical" href="https://example.org/platform/delivery/">`; !strings.Contains(site["delivery/index.html"], want) {
		t.Errorf("delivery/index.html has no %s", want)
	}
	if strings.Contains(site[notFound], `rel="canonical"`) {
		t.Error("404.html claims an address")
	}
}

// A server shows the page at any depth, where a relative link leads nowhere. So its links begin
// at the root of the server, and it needs no other file.
func TestNotFoundWorksAtAnyDepth(t *testing.T) {
	r, c, ev := small(t)
	for base, want := range map[string]string{
		"":                                    "/",
		"https://platform.example.org":        "/",
		"https://example.github.io/platform/": "/platform/",
		"https://example.github.io/platform":  "/platform/",
		"https://example.github.io/p/previews/pr-7": "/p/previews/pr-7/",
		"https://example.org/a%20b/":                "/a%20b/",
		"no address":                                "/",
	} {
		t.Run(base, func(t *testing.T) {
			o := options
			o.BaseURL = base
			page := tree(t, o, r, c, ev)[notFound]
			links := 0
			for _, a := range find(t, page, "a", "") {
				href := attribute(a, "href")
				if href == "#main" {
					continue
				}
				links++
				if !strings.HasPrefix(href, want) || strings.HasPrefix(strings.TrimPrefix(href, want), "/") {
					t.Errorf("a link to %q, want one below %q", href, want)
				}
			}
			if links < 5 {
				t.Errorf("%d links", links)
			}
			for _, tag := range []string{"link", "script", "img"} {
				for _, n := range find(t, page, tag, "") {
					if at := attribute(n, "href") + attribute(n, "src"); !strings.HasPrefix(at, "data:") {
						t.Errorf("it needs the file %q", at)
					}
				}
			}
			unknown := strings.Contains(page, "The links lead to the root of this server")
			if host := strings.HasPrefix(base, "https://"); unknown == host {
				t.Errorf("the note about an unknown address: %v", unknown)
			}
		})
	}
}
