package goals

import (
	"cmp"
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// State is the state of a goal.
type State string

// States. Missed is final; so are Met and MetNotSurely after the goal's day.
const (
	Met          State = "met"                // the whole interval reaches the goal
	MetNotSurely State = "met but not surely" // the value reaches the goal, and a part of its interval does not
	// the value misses the goal, and the whole 80 % range of the forecast reaches it
	OnTrack    State = "on track"
	CannotTell State = "cannot tell"
	Missed     State = "missed" // the reading of its day missed the goal
)

// Standing is a goal with its state.
type Standing struct {
	Metric string        `json:"metric"` // ID of the metric
	Title  string        `json:"title"`
	Scope  metric.Scope  `json:"scope"`
	Target metric.Target `json:"target"` // in Unit
	Unit   metric.Unit   `json:"unit"`
	By     time.Time     `json:"by"` // the last day that counts
	// Owner is responsible for the goal; Because is the reason for it.
	Owner   string `json:"owner"`
	Because string `json:"because,omitempty"`

	State State `json:"state"`
	// Value and its 95 % interval, over Window: the latest reading or, after the goal's day,
	// the reading of that day. Nil without a reading.
	metric.Figure
	N      []metric.Count `json:"n,omitempty"`
	Window metric.Window  `json:"window,omitzero"`
	// Unsure means that the interval includes values on the other side of the goal, or that no
	// interval is available.
	Unsure bool `json:"unsure,omitempty"`
	// Decided means that the reading of the goal's day exists.
	Decided bool `json:"decided,omitempty"`
	// Forecast is for the goal's day; nil without a forecast, and then Why gives the reason.
	Forecast *Forecast `json:"forecast,omitempty"`
	Why      string    `json:"why,omitempty"`
	Next     string    `json:"next,omitempty"`

	File string `json:"file,omitempty"` // path of the goal's file below the content's root
	Line int    `json:"line,omitempty"`
}

// Forecast is the expected value of a metric on a day if its trend continues.
type Forecast struct {
	At           time.Time `json:"at"`
	Value        float64   `json:"value"`
	metric.Range           // 80 % range
	Weeks        int       `json:"weeks"` // weeks of data behind it
}

// Found has the data of a goal's metric.
type Found struct {
	Metric *metric.Metric
	Series *metric.Series
	// Published has the values of earlier runs in order of time. At is the Monday of each one's
	// last week.
	Published []metric.Point
	// Census means that a value without an interval is exact.
	Census bool
	// Forecast extrapolates to a day; nil means Linear over Series or Published.
	Forecast func(to time.Time) (*Forecast, string)
}

// Judge returns the state of a goal at the time asOf. cutOff is the end of the last mature
// week. Without a metric, the unit is the one written in the goal.
//
// Until the goal's day the latest value decides; if it misses the goal, the forecast for the
// day decides. After the day, the last reading that ends by then decides. That reading is final
// when the next week's reading would end after the day.
func Judge(g *fact.Goal, title string, asOf, cutOff time.Time, f Found) Standing {
	s := Standing{
		Metric: MetricID(g.Metric), Title: cmp.Or(g.Title, title, g.Metric), By: g.By, Owner: g.Owner, Because: g.Because,
		Scope: metric.Scope{Kind: metric.ScopeKind(cmp.Or(g.Kind, fact.GoalOrganisation)), ID: g.For},
		State: CannotTell, File: g.File, Line: g.Line,
	}
	s.Target = metric.Target{Op: metric.Up, From: "goals.toml"}
	level := g.AtLeast
	if level == nil {
		level, s.Target.Op = g.AtMost, metric.Down
	}
	if level == nil {
		s.Why = "the goal has no level"
		return s
	}
	s.Target.Value = *level
	s.Unit = unitOf(g, &f)
	each, fits := metric.Scale(g.Unit, s.Unit)
	if !fits {
		s.Why, s.Next = "the goal is in "+g.Unit+", and the metric in "+string(s.Unit), "write the level in that unit"
		return s
	}
	s.Target.Value *= each
	end := g.By.AddDate(0, 0, 1)
	if asOf.Before(end) {
		s.judgeBefore(asOf, &f)
		return s
	}
	s.judgeAfter(end, cutOff, &f)
	return s
}

// unitOf returns the unit of the metric. If the metric was never computed, the unit written in
// the goal identifies it.
func unitOf(g *fact.Goal, f *Found) metric.Unit {
	switch {
	case f.Metric != nil:
		return f.Metric.Unit
	case f.Series != nil:
		return f.Series.Unit
	}
	switch g.Unit {
	case "":
		return metric.Number
	case "%":
		return metric.Share
	}
	if _, ok := metric.Scale(g.Unit, metric.Seconds); ok {
		return metric.Seconds
	}
	return metric.Unit(g.Unit)
}

// reading is the value of a window. An unsettled value may be anywhere from lo to hi.
type reading struct {
	value, lo, hi *float64
	n             []metric.Count
	window        metric.Window
	unsettled     bool
	why, next     string // set without a value
}

// latestReading returns the newest reading. If it has no value, it gives the reason.
func (f *Found) latestReading() reading {
	m := f.Metric
	switch {
	case m != nil && m.State != metric.NotAvailable && m.Value != nil:
		return reading{value: m.Value, lo: m.Lo, hi: m.Hi, n: m.N, window: m.Window, unsettled: m.Unsettled}
	case m != nil:
		return reading{why: cmp.Or(m.Why, "it was not measured"), next: m.Next}
	}
	if f.Series != nil {
		for i := len(f.Series.Points) - 1; i >= 0; i-- {
			if p := &f.Series.Points[i]; p.Value != nil && !p.Provisional {
				return newReading(p, org.Week)
			}
		}
	}
	return reading{why: "it was not measured"}
}

// newReading returns the reading of a point whose value covers a span that ends with its week.
func newReading(p *metric.Point, span time.Duration) reading {
	to := p.At.Add(org.Week)
	r := reading{
		value: p.Value, lo: p.Lo, hi: p.Hi, window: metric.Window{From: to.Add(-span), To: to},
		unsettled: p.Unsettled,
	}
	if p.N > 0 {
		r.n = []metric.Count{{What: "observations", N: p.N}}
	}
	return r
}

// readingOn returns the last reading that ends by a time: the latest one, a published one or,
// if neither is available, that of the last week. ok is false if it is older than four weeks.
func (f *Found) readingOn(end time.Time) (reading, bool) {
	if r := f.latestReading(); r.value != nil && !r.window.To.After(end) {
		return r, true
	}
	near := func(p *metric.Point) bool {
		to := p.At.Add(org.Week)
		return p.Value != nil && !to.After(end) && end.Sub(to) <= org.Period
	}
	for i := len(f.Published) - 1; i >= 0; i-- {
		if near(&f.Published[i]) {
			return newReading(&f.Published[i], org.Period), true
		}
	}
	if f.Series != nil {
		for i := len(f.Series.Points) - 1; i >= 0; i-- {
			if p := &f.Series.Points[i]; near(p) && !p.Provisional {
				return newReading(p, org.Week), true
			}
		}
	}
	return reading{}, false
}

// setReading compares a reading with the target. It returns whether the value reaches it, and
// sets whether that is sure.
func (s *Standing) setReading(r *reading, census bool) (met bool) {
	s.Value, s.Lo, s.Hi, s.N, s.Window = clone(r.value), clone(r.lo), clone(r.hi), r.n, r.window
	met = s.Target.Met(*r.value)
	switch {
	case r.lo == nil && r.hi == nil:
		s.Unsure = !census
	default:
		s.Unsure = s.Target.Met(orInfinite(r.lo, -1)) != met || s.Target.Met(orInfinite(r.hi, 1)) != met
	}
	return met
}

func orInfinite(v *float64, sign int) float64 {
	if v == nil {
		return math.Inf(sign)
	}
	return *v
}

// clone returns a copy of a number, so that a Standing does not share it with Measured.
func clone(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return metric.Of(*v)
}

// judgeBefore sets the state until the goal's day has passed.
func (s *Standing) judgeBefore(asOf time.Time, f *Found) {
	r := f.latestReading()
	if r.value == nil {
		s.Why, s.Next = r.why, r.next
		return
	}
	met := s.setReading(&r, f.Census)
	switch {
	case r.unsettled && s.Unsure:
		s.Why, s.Next = "missing evidence could move the value to either side of the goal", "bring the missing evidence"
		return
	case met && s.Unsure:
		s.State = MetNotSurely
		s.Why = s.explainDoubt()
		return
	case met:
		s.State = Met
		return
	}
	s.Forecast, s.Why = f.forecastFor(s.By, asOf)
	if s.Forecast == nil {
		s.Why = cmp.Or(s.Why, "it cannot be extrapolated")
		return
	}
	lo, hi := s.Target.Met(s.Forecast.Lo), s.Target.Met(s.Forecast.Hi)
	switch {
	case lo && hi:
		s.State = OnTrack
	case lo || hi:
		s.Why = "the range of the forecast holds both sides of the goal"
	default:
		s.Why = "at this pace it is not reached by then"
	}
}

// explainDoubt returns the reason why a value that reaches the goal does not surely reach it.
func (s *Standing) explainDoubt() string {
	if s.Lo == nil && s.Hi == nil {
		return "the value has no range"
	}
	return "values that miss the goal are within its likely range"
}

// judgeAfter sets the state after the goal's day.
func (s *Standing) judgeAfter(end, cutOff time.Time, f *Found) {
	r, known := f.readingOn(end)
	s.Decided = cutOff.Add(org.Week).After(end)
	if !known {
		now := f.latestReading()
		s.Why = cmp.Or(now.why, "no value of its day is kept")
		if s.Next = now.next; now.value != nil {
			s.Value, s.Lo, s.Hi, s.N, s.Window = clone(now.value), clone(now.lo), clone(now.hi), now.n, now.window
		}
		return
	}
	met := s.setReading(&r, f.Census)
	switch {
	case r.unsettled && s.Unsure:
		s.Why, s.Next = "missing evidence could move the value to either side of the goal", "bring the missing evidence"
	case met && s.Unsure:
		s.State, s.Why = MetNotSurely, s.explainDoubt()
	case met:
		s.State = Met
	case !s.Decided:
		s.Why = "the weeks up to its day are not mature yet"
	default:
		s.State = Missed
		if s.Unsure {
			s.Why = "values that reach the goal are within its likely range"
			if s.Lo == nil && s.Hi == nil {
				s.Why = "the value has no range"
			}
		}
	}
}
