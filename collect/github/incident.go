package github

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// issue is an issue as either API tells it.
type issue struct {
	number          int
	url, title      string
	labels          []string
	opened, updated time.Time
	closed          time.Time
	reopened        []time.Time
}

func (i *issue) row(repo int64) collect.Kept[fact.Incident] {
	return collect.Kept[fact.Incident]{
		Repository: repo, ID: strconv.Itoa(i.number), At: i.updated.UTC(), Fact: fact.Incident{
			ID: strconv.Itoa(i.number), URL: i.url, Title: i.title, Labels: i.labels,
			Opened: i.opened.UTC(), Resolved: i.closed, Reopened: i.reopened,
		},
	}
}

func (q *qIssue) issue() *issue {
	i := &issue{
		number: q.Number, url: q.URL, title: q.Title, labels: labelNames(q.Labels),
		opened: q.CreatedAt, updated: q.UpdatedAt, closed: optional(q.ClosedAt),
	}
	if q.Timeline != nil {
		for _, e := range q.Timeline.Nodes {
			if e != nil && e.Typename == "ReopenedEvent" {
				i.reopened = append(i.reopened, e.CreatedAt.UTC())
			}
		}
	}
	return i
}
