// Package adoption measures how many eligible units use each feature of the platform: active
// and retained units, parts of a feature, and the weeks after launch.
//
// The units of a feature are developers, teams or services. An adoption share is a census of
// the eligible units, so it has no interval.
package adoption

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Share is the ID of the metric, which every feature has.
const Share = "adoption.share"

// MinShareInUse is the smallest active share of eligible units at which a feature counts as
// used.
const MinShareInUse = 0.2

// Result is the output of the family.
type Result struct {
	Section  metric.Section `json:"-"`
	Features []Feature      `json:"features"` // by ID; drafts are left out
	Shipped  int            `json:"shipped"`
	Used     int            `json:"used"` // number of shipped features that at least 20 % of the eligible units use
}

// Find returns the adoption of the feature with that ID, or nil.
func (r *Result) Find(id string) *Feature {
	for i := range r.Features {
		if r.Features[i].ID == id {
			return &r.Features[i]
		}
	}
	return nil
}

// Feature is the adoption of one feature.
type Feature struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Unit     string `json:"unit"` // "developer", "team" or "service"
	Eligible int    `json:"eligible"`
	// EligibleOn is the day when the eligible units were counted; zero: not given.
	EligibleOn time.Time `json:"eligible_on"`
	// Known means that use could be measured. It is also false if more units are active than
	// eligible, because then one of the two counts is wrong.
	Known    bool      `json:"known"`
	Active   int       `json:"active"`   // units that used it in the current four weeks
	Before   int       `json:"before"`   // units that used it in the four weeks before
	Retained int       `json:"retained"` // active in at least 2 of the last 3 windows of four weeks
	Depth    float64   `json:"depth"`    // uses per active unit in the window; 0 if uses are not counted
	Shipped  time.Time `json:"shipped"`  // general availability; zero: not shipped
	// Available is the time since when everybody could use the feature: general availability
	// or, without a date for it, the end of the first four weeks where a tenth of the
	// eligible units were active; zero: unknown. ByUse marks the second case.
	Available time.Time `json:"available,omitzero"`
	ByUse     bool      `json:"available_by_use,omitempty"`
	// Given is the reason that adoption is not evidence of value: "default" or "mandated".
	Given    string       `json:"given,omitempty"`
	Parts    []Part       `json:"parts,omitempty"`
	Launch   []Checkpoint `json:"launch,omitempty"`
	FirstUse []FirstUse   `json:"first_use,omitempty"` // by team
	Unknown  []string     `json:"unknown,omitempty"`   // parts in the data that content does not declare
	// UnknownTeams is the number of teams in the data that teams.toml does not have.
	UnknownTeams int `json:"unknown_teams,omitempty"`
}

// ActiveShare returns active ÷ eligible, 0 to 1; 0 if no unit is eligible.
func (f *Feature) ActiveShare() float64 {
	if f.Eligible <= 0 {
		return 0
	}
	return float64(f.Active) / float64(f.Eligible)
}

// scope returns the scope of the feature's metric.
func (f *Feature) scope() metric.Scope {
	return metric.Scope{Kind: metric.Feature, ID: f.ID, Title: f.Title}
}

// isImpossible reports whether more units are active than eligible.
func (f *Feature) isImpossible() bool { return f.Eligible > 0 && f.Active > f.Eligible }

// Part is the use of one part of a feature, among the feature's eligible units.
type Part struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Active int     `json:"active"`
	Share  float64 `json:"share"`
}

// Checkpoint is the adoption some weeks after general availability, compared with the
// prediction. Share is nil before that week.
type Checkpoint struct {
	Weeks     int      `json:"weeks"`
	At        string   `json:"at"` // date, 2006-01-02
	Share     *float64 `json:"share"`
	Predicted *float64 `json:"predicted"`
}

// FirstUse is the start of a team's sustained use of a feature: the first of two consecutive
// four-week windows with use.
type FirstUse struct {
	Team string    `json:"team"`
	At   time.Time `json:"at"`
}

