package space

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Satisfaction holds the answers of a feature's own users about it. Neutral answers are in the
// denominator; a blank answer does not come from a user.
type Satisfaction struct {
	Feature string `json:"feature"`
	Title   string `json:"title"`
	Wave    string `json:"wave,omitempty"` // the survey that asked
	// Known is false, and every count 0, with fewer than five answers; Why and Next explain it.
	// If all answers are the same, Known is false and only Answered is set.
	Known    bool `json:"known"`
	Positive int  `json:"positive"`
	Neutral  int  `json:"neutral"`
	Negative int  `json:"negative"`
	Answered int  `json:"answered"`
	// Teams is the number of teams, or groups, that the answers name. Sent is the day of their
	// survey.
	Teams int       `json:"teams"`
	Sent  time.Time `json:"sent,omitzero"`
	// Share is positive ÷ answered, 0 to 1. Lo and Hi are its interval, 95 %: Wilson's with the
	// answers divided by their design effect, because people of one team answer alike.
	Share float64 `json:"share"`
	metric.Range
	// DesignEffect is that divisor, to the nearest quarter.
	DesignEffect float64 `json:"design_effect,omitempty"`
	// Reasons are the reasons of five or more answers, most frequent first; Fewer counts the
	// others.
	Reasons []Reason `json:"reasons,omitempty"`
	Fewer   int      `json:"fewer_reasons"`
	// Unclear counts the answers that were not understood. If they hide the share, Known is
	// false.
	Unclear *Unclear `json:"not_understood,omitempty"`
	Why     string   `json:"why,omitempty"`
	Next    string   `json:"next,omitempty"`
}

// Reason is a coded reason with the number and share of answers that gave it.
type Reason struct {
	Name  string  `json:"name"`
	N     int     `json:"n"`
	Share float64 `json:"share"`
}

// measureSatisfied returns the satisfaction with the features that a survey asks about or that
// answers contain, by ID.
func (m *measurer) measureSatisfied(s *fact.Survey, answers []answer) []Satisfaction {
	by, unclear := map[string][]teamAnswer{}, map[string]*Unclear{}
	for _, q := range s.Features {
		if id := m.findFeature(q.Feature); id != "" {
			by[id] = nil
			unclear[id] = countUnclear(fact.FeatureMeasure(q.Feature), 0, answers)
		}
	}
	for _, a := range answers {
		seen := map[string]bool{}
		for _, f := range a.Features {
			if id := m.findFeature(f.Feature); id != "" && !seen[id] {
				seen[id] = true
				by[id] = append(by[id], teamAnswer{f, text.Fold(a.Team)})
			}
		}
	}
	var out []Satisfaction
	for _, id := range slices.Sorted(maps.Keys(by)) {
		u := unclear[id]
		if u != nil {
			u.Given += len(by[id])
		}
		var teams []string
		for _, a := range answers {
			if u != nil && a.findUnclear(u.Measure) != nil {
				teams = append(teams, text.Fold(a.Team))
			}
		}
		sat := computeSatisfaction(by[id], u, teams)
		sat.Feature, sat.Title, sat.Wave, sat.Sent = id, m.names.titles[id], s.ID, s.Sent
		out = append(out, sat)
	}
	return out
}

// findFeature returns the current ID of a feature, or "" for a draft or an unknown one.
func (m *measurer) findFeature(id string) string {
	if m.names.titles[id] != "" {
		return id
	}
	return m.names.byName[text.Fold(id)].feature
}

// teamAnswer is an answer about a feature with the team of the respondent, or "".
type teamAnswer struct {
	fact.FeatureAnswer
	team string
}

// computeSatisfaction counts the answers about a feature. teams are those of the answers that
// were not understood.
func computeSatisfaction(answers []teamAnswer, unclear *Unclear, teams []string) Satisfaction {
	var s Satisfaction
	if len(answers)+unclear.count() >= minAnswers {
		s.Unclear = unclear
	}
	if s.Unclear.Hides() {
		s.Why, s.Next = unclear.Why(), unclear.Next
		return s
	}
	if len(answers) < minAnswers {
		s.Why = fmt.Sprintf("fewer than %d of its users answered about it", minAnswers)
		s.Next = "ask more of its users in the next wave"
		return s
	}
	reasons := map[string]int{}
	for _, a := range answers {
		switch {
		case a.Positive == nil:
			s.Neutral++
		case *a.Positive:
			s.Positive++
		default:
			s.Negative++
		}
		for _, r := range slices.Compact(slices.Sorted(slices.Values(a.Reasons))) {
			reasons[r]++
		}
	}
	if isUniform([]int{s.Positive, s.Neutral, s.Negative}) {
		return Satisfaction{
			Answered: len(answers), Why: allAlike, Next: "ask more of its users in the next wave", Unclear: s.Unclear,
		}
	}
	s.Known, s.Answered = true, len(answers)
	s.Share = float64(s.Positive) / float64(s.Answered)
	s.clusterByTeam(answers, teams)
	for _, name := range slices.Sorted(maps.Keys(reasons)) {
		if n := reasons[name]; n >= minAnswers {
			s.Reasons = append(s.Reasons, Reason{Name: name, N: n, Share: float64(n) / float64(s.Answered)})
		} else {
			s.Fewer++
		}
	}
	slices.SortStableFunc(s.Reasons, func(a, b Reason) int { return -cmp.Compare(a.N, b.N) })
	return s
}

