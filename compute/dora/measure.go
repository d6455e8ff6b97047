package dora

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Result is the result of the family: metrics and series for pages, the evidence behind them,
// and the linked deliveries for families that compare.
type Result struct {
	Section  metric.Section
	Evidence []metric.Evidence
	Linked   []Linked
	// Doubts describe input of the organisation that matched nothing in the current window,
	// each with the next step.
	Doubts []string
	// Panel has a row for every team and period of four weeks.
	Panel []PanelRow
	// Shipped counts and dates deployments, of the organisation first.
	Shipped []Shipped
	// Groups count the teams of each group with a team.
	Groups []GroupTeams

	measurer measurer
	whole    *pool
	first    time.Time
}

// MeasureOrganisationAt computes the metrics of the organisation as of an earlier cut-off, from
// today's facts. It returns nil if they do not reach back that far.
func (r *Result) MeasureOrganisationAt(cut time.Time) []metric.Metric {
	m := r.measurer
	m.cut, m.doubts = cut, nil
	m.before = metric.Window{} // nothing is compared
	own := m.forPool(r.whole)
	if own.now.From.Before(r.first) {
		return nil
	}
	return own.computeMetrics(m.withoutBreaks(r.whole))
}

// Measure computes the delivery metrics of the organisation, every team and every group: the last four
// mature weeks against the four before, and weekly series over all collected weeks. Its errors
// are about the options only.
func Measure(opt Options, o *org.Organisation) (Result, error) {
	r, err := opt.compile()
	if err != nil {
		return Result{}, err
	}
	res := Result{Linked: r.linkAll(o)}
	m := newMeasurer(r, o, &res.Doubts)
	res.Section = metric.Section{Family: "dora", Definitions: m.specs.Definitions()}
	first, last := m.findSeriesSpan()
	ps := gatherPools(o, res.Linked)
	res.measurer, res.whole, res.first, res.Groups = m, ps.whole, first, ps.counts
	for _, p := range ps.list() {
		own, counted := m.forPool(p), m.withoutBreaks(p)
		res.Section.Metrics = append(res.Section.Metrics, own.computeMetrics(counted)...)
		if p.hidden == "" {
			res.Section.Series = append(res.Section.Series, own.computeSeries(p, first, last)...)
			switch {
			case p == ps.whole && len(ps.teams) > 0:
				res.Evidence = append(res.Evidence, own.newTeamEvidence(counted, ps.teams)...)
			case p.scope.Kind == metric.Group:
				res.Evidence = append(res.Evidence, own.newTeamEvidence(counted, p.members)...)
			default:
				res.Evidence = append(res.Evidence, own.listEvidence(counted)...)
			}
		}
	}
	res.Shipped = m.listShipped(res.Linked)
	res.Panel = m.computePanel(ps.teams, first)
	res.Section.Notes = append(m.listBreakNotes(), r.listUnusedRulings(res.Linked)...)
	if r.tiers != nil && r.tiers.none != "" {
		res.Section.Notes = append(res.Section.Notes, r.tiers.none)
	}
	return res, nil
}

func (r *rules) linkAll(o *org.Organisation) []Linked {
	perService := make([][]*org.Incident, len(o.Services))
	for i := range o.Incidents {
		if s := o.Incidents[i].Service; s >= 0 {
			perService[s] = append(perService[s], &o.Incidents[i])
		}
	}
	r.indexRulings(o)
	linked := make([]Linked, len(o.Services))
	for i := range o.Services {
		linked[i] = r.linkService(&o.Services[i], i, perService[i], o.Calendar.AsOf)
	}
	return linked
}

type measurer struct {
	*rules
	org         *org.Organisation
	cut         time.Time
	now, before metric.Window
	metrics     []declared
	specs       metric.Specs // of the metrics
	doubts      *[]string    // of the organisation; nil: not collected
}

func newMeasurer(r *rules, o *org.Organisation, doubts *[]string) measurer {
	return measurer{
		rules: r, org: o, cut: o.Calendar.CutOff(), now: o.Calendar.Current(), before: o.Calendar.Before(),
		metrics: r.listMetrics(), specs: r.buildSpecs(), doubts: doubts,
	}
}

