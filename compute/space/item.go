package space

import (
	"cmp"
	"fmt"
	"math"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// ItemAnswers holds the answers to one question on a scale.
type ItemAnswers struct {
	ID        string `json:"id"`
	Question  string `json:"question"`
	Dimension string `json:"dimension,omitempty"` // of SPACE
	Source    string `json:"source,omitempty"`    // origin of the question
	Reversed  bool   `json:"reversed,omitempty"`  // a high answer is bad
	Min       int    `json:"min"`
	Max       int    `json:"max"`
	// Counts are the answers at Min, …, Max; nil if all answers are the same.
	Counts []int `json:"counts,omitempty"`
	N      int   `json:"n"` // 0 with fewer than five answers
	// Favourable is the share, 0 to 1, on the good side of the middle. Lo and Hi are its Wilson
	// interval. They are nil with fewer than five answers, and if all answers are the same.
	Favourable *float64 `json:"favourable"`
	metric.Limits
	// Unclear counts the answers that were not understood. If they hide the share, N is 0.
	Unclear *Unclear `json:"not_understood,omitempty"`
}

// ItemID returns the metric ID of a question's favourable share.
func ItemID(item string) string { return Items + "." + item }

// allAlike is the reason for hiding answers that are all the same.
const allAlike = "all answers are the same, so the figure would reveal the answer of each person"

// The default scale of an item.
const defaultMin, defaultMax = 1, 5

// countItem counts the answers to one question and adds those off its scale to offScale. An
// answer between two points counts at the nearer one.
func countItem(q *fact.SurveyItem, answers []answer, offScale *int) ItemAnswers {
	it := ItemAnswers{
		ID: q.ID, Question: cmp.Or(q.Question, q.ID), Dimension: q.Dimension, Source: q.Source, Reversed: q.Reversed,
		Min: q.Min, Max: q.Max,
	}
	if it.Min == 0 && it.Max == 0 {
		it.Min, it.Max = defaultMin, defaultMax
	}
	counts := make([]int, max(it.Max-it.Min+1, 0))
	n, favourable := 0, 0
	for _, a := range answers {
		v, ok := a.Items[q.ID]
		if !ok {
			continue
		}
		if !(v >= float64(it.Min) && v <= float64(it.Max)) { // also true for NaN
			*offScale++
			continue
		}
		n++
		counts[int(math.Round(v))-it.Min]++
		if it.isFavourable(v) {
			favourable++
		}
	}
	unclear := countUnclear(fact.ItemMeasure(q.ID), n, answers)
	if n+unclear.count() >= minAnswers {
		it.Unclear = unclear
	}
	if n < minAnswers || it.Unclear.Hides() {
		return it
	}
	it.N = n
	if isUniform(counts) {
		return it
	}
	it.Counts = counts
	iv := widenedWilson(favourable, n, it.Unclear.count())
	it.Favourable, it.Lo, it.Hi = metric.Of(float64(favourable)/float64(n)), metric.Of(iv.Lo), metric.Of(iv.Hi)
	return it
}

// isFavourable reports whether an answer is on the good side of the scale's middle.
func (it *ItemAnswers) isFavourable(v float64) bool {
	middle := float64(it.Min+it.Max) / 2
	if it.Reversed {
		return v < middle
	}
	return v > middle
}

func (w *Wave) findItem(id string) *ItemAnswers {
	return find(w.Items, func(it *ItemAnswers) bool { return it.ID == id })
}

// isHidden reports whether answers that were not understood hide the share.
func (it *ItemAnswers) isHidden() bool { return it.Favourable == nil && it.Unclear.Hides() }

// isWithdrawn reports whether a share was published before it was hidden.
func (it *ItemAnswers) isWithdrawn() bool { return it.isHidden() && it.Unclear.Withdrawn }

// asked is an item of the latest wave that has it, with the wave before that has it.
type asked struct {
	*ItemAnswers
	wave, before *Wave
}

// findLatestItems returns all items, each from the latest wave with it. The items of the latest
// surveys come first, in the order of the survey.
func findLatestItems(waves []Wave) []asked {
	var out []asked
	seen := map[string]bool{}
	for k := len(waves) - 1; k >= 0; k-- {
		for i := range waves[k].Items {
			id := waves[k].Items[i].ID
			if seen[id] {
				continue
			}
			seen[id] = true
			has := func(w *Wave) bool { it := w.findItem(id); return it != nil && it.Favourable != nil }
			w := findLatest(waves, func(w *Wave) bool { it := w.findItem(id); return it != nil && (it.Favourable != nil || it.isHidden()) })
			if w == nil {
				w = &waves[k]
			}
			it := w.findItem(id)
			sameScale := func(w *Wave) bool {
				was := w.findItem(id)
				return has(w) && was.Min == it.Min && was.Max == it.Max && was.Reversed == it.Reversed
			}
			out = append(out, asked{it, w, findPrevious(waves, w, sameScale)})
		}
	}
	return out
}

// newItemMetric returns the favourable share of an item, compared with the wave before.
func (m *measurer) newItemMetric(it asked) metric.Metric {
	mt := m.newMetric(Items, organisation)
	mt.ID, mt.Title, mt.Window = ItemID(it.ID), it.Question, it.wave.Window
	if it.isHidden() {
		it.Unclear.explain(&mt)
		return mt
	}
	if it.Favourable == nil {
		mt.State, mt.Why = metric.NotAvailable, fmt.Sprintf("fewer than %d people answered the question", minAnswers)
		if it.N > 0 {
			mt.Why = allAlike
		}
		return mt
	}
	mt.Value, mt.Lo, mt.Hi = it.Favourable, it.Lo, it.Hi
	it.Unclear.widen(&mt)
	mt.N = []metric.Count{{What: "answers", N: it.N}}
	if it.before != nil {
		was := it.before.findItem(it.ID)
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: was.Favourable, Lo: was.Lo, Hi: was.Hi},
			N:      []metric.Count{{What: "answers", N: was.N}}, Window: it.before.Window,
		}
	}
	return mt
}
