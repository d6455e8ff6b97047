package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/comment"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// changesPath is the page with the changes of content by quarter.
const changesPath = "roadmap/changes/index.html"

// mostChanges is the number of entries of a group in view. The others are behind a disclosure.
const mostChanges = 6

// quarterView has the changes of one quarter.
type quarterView struct {
	*site
	root string
	p    *diff.Period

	ID, Title string
	Meta      string   // the days that it covers, and the number of commits
	Notes     []string // restrictions
	Quiet     bool     // nothing changed
	Decided   []event
	Scores    view.List[event]
	Dates     ganttView
	Groups    []view.List[event]
	Added     []view.List[event] // by kind of item
}

func (s *site) buildChanges() ([]Page, error) {
	p, err := s.newPage("changes", changesPath, func() any { return s.changesView() })
	return []Page{p}, err
}

// changesView returns the present quarter and the one before. Its count is the headline.
func (s *site) changesView() listView[quarterView] {
	f := s.newFrame(changesPath, "What changed this quarter",
		"What was decided, moved, added and refused this quarter, and in the one before.",
		view.Link{Title: "Roadmap", Href: roadmapPath})
	v := listView[quarterView]{frame: f, Count: f.Title}
	for i := range s.Changes.List {
		q := quarterView{site: s, root: f.Root, p: &s.Changes.List[i]}
		q.fill(i == 0)
		v.Rows = append(v.Rows, q)
		if i == 0 {
			v.Count = q.headline()
		}
	}
	why := s.Changes.Why
	switch n := len(v.Rows); {
	case n == 0:
		v.Rows = []quarterView{{ID: "unknown", Title: "The changes are not known", Notes: []string{
			cmp.Or(why, "the history of the content was not read"),
			"keep the content in git and check out its whole history, or name a repository with content.history",
		}}}
	case why != "":
		v.Rows[n-1].Notes = append(v.Rows[n-1].Notes, why)
	}
	return v
}

// quarterNames are the months of the quarters.
var quarterNames = [...]string{"January to March", "April to June", "July to September", "October to December"}

func quarterName(at time.Time) string {
	return quarterNames[(int(at.Month())-1)/3] + " " + at.Format("2006")
}

// changeGroup is a group of kinds of changes, and how the headline counts them; one is "" to
// leave them out.
type changeGroup = struct {
	id, title, note, one, many string
	kinds                      []diff.Kind
}

// changeGroups lists the groups in the order of the page.
func changeGroups() []changeGroup {
	return []changeGroup{
		{"decided", "Decided", "by people, with their reasons", "1 decision", "%d decisions", []diff.Kind{diff.Decided}},
		{
			"gates", "Phases that were left", "with their criteria, or without", "1 phase left", "%d phases left",
			[]diff.Kind{diff.Gated},
		},
		{
			"recommendations", "Recommendations that moved with the content", "on the same numbers", "1 other recommendation",
			"%d other recommendations",
			[]diff.Kind{diff.Verdicts},
		},
		{
			"scores", "Scores and order", "ring: before, dot: now", "1 initiative scored differently", "%d initiatives scored differently",
			[]diff.Kind{diff.Ranked, diff.Overridden},
		},
		{
			"predictions", "Predictions that were changed after approval", "the first one counts", "1 changed prediction",
			"%d changed predictions",
			[]diff.Kind{diff.Predicted},
		},
		{
			"dates", "Dates that moved", "dashed: as it was, filled: as it is", "1 plan moved", "%d plans moved",
			[]diff.Kind{diff.Dated},
		},
		{
			"goals", "Goals and thresholds", "judged by today’s numbers", "1 changed goal or threshold",
			"%d changed goals or thresholds",
			[]diff.Kind{diff.Aimed, diff.Limited},
		},
		{"refused", "What we won’t build", "with the reason", "1 refusal", "%d refusals", []diff.Kind{diff.Refused}},
		{"added", "Added and removed", "", "", "", []diff.Kind{diff.Listed}},
	}
}

