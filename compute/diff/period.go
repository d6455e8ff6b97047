package diff

import (
	"reflect"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Periods are the changes of content by calendar quarter, the newest first.
type Periods struct {
	List []Period
	Why  string // the reason that there are none, or that the beginning is missing; "" if all is there
}

// Period is a span of time with the changes of content in it.
type Period struct {
	From, To time.Time // UTC; To is exclusive, or the as-of time
	// Began is the first day that the history has, if it is later than From; else zero.
	Began   time.Time
	Commits int // that changed the content or the configuration
	Diff    Diff
	// Days are the days of the commits that made each change of Diff, the oldest first; empty
	// where none is known.
	Days [][]time.Time
}

// Touch is a commit that changed a file.
type Touch struct {
	At             time.Time
	Added, Removed bool
}

// Touched has the commits that changed files, oldest first, by path below the content folder. The
// configuration has its own name.
type Touched map[string][]Touch

// QuarterOf returns the first day of a time's calendar quarter.
func QuarterOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// ComparePeriod adds the changes between the states at the beginning and at the end of a period,
// and their days: those of the commits that changed the file, or that part of an initiative.
func ComparePeriod(p Period, in Input, touched Touched, rec *fact.Recorded) Period {
	p.Diff = Compare(in)
	p.Days = make([][]time.Time, len(p.Diff.Changes))
	for i := range p.Diff.Changes {
		x := &p.Diff.Changes[i]
		days := p.partDays(x, rec)
		if len(days) == 0 {
			for _, t := range touched[x.File] {
				if x.Item == nil || x.fits(&t) {
					days = append(days, t.At)
				}
			}
		}
		p.Days[i] = p.listDays(days)
	}
	return p
}

// listDays returns the days of times in the period, in order.
func (p *Period) listDays(times []time.Time) []time.Time {
	var out []time.Time
	for _, at := range times {
		day := at.UTC().Truncate(24 * time.Hour)
		if n := len(out); !at.Before(p.From) && !at.After(p.To) && (n == 0 || !out[n-1].Equal(day)) {
			out = append(out, day)
		}
	}
	return out
}

// partDays returns the times of the versions of an initiative in which the part changed that a
// change is about; none without versions.
func (p *Period) partDays(x *Change, rec *fact.Recorded) []time.Time {
	if x.Subject.Kind != "initiative" {
		return nil
	}
	var out []time.Time
	var last any
	for _, v := range rec.InitiativeVersions(x.Subject.ID) {
		part := x.partOf(v.Item)
		if !reflect.DeepEqual(part, last) && v.Commit != "" {
			out = append(out, v.At)
		}
		last = part
	}
	return out
}

// partOf returns the part of an initiative that a change is about; nil if versions do not have it.
func (c *Change) partOf(in *fact.Initiative) any {
	if in == nil {
		return nil
	}
	switch c.Kind {
	case Overridden:
		if in.Override != nil {
			return *in.Override
		}
	case Ranked, Predicted:
		if in.Rice != nil {
			return *in.Rice
		}
	case Dated:
		var spans []Dates
		for i := range in.Phases {
			spans = append(spans, Dates{From: in.Phases[i].Start, To: in.Phases[i].End()})
		}
		return spans
	case Gated:
		if ph := findPhase(in, c.Gate.Phase); ph != nil {
			left := *ph
			left.Retro = fact.Retro{}
			return left
		}
	}
	return nil
}

// fits reports whether a commit can have added, removed or renamed an item.
func (c *Change) fits(t *Touch) bool {
	switch c.Item.Change {
	case "added":
		return t.Added
	case "removed":
		return t.Removed
	}
	return t.Added
}

// Withhold removes the changes that a public site does not show: those of research, which may
// name teams, and the goals of teams and groups.
func (p *Periods) Withhold() {
	for i := range p.List {
		q := &p.List[i]
		var changes []Change
		var days [][]time.Time
		for k := range q.Diff.Changes {
			x := &q.Diff.Changes[k]
			if x.Subject.Kind == "research" || x.Goal != nil && !x.Goal.isOpen() {
				continue
			}
			changes, days = append(changes, *x), append(days, q.Days[k])
		}
		q.Diff.Changes, q.Days = changes, days
	}
}

// isOpen reports whether a goal is and was about neither a team nor a group.
func (g *Goal) isOpen() bool {
	for _, s := range []*goals.Standing{g.Before, g.After} {
		if s != nil && (s.Scope.Kind == metric.Team || s.Scope.Kind == metric.Group) {
			return false
		}
	}
	return true
}
