package github

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// ancestry decides, while commits come newest first, which of them the default
// branch did not have when its head was the mark. A commit merged since may be
// older than the mark, so meeting the mark is not the end: all parents of new
// commits must be accounted for.
type ancestry struct {
	mark   string
	met    bool            // the mark was listed
	old    map[string]bool // reached from the mark, or the mark
	wanted map[string]bool // parents of new commits, not listed yet
}

func newAncestry(head, mark string) *ancestry {
	a := &ancestry{mark: mark, old: map[string]bool{}, wanted: map[string]bool{head: true}}
	if mark != "" {
		a.old[mark] = true
		delete(a.wanted, mark)
	}
	return a
}

// take says whether a commit is new.
func (a *ancestry) take(sha string, parents []string) bool {
	delete(a.wanted, sha)
	if sha == a.mark {
		a.met = true
	}
	known := a.old[sha]
	for _, p := range parents {
		switch {
		case known:
			a.old[p] = true
			delete(a.wanted, p)
		case !a.old[p]:
			a.wanted[p] = true
		}
	}
	return !known
}

// complete says that no new commit is still to come.
func (a *ancestry) complete() bool { return len(a.wanted) == 0 }

// Parents of a commit, of which an octopus merge has many, and requests that hold it.
// A parent that is left out could end the walk before all that is new was read.
const (
	parentsWithin  = 20
	requestsWithin = 10
)

var historyFields = fmt.Sprintf(`oid url message authoredDate committedDate author { name email user { __typename login } }`+
	` parents(first: %d) { nodes { oid } } associatedPullRequests(first: %d) { nodes { state } }`, parentsWithin, requestsWithin)

// historyPart reads the commits of the default branch, newest first.
type historyPart struct {
	t    *target
	l    list[qCommit]
	from time.Time // start of the window
	walk *ancestry
	all  bool // to the start of the window, whatever is known
	// markTime is the commit time of the mark. A mark inside the window that is not
	// met was pushed away by force.
	markTime time.Time
}

func newHistoryPart(t *target, from time.Time, size int, mark string, markTime time.Time) *historyPart {
	return &historyPart{
		t: t, from: from, all: mark == "", walk: newAncestry(t.head, mark), markTime: markTime,
		l: list[qCommit]{what: "commits", size: size, id: func(c *qCommit) string { return c.OID }},
	}
}

func (p *historyPart) kind() collect.Kind { return collect.Commits }
func (p *historyPart) what() string       { return "commits" }
func (p *historyPart) nodes() int         { return p.l.size * (1 + parentsWithin + requestsWithin) }
func (p *historyPart) halve() bool        { return p.l.halve() }

// field asks for the history of the head that the probe saw, so that a push while
// pages are read moves nothing.
func (p *historyPart) field() string {
	return fmt.Sprintf("object(oid: %s) { ... on Commit { history(%s, since: %s) { totalCount pageInfo { "+
		"hasNextPage endCursor } nodes { %s } } } }",
		quote(p.t.head), p.l.args(), quote(p.from.Format(time.RFC3339)),
		historyFields)
}

func (p *historyPart) take(raw json.RawMessage) (bool, []part, error) {
	var object *struct {
		History *connection[qCommit] `json:"history"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	if object == nil {
		return false, nil, p.l.wrong("the head %.7s is not there", p.t.head)
	}
	found, done, err := p.l.page(object.History)
	if err != nil {
		return false, nil, err
	}
	for _, c := range found {
		if p.walk.take(c.OID, c.parents()) || p.all {
			p.t.commit(c)
		}
	}
	if done {
		return true, p.end(), nil
	}
	return !p.all && p.walk.complete(), nil, nil
}

// end is called when the history was read to the start of the window. If the mark
// should have been there, the branch was pushed by force: what it no longer has is
// dropped, and requests are read anew with it.
func (p *historyPart) end() []part {
	if !p.all && !p.walk.met && !p.markTime.Before(p.from) {
		return p.t.forced()
	}
	return nil
}

func (c *qCommit) parents() []string {
	if c.Parents == nil {
		return nil
	}
	var shas []string
	for _, n := range c.Parents.Nodes {
		if n != nil {
			shas = append(shas, n.OID)
		}
	}
	return shas
}

// request says whether a merged pull request brought the commit.
func (c *qCommit) request() bool {
	if c.Requests == nil {
		return false
	}
	for _, r := range c.Requests.Nodes {
		if r != nil && r.State == "MERGED" {
			return true
		}
	}
	return false
}

// row is the commit as it is kept.
func (c *qCommit) row(repo int64) collect.Kept[fact.Commit] {
	return collect.Kept[fact.Commit]{Repository: repo, ID: c.OID, At: c.CommittedDate.UTC(), Fact: fact.Commit{
		SHA: c.OID, Parents: c.parents(), Author: c.author(), AuthorTime: c.AuthoredDate.UTC(),
		CommitTime: c.CommittedDate.UTC(), Subject: fact.HashSubject(c.Message),
		PickedFrom: text.PickedCommit(c.Message), Reverts: text.RevertedCommit(c.Message),
	}}
}
