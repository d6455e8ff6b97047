// Package digest words a month of a platform in at most 20 lines: what changed beyond chance,
// what people decided, what waits for a decision, and the next dates. It writes them as HTML for
// mail, as a mail message, as Markdown, as plain text and as a message for a chat.
package digest

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/notify"
)

// The largest numbers of lines of the parts. With the heads they are 20.
const (
	mostChanged = 5
	mostDecided = 3
	mostWaiting = 3
	mostDates   = 3
)

// Digest is a month in lines.
type Digest struct {
	Title string // "Fawkes: October 2024"
	Data  string // the last day with data
	Site  string // address of the site; "" for a digest without links
	Parts []Part
}

// Part is one subject of a digest.
type Part struct {
	Title string
	Lines []notify.Line
	None  string // the reason for no line
}

// Input has the data of a digest: those of a published site, and the content.
type Input struct {
	Report  compute.Report // with its measured values
	Log     compute.DecisionLog
	Content fact.Content
	Month   time.Time // the first day of the month
	Now     time.Time
	Site    string
}

// New returns the digest of a month.
func New(in Input) Digest {
	d := Digest{
		Title: cmp.Or(in.Report.Platform.Name, "Platform") + ": " + in.Month.Format("January 2006"), Site: in.Site,
		Parts: []Part{in.listChanged(), in.listDecided(), in.listWaiting(), in.listDates()},
	}
	if !in.Report.CutOff.IsZero() {
		d.Data = "Data to " + format.Date(in.Report.CutOff.AddDate(0, 0, -1))
	}
	return d
}

// contains reports whether a day is in the month.
func (in *Input) contains(day time.Time) bool {
	return !day.Before(in.Month) && day.Before(in.Month.AddDate(0, 1, 0))
}

// covers reports whether most days of a window are in the month.
func (in *Input) covers(w metric.Window) bool {
	from, to := w.From, w.To
	if from.Before(in.Month) {
		from = in.Month
	}
	if end := in.Month.AddDate(0, 1, 0); to.After(end) {
		to = end
	}
	return 2*to.Sub(from) >= w.To.Sub(w.From) && w.To.After(w.From)
}

// listChanged lists the numbers that changed beyond chance, and the recommendations that changed.
func (in *Input) listChanged() Part {
	p := Part{Title: "Changed beyond chance"}
	compared := false
	for _, kind := range []metric.ScopeKind{metric.Organisation, metric.Feature} {
		for i := range in.Report.Sections {
			sec := &in.Report.Sections[i]
			for k := range sec.Metrics {
				m := &sec.Metrics[k]
				if m.Scope.Kind != kind || m.Value == nil {
					continue
				}
				if tested := m.Trend != nil && in.covers(m.Window); tested {
					compared = true
					if m.Trend.Outcome == metric.Changed && m.Was != nil {
						p.Lines = append(p.Lines, changedLine(m))
					}
					continue
				}
				steps, covered := in.listSteps(sec, m)
				p.Lines, compared = append(p.Lines, steps...), compared || covered
			}
		}
	}
	for i := range in.Log.Changes {
		e := &in.Log.Changes[i]
		if e.Kind == compute.RecommendationChanged && in.contains(e.On) && !e.On.Equal(in.Log.Begun) {
			p.Lines = append(p.Lines, notify.Line{Text: e.Words(), Path: featurePath(e.Subject)})
		}
	}
	p.None = "no number changed beyond chance"
	if !compared {
		p.None = "no comparison of this month is on the site"
	}
	p.cut(mostChanged)
	return p
}

// changedLine returns the change of a metric that was tested.
func changedLine(m *metric.Metric) notify.Line {
	c := format.Moved(m)
	c.Icon = "" // the words are enough
	return notify.Line{
		Text: subject(m) + ": " + format.Value(*m.Value, m.Shown(m.Unit)) + ", " + c.Was + ": " + c.String() + " (" +
			format.Span(m.Window.From, m.Window.To) + ")", Path: pageOf(m),
	}
}

