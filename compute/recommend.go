package compute

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/support"
)

// recommendAll walks the decision tree for every feature that is not retired, by ID. It returns
// the recommendations, and those for other limits.
func recommendAll(o Options, c fact.Content, m *Measured) ([]decision.Recommendation, []decision.WhatIf) {
	titles := map[string]string{}
	for i := range c.Features {
		titles[c.Features[i].ID] = c.Features[i].Title
	}
	var out []decision.Recommendation
	var others []decision.WhatIf
	for i := range c.Features {
		f := &c.Features[i]
		if f.Draft || (!f.Retired.IsZero() && !f.Retired.After(m.AsOf)) {
			continue
		}
		in := decision.Input{
			Feature: f.ID, Title: f.Title, Successor: f.Successor, SuccessorTitle: titles[f.Successor],
			Adoption: adoptionFacts(f, m), Delivery: deliveryFacts(f, &c, m),
			Thresholds: o.Decision.For(f.Decision), Decisions: c.Decisions, AsOf: m.AsOf,
		}
		if a := m.Adoption.Find(f.ID); a != nil {
			in.Available = decision.Availability{At: a.Available, By: decision.ByContent}
			if a.ByUse {
				in.Available.By = decision.ByUse
			}
		}
		in.SatisfactionNext = nextWave(m.Space.Waves, in.Available.At, m.AsOf)
		if s := m.Space.Feature(f.ID); s != nil && s.Known {
			in.Answers = decision.Answers{Wave: s.Wave, Sent: s.Sent, Teams: s.Teams}
			in.Satisfaction = decision.Estimate{Figure: metric.Figure{Value: &s.Share, Lo: &s.Lo, Hi: &s.Hi}, N: s.Answered}
			for _, why := range s.Reasons {
				in.Reasons = append(in.Reasons, decision.Reason{Name: why.Name, Share: why.Share, N: why.N})
			}
		}
		out, others = append(out, decision.Recommend(in)), append(others, decision.NewWhatIf(in))
	}
	return out, others
}

// adoptionFacts returns a feature's adoption now and, from published history, earlier, also under
// its former IDs.
func adoptionFacts(of *fact.Feature, m *Measured) decision.Adoption {
	f := m.Adoption.Find(of.ID)
	if f == nil {
		return decision.Adoption{}
	}
	a := decision.Adoption{
		Known: f.Known, Unit: f.Unit, Active: f.Active, Eligible: f.Eligible, Given: f.Given, Week: m.CutOff,
	}
	hash := definitionHash(m.Section("adoption"), adoption.Share)
	for i := range m.History {
		// Values under another definition must not be compared.
		r := &m.History[i]
		if (r.Subject == of.ID || slices.Contains(of.Formerly, r.Subject)) && r.Metric == adoption.Share && r.Hash == hash && r.Value != nil && r.Week.Before(m.CutOff) {
			a.History = append(a.History, decision.Week{At: r.Week, Share: *r.Value})
		}
	}
	return a
}

// deliveryFacts returns the facts about a feature's effect on lead time. Effects on other
// outcomes are not estimated, so they have no data here.
func deliveryFacts(f *fact.Feature, c *fact.Content, m *Measured) decision.Effect {
	d := decision.Effect{Outcome: cmp.Or(f.Decision.Outcome, dora.LeadTime), Better: metric.Down}
	e := m.Effect(f.ID)
	if e == nil || e.Outcome != d.Outcome {
		return outcomeFacts(d, f, c, m)
	}
	fillEffect(&d, e)
	return d
}

// fillEffect fills in an estimated effect. An effect with few teams may be weak evidence, but
// not one with too few periods or with a failed check.
func fillEffect(d *decision.Effect, e *Effect) {
	d.Verdict, d.Next = e.Verdict, e.Next
	d.Change = decision.Estimate{Figure: metric.Figure{Value: e.Change, Lo: e.Lo, Hi: e.Hi}, N: e.Adopters}
	if e.Change != nil {
		d.Down, d.Up, d.Comparators = metric.Of(e.Shorter), metric.Of(e.Longer), e.PerPeriod
	}
	d.ChecksFailed = e.PrePeriods < impact.MinPrePeriods || e.PostPeriods < impact.MinPostPeriods
	for _, c := range e.Checks {
		d.ChecksFailed = d.ChecksFailed || !c.Passed
	}
}

// measureDiscovery gathers the inputs of the discovery metrics and computes them.
func measureDiscovery(o Options, c fact.Content, m *Measured, gs []Gate, rs []decision.Recommendation) discovery.Result {
	in := discovery.Input{
		Content: c, Calendar: org.Calendar{AsOf: m.AsOf, MaturityDays: o.MaturityDays}, Goals: o.Discovery,
		Tickets: m.Support.Tickets, Copied: m.Copied,
	}
	for i := range m.Adoption.Features {
		in.Adoption = append(in.Adoption, adoptionOf(&m.Adoption.Features[i]))
	}
	for i := range m.Support.Themes {
		in.Themes = append(in.Themes, theme(&m.Support.Themes[i]))
	}
	for _, g := range gs {
		if g.Evaluation.Value == nil {
			continue // judged by people, or nothing was measured: content shows it
		}
		in.Gates = append(in.Gates, discovery.Gate{
			Initiative: g.Initiative, Phase: g.Phase, Criterion: g.Criterion, Met: g.Evaluation.State == measures.Met,
		})
	}
	for i := range rs {
		if rs[i].Strength == decision.Recommended || rs[i].Strength == decision.Leaning {
			in.Recommendations++
		}
	}
	return discovery.Discover(in)
}

func adoptionOf(f *adoption.Feature) discovery.Adoption {
	a := discovery.Adoption{Feature: f.ID, Known: f.Known, Active: f.Active, Eligible: f.Eligible, Shipped: f.Shipped}
	for _, p := range f.Parts {
		a.Parts = append(a.Parts, discovery.FeaturePart{ID: p.ID, Title: p.Title, Active: p.Active})
	}
	return a
}

func theme(t *support.Theme) discovery.Theme {
	return discovery.Theme{ID: t.ID, N: t.N, Before: t.Before, Share: t.Share, Rising: t.Rising}
}

// adoptionRows returns the weekly adoption of every feature as rows of history, for the weeks
// given. Weeks without a value have no row.
func adoptionRows(sec *metric.Section, weeks []time.Time) []Row {
	var rows []Row
	for i := range sec.Series {
		s := &sec.Series[i]
		hash := definitionHash(sec, s.ID)
		for _, p := range s.Points {
			end := p.At.Add(org.Week)
			if p.Value == nil || hash == "" || !slices.ContainsFunc(weeks, end.Equal) {
				continue
			}
			rows = append(rows, Row{
				Week: end, Subject: s.Scope.ID, Metric: s.ID, Figure: metric.Figure{
					Value: p.Value, Lo: p.Value,
					Hi: p.Value,
				}, N: p.N, Hash: hash,
			})
		}
	}
	return rows
}

// definitionHash returns the hash of the definition in force; "" if there is none.
func definitionHash(sec *metric.Section, id string) string {
	for i := range sec.Definitions {
		if sec.Definitions[i].ID == id {
			return sec.Definitions[i].Hash
		}
	}
	return ""
}
