package space

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Dimension is one of the five dimensions of SPACE (Forsgren et al. 2021): its metrics, each
// with a target or a wanted direction, and the survey items about it.
type Dimension struct {
	ID    string            `json:"id"` // "satisfaction", "performance", …
	Title string            `json:"title"`
	Rows  []DimensionMetric `json:"rows"`
	Items []ItemAnswers     `json:"items,omitempty"` // each from the latest survey with the item
	// HasData is true if a metric or an item has a value, Perceptual if people were asked.
	HasData    bool `json:"has_data"`
	Perceptual bool `json:"perceptual,omitempty"`
}

// State is the result of comparing a metric with its target or wanted direction.
type State string

// States. A metric with a target is Met, NotMet, Unknown or, while unsettled, CannotTell. A
// metric with a wanted direction has one of the other states, or Unknown without a value.
const (
	Met         State = "met"
	NotMet      State = "not met"
	Unknown     State = "unknown"
	AsWanted    State = "trending as wanted"
	NotAsWanted State = "not trending as wanted"
	Same        State = "about the same"
	CannotTell  State = "not enough data"
	NotTested   State = "not tested yet"
	NoTarget    State = "no target"
)

// DimensionMetric is one metric of a dimension. Target, Wanted, State and Sure belong to the
// dimension, the other fields to the metric.
type DimensionMetric struct {
	Metric string `json:"metric"` // ID
	Title  string `json:"title"`
	metric.Figure
	metric.Display
	Was    *float64       `json:"was"`
	Unit   metric.Unit    `json:"unit"`
	N      []metric.Count `json:"n,omitempty"`
	Target *metric.Target `json:"target,omitempty"`
	// Wanted is the direction that counts as better, unless there is a target.
	Wanted metric.Direction `json:"wanted,omitempty"`
	State  State            `json:"state"`
	// Sure is true if the whole interval is on the same side of the target.
	Sure bool   `json:"sure,omitempty"`
	Why  string `json:"why,omitempty"`
	Next string `json:"next,omitempty"`
}

// dimensions lists the dimensions in the order of the acronym.
var dimensions = []struct{ id, title string }{
	{"satisfaction", "Satisfaction and well-being"},
	{"performance", "Performance"},
	{"activity", "Activity"},
	{"communication", "Communication and collaboration"},
	{"efficiency", "Efficiency and flow"},
}

// minDimensions is the number of dimensions that a page should show, one of them perceptual
// (Forsgren et al. 2021).
const minDimensions = 3

// wantedMetric is a metric of a dimension with its target or wanted direction. Its title is
// the metric's if it is empty.
type wantedMetric struct {
	dimension, metric, title string
	target                   *metric.Target
	wanted                   metric.Direction
}

// newEliteTarget returns a level of DORA's elite teams of 2021.
func newEliteTarget(v float64, op metric.Direction) *metric.Target {
	return &metric.Target{Value: v, Op: op, Strict: true, From: "DORA 2021, elite"}
}

// wantedMetrics are the default metrics of the dimensions. Their only targets are published
// levels; the platform's own targets are its goals. The IDs of other families are published and
// do not change.
var wantedMetrics = []wantedMetric{
	{"satisfaction", NPS, "", nil, metric.Up},
	{"performance", "dora.deployment_frequency", "", newEliteTarget(1, metric.Up), ""},
	{"performance", "dora.lead_time", "", newEliteTarget(3600, metric.Down), ""},
	{"performance", "dora.change_fail_rate", "", newEliteTarget(0.15, metric.Down), ""},
	{"performance", "dora.restore_time", "", newEliteTarget(3600, metric.Down), ""},
	{"activity", CommitsWeek, "", nil, metric.Up},
	{"activity", ChangesWeek, "", nil, metric.Up},
	{"activity", "dora.deployment_frequency", "", nil, metric.Up},
	{"communication", "support.tickets_per_week", "", nil, metric.Down},
	{"efficiency", TaskSuccess, "", nil, metric.Up},
}

// computeDimensions fills in the five dimensions and lists the missing parts of the picture.
func (m *measurer) computeDimensions(r *Result, metrics []metric.Metric) ([]Dimension, []string) {
	findMetric := func(id string) *metric.Metric {
		return find(metrics, func(m *metric.Metric) bool { return m.ID == id && m.Scope.Kind == metric.Organisation })
	}
	asked := findLatestItems(r.Waves)
	out := make([]Dimension, len(dimensions))
	for i, d := range dimensions {
		out[i] = Dimension{ID: d.id, Title: d.title}
		for _, w := range wantedMetrics {
			if w.dimension == d.id {
				out[i].Rows = append(out[i].Rows, w.compareMetric(findMetric(w.metric)))
			}
		}
		for _, w := range m.listMeasures(d.id, findMetric) {
			out[i].Rows = append(out[i].Rows, w.compareMetric(findMetric(w.metric)))
		}
		for _, it := range asked {
			if it.Dimension == d.id && (it.N > 0 || it.isHidden()) {
				out[i].Items = append(out[i].Items, *it.ItemAnswers)
			}
		}
		known := slices.ContainsFunc(out[i].Rows, func(r DimensionMetric) bool { return r.Value != nil })
		score := slices.ContainsFunc(out[i].Rows, func(r DimensionMetric) bool { return r.Metric == NPS && r.Value != nil })
		said := slices.ContainsFunc(out[i].Items, func(it ItemAnswers) bool { return it.N > 0 })
		out[i].Perceptual = said || score
		out[i].HasData = known || out[i].Perceptual
	}
	return out, withholdActivity(out)
}

