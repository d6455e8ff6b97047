package github

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/collecttest"
	"github.com/ip3dp/ip3dp/collect/github/githubtest"
)

func smokeWorld() *collecttest.World {
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	w := &collecttest.World{Organisation: "acme", From: from, To: from.AddDate(0, 0, 28)}
	w.People = []collecttest.Person{{Login: "ann", Email: "ann@x.y"}, {Login: "bob", Email: "bob@x.y"}}
	w.Teams = []collecttest.Team{{Slug: "core", Name: "Core", Members: []string{"ann"}, Repositories: []int64{1}}}
	r := &collecttest.Repository{ID: 1, Names: []collecttest.Name{{Full: "acme/web"}}, DefaultBranch: "main", Created: from}
	parent := ""
	for i := range 250 {
		sha := fmt.Sprintf("%040x", i+1)
		at := from.Add(time.Duration(i) * time.Hour)
		c := collecttest.Commit{SHA: sha, Author: "ann", AuthorTime: at, CommitTime: at, Message: "work"}
		if parent != "" {
			c.Parents = []string{parent}
		}
		parent = sha
		r.Commits = append(r.Commits, c)
		r.Heads = append(r.Heads, collecttest.Head{SHA: sha, At: at})
		r.Deployments = append(r.Deployments, collecttest.Deployment{ID: int64(i + 1), Environment: "production", SHA: sha, Creator: "ann", Created: at,
			Statuses: []collecttest.Status{{State: "success", At: at.Add(time.Hour)}, {State: "inactive", At: at.Add(5 * time.Hour)}}})
	}
	w.Repositories = append(w.Repositories, r)
	return w
}

func TestSmoke(t *testing.T) {
	w := smokeWorld()
	s := githubtest.Serve(w, githubtest.Options{})
	defer s.Close()
	f, err := New("hub", Options{BaseURL: s.URL, Token: githubtest.Token, Organisations: []string{"acme"}, GraphQL: true, Teams: true, IncidentLabels: []string{"incident"}})
	if err != nil {
		t.Fatal(err)
	}
	m := newMemory()
	rep, err := f.Sync(context.Background(), m, collect.SyncOptions{Window: collect.Window{From: w.From, To: w.To}})
	t.Logf("%+v %v", rep, err)
	t.Log(len(m.commits), len(m.changes), len(m.deployments), len(m.teams), s.Requests())
	for _, c := range m.cursors {
		t.Logf("%+v", c)
	}
}
