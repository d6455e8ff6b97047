package support

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Outcome is what is known of the tickets of a theme after a dated change.
type Outcome string

// Outcomes of a change.
const (
	Fewer           Outcome = "fewer"            // beyond chance, and more so than other tickets
	More            Outcome = "more"             // beyond chance, and more so than other tickets
	AboutTheSame    Outcome = "about the same"   // the whole likely range is a small change
	CannotAttribute Outcome = "cannot attribute" // it changed, and something else may be the cause
	CannotTell      Outcome = "cannot tell"      // too few weeks or tickets, or no test supports a change
)

// Change compares the tickets of a theme before and after a dated change.
type Change struct {
	Title string    `json:"title"`
	On    time.Time `json:"on"`
	State Outcome   `json:"state"`
	Why   string    `json:"why,omitempty"` // in words
	// Ratio compares the tickets per active developer and week after the change with those
	// before; nil if they were not compared. Others is the same ratio of all other tickets.
	Ratio        *metric.Figure `json:"ratio,omitempty"`
	Others       *float64       `json:"others,omitempty"`
	PerDeveloper bool           `json:"per_developer,omitempty"`
	Before       int            `json:"before"` // tickets
	After        int            `json:"after"`
	WeeksBefore  int            `json:"weeks_before"`
	WeeksAfter   int            `json:"weeks_after"`
	// P is corrected for the looks since the change, Q for all tests of the page.
	P float64 `json:"p,omitempty"`
	Q float64 `json:"q,omitempty"`

	stepP float64 // one-sided, of a step beside a steady change
	doubt string  // why a change could not be attributed; "" if it could
	iv    stat.Interval
}

const (
	// reachBefore and reachAfter are the largest numbers of weeks before and after a change that
	// are compared.
	reachBefore, reachAfter = 52, 26
	// leastSide is the fewest tickets on both sides together, and leastOthers the fewest other
	// tickets on each side to compare with.
	leastSide, leastOthers = 20, 20
)

// looks are the numbers of weeks after a change at which it is tested: more looks would find
// more changes by chance. The p-value is multiplied by their number.
var looks = [...]int{12, reachAfter}

// dated is a change with its date.
type dated struct {
	title string
	on    time.Time
}

