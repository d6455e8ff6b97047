package diff

import (
	"reflect"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
)

// compareSurveys reports changed files of surveys. The figures of a closed wave are published
// and stay, so its numbers after the change are computed from the published waves.
func (x *inputs) compareSurveys() {
	before := map[string]*fact.Survey{}
	for i := range x.Base.Content.Surveys {
		before[x.Base.Content.Surveys[i].ID] = &x.Base.Content.Surveys[i]
	}
	for i := range x.Head.Content.Surveys {
		after := &x.Head.Content.Surveys[i]
		was := before[after.ID]
		delete(before, after.ID)
		switch {
		case was == nil:
			was = x.findRenamed(after)
			if was == nil {
				x.addSurvey(x.file(x.filePath(after.Origin.File), "added"), after)
				continue
			}
			delete(before, was.ID)
			in := x.file(x.filePath(after.Origin.File), "renamed")
			in.Before = x.filePath(was.Origin.File)
			x.editSurvey(in, was, after, true)
		case !reflect.DeepEqual(withoutPlace(reflect.ValueOf(*was)).Interface(), withoutPlace(reflect.ValueOf(*after)).Interface()):
			x.editSurvey(x.file(x.filePath(after.Origin.File), "edited"), was, after, false)
		}
	}
	for i := range x.Base.Content.Surveys {
		if was := before[x.Base.Content.Surveys[i].ID]; was != nil {
			x.editSurvey(x.file(x.filePath(was.Origin.File), "removed"), was, nil, false)
		}
	}
	for _, in := range x.revised {
		x.addWaves(in, in.waves)
	}
}

// findRenamed returns the survey of the base that is gone and was sent on the same day; nil if
// there is none. The nightly run recognises a renamed survey in the same way.
func (x *inputs) findRenamed(after *fact.Survey) *fact.Survey {
	if after.Pulse {
		return nil
	}
	for i := range x.Base.Content.Surveys {
		was := &x.Base.Content.Surveys[i]
		if was.Pulse || !was.Sent.Equal(after.Sent) {
			continue
		}
		if !slices.ContainsFunc(x.Head.Content.Surveys, func(s fact.Survey) bool { return s.ID == was.ID }) {
			return was
		}
	}
	return nil
}

// isSent reports whether the nightly run reads the answers of a survey.
func (x *inputs) isSent(s *fact.Survey) bool {
	return s != nil && !s.Draft && !s.Sent.After(x.m.AsOf)
}

// editSurvey adds the numbers that an edit of a survey moves.
func (x *inputs) editSurvey(in *input, was, after *fact.Survey, renamed bool) {
	if after != nil && in.line == 0 {
		in.line = after.Line
	}
	if x.Missing != "" || !x.isSent(was) && !x.isSent(after) {
		return
	}
	waves := x.m.Space.Waves
	closed := slices.ContainsFunc(waves, func(w space.Wave) bool {
		return space.SurveyID(w.ID) == was.ID && !w.Open && w.Score != nil
	})
	if x.isSent(after) && (!closed || was.Pulse != after.Pulse) {
		x.addSurvey(in, after) // nothing of it is published
	}
	if !closed {
		return
	}
	target := after
	if renamed {
		same := *after
		same.ID = was.ID
		target = &same
	}
	in.waves = space.Revise(waves, was, target, x.isSent(after), x.m.Platform.Developers)
	if x.waves == nil {
		x.waves = waves
	}
	x.waves = space.Revise(x.waves, was, target, x.isSent(after), x.m.Platform.Developers)
	x.revised = append(x.revised, in)
	if x.isSent(after) {
		x.addQuestions(in, was, after)
	}
}

// addWaves adds the numbers that differ between the published waves and those after the edit of one
// survey. Their values are those after the edits of all surveys.
func (x *inputs) addWaves(in *input, own []space.Wave) {
	next := x.waves
	cal := org.Calendar{AsOf: x.m.AsOf, MaturityDays: x.Base.Options.MaturityDays}
	o := compute.SurveyOptions(x.Base.Options)
	was, _ := space.Suppose(o, cal, x.Base.Content, x.m.Space.Waves)
	now, satisfied := space.Suppose(o, cal, x.Base.Content, next)
	alone, _ := space.Suppose(o, cal, x.Base.Content, own)
	touched := map[numberKey]bool{}
	for i := range was {
		touched[keyOf(&was[i])] = true
	}
	for i := range alone {
		k := slices.IndexFunc(was, func(m metric.Metric) bool { return keyOf(&m) == keyOf(&alone[i]) })
		touched[keyOf(&alone[i])] = k < 0 || !sameResult(&was[k], &alone[i])
	}
	titles := map[string]string{}
	for _, s := range o.Specs() {
		titles[s.ID] = s.Title
	}
	after := map[numberKey]*metric.Metric{}
	for i := range now {
		after[keyOf(&now[i])] = &now[i]
	}
	for i := range was {
		n := newNumber(&was[i], titles)
		a := after[n.key()]
		delete(after, n.key())
		switch {
		case !touched[n.key()] || a != nil && sameResult(&was[i], a):
			continue
		case a == nil || a.Value == nil:
			n.Lost = n.Now != nil
		default:
			n.After, n.From = a.Value, waveTitle(next, a)
		}
		in.add(n)
	}
	for i := range now {
		n := newNumber(&now[i], titles)
		if after[n.key()] == nil || !touched[n.key()] {
			continue
		}
		n.Now, n.After, n.From = nil, n.Now, waveTitle(next, &now[i])
		in.add(n)
	}
	in.suppose = append(in.suppose, func(m *compute.Measured) {
		m.Space.Features, m.Space.Waves = satisfied, next
		replaceMetrics(m.Section("space"), now)
	})
}

