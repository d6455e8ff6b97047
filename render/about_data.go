package render

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// formatMinute formats a time to the minute, in UTC.
func formatMinute(t time.Time) string {
	return format.Date(t) + ", " + t.UTC().Format("15:04") + " UTC"
}

// checksOf returns the source's own figures, each with our figure and the result of the
// comparison.
func checksOf(lines []compute.CheckLine) []changeRow {
	var out []changeRow
	for _, c := range lines {
		v := changeRow{
			Link: view.Link{Title: c.What}, When: format.Span(c.From, c.To),
			From: formatChecked(c.Theirs, c.Unit), To: formatChecked(c.Ours, c.Unit),
		}
		if c.TheirsOnly {
			v.To = "—"
		}
		switch {
		case !c.Comparable:
			v.N = "not comparable: " + c.Note
		case c.Agree():
			v.N = "the same"
		default:
			v.N = "differ, and should not"
		}
		out = append(out, v)
	}
	return out
}

// formatChecked formats a checked figure: seconds as a duration, other units as a number with
// its unit.
func formatChecked(v float64, unit string) string {
	if unit == "seconds" {
		return format.Value(v, metric.Seconds)
	}
	return strings.TrimSpace(format.Number(v) + " " + unit)
}

// listUnused returns the collected data that no metric uses, with counts.
func (s *site) listUnused() []metric.LeftOut {
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

const dataPath = "about/data/index.html"

type dataView struct {
	frame
	Meta    string
	Sources []sourceView
	Differ  string // the number of published values that would be different today; "" if none
	Unused  []metric.LeftOut
	// Heading is the state of all sources in a sentence, and Doubt names those that are not
	// complete.
	Heading, Doubt string
	Signs          []view.Chart // of ranges, with their meaning
	Todos          view.List[view.Entry]
}

type sourceView struct {
	ID, Name, Grade, Span string
	Mark                  view.Mark // of the grade
	Why                   string    // the reason for the grade if the gaps do not explain it
	Imports               []importView
	Gaps                  []compute.GapLine
	Sync                  string // the last run in a sentence; "" for a source that every build reads
	SyncNotes             []string
	Checks                []changeRow
}

type importView struct {
	Kind, File, Read, Used string
	Rejected               []string
	Notes                  []string
}

func (s *site) buildDataQuality() ([]Page, error) {
	p, err := s.newPage("data", dataPath, func() any { return s.dataView() })
	return []Page{p}, err
}

func (s *site) dataView() dataView {
	v := dataView{
		frame: s.newFrame(dataPath, "Data quality", "What was read from each source, what was left out, and what is missing.",
			view.Link{Title: "About", Href: aboutPath}),
		Meta: s.metaLine(), Differ: differWords(len(s.report.Revisions())), Unused: s.listUnused(), Sources: s.sourceViews(),
	}
	v.Heading, v.Doubt = qualityHeadline(s.report.Quality)
	return v
}

// qualityHeadline returns the state of all sources in a sentence, and the part that names those
// that are not complete.
func qualityHeadline(q []compute.Quality) (certain, doubt string) {
	if len(q) == 0 {
		return "No source is connected yet.", ""
	}
	by, complete := map[compute.Grade]int{}, 0
	var grades []compute.Grade
	for i := range q {
		if g := q[i].Grade; g == compute.Complete {
			complete++
		} else {
			if by[g] == 0 {
				grades = append(grades, g)
			}
			by[g]++
		}
	}
	certain = format.Count(complete) + " of " + format.Things(len(q), "sources") + " " + format.Is(complete) + " complete"
	if len(grades) == 0 {
		return certain + ".", ""
	}
	var parts []string
	for _, g := range grades {
		parts = append(parts, countWords(by[g], string(g)))
	}
	return certain + "; ", strings.Join(parts, ", ") + "."
}

func (s *site) sourceViews() []sourceView {
	var out []sourceView
	for i := range s.report.Quality {
		v := sourceOf(&s.report.Quality[i])
		v.ID = "source-" + strconv.Itoa(i+1)
		out = append(out, v)
	}
	return out
}

func sourceOf(q *compute.Quality) sourceView {
	v := sourceView{Name: q.Source, Grade: string(q.Grade), Why: q.Why, Gaps: q.Gaps, Checks: checksOf(q.Checks)}
	v.Mark = view.Mark{Icon: "?", Class: "unknown"}
	if q.Grade == compute.Complete {
		v.Mark = view.GoodMark("")
	}
	if q.Sync != nil {
		v.Sync, v.SyncNotes = syncWords(q.Sync), q.Sync.Notes
	}
	if !q.First.IsZero() {
		v.Span = format.Span(q.First, q.Last.Add(time.Nanosecond))
	}
	for _, im := range q.Imports {
		iv := importView{
			Kind: im.Kind, File: im.File, Read: format.Count(im.Read), Used: format.Count(im.Used),
			Notes: im.Notes,
		}
		for _, r := range im.Rejected {
			text := format.Count(r.Count) + " × " + r.Reason
			if r.Line > 0 {
				text += " (first on line " + format.Count(r.Line) + ")"
			}
			iv.Rejected = append(iv.Rejected, text)
		}
		if im.Removed > 0 {
			iv.Notes = append(slices.Clone(iv.Notes), "credentials removed from its addresses and texts: "+format.Count(im.Removed)+"; revoke them")
		}
		v.Imports = append(v.Imports, iv)
	}
	return v
}

// syncWords describes the last run of a source whose data are kept between runs.
func syncWords(l *compute.SyncLine) string {
	text, until := "Never collected", "nothing is known"
	if !l.At.IsZero() {
		text = "Last collected " + formatMinute(l.At)
	}
	if !l.Until.IsZero() {
		until = "everything up to " + formatMinute(l.Until) + " is known"
	}
	text += ": " + until + ". It took " + strings.Join([]string{
		format.Things(l.Requests, "requests"), format.Things(l.Retries, "retries"), format.Things(l.Pages, "pages"),
		format.Things(l.Items, "records"),
	}, ", ")
	if l.Limit > 0 {
		text += "; " + format.Count(l.Left) + " of " + format.Things(l.Limit, "requests") + " left of its limit"
	}
	return text + "."
}
