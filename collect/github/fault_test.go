package github_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// pagesWorld has a repository whose lists are longer than a page, and a small one.
func pagesWorld(commits, others int) *testkit.World {
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	w := &testkit.World{Organisation: "acme", From: from, To: from.AddDate(0, 0, 28)}
	w.People = []testkit.Person{{Login: "ann", Email: "ann@acme.example"}, {Login: "bob", Email: "bob@acme.example"}}
	w.Repositories = append(w.Repositories, pagesRepository(1, from, commits, others), pagesRepository(2, from, 6, 6))
	return w
}

// pagesRepository has n commits; of the first, half came by requests and each was
// deployed.
func pagesRepository(id int64, from time.Time, n, others int) *testkit.Repository {
	r := &testkit.Repository{
		ID: id, Names: []testkit.Name{{Full: fmt.Sprintf("acme/service-%d", id), From: from}}, DefaultBranch: "main", Created: from,
	}
	parent := ""
	for i := range n {
		at := from.Add(time.Duration(i) * 4 * time.Hour)
		c := testkit.Commit{SHA: fmt.Sprintf("%038x%02x", i+1, id), Author: "ann", AuthorTime: at, CommitTime: at, Message: "work"}
		if parent != "" {
			c.Parents = []string{parent}
		}
		if i%2 == 1 && i < others {
			c.Request = i
			own := testkit.Commit{SHA: fmt.Sprintf("f%037x%02x", i+1, id), Author: "ann", AuthorTime: at.Add(-3 * time.Hour), CommitTime: at.Add(-3 * time.Hour), Message: "mine", Request: i}
			r.Commits = append(r.Commits, own)
			r.Requests = append(r.Requests, testkit.Request{
				ID: id*1000 + int64(i), Number: i, Author: "ann", Title: "A change", Opened: at.Add(-2 * time.Hour), Base: "main", Head: fmt.Sprintf("work-%d", i),
				Commits: []testkit.Pushed{{SHA: own.SHA, At: at.Add(-2 * time.Hour)}},
				Reviews: []testkit.Review{{Author: "bob", State: "approved", At: at.Add(-time.Hour)}},
				Merged:  at, Method: testkit.Squash, MergeCommit: c.SHA, Landed: []string{c.SHA},
			})
		}
		parent = c.SHA
		r.Commits = append(r.Commits, c)
		r.Heads = append(r.Heads, testkit.Head{SHA: c.SHA, At: at})
		if i < others {
			r.Deployments = append(r.Deployments, testkit.Deployment{
				ID: id*1000 + int64(i), Environment: "production", SHA: c.SHA, Creator: "ann", Created: at, Payload: `""`,
				Statuses: []testkit.Status{{State: "in_progress", At: at}, {State: "success", At: at.Add(10 * time.Minute)}},
			})
		}
	}
	return r
}

// collected is what a run brought.
type collected struct {
	facts    fact.Events
	report   collect.Report
	err      error
	requests int
}

// collectOnce reads a world through middleware, on a clock that never waits.
func collectOnce(t *testing.T, w *testkit.World, o github.Options, wrap func(http.Handler) http.Handler) collected {
	t.Helper()
	s := githubtest.Serve(w, githubtest.Options{Wrap: wrap})
	defer s.Close()
	c := testkit.NewClock(w.To)
	o.BaseURL, o.Now, o.Sleep = s.URL, c.Now, c.Sleep
	var m testkit.Memory
	window := collect.Window{From: w.From, To: w.To}
	report, err := open(t, o).Sync(t.Context(), &m, collect.SyncOptions{Window: window})
	e := m.Events("hub", window)
	e.Gaps, e.Checks, e.Syncs = nil, nil, nil
	return collected{e, report, err, report.Requests}
}
