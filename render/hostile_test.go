package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// hostile is text that others can put into every field that reaches a page.
var hostile = []string{
	`<script>document.title='pwned'</script>`,
	`</script><script>document.title='pwned'</script>`,
	`"><img src=x onerror="document.title='pwned'">`,
	`__f__"}]};document.title='pwned';//__f__`,
	`{{.Title}} ${document.title='pwned'}`,
	"=HYPERLINK(\"https://evil.example\",\"x\")",
	"\u202egnp.exe\u2066",
	"a\x00b\x1b[31mc",
	"\u2028\u2029-->",
	strings.Repeat("long", 1280),
}

// hostileFacts puts each of them everywhere.
func hostileFacts(asOf time.Time) (fact.Content, fact.Events) {
	var c fact.Content
	var e fact.Events
	for i, text := range hostile {
		repo := fmt.Sprintf("r%d/%s", i, text)
		c.Teams = append(c.Teams, fact.Team{
			ID: fmt.Sprintf("team-%d", i), Title: text, Group: text, Developers: 5,
			Owns: []fact.Ownership{{Repository: repo, Service: text}},
		})
		e.Repositories = append(e.Repositories, fact.Repository{Name: repo, URL: "javascript:document.title='pwned'"})
		e.Coverage = append(e.Coverage, fact.Coverage{Source: text, Repository: repo, Kind: "deployments", From: asOf.AddDate(0, -3, 0), To: asOf})
		e.Imports = append(e.Imports, fact.Import{
			Source: text, Kind: text, File: text, Read: 2, Used: 1, Notes: []string{text}, Rejected: []fact.Rejected{{Reason: text, Count: 1, Class: fact.Refused}},
		})
		e.Gaps = append(e.Gaps, fact.Gap{Source: text, Repository: repo, Reason: text, Next: text})
		for day := range 40 {
			t := asOf.AddDate(0, 0, -10-day)
			id := fmt.Sprint(text, day)
			e.Changes = append(e.Changes, fact.Change{
				Repository: repo, ID: id, URL: "javascript:document.title='pwned'", Title: text, Author: fmt.Sprint(text, day%3),
				FirstCommit: t.Add(-time.Hour), Opened: t.Add(-time.Hour), Merged: t, MergeCommit: id,
			})
			e.Deployments = append(e.Deployments, fact.Deployment{
				Repository: repo, ID: id, URL: "data:text/html,<script>1</script>", Environment: "prod " + text, Commit: id, Ref: text,
				Created: t, Statuses: []fact.Status{{State: fact.Success, At: t.Add(time.Minute)}},
			})
			e.Incidents = append(e.Incidents, fact.Incident{
				ID: id, Repository: repo, URL: "//evil.example/x", Title: text, Deployment: id, Opened: t.Add(time.Hour), Resolved: t.Add(2 * time.Hour),
			})
		}
	}
	return c, e
}

// withLinks are options of a site that links to single events.
func withLinks() Options {
	o := options
	o.EventLinks = true
	return o
}

func TestHostileTextIsHarmless(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	c, e := hostileFacts(asOf)
	opt := compute.DefaultOptions()
	opt.Platform.Name, opt.DORA.Titles = hostile[0], true
	m, ev, err := compute.Measure(opt, c, e, compute.Past{}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	site := tree(t, withLinks(), compute.Decide(opt, c, m), c, ev)
	checkTree(t, site) // no script, handler, foreign link or double ID came of it
	for at, data := range site {
		if at == notFound {
			data = withoutStyle(data)
		}
		switch {
		case strings.HasSuffix(at, ".html"):
			for _, bad := range []string{"javascript:", "data:text", "//evil.example/x\"", "\x00", "\x1b"} {
				if strings.Contains(data, bad) {
					t.Errorf("%s contains %q", at, bad)
				}
			}
		case strings.HasSuffix(at, ".csv"):
			checkCells(t, at, data)
		}
	}
}

// checkCells: a spreadsheet takes cells that begin so for formulas.
func checkCells(t *testing.T, at, data string) {
	t.Helper()
	for n, line := range strings.Split(data, "\n") {
		for cell := range strings.SplitSeq(line, ",") {
			cell = strings.TrimPrefix(cell, `"`)
			if cell != "" && strings.ContainsRune("=+@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%s:%d: cell %.40q is a formula", at, n+1, cell)
			}
		}
	}
}
