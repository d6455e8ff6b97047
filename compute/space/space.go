package space

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Input is the input of the family in addition to content.
type Input struct {
	Answers []fact.Answer
	// Rounds are the waves; nil: the result of ListRounds.
	Rounds []Round
	// Published are waves that were published before, by ID. They are shown unchanged until
	// enough more answers have come for every part.
	Published map[string]Wave
	// Sealed are waves without a complete record: they accept no late answers.
	Sealed map[string]bool
	// PartOf is the published part of each answer, or "" if its wave is not broken down; nil:
	// no wave is. Parts are those of all waves.
	PartOf []string
	Parts  []WavePart
	Tasks  []fact.Task
	// Coverage and Gaps are the weeks with collected changes.
	Coverage []fact.Coverage
	Gaps     []fact.Gap
}

// WavePart is one published part of a wave's answers.
type WavePart struct {
	Wave, ID, Title string
	// Comparable is true if its change since the wave Since may be shown.
	Comparable bool
	Since      string
	// Unchanged is true if both waves have the same people in it.
	Unchanged bool
}

// Result is the result of the family.
type Result struct {
	Section metric.Section `json:"section,omitzero"`
	Waves   []Wave         `json:"waves"` // oldest first
	// Latest is the ID of the wave of the score, else of the latest wave with enough answers,
	// or "".
	Latest string `json:"latest,omitempty"`
	// Features is the satisfaction with each feature that is not a draft, by ID, from the
	// latest wave with enough answers.
	Features   []Satisfaction   `json:"features"`
	Dimensions []Dimension      `json:"dimensions"` // the five, in the order of the acronym
	Missing    []string         `json:"missing,omitempty"`
	LeftOut    []metric.LeftOut `json:"left_out,omitempty"`

	measurer *measurer
	news     []bool // by wave
}

// FindNews returns the waves with figures that were not published before. It leaves out waves
// that only show the number of answers. It needs the result of Measure.
func (r *Result) FindNews() []Wave {
	var out []Wave
	for i, news := range r.news {
		w := &r.Waves[i]
		if news && (w.Score != nil || len(w.Parts) > 0 || len(w.Items)+len(w.Satisfied) > 0 || w.Loved != nil || w.Frustrating != nil) {
			out = append(out, *w)
		}
	}
	return out
}

// Wave returns the wave of that ID, or nil.
func (r *Result) Wave(id string) *Wave { return findWave(r.Waves, id) }

// Feature returns the satisfaction of a feature's users, or nil if it is unknown.
func (r *Result) Feature(id string) *Satisfaction {
	return find(r.Features, func(s *Satisfaction) bool { return s.Feature == id })
}

// ListMetricsAt returns the survey metrics of the waves that were closed at an earlier time. It
// needs the result of Measure.
func (r *Result) ListMetricsAt(t time.Time) []metric.Metric {
	if r.measurer == nil {
		return nil
	}
	var closed []Wave
	for i := range r.Waves {
		if w := &r.Waves[i]; !w.Open && !w.CutOff.After(t) {
			closed = append(closed, r.Waves[i])
		}
	}
	if len(closed) == 0 {
		return nil
	}
	return r.measurer.listSurveyMetrics(closed)
}