// listSteps returns the steps of the weekly series of a metric in the month, and reports whether
// the series has a value in it.
func (in *Input) listSteps(sec *metric.Section, m *metric.Metric) (out []notify.Line, covered bool) {
	series := sec.FindSeries(m.ID, m.Scope)
	if series == nil {
		return nil, false
	}
	covered = slices.ContainsFunc(series.Points, func(p metric.Point) bool { return p.Value != nil && in.contains(p.At) })
	for i := range series.Steps {
		step := &series.Steps[i]
		if !in.contains(step.Week) {
			continue
		}
		verb := "fell"
		if step.Rises() {
			verb = "rose"
		}
		unit := m.Shown(series.Unit)
		out = append(out, notify.Line{
			Text: subject(m) + " " + verb + " from " + format.Value(step.Before, unit) + " to " + format.Value(step.After, unit) +
				" in the week of " + format.LongDay(step.Week), Path: pageOf(m),
		})
	}
	return out, covered
}

// subject returns the title of a metric, with its feature.
func subject(m *metric.Metric) string {
	if m.Scope.Kind == metric.Feature {
		return cmp.Or(m.Scope.Title, m.Scope.ID) + ", " + format.LowerFirst(m.Title)
	}
	return m.Title
}

// pageOf returns the page of a metric.
func pageOf(m *metric.Metric) string {
	if m.Scope.Kind == metric.Feature {
		return featurePath(m.Scope.ID)
	}
	return ""
}

func featurePath(id string) string { return "features/" + id + "/" }

func initiativePath(id string) string { return "initiatives/" + id + "/" }

// listDecided lists the decisions of people in the month, and the phases that passed their gate
// or were left without.
func (in *Input) listDecided() Part {
	p := Part{Title: "Decided", None: "no decision is recorded in this month"}
	var list []date
	for i := range in.Report.Recommendations {
		r := &in.Report.Recommendations[i]
		for k := range r.Decisions {
			d := &r.Decisions[k]
			if !in.contains(d.On) {
				continue
			}
			text := r.Title + ": " + d.Recommended
			if d.Recommended == "" {
				text = r.Title
			}
			text += ", " + string(d.State)
			if d.Role != "" {
				text += " by the " + d.Role
			}
			list = append(list, date{d.On, notify.Line{Text: text + " on " + format.Date(d.On), Path: featurePath(r.Feature)}})
		}
	}
	for i := range in.Log.Changes {
		e := &in.Log.Changes[i]
		if (e.Kind == compute.GatePassed || e.Kind == compute.GateNotPassed) && in.contains(e.On) {
			list = append(list, date{e.On, notify.Line{Text: e.Words(), Path: initiativePath(e.Subject)}})
		}
	}
	slices.SortStableFunc(list, func(a, b date) int { return a.at.Compare(b.at) })
	for _, d := range list {
		p.Lines = append(p.Lines, d.Line)
	}
	p.cut(mostDecided)
	return p
}

// listWaiting lists the recommendations that wait for a decision, each with the owner of its
// feature.
func (in *Input) listWaiting() Part {
	p := Part{Title: "Waiting for a decision", None: "nothing waits for a decision"}
	owners := map[string]string{}
	for i := range in.Content.Features {
		owners[in.Content.Features[i].ID] = in.Content.Features[i].Owner
	}
	for i := range in.Report.Recommendations {
		r := &in.Report.Recommendations[i]
		if r.Strength != decision.Recommended || r.Verdict.IsQuestion() || r.IsDecided() {
			continue
		}
		words := decision.Words{Title: r.Title, Successor: cmp.Or(r.SuccessorTitle, r.Successor)}
		owner := "no owner is written"
		if name := owners[r.Feature]; name != "" {
			owner = "owner: " + name
		}
		p.Lines = append(p.Lines, notify.Line{
			Text: r.Title + ": " + words.Leaf(r.Verdict) + " (" + owner + ")", Path: featurePath(r.Feature),
		})
	}
	p.cut(mostWaiting)
	return p
}

// cut keeps the first lines of a part, and counts the others in the last line.
func (p *Part) cut(most int) {
	if n := len(p.Lines); n > most {
		p.Lines = append(p.Lines[:most-1:most-1], notify.Line{Text: "and " + format.Things(n-most+1, "more lines")})
	}
}