// Measure computes the adoption of every feature in content. developers is the platform's
// population; 0: not given.
func Measure(o *org.Organisation, c fact.Content, e fact.Events, developers int) Result {
	m := measurer{org: o, content: c, events: e, developers: developers}
	m.names = org.NewNames(c)
	m.indexUsage()
	declared := Specs().Find(Share)
	res := Result{Section: metric.Section{Family: "adoption", Definitions: []metric.Definition{declared.Definition()}}}
	for i := range c.Features {
		f := &c.Features[i]
		if f.Draft {
			continue
		}
		u := m.findUses(f)
		out := m.measureFeature(f, u)
		res.Features = append(res.Features, out)
		res.Section.Metrics = append(res.Section.Metrics, m.newMetric(&out, declared))
		if out.Known {
			res.Section.Series = append(res.Section.Series, m.newCurve(&out, u, declared))
		}
		if !out.Shipped.IsZero() && out.Shipped.Before(o.Calendar.CutOff()) && f.Retired.IsZero() {
			res.Shipped++
			if out.Known && out.ActiveShare() >= MinShareInUse {
				res.Used++
			}
		}
	}
	slices.SortFunc(res.Features, func(a, b Feature) int { return cmp.Compare(a.ID, b.ID) })
	return res
}

// Specs declares the metric of this family, which every feature has.
func Specs() metric.Specs {
	return metric.Specs{{
		ID: Share, Version: 1, Title: "Adoption", Unit: metric.Share, Better: metric.Up, Series: true,
		Estimate: "census", Untested: "it is a census: every change is one",
		Text: "Units (developers, teams or services) that used the feature at least once in the four weeks ÷ units " +
			"that could, counted on the date beside it. Retained: active in at least two of the last three windows of " +
			"four weeks. It is a census, so it has no interval; the use of a default or mandated feature is no evidence " +
			"that it is liked.",
	}}
}

type measurer struct {
	org        *org.Organisation
	content    fact.Content
	events     fact.Events
	developers int
	names      *org.Names
	byFeature  map[string][]fact.Use
	since      map[string]time.Time // the first row of each source
}

// measureFeature fills every field but the metric.
func (m *measurer) measureFeature(f *fact.Feature, u *uses) Feature {
	cal := m.org.Calendar.WithoutBreaks()
	out := Feature{
		ID: f.ID, Title: f.Title, Unit: f.Adoption.Unit, Eligible: m.countEligible(f), EligibleOn: f.Adoption.EligibleOn,
		Known: u != nil, Shipped: m.shippedOn(f), Given: DescribeChoice(f, cal.CutOff()),
	}
	if out.Available = out.Shipped; u == nil {
		return out
	}
	third := metric.Window{From: cal.Before().From.Add(-org.Period), To: cal.Before().From}
	now, before, earlier := u.activeUnits(cal.Current(), ""), u.activeUnits(cal.Before(), ""), u.activeUnits(third, "")
	out.Active, out.Before = len(now), len(before)
	for unit := range u.byUnit {
		if countTrue(now[unit], before[unit], earlier[unit]) >= 2 {
			out.Retained++
		}
	}
	if len(now) > 0 {
		out.Depth = u.totalUse(cal.Current()) / float64(len(now))
	}
	for _, p := range f.Parts {
		n := len(u.activeUnits(cal.Current(), p.ID))
		part := Part{ID: p.ID, Title: cmp.Or(p.Title, p.ID), Active: n}
		if out.Eligible > 0 {
			part.Share = float64(n) / float64(out.Eligible)
		}
		out.Parts = append(out.Parts, part)
	}
	out.Unknown = u.unknownParts(f)
	out.Launch = m.measureLaunch(f, &out, u)
	out.FirstUse = u.listFirstUses()
	out.UnknownTeams = len(u.unknownTeams)
	out.Known = !out.isImpossible()
	if out.Shipped.IsZero() && out.Known {
		out.Available = u.findTakeUp(cal.CutOff(), out.Eligible)
		out.ByUse = !out.Available.IsZero()
	}
	return out
}

func countTrue(bs ...bool) int {
	n := 0
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}