// count returns the number of changes of a group.
func (q *quarterView) count(g *changeGroup) int {
	n := 0
	if g.id == "predictions" {
		return len(q.predictions())
	}
	for i := range q.p.Diff.Changes {
		x := &q.p.Diff.Changes[i]
		if slices.Contains(g.kinds, x.Kind) && (x.Kind != diff.Dated || slices.ContainsFunc(x.Dates, diff.Span.Moved)) {
			n++
		}
	}
	return n
}

// mostCounts is the largest number of counts in the headline.
const mostCounts = 4

// headline returns the changes of the present quarter in one sentence.
func (q *quarterView) headline() string {
	var parts []string
	for _, g := range changeGroups() {
		n := q.count(&g)
		switch {
		case n == 0 || g.one == "" || len(parts) == mostCounts:
		case n == 1:
			parts = append(parts, g.one)
		default:
			parts = append(parts, fmt.Sprintf(g.many, n))
		}
	}
	if len(parts) == 0 {
		return "Nothing was decided or moved this quarter"
	}
	return "This quarter: " + format.List(parts, "and")
}

// fill sets what the page shows.
func (q *quarterView) fill(present bool) {
	p := q.p
	q.ID, q.Title = "q"+p.From.Format("2006-01"), quarterName(p.From)
	last := p.To.Add(-time.Nanosecond)
	if present {
		q.Title += ", so far"
		last = p.To
	}
	q.Meta = format.Span(p.From, last.AddDate(0, 0, 1).Truncate(24*time.Hour)) + " · " + format.Things(p.Commits, "commits")
	if !p.Began.IsZero() {
		q.Notes = append(q.Notes, "The history begins on "+format.Date(p.Began)+": what changed before is not known")
	}
	if p.Diff.Missing != "" {
		q.Notes = append(q.Notes, "Recommendations are not compared: "+p.Diff.Missing)
	}
	sentences := comment.Sentences(p.Diff)
	for _, g := range changeGroups() {
		list := view.List[event]{ID: q.ID + "-" + g.id, Title: g.title, Note: g.note}
		for i := range p.Diff.Changes {
			if x := &p.Diff.Changes[i]; slices.Contains(g.kinds, x.Kind) {
				list.Rows = append(list.Rows, q.entry(x, p.Days[i], sentences[i]))
			}
		}
		if g.id == "predictions" {
			list.Rows = q.predictions()
		}
		q.place(g.id, list)
	}
	q.Quiet = len(q.Decided)+len(q.Scores.Rows)+len(q.Dates.Tracks)+len(q.Groups)+len(q.Added) == 0
}

// place puts the entries of a group where the page shows them.
func (q *quarterView) place(id string, list view.List[event]) {
	if len(list.Rows) == 0 {
		return
	}
	switch id {
	case "decided":
		q.Decided = list.Rows
	case "scores":
		q.Scores = view.Fold(list.Rows, mostChanges, "initiatives")
		q.Scores.ID, q.Scores.Title, q.Scores.Note = list.ID, list.Title, list.Note
	case "dates":
		q.Dates = q.movedDates()
	case "added":
		q.Added = q.listItems()
	default:
		folded := view.Fold(list.Rows, mostChanges, "changes")
		folded.ID, folded.Title, folded.Note = list.ID, list.Title, list.Note
		q.Groups = append(q.Groups, folded)
	}
}

// link returns the link to the page of a change's subject.
func (q *quarterView) link(x *diff.Change) view.Link {
	folders := map[string]string{
		"initiative": "roadmap", "feature": "features", "case": "cases", "page": "pages", "research": "research",
	}
	title := cmp.Or(x.Subject.Title, x.Subject.ID)
	switch folder := folders[x.Subject.Kind]; {
	case x.Decision != nil:
		return q.linkTo(q.root, "features", x.Decision.Feature, title)
	case folder != "":
		return q.linkTo(q.root, folder, x.Subject.ID, title)
	case x.Goal != nil:
		return view.Link{Title: title, Href: q.root + experiencePath + "#goals"}
	}
	return view.Link{Title: title}
}

