package space

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// cameLate is the reason for leaving out late answers.
const cameLate = "came after the survey closed; they count once every group has five more"

// keepPublished returns a published wave in its form of today. Figures with unchanged counts
// come from fresh, which has today's answers up to the cut-off, so that titles and populations
// follow the content. Other figures stay as they were published, because the difference would
// reveal an answer. news reports whether something in the result was not published before.
func keepPublished(old, fresh *Wave) (w Wave, news bool) {
	w = *fresh
	same := hasSameTotal(old, fresh)
	news = same && old.Unclear.isMendable() && !fresh.Unclear.Hides()
	if !same {
		w.Answered, w.Score, w.Why, w.Parts, w.Since = old.Answered, old.Score, old.Why, old.Parts, old.Since
		w.Unclear = old.Unclear
		w.Loved, w.Frustrating, w.Window.To = old.Loved, old.Frustrating, old.Window.To
		w.LeftOut = slices.DeleteFunc(slices.Clone(old.LeftOut), func(l metric.LeftOut) bool { return l.Reason == cameLate })
	}
	if fresh.Unclear.Hides() && !same { // a score from a biased rest is withdrawn
		w.Score, w.Why, w.Unclear, w.Parts, w.Since = nil, fresh.Why, fresh.Unclear.withdraw(), nil, ""
	}
	w.Items = nil
	for i := range fresh.Items {
		it := &fresh.Items[i]
		switch was := old.findItem(it.ID); {
		case it.isHidden() && was != nil && !(was.isHidden() && was.Unclear.isMendable()):
			it.Unclear = it.Unclear.withdraw()
			w.Items = append(w.Items, *it)
		case was == nil && same:
			w.Items, news = append(w.Items, *it), true
		case was == nil:
		case slices.Equal(was.Counts, it.Counts) && was.N == it.N:
			w.Items = append(w.Items, *it)
		case was.isHidden() && was.Unclear.isMendable() && same:
			w.Items, news = append(w.Items, *it), true
		default:
			w.Items = append(w.Items, *was)
		}
	}
	w.Satisfied = nil
	for i := range fresh.Satisfied {
		s := &fresh.Satisfied[i]
		switch was := old.findSatisfaction(s.Feature); {
		case s.isHidden() && was != nil && !(was.isHidden() && was.Unclear.isMendable()):
			s.Unclear = s.Unclear.withdraw()
			w.Satisfied = append(w.Satisfied, *s)
		case was == nil && same:
			w.Satisfied, news = append(w.Satisfied, *s), true
		case was == nil:
		case was.toClasses() == s.toClasses() && was.Answered == s.Answered:
			w.Satisfied = append(w.Satisfied, *s)
		case was.isHidden() && was.Unclear.isMendable() && same:
			w.Satisfied, news = append(w.Satisfied, *s), true
		default:
			w.Satisfied = append(w.Satisfied, *was)
		}
	}
	return w, news
}

// hasSameTotal reports whether both waves have the same answers, in total and by part. A score
// that answers hid because they were not understood is the same with any other.
func hasSameTotal(a, b *Wave) bool {
	hidden := a.Unclear.isMendable()
	if a.Answered != b.Answered || !hidden && (a.Score == nil) != (b.Score == nil) || len(a.Parts) != len(b.Parts) {
		return false
	}
	if a.Score != nil && (a.Score.Classes != b.Score.Classes || !slices.Equal(a.Score.Scores, b.Score.Scores)) {
		return false
	}
	for i := range a.Parts {
		p, q := &a.Parts[i], &b.Parts[i]
		mended := hidden && p.Value == nil && p.given() == q.given()
		if p.ID != q.ID || p.Classes != q.Classes && !mended {
			return false
		}
	}
	return true
}

// addLate replaces the wave with one that contains late answers, and reports whether it did. It
// does so only if five or more answers came for every part, and not all of one kind. A question
// without enough new answers stays unchanged.
func (w *Wave) addLate(all *Wave) bool {
	if !w.mayGrow(all) {
		return false
	}
	old := *w
	*w = *all
	w.Items, w.Satisfied = slices.Clone(all.Items), slices.Clone(all.Satisfied)
	for i := range w.Items {
		it := &w.Items[i]
		if was := old.findItem(it.ID); was != nil && (was.isWithdrawn() || !mayReplace(was.Counts, it.Counts, was.N, it.N)) {
			*it = *was
		}
	}
	for i := range w.Satisfied {
		s := &w.Satisfied[i]
		if was := old.findSatisfaction(s.Feature); was != nil && (was.isWithdrawn() || !mayReplace(listCounts(was.toClasses()),
			listCounts(s.toClasses()), was.Answered, s.Answered)) {
			*s = *was
		}
	}
	return true
}

// mayGrow reports whether all has enough more answers than w in every part.
func (w *Wave) mayGrow(all *Wave) bool {
	if w.Unclear.Hides() && w.Unclear.Withdrawn || all.Answered < w.Answered+minAnswers || len(w.Parts) != len(all.Parts) {
		return false
	}
	if w.Score != nil && (all.Score == nil || !mayReplace(listCounts(w.Score.Classes), listCounts(all.Score.Classes),
		w.Score.N,
		all.Score.N)) {
		return false
	}
	for i := range w.Parts {
		a, b := &w.Parts[i], &all.Parts[i]
		if a.ID != b.ID || b.given() < a.given()+minAnswers || !mayReplace(listCounts(a.Classes), listCounts(b.Classes), a.N, b.N) {
			return false
		}
	}
	return true
}

// mayReplace reports whether a table with more answers may replace a published one: five or
// more came, and not all of one kind. Counts that were not shown are nil.
func mayReplace(was, now []int, n, m int) bool {
	if m < n+minAnswers {
		return n == 0 && m >= minAnswers // fewer than five were not shown
	}
	if len(was) != len(now) {
		return was == nil
	}
	kinds := 0
	for i := range was {
		switch {
		case now[i] < was[i]:
			return false
		case now[i] > was[i]:
			kinds++
		}
	}
	return kinds > 1
}

func listCounts(c Classes) []int { return []int{c.Promoters, c.Passives, c.Detractors} }

// toClasses returns the answers about a feature, positive ones as promoters; zeros if they are
// not shown.
func (s *Satisfaction) toClasses() Classes {
	return Classes{N: s.Answered, Promoters: s.Positive, Passives: s.Neutral, Detractors: s.Negative}
}