// listMeasures returns the declared measures of a dimension that have metrics, with their
// target or else their better direction.
func (m *measurer) listMeasures(dimension string, find func(string) *metric.Metric) []wantedMetric {
	var out []wantedMetric
	for i := range m.content.Measures {
		d := &m.content.Measures[i]
		id := "measure." + d.ID
		if d.Dimension != dimension || find(id) == nil {
			continue
		}
		w := wantedMetric{dimension: dimension, metric: id, title: d.Title, target: find(id).Target}
		if w.target == nil {
			w.wanted = find(id).Better
		}
		out = append(out, w)
	}
	return out
}

// compareMetric compares a metric with its target or wanted direction.
func (w *wantedMetric) compareMetric(m *metric.Metric) DimensionMetric {
	r := DimensionMetric{Metric: w.metric, Title: w.title, Target: w.target, Wanted: w.wanted, State: Unknown}
	if m == nil {
		r.Title, r.Why = cmp.Or(r.Title, r.Metric), "not measured"
		return r
	}
	r.Title = cmp.Or(r.Title, m.Title)
	r.Unit, r.Why, r.Next = m.Unit, m.Why, m.Next
	if m.State == metric.NotAvailable || m.Value == nil {
		return r
	}
	r.Figure, r.N = m.Figure, m.N
	if m.Was != nil {
		r.Was = m.Was.Value
	}
	if w.target != nil {
		r.State, r.Sure = judgeTarget(w.target, m)
	} else {
		r.State = judgeTrend(m.Trend, w.wanted)
	}
	return r
}

// judgeTarget compares the value with the target. It is sure if both ends of the interval
// agree. For an unsettled value the whole range must agree.
func judgeTarget(t *metric.Target, m *metric.Metric) (State, bool) {
	met := t.Met(*m.Value)
	if m.Unsettled && (m.Lo == nil || m.Hi == nil || t.Met(*m.Lo) != t.Met(*m.Hi)) {
		return CannotTell, false
	}
	sure := m.Lo != nil && m.Hi != nil && t.Met(*m.Lo) == met && t.Met(*m.Hi) == met
	if met {
		return Met, sure
	}
	return NotMet, sure
}

// judgeTrend compares a tested change with the wanted direction.
func judgeTrend(t *metric.Trend, wanted metric.Direction) State {
	switch {
	case wanted != metric.Up && wanted != metric.Down:
		return NoTarget
	case t == nil:
		return NotTested
	case t.Outcome == metric.AboutTheSame:
		return Same
	case t.Arrow() == wanted:
		return AsWanted
	case t.Arrow() != "":
		return NotAsWanted
	}
	return CannotTell
}

// howTo lists the step that gives each dimension data.
var howTo = map[string]string{
	"satisfaction":  "send a survey",
	"performance":   "connect a forge or a clone",
	"activity":      "connect a forge or a clone",
	"communication": "connect a ticket export, or declare a measure of it",
	"efficiency":    "connect an export of task attempts, or declare a measure of it",
}

// withholdActivity removes activity if no other dimension has data, and lists the missing parts
// of the picture.
func withholdActivity(all []Dimension) (missing []string) {
	var known, none []string
	perceptual := false
	for i := range all {
		if all[i].HasData {
			known = append(known, all[i].ID)
		} else {
			none = append(none, all[i].ID+": "+howTo[all[i].ID])
		}
		perceptual = perceptual || all[i].Perceptual
	}
	if slices.Equal(known, []string{"activity"}) {
		for i := range all {
			if all[i].ID == "activity" {
				all[i].Rows, all[i].HasData = nil, false
			}
		}
		missing = append(missing, "Activity is not shown alone: it measures how busy people are, not how well it goes.")
	}
	if len(known) < minDimensions {
		missing = append(missing, fmt.Sprintf("%d of %d dimensions have data, and a picture needs %d. %s.",
			len(known), len(all), minDimensions, capitalise(strings.Join(none, "; "))))
	}
	if !perceptual {
		missing = append(missing, "No survey was sent, so the view of the developers is missing.")
	}
	return missing
}

func capitalise(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
