package githubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// card is what the lists of issues hold: an issue or a request.
type card struct {
	repo    *testkit.Repository
	issue   *testkit.Issue
	request *testkit.Request
}

func (v *view) cards(r *testkit.Repository) []card {
	var all []card
	for i := range r.Issues {
		if x := &r.Issues[i]; !x.Opened.After(v.now) {
			all = append(all, card{repo: r, issue: x})
		}
	}
	for i := range r.Requests {
		if q := &r.Requests[i]; q.Visible(v.now) {
			all = append(all, card{repo: r, request: q})
		}
	}
	return all
}

func (k card) opened() time.Time {
	if k.issue != nil {
		return k.issue.Opened
	}
	return k.request.Opened
}

func (k card) updated(now time.Time) time.Time {
	if k.issue != nil {
		return k.issue.Updated(now)
	}
	return k.request.Updated(now)
}

// closed is when it was closed, zero if it is open.
func (v *view) closed(k card) time.Time {
	switch {
	case k.issue != nil:
		return k.issue.ClosedAt(v.now)
	case k.request.IsMerged(v.now):
		return k.request.Merged
	}
	return v.before(k.request.Closed)
}

func (k card) labels(now time.Time) []string {
	if k.issue != nil {
		return testkit.LabelsAt(k.issue.Labels, now)
	}
	return testkit.LabelsAt(k.request.Labels, now)
}

// labelled says whether it has all of the labels. GitHub compares them without
// regard to case.
func (k card) labelled(now time.Time, wanted []string) bool {
	has := k.labels(now)
	for _, w := range wanted {
		if !slices.ContainsFunc(has, func(l string) bool { return strings.EqualFold(l, strings.TrimSpace(w)) }) {
			return false
		}
	}
	return true
}

func (v *view) cardJSON(k card) object {
	full := k.repo.Name(v.now)
	if k.request != nil {
		o := v.pullJSON(k.repo, k.request, false)
		for _, name := range []string{"head", "base", "merged_at", "merge_commit_sha"} {
			delete(o, name)
		}
		o["pull_request"] = object{"url": o["url"], "merged_at": stamp(v.before(k.request.Merged))}
		o["url"] = fmt.Sprintf("%s/repos/%s/issues/%d", v.api, full, k.request.Number)
		o["repository_url"] = v.api + "/repos/" + full
		return o
	}
	x := k.issue
	closed := x.ClosedAt(v.now)
	o := object{
		"id": x.ID, "node_id": nodeID("I", x.ID), "number": x.Number, "title": x.Title, "user": v.userJSON(x.Author),
		"state": state(!closed.IsZero()), "state_reason": nil, "labels": labelsJSON(k.labels(v.now)), "body": x.Body, "comments": len(x.Touched),
		"created_at": stamp(x.Opened), "updated_at": stamp(x.Updated(v.now)), "closed_at": stamp(closed),
		"html_url": web + full + "/issues/" + strconv.Itoa(x.Number), "url": fmt.Sprintf("%s/repos/%s/issues/%d", v.api,
			full, x.Number),
		"repository_url": v.api + "/repos/" + full, "locked": false,
	}
	switch {
	case !closed.IsZero():
		o["state_reason"] = "completed"
	case len(x.EventsAt(v.now)) > 0:
		o["state_reason"] = "reopened"
	}
	return o
}

// issues lists issues and requests; labels are AND.
func (c *call) issues() answer {
	if slices.Contains(c.server.options.NoIssues, c.repo.ID) {
		return refused(http.StatusGone, "Issues has been disabled in this repository.")
	}
	since, _ := c.at("since")
	wanted := orText(c.param("state"), "open")
	var labels []string
	if c.param("labels") != "" {
		labels = strings.Split(c.param("labels"), ",")
	}
	all := slices.DeleteFunc(c.cards(c.repo), func(k card) bool {
		return k.updated(c.now).Before(since) || !k.labelled(c.now, labels) || wanted != "all" &&
			state(!c.closed(k).IsZero()) != wanted
	})
	slices.SortStableFunc(all, func(a, b card) int {
		if c.param("sort") == "updated" {
			return a.updated(c.now).Compare(b.updated(c.now))
		}
		return a.opened().Compare(b.opened())
	})
	if c.param("direction") != "asc" {
		slices.Reverse(all)
	}
	return listOf(all, func(k card) any { return c.cardJSON(k) })
}

func (c *call) issue() answer {
	if k, ok := c.card(c.repo, c.number("number")); ok {
		return found(c.cardJSON(k))
	}
	return missing()
}

func (v *view) card(r *testkit.Repository, number int64) (card, bool) {
	for _, k := range v.cards(r) {
		if k.issue != nil && int64(k.issue.Number) == number || k.request != nil && int64(k.request.Number) == number {
			return k, true
		}
	}
	return card{}, false
}

// occurrence is an event of an issue or a request.
type occurrence struct {
	kind  string // in REST's words: closed, reopened, merged, labeled, unlabeled, ready_for_review
	label string
	at    time.Time
	// source is the request that refers to an issue.
	source *testkit.Request
}

