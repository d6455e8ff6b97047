package diff

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// compareGoals reports goals with a date that were added, removed or changed, with their state
// on either side. A goal is identified by its metric, its scope and its direction. If several
// goals are alike, counterparts are taken in the order written.
func (c *comparison) compareGoals() {
	left := slices.Clone(c.Base.Report.Goals)
	for i := range c.Head.Report.Goals {
		after := &c.Head.Report.Goals[i]
		k := slices.IndexFunc(left, func(s goals.Standing) bool { return sameGoal(&s, after) })
		if k < 0 {
			k = slices.IndexFunc(left, func(s goals.Standing) bool { return isCounterpart(&s, after) && !c.isKept(&s) })
		}
		var before *goals.Standing
		if k >= 0 {
			was := left[k]
			left = slices.Delete(left, k, k+1)
			if sameGoal(&was, after) && was.State == after.State && was.Owner == after.Owner && was.Because == after.Because {
				continue
			}
			before = &was
		}
		c.compareGoal(before, after)
	}
	for i := range left {
		c.compareGoal(&left[i], nil)
	}
}

// isCounterpart reports whether two goals are about the same thing.
func isCounterpart(a, b *goals.Standing) bool {
	return a.Metric == b.Metric && a.Scope.Kind == b.Scope.Kind && a.Scope.ID == b.Scope.ID && a.Target.Op == b.Target.Op
}

// sameGoal reports whether two goals are equal in everything that the judgement depends on.
func sameGoal(a, b *goals.Standing) bool {
	return isCounterpart(a, b) && a.Target.Value == b.Target.Value && a.By.Equal(b.By)
}

// isKept reports whether the head has a goal of the base unchanged. It is then not the
// counterpart of another goal.
func (c *comparison) isKept(s *goals.Standing) bool {
	return slices.ContainsFunc(c.Head.Report.Goals, func(h goals.Standing) bool { return sameGoal(s, &h) })
}

func (c *comparison) compareGoal(before, after *goals.Standing) {
	if c.Missing != "" {
		before, after = withoutResult(before), withoutResult(after)
	}
	x := Change{Kind: Aimed, Goal: &Goal{Before: before, After: after, Began: c.findWeaker(before, after)}}
	x.Warn = !x.Goal.Began.IsZero()
	s := after
	if s == nil {
		s = before
	}
	x.Subject = Subject{
		Kind: "goal", ID: s.Metric + " " + s.Scope.ID + " " + string(s.Target.Op) + " " + formatDay(s.By),
		Title: s.Title,
	}
	if s.Scope.Kind != metric.Organisation {
		x.Subject.Title += " (" + firstOf(s.Scope.Title, s.Scope.ID) + ")"
	}
	if x.File = c.filePath(s.File); after != nil {
		x.Line = after.Line
	}
	c.add(x)
}

// findWeaker returns the first day of the quarter of the goal's day, if that has come and the
// goal was removed or made weaker: another level that is easier, or a later day. Else it
// returns the zero time.
func (c *comparison) findWeaker(before, after *goals.Standing) time.Time {
	if before == nil {
		return time.Time{}
	}
	month := before.By.Month() - (before.By.Month()-1)%3
	began := time.Date(before.By.Year(), month, 1, 0, 0, 0, 0, time.UTC)
	weaker := after == nil || after.By.After(before.By) ||
		before.Target.Op == metric.Up && after.Target.Value < before.Target.Value ||
		before.Target.Op == metric.Down && after.Target.Value > before.Target.Value
	if !weaker || c.Head.Report.AsOf.Before(began) {
		return time.Time{}
	}
	return began
}

// withoutResult returns a goal without its result, because no measured data are available.
func withoutResult(s *goals.Standing) *goals.Standing {
	if s == nil {
		return nil
	}
	out := *s
	out.State, out.Value, out.Lo, out.Hi, out.N, out.Forecast, out.Why, out.Next = "", nil, nil, nil, nil, nil, "", ""
	return &out
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// compareExpectation reports an expected effect that was changed after it was written down. The
// effect found is compared with what was expected first.
func (c *comparison) compareExpectation(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil {
		return
	}
	before, after := findExpectation(c.Base.Report.Expected, p.base.ID), findExpectation(c.Head.Report.Expected, p.head.ID)
	if before == nil || after == nil {
		return
	}
	was, now := before.Latest(), after.Latest()
	same := was.Outcome == now.Outcome && was.Relative == now.Relative && was.Change == now.Change && was.Range == now.Range &&
		slices.EqualFunc(was.Looks, now.Looks, time.Time.Equal)
	if same && before.On.Equal(after.On) {
		return
	}
	y := Prediction{Approved: before.On, Change: &Pair{before.Change, now.Change}, Relative: before.Relative}
	if !before.On.Equal(after.On) {
		y.Now = after.On
	}
	c.add(Change{
		Kind: Predicted, Warn: true, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File),
		Line: p.head.LineOf("expected"), Prediction: &y,
	})
}

func findExpectation(list []rice.Expectation, id string) *rice.Expectation {
	i := slices.IndexFunc(list, func(x rice.Expectation) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}
