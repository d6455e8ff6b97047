package diff

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/compute/space"
)

// findReaders lists the conclusions that read a number of an input. If some results are known,
// the conclusions are decided again with them.
func (x *inputs) findReaders(in *input, decide bool) {
	if x.Missing != "" {
		return
	}
	known := slices.ContainsFunc(in.Numbers, func(n Number) bool { return n.IsKnown() })
	now := &x.Head.Report
	then := now
	if decide && (known || len(in.suppose) > 0) {
		next := compute.Decide(x.options, x.Head.Content, x.supposeMeasured(in))
		then = &next
	}
	reads := map[numberKey]bool{}
	for i := range in.Numbers {
		reads[in.Numbers[i].key()] = true
	}
	in.Readers = slices.Concat(x.readVerdicts(reads, now, then), x.readGoals(reads, now, then),
		x.readGates(reads, now, then), x.readEffects(reads, now, then))
	slices.SortStableFunc(in.Readers, func(a, b Reader) int { return compareBool(b.moves(), a.moves()) })
}

// moves reports whether the conclusion is another one after the change.
func (r *Reader) moves() bool { return r.Before != r.After }

// settle returns a reader with its conclusions if they differ.
func settle(r Reader, before, after string) Reader {
	if before != after {
		r.Before, r.After = before, after
	}
	return r
}

// readVerdicts lists the recommendations that read the numbers.
func (x *inputs) readVerdicts(reads map[numberKey]bool, now, then *compute.Report) []Reader {
	var out []Reader
	for i := range now.Recommendations {
		r := &now.Recommendations[i]
		after := ""
		if a := findRecommendation(then, r.Feature); a != nil {
			after = verdictWords(a)
		}
		one := settle(Reader{Kind: "recommendation", ID: r.Feature, Title: r.Title}, verdictWords(r), after)
		read := false
		for _, id := range []string{adoption.Share, space.Satisfied, effectNumber} {
			read = read || reads[numberKey{id, metric.Feature, r.Feature}]
		}
		if read || one.moves() {
			out = append(out, one)
		}
	}
	return out
}

// verdictWords returns a verdict with its strength, as the pages do.
func verdictWords(r *decision.Recommendation) string {
	if r.Strength == decision.FindOut || r.Verdict == decision.Early {
		return string(r.Strength)
	}
	return string(r.Verdict)
}

// readGoals lists the goals about one of the numbers.
func (x *inputs) readGoals(reads map[numberKey]bool, now, then *compute.Report) []Reader {
	var out []Reader
	for i := range now.Goals {
		g := &now.Goals[i]
		one := Reader{Kind: "goal", ID: g.Metric, Title: g.Title}
		if g.Scope.Kind != metric.Organisation {
			one.Title += " (" + firstOf(g.Scope.Title, g.Scope.ID) + ")"
		}
		if k := slices.IndexFunc(then.Goals, func(s goals.Standing) bool { return sameGoal(&s, g) }); k >= 0 {
			one = settle(one, string(g.State), string(then.Goals[k].State))
		}
		if reads[numberKey{g.Metric, g.Scope.Kind, g.Scope.ID}] || one.moves() {
			out = append(out, one)
		}
	}
	return out
}

// readGates lists the criteria of phases about one of the numbers.
func (x *inputs) readGates(reads map[numberKey]bool, now, then *compute.Report) []Reader {
	var out []Reader
	for i := range now.Gates {
		g := &now.Gates[i]
		k := slices.IndexFunc(x.plans, func(p pair[fact.Initiative]) bool { return p.head != nil && p.head.ID == g.Initiative })
		if k < 0 {
			continue
		}
		in := x.plans[k].head
		one := Reader{Kind: "gate", ID: g.Initiative, Title: firstOf(in.Title, in.ID) + ", " + g.Phase}
		if i < len(then.Gates) {
			one = settle(one, g.Evaluation.State, then.Gates[i].Evaluation.State)
		}
		read := false
		for p := range in.Phases {
			if in.Phases[p].Name != g.Phase || g.Criterion >= len(in.Phases[p].Criteria) {
				continue
			}
			c := &in.Phases[p].Criteria[g.Criterion]
			scope := numberKey{kind: metric.Organisation}
			if c.Feature != "" {
				scope = numberKey{kind: metric.Feature, id: c.Feature}
			}
			for _, id := range []string{c.Measure, measures.MetricID(c.Measure)} {
				scope.metric = id
				read = read || c.Measure != "" && reads[scope]
			}
		}
		if read && !g.Evaluation.Judged || one.moves() {
			out = append(out, one)
		}
	}
	return out
}