// scopeSamples holds the samples of one scope in the two windows, and how many of its teams and
// services were collected.
type scopeSamples struct {
	p           *pool
	now, before sample
	teams       int // collected now
	services    int
	teamsBefore int
	hadBefore   bool
}

func (m *measurer) computeMetrics(p *pool) []metric.Metric {
	x := scopeSamples{
		p: p, now: m.newWindowSample(p, m.now), before: m.newWindowSample(p, m.before),
	}
	x.now.week = m.estimateWeekDispersion(p, m.now)
	if m.before.From.Before(m.before.To) {
		x.before.week = m.estimateWeekDispersion(p, m.before)
	}
	x.teams, x.services = p.countCollected(m.org, m.now)
	var before int
	x.teamsBefore, before = p.countCollected(m.org, m.before)
	x.hadBefore = before > 0
	var list []metric.Metric
	for _, d := range m.metrics {
		list = append(list, d.measure(m, &x))
	}
	if p.hidden == "" {
		m.testTrends(p, list)
	}
	unseen := m.findUnmatched(p)
	for i := range list {
		list[i].Tier = m.findTier(&list[i])
		m.finishMetric(&list[i], &x)
		m.addDoubts(&list[i], &x, &unseen)
	}
	return list
}

// newWindowSample gathers the events of a window, whose breaks the pool has left out.
func (m *measurer) newWindowSample(p *pool, w metric.Window) sample {
	s := p.newSample(w, m.org.Calendar.AsOf)
	s.weeks = m.org.Calendar.DropBreaks(s.weeks, w, p.team())
	return s
}

// newMetric returns a metric without a value.
func (m *measurer) newMetric(id string, x *scopeSamples) metric.Metric {
	return m.specs.Find(id).Metric(x.p.scope, m.now, m.cut)
}

// setValue sets value and interval, and the earlier value with its counts n if there is one.
func (m *measurer) setValue(mt *metric.Metric, now, before estimate, n []metric.Count) {
	mt.Figure = now.Figure
	if before.Value != nil {
		mt.Was = &metric.Was{Figure: before.Figure, N: n, Window: m.before}
	}
}

// finishMetric marks a metric that may not be shown, has no value, or is incomplete.
func (m *measurer) finishMetric(mt *metric.Metric, x *scopeSamples) {
	switch {
	case x.p.hidden != "" && x.p.scope.Kind == metric.Group: // it counts no team
		markNotAvailable(mt, x.p.hidden, x.p.next)
	case x.services == 0 && mt.ID != RestoreTime:
		why, next := m.explainUncollected(x.p)
		markNotAvailable(mt, why, next)
		if m.findGap(x.p) == nil && m.endsEarly(x.p) {
			m.noteDoubt(mt, why, next)
		}
	case x.p.hidden != "":
		n := mt.N
		markNotAvailable(mt, x.p.hidden, x.p.next)
		if mt.ID == Frequency && len(n) > 0 {
			mt.N = n[:1] // a count of deployments is a fact of the repository
		}
	case mt.Value == nil && mt.Why == "":
		markNotAvailable(mt, "nothing happened in these weeks that it could be measured by", "")
	case mt.Value == nil:
		markNotAvailable(mt, mt.Why, mt.Next)
	case len(x.p.services) > x.services && mt.ID != RestoreTime:
		mt.State = metric.Provisional
		mt.Warnings = append(mt.Warnings, fmt.Sprintf("%d of %d services were collected for all of these weeks",
			x.services, len(x.p.services)))
	}
}

func markNotAvailable(mt *metric.Metric, why, next string) {
	mt.State, mt.Why, mt.Next = metric.NotAvailable, why, next
	mt.Figure, mt.Longer, mt.Was, mt.Trend, mt.Tier = metric.Figure{}, nil, nil, nil, nil
	mt.Details, mt.N = nil, nil
	mt.Evidence, mt.Warnings = "", nil
}