// countEligible returns the declared number of eligible units, or else all units of the
// platform.
func (m *measurer) countEligible(f *fact.Feature) int {
	if f.Adoption.Eligible > 0 {
		return f.Adoption.Eligible
	}
	switch f.Adoption.Unit {
	case "team":
		return len(m.org.Teams)
	case "service":
		return len(m.org.Services)
	}
	return m.developers
}

// shippedOn returns the declared date, or the start of the "ga" phase of an initiative that
// delivers the feature; zero if neither exists.
func (m *measurer) shippedOn(f *fact.Feature) time.Time {
	if !f.Shipped.IsZero() {
		return f.Shipped
	}
	var first time.Time
	for i := range m.content.Initiatives {
		in := &m.content.Initiatives[i]
		if in.Draft || !slices.Contains(in.Features, f.ID) {
			continue
		}
		for _, p := range in.Phases {
			if p.Name == "ga" && !p.Start.IsZero() && (first.IsZero() || p.Start.Before(first)) {
				first = p.Start
			}
		}
	}
	return first
}

// DescribeChoice returns "default" or "mandated" if use of the feature was not a choice at that
// time, else "".
func DescribeChoice(f *fact.Feature, at time.Time) string {
	a := &f.Adoption
	switch {
	case a.Mandated && !a.MandatedOn.After(at):
		return "mandated"
	case a.Default && !a.DefaultSince.After(at):
		return "default"
	}
	return ""
}

// newMetric returns the feature's adoption as a metric.
func (m *measurer) newMetric(f *Feature, declared *metric.Spec) metric.Metric {
	cal := m.org.Calendar.WithoutBreaks()
	mt := declared.Metric(f.scope(), cal.Current(), cal.CutOff())
	mt.Title = f.Title
	misnamed := m.listMisnamed(f)
	switch {
	case f.isImpossible():
		mt.State = metric.NotAvailable
		mt.Why = fmt.Sprintf("%d active of %d eligible: the count of eligible units is out of date", f.Active, f.Eligible)
		mt.Next = "set eligible and eligible_on in features/" + f.ID + ".md"
		return mt
	case !f.Known:
		mt.State, mt.Why = metric.NotAvailable, cmp.Or(strings.Join(misnamed, "; "), "nothing says who uses it")
		mt.Next = "give features/" + f.ID + ".md an [adoption] source: a usage export, a rule or a list"
		return mt
	case f.Eligible <= 0:
		mt.State, mt.Why = metric.NotAvailable, "nobody is eligible"
		mt.Next = "set eligible in features/" + f.ID + ".md"
		return mt
	}
	mt.Value = metric.Of(f.ActiveShare())
	mt.N = []metric.Count{{What: "active", N: f.Active}, {What: pluralUnit(f.Unit), N: f.Eligible}}
	if !m.knownSince(f.ID).After(cal.Before().From.Add(org.Week)) {
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: metric.Of(float64(f.Before) / float64(f.Eligible))},
			Window: cal.Before(),
		}
	}
	if len(misnamed) > 0 {
		mt.State, mt.Warnings = metric.Provisional, misnamed
	}
	if f.Given != "" {
		mt.Warnings = append(mt.Warnings, f.Given+": its use is not evidence that it is liked")
	}
	return mt
}

// listMisnamed lists the usage rows that may belong to the feature but are not counted, because
// they name an unknown feature or team.
func (m *measurer) listMisnamed(f *Feature) []string {
	var out []string
	for _, u := range m.org.Unmatched {
		if u.Kind == "feature" && u.Near == f.ID {
			out = append(out, fmt.Sprintf("%d %s name %q, which is not a feature: did you mean %q?", u.N, u.Rows, u.Name, f.ID))
		}
	}
	if f.UnknownTeams > 0 {
		text := fmt.Sprintf("%d that the data name are not in teams.toml", f.UnknownTeams)
		if f.Eligible <= len(m.org.Teams) {
			text += ": left out"
		}
		out = append(out, "teams: "+text)
	}
	return out
}

func pluralUnit(unit string) string { return cmp.Or(unit, "developer") + "s" }
