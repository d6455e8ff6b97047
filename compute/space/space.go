package space

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Input is what the family measures beside content.
type Input struct {
	Answers []fact.Answer
	// Rounds are the waves; nil: as Rounds returns them.
	Rounds []Round
	// Published are waves that were published before, by ID. They are shown as they
	// were, until enough answers more have come for every part.
	Published map[string]Wave
	// Sealed are waves of which a record is lost: no late answer may enter them.
	Sealed map[string]bool
	// PartOf is the published part of each answer, "" if its wave is not broken
	// down; nil: no wave is. Parts are those of all waves.
	PartOf []string
	Parts  []WavePart
	Tasks  []fact.Task
	// Coverage and Gaps say for which weeks changes were collected.
	Coverage []fact.Coverage
	Gaps     []fact.Gap
}

// WavePart is one published part of a wave's answers.
type WavePart struct {
	Wave, ID, Title string
	// Comparable says that its change since the wave Since may be shown.
	Comparable bool
	Since      string
	// Unchanged says that who is in it is the same in both.
	Unchanged bool
}

// Result is what the family returns.
type Result struct {
	Section metric.Section `json:"section,omitzero"`
	Waves   []Wave         `json:"waves"` // oldest first
	// Latest is the ID of the wave that the score is of; without any score, of the
	// latest that enough people answered; "" if there is none.
	Latest string `json:"latest,omitempty"`
	// Features is how satisfied each feature's users are, by the latest wave that
	// asked enough of them; every feature that is no draft, by ID.
	Features   []Satisfaction   `json:"features"`
	Dimensions []Dimension      `json:"dimensions"` // the five, in the order of the acronym
	Missing    []string         `json:"missing,omitempty"`
	LeftOut    []metric.LeftOut `json:"left_out,omitempty"`

	measurer *measurer
	news     []bool // by wave
}

// FindNews returns the waves of which something was not published before, but for those
// of which nothing is shown but how many answered. It works on what Measure returned
// only.
func (r *Result) FindNews() []Wave {
	var out []Wave
	for i, news := range r.news {
		w := &r.Waves[i]
		if news && (w.Score != nil || len(w.Items)+len(w.Satisfied) > 0 || w.Loved != nil || w.Frustrating != nil) {
			out = append(out, *w)
		}
	}
	return out
}

// Wave returns the wave of that ID, or nil.
func (r *Result) Wave(id string) *Wave { return findWave(r.Waves, id) }

// Feature returns how satisfied a feature's users are, or nil if it is unknown.
func (r *Result) Feature(id string) *Satisfaction {
	for i := range r.Features {
		if r.Features[i].Feature == id {
			return &r.Features[i]
		}
	}
	return nil
}

// ListMetricsAt are the metrics of surveys as they stood at an earlier time: of the waves
// that were closed by then. It works on what Measure returned only.
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

// listSent are the surveys sent by a time, oldest first. Drafts are none.
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

// Classify of an answer; "" if it was left blank, which is not a 0.
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

// FillDimensions fills the five dimensions from the survey's metrics and those of
// other families, once the outcomes of all of them are settled. It works on what
// Measure returned only.
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

// answer is one answer with the part that it is shown in.
type answer struct {
	*fact.Answer
	part string
}

// selectAnswers are the answers at these indices, with their parts.
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

// dropEmpty counts the answers of no wave, and those given later.
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

// dropEmpty keeps what there is any of.
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
	for i := range waves {
		if waves[i].ID == id {
			return &waves[i]
		}
	}
	return nil
}