// entry returns one change. Its sentence is that of the comment on a pull request.
func (q *quarterView) entry(x *diff.Change, days []time.Time, sentence string) event {
	e := event{Feature: q.link(x)}
	e.On, e.ISO = daysWords(days)
	title := cmp.Or(x.Subject.Title, x.Subject.ID)
	e.Text = strings.TrimSuffix(strings.TrimPrefix(sentence, title), ".")
	switch {
	case x.Decision != nil:
		q.describeDecision(&e, x.Decision)
	case x.Rank != nil:
		q.describeRank(&e, x.Rank)
	case x.Override != nil:
		e.Tag = "Override"
		if o := cmp.Or(x.Override.After, x.Override.Before); o != nil && o.Reason != "" {
			e.Details = append(e.Details, o.Reason)
		}
	case x.Gate != nil:
		q.describeGate(&e, x)
	case x.Refusal != nil:
		describeRefusal(&e, x.Refusal)
	case x.Goal != nil:
		e.Details = goalDetails(x.Goal)
	case x.Setting != nil:
		e.Feature = view.Link{Title: x.Setting.Key}
		e.Text = ": " + cmp.Or(x.Setting.Before, "not set") + " → " + cmp.Or(x.Setting.After, "not set")
	}
	return e
}

// mostDays is the largest number of days that are listed. Of more, the page has the first and the
// last.
const mostDays = 3

// predictions returns the predictions whose effort was changed in the quarter, as git recorded it.
func (q *quarterView) predictions() []event {
	var out []event
	for i := range q.report.Plan.Predictions {
		p := &q.report.Plan.Predictions[i]
		was := p.Effort
		for k := range p.Since {
			now := &p.Since[k]
			if !now.At.Before(q.p.From) && !now.At.After(q.p.To) && now.Effort != was {
				e := newEvent(now.At)
				e.Feature = q.linkTo(q.root, "roadmap", p.ID, p.Title)
				e.Text = ": effort " + format.Number(was) + " → " + format.Number(now.Effort) + " " + q.report.Plan.Effort
				e.Mark = view.Mark{Icon: "✎", Word: "changed", Class: "unknown"}
				e.Details = []string{"the result is compared with " + format.Number(p.Effort) + " " + q.report.Plan.Effort +
					", as approved on " + format.Date(p.Approved)}
				out = append(out, e)
			}
			was = now.Effort
		}
	}
	return out
}

// daysWords returns the day or the days of a change.
func daysWords(days []time.Time) (words, iso string) {
	n := len(days)
	switch {
	case n == 0:
		return "", ""
	case n > mostDays:
		return format.Span(days[0], days[n-1].AddDate(0, 0, 1)), format.ISO(days[0])
	}
	var list []string
	for _, day := range days[:n-1] {
		list = append(list, dayOf(day, days[n-1]))
	}
	return format.List(append(list, format.Date(days[n-1])), "and"), format.ISO(days[0])
}

func (q *quarterView) describeDecision(e *event, d *diff.Decision) {
	e.Tag = map[string]string{"accept": "Accepted", "reject": "Rejected", "postpone": "Postponed"}[d.Decision]
	e.Text = ""
	if d.Recommended != "" {
		e.Text = "recommended was “" + d.Recommended + "”"
	}
	if d.Change != "added" {
		e.Tag = format.UpperFirst(d.Change)
	}
	if !d.Deadline.IsZero() {
		e.Text = strings.TrimPrefix(e.Text+", until "+format.Date(d.Deadline), ", ")
	}
	if d.Reason != "" {
		e.Details = append(e.Details, d.Reason)
	}
}

func (q *quarterView) describeRank(e *event, r *diff.Rank) {
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if in.Before != nil && in.After != nil && in.Before.Value != in.After.Value {
			e.Details = append(e.Details, strings.TrimSpace(in.Name+" "+format.Number(in.Before.Value)+" → "+
				format.Number(in.After.Value)+" "+in.Unit))
		}
	}
	if r.After == nil {
		return
	}
	axis := q.scoreAxis()
	g := *axis
	g.Value, g.Lo, g.Hi = &r.After.Score, &r.After.Lo, &r.After.Hi
	if r.Before != nil {
		g.Was = &r.Before.Score
	}
	e.Bar = view.DrawGauge(&g)
}

