package github

import (
	"slices"
	"strconv"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// keepIncident returns the issue as it is kept. Its description is not kept.
func (q *qIssue) keepIncident(repo int64) collect.Kept[fact.Incident] {
	f := fact.Incident{
		ID: strconv.Itoa(q.Number), URL: q.URL, Title: q.Title, Labels: labelNames(q.Labels),
		Opened: q.CreatedAt.UTC(), Resolved: orZero(q.ClosedAt), Mentions: q.listMentions(),
	}
	if q.Timeline != nil {
		for _, e := range q.Timeline.Nodes {
			if e != nil && e.Typename == "ReopenedEvent" {
				f.Reopened = append(f.Reopened, e.CreatedAt.UTC())
			}
		}
	}
	return collect.Kept[fact.Incident]{Repository: repo, ID: f.ID, At: q.UpdatedAt.UTC(), Fact: f}
}

// listMentions returns the references of the issue: those of its own words first, then the
// requests and commits that GitHub links with it.
func (q *qIssue) listMentions() []text.Mention {
	all := text.Mentions(q.Title + "\n" + q.Body)
	if q.Links == nil {
		return all
	}
	for _, e := range q.Links.Nodes {
		if e == nil {
			continue
		}
		for _, l := range []*qLink{e.Source, e.Closer} {
			if m, ok := l.asMention(); ok && !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// asMention returns the request or the commit of a link. A link to another issue has none.
func (l *qLink) asMention() (text.Mention, bool) {
	switch {
	case l == nil || l.Repository == nil:
	case l.Typename == "PullRequest":
		return text.Mention{Repository: l.Repository.Name, Kind: text.ChangeMention, ID: strconv.Itoa(l.Number)}, true
	case l.Typename == "Commit":
		return text.Mention{Repository: l.Repository.Name, Kind: text.CommitMention, ID: l.OID}, true
	}
	return text.Mention{}, false
}
