package github

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// ancestry decides, while commits come newest first, which of them the default branch did not
// have when its head was the mark. A commit merged since may be older than the mark, so meeting
// the mark is not the end: all parents of new commits must have been listed.
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

// addCommit adds a listed commit and reports whether it is new.
func (a *ancestry) addCommit(sha string, parents []string) bool {
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

// complete reports whether all new commits were listed.
func (a *ancestry) complete() bool { return len(a.wanted) == 0 }

// Limits for the parents of a commit (an octopus merge has many) and for the requests that
// contain it. If a parent is left out, the walk may end too early.
const (
	parentsWithin  = 20
	requestsWithin = 10
)

var historyFields = fmt.Sprintf(`oid url message authoredDate committedDate `+
	`author { name email user { __typename login } } parents(first: %d) { nodes { oid } } `+
	`associatedPullRequests(first: %d) { nodes { state } }`, parentsWithin, requestsWithin)

// historyReader reads the commits of the default branch, newest first.
type historyReader struct {
	t    *repository
	l    list[qCommit]
	from time.Time // start of the window
	walk *ancestry
	all  bool // to the start of the window, also commits that are known
	// markTime is the commit time of the mark. If a mark inside the window is not met, the
	// branch was pushed by force.
	markTime time.Time
}

func newHistoryReader(t *repository, from time.Time, size int, mark string, markTime time.Time) *historyReader {
	return &historyReader{
		t: t, from: from, all: mark == "", walk: newAncestry(t.head, mark), markTime: markTime,
		l: list[qCommit]{title: "commits", size: size, id: func(c *qCommit) string { return c.OID }},
	}
}

func (p *historyReader) factKind() collect.Kind { return collect.Commits }
func (p *historyReader) title() string          { return "commits" }
func (p *historyReader) countNodes() int        { return p.l.size * (1 + parentsWithin + requestsWithin) }
func (p *historyReader) halveSize() bool        { return p.l.halveSize() }

// queryField asks for the history of the head that the probe saw, so that a push during the
// reading changes nothing.
func (p *historyReader) queryField() string {
	return fmt.Sprintf("object(oid: %s) { ... on Commit { history(%s, since: %s) { %s nodes { %s } } } }",
		quoteText(p.t.head), p.l.formatArgs(), quoteText(p.from.Format(time.RFC3339)), pageFields, historyFields)
}

func (p *historyReader) takePage(raw json.RawMessage) (bool, []listReader, error) {
	var object *struct {
		History *connection[qCommit] `json:"history"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return false, nil, p.l.wrongPage("%v", err)
	}
	if object == nil {
		return false, nil, p.l.wrongPage("the head %.7s is not there", p.t.head)
	}
	found, done, err := p.l.addPage(object.History)
	if err != nil {
		return false, nil, err
	}
	for _, c := range found {
		if p.walk.addCommit(c.OID, c.parentSHAs()) || p.all {
			p.t.takeCommit(c)
		}
	}
	if done {
		return true, p.checkForced(), nil
	}
	return !p.all && p.walk.complete(), nil, nil
}

// checkForced is called when the history was read to the start of the window. If the mark
// should have been met, the branch was pushed by force: lost commits are dropped, and the
// requests of the window are read again.
func (p *historyReader) checkForced() []listReader {
	if !p.all && !p.walk.met && !p.markTime.Before(p.from) {
		return p.t.dropForced()
	}
	return nil
}

func (c *qCommit) parentSHAs() []string {
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

// hasMergedRequest reports whether a merged pull request brought the commit.
func (c *qCommit) hasMergedRequest() bool {
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

// keepCommit returns the commit as it is kept.
func (c *qCommit) keepCommit(repo int64) collect.Kept[fact.Commit] {
	return collect.Kept[fact.Commit]{Repository: repo, ID: c.OID, At: c.CommittedDate.UTC(), Fact: fact.Commit{
		SHA: c.OID, Parents: c.parentSHAs(), Author: c.author(), AuthorTime: c.AuthoredDate.UTC(),
		CommitTime: c.CommittedDate.UTC(), Subject: fact.HashSubject(c.Message),
		PickedFrom: text.PickedCommit(c.Message), Reverts: text.RevertedCommit(c.Message),
	}}
}