// readEffects lists the expected effects on one of the numbers.
func (x *inputs) readEffects(reads map[numberKey]bool, now, then *compute.Report) []Reader {
	var out []Reader
	for i := range now.Expected {
		e := &now.Expected[i]
		one := Reader{Kind: "effect", ID: e.ID, Title: e.Title}
		if k := slices.IndexFunc(then.Expected, func(o rice.Expectation) bool { return o.ID == e.ID }); k >= 0 {
			one = settle(one, gotWords(e), gotWords(&then.Expected[k]))
		}
		if reads[numberKey{e.Outcome, metric.Organisation, ""}] || one.moves() {
			out = append(out, one)
		}
	}
	return out
}

func gotWords(e *rice.Expectation) string {
	if e.Got == nil {
		return "not known"
	}
	return "known"
}

// supposeMeasured returns the measured values with the known results of an input. Values that
// only the next run can tell stay.
func (x *inputs) supposeMeasured(in *input) compute.Measured {
	m := *x.m
	m.Sections = slices.Clone(m.Sections)
	after := map[numberKey]*Number{}
	for i := range in.Numbers {
		if n := &in.Numbers[i]; n.IsKnown() {
			after[n.key()] = n
		}
	}
	for i := range m.Sections {
		s := &m.Sections[i]
		s.Metrics = slices.Clone(s.Metrics)
		for k := range s.Metrics {
			t := &s.Metrics[k]
			if n := after[numberKey{t.ID, t.Scope.Kind, t.Scope.ID}]; n != nil {
				t.Figure = metric.Figure{Value: n.After}
				if n.Lost {
					t.State, t.Why, t.Next = metric.NotAvailable, "its source is gone", "restore the source"
				}
			}
		}
		s.Series = slices.DeleteFunc(slices.Clone(s.Series), func(t metric.Series) bool {
			n := after[numberKey{t.ID, t.Scope.Kind, t.Scope.ID}]
			return n != nil && n.Lost
		})
	}
	m.History = slices.DeleteFunc(slices.Clone(m.History), func(r compute.Row) bool {
		kind := metric.Organisation
		if r.Subject != "" {
			kind = metric.Feature
		}
		n := after[numberKey{r.Metric, kind, r.Subject}]
		return n != nil && n.Lost
	})
	x.supposeFeatures(&m, after)
	m.Measures.Measures = slices.Clone(m.Measures.Measures)
	for i := range m.Measures.Measures {
		s := &m.Measures.Measures[i]
		if n := after[numberKey{measures.MetricID(s.ID), metric.Organisation, ""}]; n != nil && n.Lost {
			s.Value, s.Latest, s.LatestN = nil, nil, 0
		}
	}
	for _, f := range in.suppose {
		f(&m)
	}
	return m
}

// supposeFeatures applies known results to the adoption and the effects of features.
func (x *inputs) supposeFeatures(m *compute.Measured, after map[numberKey]*Number) {
	m.Adoption.Features = slices.Clone(m.Adoption.Features)
	gone := map[string]bool{}
	for i := range m.Adoption.Features {
		f := &m.Adoption.Features[i]
		n := after[numberKey{adoption.Share, metric.Feature, f.ID}]
		switch {
		case n == nil:
		case n.Lost:
			f.Known, gone[f.ID] = false, true
		case x.feature(f.ID) != nil:
			f.Eligible = cmp.Or(x.feature(f.ID).Adoption.Eligible, f.Eligible)
		}
	}
	m.Effects = slices.DeleteFunc(slices.Clone(m.Effects), func(e compute.Effect) bool {
		n := after[numberKey{effectNumber, metric.Feature, e.Feature}]
		return gone[e.Feature] || n != nil && n.Lost
	})
	if n := after[numberKey{space.NPS, metric.Organisation, ""}]; n != nil && n.Lost {
		m.Space.Latest = ""
	}
	if n := after[numberKey{unmatchedNumber, metric.Organisation, ""}]; n != nil && n.After != nil {
		m.Support.Unmatched = int(*n.After)
	}
	m.Support.Themes = slices.Clone(m.Support.Themes)
	themes := m.Support.Themes[:0]
	for _, t := range m.Support.Themes {
		if n := after[numberKey{themeNumber, themeScope, t.ID}]; n == nil || !n.Lost {
			themes = append(themes, t)
		}
	}
	m.Support.Themes = themes
}
