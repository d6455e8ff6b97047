package render

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// syncView is what the data-quality page says of a source that is kept between
// runs.
type syncView struct {
	Collected string // "last collected 10 Nov 2024, 03:00 UTC"
	Until     string // "everything up to … is known"
	Took      string // requests, pages, records
	Budget    string // what was left of the forge's limit; "" if it did not say
	Notes     []string
}

// checkView is a figure of the source's own beside ours.
type checkView struct{ What, When, Theirs, Ours, Verdict string }

func syncOf(l *compute.SyncLine) *syncView {
	if l == nil {
		return nil
	}
	v := &syncView{
		Collected: "never collected", Until: "nothing is known", Notes: l.Notes,
		Took: strings.Join([]string{
			format.Things(l.Requests, "requests"), format.Things(l.Retries, "retries"), format.Things(l.Pages, "pages"),
			format.Things(l.Items, "records"),
		}, ", "),
	}
	if !l.At.IsZero() {
		v.Collected = "last collected " + minute(l.At)
	}
	if !l.Until.IsZero() {
		v.Until = "everything up to " + minute(l.Until) + " is known"
	}
	if l.Limit > 0 {
		v.Budget = format.Count(l.Left) + " of " + format.Things(l.Limit, "requests") + " left of its limit"
	}
	return v
}

// minute is a time as precise as people need it.
func minute(t time.Time) string { return format.Date(t) + ", " + t.UTC().Format("15:04") + " UTC" }

func checksOf(lines []compute.CheckLine) []checkView {
	var out []checkView
	for _, c := range lines {
		v := checkView{
			What: c.What, When: format.Span(c.From, c.To), Theirs: figure(c.Theirs, c.Unit),
			Ours: figure(c.Ours, c.Unit),
		}
		if c.TheirsOnly {
			v.Ours = "—"
		}
		switch {
		case !c.Comparable:
			v.Verdict = "not comparable: " + c.Note
		case c.Agree():
			v.Verdict = "the same"
		default:
			v.Verdict = "differ, and should not"
		}
		out = append(out, v)
	}
	return out
}

// figure is a checked figure: durations as such, the rest as it is counted.
func figure(v float64, unit string) string {
	if unit == "seconds" {
		return format.Value(v, metric.Seconds)
	}
	return strings.TrimSpace(format.Number(v) + " " + unit)
}

// unused is what sources gave and no number contains, as the families count it.
func (s *site) unused() []metric.LeftOut {
	var out []metric.LeftOut
	for i := range s.report.Unmatched {
		out = append(out, s.report.Unmatched[i].LeftOut())
	}
	out = slices.Concat(out, s.report.Measures.LeftOut, s.report.Space.LeftOut)
	if w := s.latestWave(); w != nil {
		out = append(out, w.LeftOut...)
	}
	for i := range s.evidence[organisation] {
		out = append(out, s.evidence[organisation][i].LeftOut...)
	}
	return out
}