// clusterByTeam counts the teams and sets the interval. Answers without a team are one cluster,
// but not a team. With a single cluster the interval is that of independent answers; with so
// few teams no verdict depends on it.
//
// unclear are the teams of the answers that were not understood. The interval includes those if
// all of them were negative, or positive.
func (s *Satisfaction) clusterByTeam(answers []teamAnswer, unclear []string) {
	positive, n := map[string]int{}, map[string]int{}
	for _, a := range answers {
		n[a.team]++
		if a.Positive != nil && *a.Positive {
			positive[a.team]++
		}
	}
	var ks, ns []int
	for _, team := range slices.Sorted(maps.Keys(n)) {
		ks, ns = append(ks, positive[team]), append(ns, n[team])
		if team != "" {
			s.Teams++
		}
	}
	iv := stat.Wilson(s.Positive, s.Answered, confidence)
	s.DesignEffect = 1
	if len(ns) > 1 {
		s.DesignEffect, iv = stat.ClusteredShare(ks, ns, confidence)
	}
	if len(unclear) > 0 {
		more := Satisfaction{Answered: s.Answered + len(unclear), Positive: s.Positive}
		no, yes := false, true
		more.clusterByTeam(addOpinions(answers, unclear, &no), nil)
		iv.Lo = min(iv.Lo, more.Lo)
		more.Positive += len(unclear)
		more.clusterByTeam(addOpinions(answers, unclear, &yes), nil)
		iv.Hi = max(iv.Hi, more.Hi)
	}
	s.Range = metric.Range(iv)
}

// addOpinions returns the answers with one more from each of these teams.
func addOpinions(answers []teamAnswer, teams []string, positive *bool) []teamAnswer {
	out := slices.Clone(answers)
	for _, team := range teams {
		out = append(out, teamAnswer{fact.FeatureAnswer{Positive: positive}, team})
	}
	return out
}

// isHidden reports whether answers that were not understood hide the share.
func (s *Satisfaction) isHidden() bool { return !s.Known && s.Unclear.Hides() }

// hasSatisfaction returns a function that reports whether a wave has enough answers of a
// feature's users.
func hasSatisfaction(feature string) func(*Wave) bool {
	return func(w *Wave) bool {
		s := w.findSatisfaction(feature)
		return s != nil && s.Known
	}
}

// listSatisfaction returns the satisfaction with every feature, from the latest wave with
// enough answers.
func (m *measurer) listSatisfaction(waves []Wave) []Satisfaction {
	var out []Satisfaction
	for _, id := range m.names.ids {
		s := &Satisfaction{
			Feature: id, Title: m.names.titles[id],
			Why: "no survey asks its users", Next: "ask in surveys/: [[feature]] feature = \"" + id + "\"",
		}
		for i := range waves {
			asked := waves[i].findSatisfaction(id)
			switch {
			case asked != nil:
				s = asked
			case waves[i].Open && s.Wave == "" && m.asksAbout(&waves[i], id):
				s.Why, s.Next = "the survey that asks its users still takes answers", "wait until the survey closes"
			}
		}
		latest := func(w *Wave) bool { s := w.findSatisfaction(id); return s != nil && (s.Known || s.isHidden()) }
		if w := findLatest(waves, latest); w != nil {
			s = w.findSatisfaction(id)
		}
		out = append(out, *s)
	}
	return out
}

// asksAbout reports whether a wave's survey asks about a feature.
func (m *measurer) asksAbout(w *Wave, feature string) bool {
	for i := range m.content.Surveys {
		if s := &m.content.Surveys[i]; s.ID == SurveyID(w.ID) {
			return slices.ContainsFunc(s.Features, func(q fact.FeatureQuestion) bool {
				return m.findFeature(q.Feature) == feature
			})
		}
	}
	return false
}

func (w *Wave) findSatisfaction(feature string) *Satisfaction {
	return find(w.Satisfied, func(s *Satisfaction) bool { return s.Feature == feature })
}

// newSatisfiedMetric returns the satisfaction with a feature, compared with the wave before.
func (m *measurer) newSatisfiedMetric(s *Satisfaction, waves []Wave) metric.Metric {
	mt := m.newMetric(Satisfied, metric.Scope{Kind: metric.Feature, ID: s.Feature, Title: s.Title})
	mt.Title = s.Title
	w := findWave(waves, s.Wave)
	if w != nil {
		mt.Window = w.Window
	}
	if w == nil || !s.Known {
		mt.State, mt.Why, mt.Next = metric.NotAvailable, s.Why, s.Next
		return mt
	}
	mt.Figure = metric.NewFigure(s.Share, stat.Interval(s.Range))
	mt.N = s.listCounts()
	s.Unclear.widen(&mt)
	if before := findPrevious(waves, w, hasSatisfaction(s.Feature)); before != nil {
		b := before.findSatisfaction(s.Feature)
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: metric.Of(b.Share), Lo: metric.Of(b.Lo), Hi: metric.Of(b.Hi)}, N: b.listCounts(),
			Window: before.Window,
		}
	}
	for _, r := range s.Reasons {
		mt.Details = append(mt.Details, metric.Detail{
			Label: r.Name, Figure: metric.Figure{Value: metric.Of(r.Share)},
			Unit: metric.Share,
		})
	}
	return mt
}

func (s *Satisfaction) listCounts() []metric.Count {
	return []metric.Count{{What: "positive", N: s.Positive}, {What: "users who answered", N: s.Answered}}
}

// isWithdrawn reports whether a share was published before it was hidden.
func (s *Satisfaction) isWithdrawn() bool { return s.isHidden() && s.Unclear.Withdrawn }