// findDated lists the dated changes that are about a theme: those declared with it, its feature,
// and the initiatives that link to its research. A feature counts from general availability.
func (m *measurer) findDated(theme *fact.Theme) []dated {
	var list []dated
	add := func(title string, on time.Time) {
		if !on.IsZero() && on.Before(m.cal.AsOf) && !slices.ContainsFunc(list, func(d dated) bool { return d.on.Equal(on) }) {
			list = append(list, dated{title, on})
		}
	}
	for _, c := range theme.Changes {
		add(c.Title, c.On)
	}
	for i := range m.content.Features {
		if f := &m.content.Features[i]; f.ID == theme.Feature && theme.Feature != "" && !f.Draft {
			add(f.Title, f.Shipped)
		}
	}
	for i := range m.content.Initiatives {
		in := &m.content.Initiatives[i]
		about := slices.ContainsFunc(in.Research, func(id string) bool { return slices.Contains(theme.Research, id) })
		if in.Draft || !about && (theme.Feature == "" || !slices.Contains(in.Features, theme.Feature)) {
			continue
		}
		for k := range in.Phases {
			if p := &in.Phases[k]; p.Name == "ga" && p.Begun(m.cal.AsOf) {
				add(in.Title, p.Start)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b dated) int { return cmp.Or(a.on.Compare(b.on), cmp.Compare(a.title, b.title)) })
	return list
}

// listChanges compares the tickets of a theme before and after each of its dated changes. The
// weeks of one change end where those of another begin.
func (m *measurer) listChanges(theme int) []Change {
	if len(m.sorted) == 0 {
		return nil
	}
	list := m.findDated(&m.themes[theme])
	out := make([]Change, len(list))
	for i, d := range list {
		from, to := time.Time{}, m.cal.CutOff()
		if i > 0 {
			from = org.WeekOf(list[i-1].on).Add(org.Week)
		}
		if i+1 < len(list) {
			to = org.Earlier(to, org.WeekOf(list[i+1].on))
		}
		out[i] = m.measureChange(theme, d, from, to)
	}
	return out
}

// measureChange compares the weeks before and after a change. The week of the change is on
// neither side.
func (m *measurer) measureChange(theme int, d dated, from, to time.Time) Change {
	c := Change{Title: d.title, On: d.on}
	on := org.WeekOf(d.on)
	before := m.listPast(on, from, reachBefore)
	after := m.listPast(to, on.Add(org.Week), math.MaxInt32)
	after = after[:min(len(after), reachAfter)]
	known := slices.DeleteFunc(slices.Clone(before), func(w time.Time) bool { return !m.active.covers(w) })
	if len(known) >= looks[0] {
		before = known // rates per developer are worth a shorter past
	}
	c.WeeksBefore, c.WeeksAfter = len(before), len(after)
	if len(before) < looks[0] || len(after) < looks[0] {
		c.State, c.Why = CannotTell, fmt.Sprintf("%d weeks before and %d after; at least %d each are needed",
			len(before), len(after), looks[0])
		return c
	}
	for _, n := range looks {
		if n <= len(after) {
			c.WeeksAfter = n
		}
	}
	after = after[:c.WeeksAfter]
	c.PerDeveloper = m.active.covers(append(slices.Clone(before), after...)...)
	b, a := m.newSide(before, theme, false, c.PerDeveloper), m.newSide(after, theme, false, c.PerDeveloper)
	c.Before, c.After = int(b.total()), int(a.total())
	if c.Before+c.After < leastSide || c.Before == 0 {
		c.State, c.Why = CannotTell, fmt.Sprintf("%d tickets in these weeks; at least %d are needed, some of them before",
			c.Before+c.After, leastSide)
		return c
	}
	test := compare(b, a, findDispersion(b, a))
	figure := metric.NewFigure(test.Ratio, test.iv)
	c.Ratio, c.iv, c.P = &figure, test.iv, math.Min(1, test.P*float64(len(looks)))
	c.stepP = testStep(b, a, test)
	m.compareOthers(&c, theme, b, a, test)
	return c
}

// testStep returns the one-sided p-value of a step in the direction of the change, beside a steady
// change of the rate over all weeks. The slopes within both sides show the steady change.
func testStep(before, after side, test comparison) float64 {
	var slope, information float64
	for _, s := range [...]*side{&before, &after} {
		b, i := logSlope(s)
		slope, information = slope+b*i, information+i
	}
	if information == 0 || test.Ratio == 0 {
		return 1
	}
	slope /= information
	apart := float64(len(before.weeks)+len(after.weeks))/2 + 1 // weeks between the middles of both sides
	phi := math.Max(1, test.dispersion.Phi)
	step := math.Log(test.Ratio) - slope*apart
	se := math.Sqrt(phi * (1/before.total() + 1/after.total() + apart*apart/information))
	if step*math.Log(test.Ratio) <= 0 {
		return 1
	}
	return 1 - stat.NormalCDF(math.Abs(step)/se)
}

// logSlope returns the slope of the logarithm of a side's rate per week, and the reciprocal of its
// variance if the tickets are a Poisson process.
func logSlope(s *side) (slope, information float64) {
	rate := s.total() / s.exposed()
	if rate == 0 {
		return 0, 0
	}
	var middle, score float64
	for t := range s.counts {
		middle += float64(t) * s.active[t] / s.exposed()
	}
	for t, k := range s.counts {
		x := float64(t) - middle
		score += x * (k - rate*s.active[t])
		information += x * x * rate * s.active[t]
	}
	return score / information, information
}

// compareOthers compares the change with that of all other tickets: an export that lost a team,
// or a quiet summer, is no effect. p becomes the larger one of both tests.
func (m *measurer) compareOthers(c *Change, theme int, before, after side, test comparison) {
	b, a := m.newSide(before.weeks, theme, true, c.PerDeveloper), m.newSide(after.weeks, theme, true, c.PerDeveloper)
	if b.total() < leastOthers || a.total() < leastOthers {
		c.doubt = cmp.Or(c.doubt, "there are too few other tickets to compare with")
		return
	}
	rest := compare(b, a, findDispersion(b, a))
	c.Others = metric.Of(rest.Ratio)
	own := math.Max(after.total(), 0.5) / after.exposed() * before.exposed() / before.total()
	se := math.Sqrt(variance(before, after, test) + variance(b, a, rest))
	df := math.Max(1, math.Min(test.dispersion.DF, rest.dispersion.DF))
	apart := math.Log(own / rest.Ratio)
	if z := math.Abs(apart) / se; z < stat.StudentQuantile(1-level/2, df) || apart*math.Log(own) < 0 {
		c.doubt = cmp.Or(c.doubt, "other tickets changed about as much")
	}
}

// variance returns the variance of the logarithm of a ratio.
func variance(before, after side, c comparison) float64 {
	return math.Max(1, c.dispersion.Phi) * (1/math.Max(before.total(), 0.5) + 1/math.Max(after.total(), 0.5))
}

// judge sets the outcome from the p-value that is corrected for all tests of the page.
func (c *Change) judge(q, sesoi float64) {
	c.Q = q
	ratio := *c.Ratio.Value
	large := math.Abs(math.Log(math.Max(ratio, 1e-9))) >= math.Log(1+sesoi)
	switch {
	case q <= level && large && c.doubt != "":
		c.State, c.Why = CannotAttribute, c.doubt
	case q <= level && large && ratio < 1:
		c.State = Fewer
	case q <= level && large:
		c.State = More
	case c.iv.Lo >= 1/(1+sesoi) && c.iv.Hi <= 1+sesoi:
		c.State = AboutTheSame
	default:
		c.State, c.Why = CannotTell, "the difference may be chance"
	}
}