// scoreAxis returns the axis of the scores of a quarter.
func (q *quarterView) scoreAxis() *chart.Gauge {
	var axis chart.Gauge
	for i := range q.p.Diff.Changes {
		r := q.p.Diff.Changes[i].Rank
		if r == nil {
			continue
		}
		for _, place := range []*diff.Place{r.Before, r.After} {
			if place != nil {
				axis.Max = max(axis.Max, place.Score, place.Hi)
			}
		}
	}
	return &axis
}

func (q *quarterView) describeGate(e *event, x *diff.Change) {
	g := x.Gate
	switch {
	case len(g.Unmet) == 0:
		e.Mark = view.Mark{Icon: "✓", Word: "criteria met", Class: "better"}
	case x.Failed:
		e.Mark = view.Mark{Icon: "✗", Word: "no reason", Class: "worse"}
	default:
		e.Mark = view.Mark{Icon: "!", Word: "with a reason", Class: "unknown"}
		e.Details = append(e.Details, g.Reason)
	}
	for i := range g.Unmet {
		if text := g.Unmet[i].Text; text != "" {
			e.Details = append(e.Details, "not met: "+text)
		}
	}
}

func describeRefusal(e *event, r *diff.Refusal) {
	if r.Reason != "" {
		e.Details = append(e.Details, "because: "+r.Reason)
	}
	if r.Instead != "" {
		e.Details = append(e.Details, "instead: "+r.Instead)
	}
	if !r.Revisit.IsZero() {
		e.Details = append(e.Details, "looked at again on "+format.Date(r.Revisit))
	}
}

func goalDetails(g *diff.Goal) []string {
	if g.Before == nil || g.After == nil {
		return nil
	}
	before := format.Target(&g.Before.Target, g.Before.Unit) + " by " + format.Date(g.Before.By)
	after := format.Target(&g.After.Target, g.After.Unit) + " by " + format.Date(g.After.By)
	if before == after {
		return nil
	}
	return []string{before + " → " + after}
}

// itemWords are the names of kinds of items, of one and of several.
var itemWords = map[string]string{
	"initiative": "initiatives", "feature": "features", "case": "cases", "page": "pages", "interview": "interviews",
	"shadowing": "shadowings", "job": "jobs", "insight": "insights", "conversation": "conversations",
	"office-hours": "office hours", "retrospective": "retrospectives",
}

// listItems returns what was added, removed or renamed, by kind.
func (q *quarterView) listItems() []view.List[event] {
	var out []view.List[event]
	for i := range q.p.Diff.Changes {
		x := &q.p.Diff.Changes[i]
		if x.Item == nil {
			continue
		}
		kind := x.Subject.Kind
		if kind == "research" {
			kind = cmp.Or(x.Item.Status, kind)
		}
		title := format.UpperFirst(x.Item.Change) + ": " + cmp.Or(itemWords[kind], kind)
		k := slices.IndexFunc(out, func(l view.List[event]) bool { return l.Title == title })
		if k < 0 {
			out = append(out, view.List[event]{Title: title})
			k = len(out) - 1
		}
		e := event{Feature: q.link(x)}
		e.On, e.ISO = daysWords(q.p.Days[i])
		out[k].Rows = append(out[k].Rows, e)
	}
	slices.SortStableFunc(out, func(a, b view.List[event]) int { return cmp.Compare(a.Title, b.Title) })
	for i := range out {
		rows := out[i].Rows
		slices.SortStableFunc(rows, func(a, b event) int { return cmp.Compare(a.ISO, b.ISO) })
		for k := range rows[1:] {
			if rows[k].On == rows[k+1].On {
				rows[k].On = "" // the day is written after the last of it
			}
		}
	}
	return out
}