// occurrences are the events of a card by now, oldest first.
func (v *view) occurrences(k card) []occurrence {
	var all []occurrence
	add := func(kind, label string, at time.Time) {
		if !at.IsZero() && !at.After(v.now) {
			all = append(all, occurrence{kind: kind, label: label, at: at})
		}
	}
	labels := []testkit.Label(nil)
	if k.issue != nil {
		labels = k.issue.Labels
		for _, e := range k.issue.Events {
			add(string(e.Kind), "", e.At)
		}
		for _, q := range k.issue.Links(k.repo, v.now) {
			all = append(all, occurrence{kind: crossReferenced, at: q.Opened, source: q})
		}
	} else {
		labels = k.request.Labels
		add("ready_for_review", "", k.request.Ready)
		add("merged", "", k.request.Merged)
		add("closed", "", v.closed(k))
	}
	for _, l := range labels {
		add("labeled", l.Name, l.Added)
		add("unlabeled", l.Name, l.Removed)
	}
	slices.SortStableFunc(all, func(a, b occurrence) int { return a.at.Compare(b.at) })
	return all
}

// crossReferenced is the kind of an event that only timelines have.
const crossReferenced = "cross-referenced"

func (c *call) issueEvents() answer {
	return c.happenings(func(e occurrence) bool { return e.kind != crossReferenced })
}

func (c *call) issueTimeline() answer { return c.happenings(func(occurrence) bool { return true }) }

func (c *call) happenings(shown func(occurrence) bool) answer {
	k, ok := c.card(c.repo, c.number("number"))
	if !ok {
		return missing()
	}
	all := slices.DeleteFunc(c.occurrences(k), func(e occurrence) bool { return !shown(e) })
	return listOf(all, func(e occurrence) any {
		if e.source != nil {
			return object{
				"event": e.kind, "created_at": stamp(e.at),
				"source": object{"type": "issue", "issue": c.cardJSON(card{repo: c.repo, request: e.source})},
			}
		}
		o := object{"id": userID(e.kind + e.label + e.at.String()), "event": e.kind, "created_at": stamp(e.at), "actor": nil}
		if e.label != "" {
			o["label"] = object{"name": e.label, "color": "ededed"}
		}
		return o
	})
}

// search answers GET /search/issues with the qualifiers that are of use here.
func (c *call) search() answer {
	all, err := c.find(c.param("q"))
	if err != nil {
		return invalid(err.Error())
	}
	if size := cmp.Or(atoi(c.param("per_page")), 30); (max(1, atoi(c.param("page")))-1)*min(size, 100) >= 1000 {
		return invalid("Only the first 1000 search results are available")
	}
	if c.param("sort") == "created" {
		slices.SortStableFunc(all, func(a, b card) int { return b.opened().Compare(a.opened()) })
	}
	if c.param("order") == "asc" {
		slices.Reverse(all)
	}
	a := listOf(all, func(k card) any { return c.cardJSON(k) })
	a.wrap, a.most = "items", 1000
	return a
}

// find runs a search query: org:, repo:, is:, type:, label:, created:, updated:,
// closed:, state:. The last updated comes first.
func (v *view) find(query string) ([]card, error) {
	var all []card
	for _, r := range v.visible() {
		all = append(all, v.cards(r)...)
	}
	for _, term := range terms(query) {
		key, value, ok := strings.Cut(term, ":")
		if !ok {
			continue
		}
		keep, err := v.filter(key, strings.Trim(value, `"`))
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(k card) bool { return !keep(k) })
	}
	slices.SortStableFunc(all, func(a, b card) int { return b.updated(v.now).Compare(a.updated(v.now)) })
	return all, nil
}

func (v *view) filter(key, value string) (func(card) bool, error) {
	switch key {
	case "org", "user":
		return func(k card) bool { return strings.HasPrefix(k.repo.Name(v.now), value+"/") }, nil
	case "repo":
		return func(k card) bool { return k.repo.Name(v.now) == value }, nil
	case "is", "type", "state":
		switch value {
		case "issue":
			return func(k card) bool { return k.issue != nil }, nil
		case "pr", "pull-request":
			return func(k card) bool { return k.request != nil }, nil
		case "open", "closed":
			return func(k card) bool { return state(!v.closed(k).IsZero()) == value }, nil
		case "merged":
			return func(k card) bool { return k.request != nil && k.request.IsMerged(v.now) }, nil
		}
	case "label":
		names := strings.Split(value, ",") // a comma is OR
		return func(k card) bool {
			return slices.ContainsFunc(names, func(n string) bool { return k.labelled(v.now, []string{strings.Trim(n, `"`)}) })
		}, nil
	case "created":
		return func(k card) bool { return inSpan(k.opened(), value) }, nil
	case "updated":
		return func(k card) bool { return inSpan(k.updated(v.now), value) }, nil
	case "closed":
		return func(k card) bool { return !v.closed(k).IsZero() && inSpan(v.closed(k), value) }, nil
	}
	return nil, fmt.Errorf("validation failed: this fake does not know %s:%s", key, value)
}

// terms splits a query at spaces outside of quotes.
func terms(query string) []string {
	quoted := false
	return strings.FieldsFunc(query, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}
