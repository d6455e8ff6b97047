package github

import (
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// issue is an issue as either API tells it.
type issue struct {
	number          int
	url, title      string
	labels          []string
	opened, updated time.Time
	closed          time.Time
	reopened        []time.Time
	// words are the title and the description: they are read for what they refer to,
	// and the description is not kept. links are what the forge itself links.
	words string
	links []text.Mention
}

// mentions returns what the issue refers to, in its own words first.
func (i *issue) mentions() []text.Mention {
	all := text.Mentions(i.words)
	for _, m := range i.links {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

func (i *issue) row(repo int64) collect.Kept[fact.Incident] {
	return collect.Kept[fact.Incident]{
		Repository: repo, ID: strconv.Itoa(i.number), At: i.updated.UTC(), Fact: fact.Incident{
			ID: strconv.Itoa(i.number), URL: i.url, Title: i.title, Labels: i.labels,
			Opened: i.opened.UTC(), Resolved: i.closed, Reopened: i.reopened, Mentions: i.mentions(),
		},
	}
}

func (q *qIssue) issue() *issue {
	i := &issue{
		number: q.Number, url: q.URL, title: q.Title, labels: labelNames(q.Labels),
		opened: q.CreatedAt, updated: q.UpdatedAt, closed: optional(q.ClosedAt),
		words: q.Title + "\n" + q.Body,
	}
	if q.Timeline != nil {
		for _, e := range q.Timeline.Nodes {
			if e != nil && e.Typename == "ReopenedEvent" {
				i.reopened = append(i.reopened, e.CreatedAt.UTC())
			}
		}
	}
	if q.Links != nil {
		for _, e := range q.Links.Nodes {
			if e != nil {
				i.link(e.Source)
				i.link(e.Closer)
			}
		}
	}
	return i
}

// link notes a request or a commit that refers to the issue or closed it. Of other
// issues there is nothing to note.
func (i *issue) link(l *qLink) {
	switch {
	case l == nil || l.Repository == nil:
	case l.Typename == "PullRequest":
		i.links = append(i.links, text.Mention{
			Repository: l.Repository.Name, Kind: text.ChangeMention,
			ID: strconv.Itoa(l.Number),
		})
	case l.Typename == "Commit":
		i.links = append(i.links, text.Mention{Repository: l.Repository.Name, Kind: text.CommitMention, ID: l.OID})
	}
}
