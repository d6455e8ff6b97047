package space

import (
	"cmp"
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Unclear counts the answers to a question that were not understood. They are not blank: each
// could be any answer. A few widen the range of a result to all that they could be. With two or
// more that are over 1 % of the given answers, the result is unknown.
type Unclear struct {
	Measure string `json:"measure"` // fact.Unclear.Measure
	Given   int    `json:"given"`
	N       int    `json:"n"`
	Between int    `json:"between,omitempty"` // of N: numbers between two points of the scale
	Line    int    `json:"line,omitempty"`    // of the first, in its file
	Next    string `json:"next,omitempty"`
	// Withdrawn means that a result was published before. It stays unknown, because the
	// difference to a later one could reveal single answers.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

// withdraw returns the counts of a result that was published and is unknown now.
func (u *Unclear) withdraw() *Unclear {
	out := *u
	out.Withdrawn = true
	return &out
}

// isMendable reports whether a result is unknown and was never published.
func (u *Unclear) isMendable() bool { return u.Hides() && !u.Withdrawn }

// countUnclear counts the answers to a question that were not understood, in addition to the
// understood ones; nil if there are none.
func countUnclear(measure string, understood int, answers []answer) *Unclear {
	u := Unclear{Measure: measure, Given: understood}
	for _, a := range answers {
		if x := a.findUnclear(measure); x != nil {
			u.Given++
			u.N++
			if x.Between {
				u.Between++
			}
			if u.N == 1 || x.Line < u.Line {
				u.Line, u.Next = x.Line, x.Next
			}
		}
	}
	if u.N == 0 {
		return nil
	}
	return &u
}

// findUnclear returns the answer to a question if it was not understood, else nil.
func (a *answer) findUnclear(measure string) *fact.Unclear {
	return find(a.Unclear, func(u *fact.Unclear) bool { return u.Measure == measure })
}

// Hides reports whether the answers that were not understood make the result unknown. A score
// between two whole ones could be either of them, so it only widens the range, unless half of the
// answers are such numbers: then the column is another question's.
func (u *Unclear) Hides() bool {
	return u != nil && (fact.IsBiased(u.Given, u.N-u.Between) || 2*u.Between >= u.Given)
}

// count returns the number of answers that were not understood.
func (u *Unclear) count() int {
	if u == nil {
		return 0
	}
	return u.N
}

// String returns the counts in words, without the next step.
func (u *Unclear) String() string {
	verb := "were"
	if u.N == 1 {
		verb = "was"
	}
	out := fmt.Sprintf("%d of %s to %s %s not understood", u.N, text.Plural(u.Given, "answer"),
		fact.DescribeMeasure(u.Measure), verb)
	if u.Line > 0 {
		out += fmt.Sprintf(", first on line %d", u.Line)
	}
	return out
}

// CannotTellWhy begins the reason why a result is unknown because of answers that were not
// understood.
const CannotTellWhy = "cannot tell: "

// Why returns the reason why a result is unknown.
func (u *Unclear) Why() string { return CannotTellWhy + u.String() }

// explain makes a metric unknown because of answers that were not understood.
func (u *Unclear) explain(mt *metric.Metric) {
	mt.State, mt.Why = metric.NotAvailable, u.Why()
	mt.Next = cmp.Or(u.Next, "map them in the survey's file")
}

// widen marks a metric whose range includes all that a few answers could be.
func (u *Unclear) widen(mt *metric.Metric) {
	if u != nil {
		mt.Unsettled = true
		mt.Warnings = append(mt.Warnings, u.String()+": the range includes whatever they could be")
	}
}

// widenedNPS returns the score with an interval that includes the intervals if each answer that
// was not understood were the lowest or the highest.
func (c *Classes) widenedNPS(population, unclear int) (float64, stat.Interval) {
	value, iv := c.computeNPS(population)
	if unclear > 0 {
		_, low := stat.NPS(c.Promoters, c.Passives, c.Detractors+unclear, population, confidence)
		_, high := stat.NPS(c.Promoters+unclear, c.Passives, c.Detractors, population, confidence)
		iv.Lo, iv.Hi = min(iv.Lo, low.Lo), max(iv.Hi, high.Hi)
	}
	return value, iv
}

// widenedWilson returns the interval of a share likewise.
func widenedWilson(k, n, unclear int) stat.Interval {
	iv := stat.Wilson(k, n, confidence)
	if unclear > 0 {
		iv.Lo = min(iv.Lo, stat.Wilson(k, n+unclear, confidence).Lo)
		iv.Hi = max(iv.Hi, stat.Wilson(k+unclear, n+unclear, confidence).Hi)
	}
	return iv
}

// compareWidened tests the change of a score as CompareScores does. With answers that were not
// understood, the change counts only as far as it does whatever they were.
func compareWidened(before, after stat.Answers, unclearBefore, unclearAfter int, points float64) *metric.Trend {
	if unclearBefore+unclearAfter == 0 {
		return CompareScores(before, after, points)
	}
	change, p, iv := stat.NPSChange(before, after, confidence)
	up, down := before, before
	up.Detractors, down.Promoters = up.Detractors+unclearBefore, down.Promoters+unclearBefore
	best, worst := after, after
	best.Promoters, worst.Detractors = best.Promoters+unclearAfter, worst.Detractors+unclearAfter
	most, pMost, ivMost := stat.NPSChange(up, best, confidence)
	least, pLeast, ivLeast := stat.NPSChange(down, worst, confidence)
	p = max(p, pMost, pLeast)
	if least <= 0 && most >= 0 {
		p = 1
	}
	iv.Lo, iv.Hi = min(iv.Lo, ivLeast.Lo), max(iv.Hi, ivMost.Hi)
	t := trend.Difference(change, iv, p, points, metric.Up)
	describeTrend(t, before, after)
	return t
}