// listSent returns the surveys sent by a time, oldest first, without drafts.
func listSent(c fact.Content, asOf time.Time) []*fact.Survey {
	var out []*fact.Survey
	for i := range c.Surveys {
		if s := &c.Surveys[i]; !s.Draft && !s.Sent.After(asOf) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *fact.Survey) int {
		return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Classes of an answer to the question of the net promoter score.
const (
	Promoter  = "promoter"  // 9 and 10
	Passive   = "passive"   // 7 and 8
	Detractor = "detractor" // 0 to 6
)

// Classify returns the class of an answer, or "" for a blank one, which is not a 0.
func Classify(a *fact.Answer) string {
	switch {
	case a.Score == nil || *a.Score < 0 || *a.Score > 10:
		return ""
	case *a.Score >= 9:
		return Promoter
	case *a.Score >= 7:
		return Passive
	}
	return Detractor
}

// NotUnderstood is the class of an answer that was given and not understood.
const NotUnderstood = "not understood"

// ClassOf returns the class of an answer, NotUnderstood included; "" for a blank one.
func ClassOf(a *fact.Answer) string {
	class := Classify(a)
	if class == "" && slices.ContainsFunc(a.Unclear, func(u fact.Unclear) bool { return u.Measure == fact.NPSMeasure }) {
		return NotUnderstood
	}
	return class
}

// Measure computes developer experience as of the organisation's calendar.
func Measure(opt Options, o *org.Organisation, c fact.Content, in Input) Result {
	m := &measurer{Options: opt, cal: o.Calendar, content: c, names: newNames(c.Features)}
	m.specs = opt.Specs()
	res := Result{measurer: m, Section: metric.Section{Family: "space", Definitions: m.specs.Definitions()}}
	if in.Rounds == nil {
		in.Rounds = ListRounds(c, in.Answers, m.cal.AsOf, in.Published)
	}
	res.LeftOut = m.countLeftOut(&in)
	for i := range in.Rounds {
		w, news := m.measureWave(&in.Rounds[i], &in)
		res.Waves = append(res.Waves, w)
		res.news = append(res.news, news)
	}
	if w := findHeadline(res.Waves); w != nil {
		res.Latest = w.ID
	}
	res.Features = m.listSatisfaction(res.Waves)
	res.Section.Metrics = m.listSurveyMetrics(res.Waves)
	tasks, left := m.measureTasks(in.Tasks)
	res.LeftOut = append(res.LeftOut, left...)
	res.Section.Metrics = slices.Concat(res.Section.Metrics, tasks, m.measureActivity(o, &in))
	res.Section.Notes = listNotes(&res)
	return res
}

// FillDimensions fills in the five dimensions from the survey metrics and those of other
// families, after all outcomes are final. It needs the result of Measure.
func (r *Result) FillDimensions(metrics []metric.Metric) {
	r.Dimensions, r.Missing = r.measurer.computeDimensions(r, metrics)
}

type measurer struct {
	Options
	cal     org.Calendar
	content fact.Content
	names   names

	specs metric.Specs
}

// answer is one answer with its published part.
type answer struct {
	*fact.Answer
	part string
}

// selectAnswers returns the answers at these indices, with their parts.
func (in *Input) selectAnswers(indices []int) []answer {
	out := make([]answer, 0, len(indices))
	for _, i := range indices {
		a := answer{Answer: &in.Answers[i]}
		if i < len(in.PartOf) {
			a.part = in.PartOf[i]
		}
		out = append(out, a)
	}
	return out
}

// countLeftOut counts the answers without a wave, and those given after the as-of time.
func (m *measurer) countLeftOut(in *Input) []metric.LeftOut {
	known := map[string]bool{}
	for _, s := range listSent(m.content, m.cal.AsOf) {
		known[s.ID] = true
	}
	var foreign, future int
	for i := range in.Answers {
		switch a := &in.Answers[i]; {
		case !known[a.Wave]:
			foreign++
		case a.At.After(m.cal.AsOf):
			future++
		}
	}
	return dropEmpty(
		metric.LeftOut{What: "answers", Reason: "of a survey that is a draft, not sent yet, or unknown", N: foreign},
		metric.LeftOut{What: "answers", Reason: "given after the date of the report", N: future},
	)
}

// dropEmpty returns the entries with a count.
func dropEmpty(all ...metric.LeftOut) []metric.LeftOut {
	var out []metric.LeftOut
	for _, l := range all {
		if l.N > 0 {
			out = append(out, l)
		}
	}
	return out
}

func findWave(waves []Wave, id string) *Wave {
	return find(waves, func(w *Wave) bool { return w.ID == id })
}

// find returns the first element for which is returns true, or nil.
func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}
