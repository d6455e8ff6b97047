package compute

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Outlook is the forecast of a feature's adoption, and of the time when it reaches its goal.
type Outlook struct {
	Feature string `json:"feature"`
	// Goal is the share of eligible units to reach, By its day (may be zero) and From the
	// source: "goals.toml", or "predicted" in the feature's file.
	Goal float64   `json:"goal"`
	By   time.Time `json:"by,omitzero"`
	From string    `json:"from"`
	// Reached means that the share of the last week is at least the goal.
	Reached bool `json:"reached,omitempty"`
	// Why is the reason for a missing forecast, and First the first day with one; "" with a
	// forecast.
	Why   string    `json:"why,omitempty"`
	First time.Time `json:"first,omitzero"`
	// Early, Mid and Late are the ends of the weeks by which the goal is reached with a
	// probability of 10, 50 and 90 %. Zero: not within a year.
	Early time.Time `json:"early,omitzero"`
	Mid   time.Time `json:"mid,omitzero"`
	Late  time.Time `json:"late,omitzero"`
	// Fan has a point for every week ahead: the median and the 80 % range of the share.
	Fan []FanPoint `json:"fan,omitempty"`
}

// FanPoint is the forecast of one week.
type FanPoint struct {
	At  time.Time `json:"at"` // start of the week
	Mid float64   `json:"mid"`
	metric.Range
}

const (
	// fanWeeks is the smallest number of weeks in a fan.
	fanWeeks = 26
	tenth    = 0.1
)

// launchWeeks is the number of weeks after general availability at which a predicted share is
// due.
const launchWeeks = 12

// newOutlooks forecasts the adoption of every feature with a goal for it.
func newOutlooks(c fact.Content, m *Measured, list []goals.Standing) []Outlook {
	var out []Outlook
	for i := range c.Features {
		f := &c.Features[i]
		a := m.Adoption.Find(f.ID)
		if f.Draft || !f.Retired.IsZero() || a == nil || !a.Known || a.Eligible <= 0 {
			continue
		}
		o, ok := findAim(f, a, m, list)
		if !ok {
			continue
		}
		o.forecast(m, a)
		out = append(out, o)
	}
	return out
}

// findAim returns the goal for a feature's adoption: the written goal with the earliest day or,
// if there is none, the prediction for the weeks after general availability.
func findAim(f *fact.Feature, a *adoption.Feature, m *Measured, list []goals.Standing) (o Outlook, ok bool) {
	o.Feature = f.ID
	for i := range list {
		s := &list[i]
		if s.Scope.Kind != metric.Feature || s.Scope.ID != f.ID || s.Target.Op != metric.Up ||
			m.AsOf.After(s.By.AddDate(0, 0, 1)) {
			continue
		}
		share := s.Target.Value
		switch s.Metric {
		case adoption.Share:
		case activeUnits:
			share /= float64(a.Eligible)
		default:
			continue
		}
		if share > 0 && share <= 1 && (!ok || s.By.Before(o.By)) {
			o.Goal, o.By, o.From, ok = share, s.By, "goals.toml", true
		}
	}
	if p := f.Adoption.Predicted; !ok && p != nil && *p > 0 {
		o.Goal, o.From, ok = *p/100, "predicted", true
		if !a.Shipped.IsZero() {
			o.By = a.Shipped.AddDate(0, 0, 7*launchWeeks)
		}
	}
	return o, ok
}

// forecast fills in the fan and the weeks when the goal is reached.
func (o *Outlook) forecast(m *Measured, a *adoption.Feature) {
	shares, last := matureShares(m, o.Feature)
	if n := len(shares); n > 0 && shares[n-1] >= o.Goal {
		o.Reached = true
	}
	x := adoption.Forecast(shares, a.Eligible)
	if x == nil {
		switch used := weeksInUse(shares); {
		case a.Eligible < adoption.FewestUnits:
			o.Why = "fewer than five could use it: one more or less moves its share by a fifth"
		case used == 0:
			o.Why = "nobody uses it yet"
		default:
			o.Why = "it has been in use for too few weeks"
			o.First = m.CutOff.Add(time.Duration(adoption.FewestWeeks-used)*org.Week).AddDate(0, 0, 7)
		}
		return
	}
	weeks := fanWeeks
	if !o.By.IsZero() {
		weeks = max(weeks, min(adoption.Horizon, int(o.By.Sub(last)/org.Week)))
	}
	if !o.Reached {
		r := x.Reaches(o.Goal)
		at := func(week int) time.Time {
			if week == 0 {
				return time.Time{}
			}
			return last.Add(time.Duration(week+1)*org.Week).AddDate(0, 0, -1)
		}
		o.Early, o.Mid, o.Late = at(r.Early), at(r.Mid), at(r.Late)
		weeks = max(weeks, r.Mid)
	}
	for k := 1; k <= weeks; k++ {
		o.Fan = append(o.Fan, FanPoint{
			At: last.Add(time.Duration(k) * org.Week), Mid: x.Quantile(0.5, k), Range: metric.Range{Lo: x.Quantile(tenth,
				k), Hi: x.Quantile(1-tenth, k)},
		})
	}
}

// matureShares returns a feature's weekly shares up to the cut-off, and the Monday of the last
// one.
func matureShares(m *Measured, feature string) (shares []float64, last time.Time) {
	s := m.Section("adoption").FindSeries(adoption.Share, metric.Scope{Kind: metric.Feature, ID: feature})
	if s == nil {
		return nil, last
	}
	for i := range s.Points {
		if p := &s.Points[i]; p.Value != nil && !p.Provisional {
			shares, last = append(shares, *p.Value), p.At
		}
	}
	return shares, last
}

// weeksInUse counts the weeks from the first week with a use on.
func weeksInUse(shares []float64) int {
	for i, v := range shares {
		if v > 0 {
			return len(shares) - i
		}
	}
	return 0
}

// newForecaster returns a function that forecasts the share, or with count the number, of a
// feature's active units.
func (l *lookup) newForecaster(feature string, count bool) func(to time.Time) (*goals.Forecast, string) {
	return func(to time.Time) (*goals.Forecast, string) {
		a := l.measured.Adoption.Find(feature)
		if a == nil || !a.Known || a.Eligible <= 0 {
			return nil, "its adoption is unknown"
		}
		shares, last := matureShares(l.measured, feature)
		x := adoption.Forecast(shares, a.Eligible)
		if x == nil {
			return nil, "it has been in use for too few weeks"
		}
		week := int(to.Sub(last)/org.Week) - 1
		if week > adoption.Horizon {
			return nil, "its day is more than a year ahead"
		}
		week = max(week, 1)
		f := goals.Forecast{
			At: to.AddDate(0, 0, -1), Value: x.Quantile(0.5, week), Range: metric.Range{
				Lo: x.Quantile(tenth, week),
				Hi: x.Quantile(1-tenth,
					week),
			}, Weeks: len(shares),
		}
		if count {
			units := float64(a.Eligible)
			f.Value, f.Lo, f.Hi = f.Value*units, f.Lo*units, f.Hi*units
		}
		return &f, ""
	}
}
