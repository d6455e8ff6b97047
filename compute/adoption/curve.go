package adoption

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// newCurve returns the weekly series of active eligible units, as a share, from the feature's
// first use on. Each week covers the four weeks that end with it.
func (m *measurer) newCurve(f *Feature, u *uses, declared *metric.Spec) metric.Series {
	s := declared.NewSeries(f.scope())
	s.Title = "Adoption of " + f.Title
	first, n := u.weeksOfUse(m.org.Calendar.CutOff())
	if f.Eligible <= 0 {
		return s
	}
	for i, active := range u.activePerWeek(first, n) {
		s.Points = append(s.Points, metric.Point{
			At: first.Add(time.Duration(i) * org.Week), Figure: metric.Figure{Value: metric.Of(float64(active) / float64(f.Eligible))}, N: active,
		})
	}
	return s
}

// minTakeUpShare is the smallest active share of eligible units of an available feature, if it has no date of
// general availability.
const minTakeUpShare = 0.1

// findTakeUp returns the end of the first four weeks where a tenth of the eligible units
// were active; zero if there are none.
func (u *uses) findTakeUp(cut time.Time, eligible int) time.Time {
	if eligible <= 0 {
		return time.Time{}
	}
	first, n := u.weeksOfUse(cut)
	for i, active := range u.activePerWeek(first, n) {
		if float64(active) >= minTakeUpShare*float64(eligible) {
			return first.Add(time.Duration(i+1) * org.Week)
		}
	}
	return time.Time{}
}

// weeksOfUse returns the week of the first use and the number of weeks from it to the cut-off.
func (u *uses) weeksOfUse(cut time.Time) (first time.Time, weeks int) {
	first = cut
	for _, list := range u.byUnit {
		for _, x := range list {
			if !x.from.IsZero() && x.from.Before(first) {
				first = x.from
			}
		}
	}
	first = org.WeekOf(first)
	return first, int(cut.Sub(first) / org.Week)
}

// activePerWeek counts, for each of n weeks, the units with a use in the four weeks that end
// with it. It takes O(uses + units·n).
func (u *uses) activePerWeek(first time.Time, n int) []int {
	counts := make([]int, n)
	until := make([]bool, n) // of one unit: active in the four weeks that end with week i
	for _, list := range u.byUnit {
		clear(until)
		for _, x := range list {
			from := max(0, int(x.from.Sub(first)/org.Week))
			to := int(x.to.Add(-1).Sub(first) / org.Week)
			for i := from; i < min(n, to+4); i++ {
				until[i] = true
			}
		}
		for i, active := range until {
			if active {
				counts[i]++
			}
		}
	}
	return counts
}

// launchWeeks are the weeks after general availability when adoption is compared with the
// prediction.
var launchWeeks = []int{4, 8, 12}

func (m *measurer) measureLaunch(f *fact.Feature, out *Feature, u *uses) []Checkpoint {
	if out.Shipped.IsZero() || out.Eligible <= 0 {
		return nil
	}
	var list []Checkpoint
	for _, weeks := range launchWeeks {
		at := out.Shipped.Add(time.Duration(weeks) * org.Week)
		c := Checkpoint{Weeks: weeks, At: at.Format(time.DateOnly)}
		if f.Adoption.Predicted != nil {
			c.Predicted = metric.Of(*f.Adoption.Predicted / 100)
		}
		if !at.After(m.org.Calendar.CutOff()) {
			n := len(u.activeUnits(metric.Window{From: at.Add(-org.Period), To: at}, ""))
			c.Share = metric.Of(float64(n) / float64(out.Eligible))
		}
		list = append(list, c)
	}
	return list
}