func keyOf(m *metric.Metric) numberKey { return numberKey{m.ID, m.Scope.Kind, m.Scope.ID} }

// replaceMetrics gives the metrics of a section the results of others.
func replaceMetrics(s *metric.Section, list []metric.Metric) {
	for i := range list {
		if m := s.Find(list[i].ID, list[i].Scope); m != nil {
			*m = list[i]
		}
	}
}

// sameResult reports whether two metrics have the same value, interval, counts and state.
func sameResult(a, b *metric.Metric) bool {
	return a.State == b.State && reflect.DeepEqual(a.Figure, b.Figure) && slices.Equal(a.N, b.N)
}

// waveTitle returns the title of the wave of a metric, which has its window.
func waveTitle(waves []space.Wave, m *metric.Metric) string {
	for i := range waves {
		if waves[i].Window == m.Window {
			return waves[i].Title
		}
	}
	return ""
}

// addQuestions adds the numbers of questions that are new or are scored differently, and the
// interval of the score if the number of people invited changed.
func (x *inputs) addQuestions(in *input, was, after *fact.Survey) {
	for _, q := range after.Items {
		same := func(o fact.SurveyItem) bool { return o.ID == q.ID && o.Reversed == q.Reversed }
		if !slices.ContainsFunc(was.Items, same) {
			in.addUnsure(x.find(space.ItemID(q.ID), firstOf(q.Question, q.ID), metric.Share, metric.Scope{Kind: metric.Organisation}))
		}
	}
	for _, q := range after.Features {
		if !slices.ContainsFunc(was.Features, func(o fact.FeatureQuestion) bool { return o.Feature == q.Feature }) {
			in.addUnsure(x.findOfSurveys(space.Satisfied, x.featureScope(q.Feature)))
		}
	}
	latest := x.m.Space.Wave(x.m.Space.Latest)
	if was.Invited != after.Invited && latest != nil && space.SurveyID(latest.ID) == was.ID {
		in.addUnsure(x.findOfSurveys(space.NPS, metric.Scope{Kind: metric.Organisation}))
	}
}

// addUnsure adds a number that only the next run can tell, whatever the published waves give.
func (in *input) addUnsure(n Number) {
	if in.unsure == nil {
		in.unsure = map[numberKey]bool{}
	}
	in.unsure[n.key()] = true
	in.add(n)
}

// addSurvey adds the numbers that the answers of a survey may give when it has closed.
func (x *inputs) addSurvey(in *input, s *fact.Survey) {
	if in.line == 0 {
		in.line = s.Line
	}
	if x.Missing != "" || !x.isSent(s) {
		return
	}
	organisation := metric.Scope{Kind: metric.Organisation}
	in.add(x.findOfSurveys(space.NPS, organisation),
		x.findOfSurveys(space.ResponseRate, organisation))
	for i := range x.Head.Content.Groups {
		g := &x.Head.Content.Groups[i]
		in.add(x.findOfSurveys(space.NPS, metric.Scope{Kind: metric.Group, ID: g.ID, Title: firstOf(g.Title, g.ID)}))
	}
	for _, q := range s.Items {
		in.add(x.find(space.ItemID(q.ID), firstOf(q.Question, q.ID), metric.Share, organisation))
	}
	for _, q := range s.Features {
		in.add(x.findOfSurveys(space.Satisfied, x.featureScope(q.Feature)))
	}
	for i := range x.Head.Content.Features {
		f := &x.Head.Content.Features[i]
		if s.Columns.Loved != "" && !f.Draft {
			in.add(x.findOfSurveys(space.MostLoved, x.featureScope(f.ID)))
		}
		if s.Columns.Frustrating != "" && !f.Draft {
			in.add(x.findOfSurveys(space.Frustrating, x.featureScope(f.ID)))
		}
	}
}
