// Package support measures support work: the tickets opened, the time until they are resolved,
// and their themes.
package support

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// IDs of the metrics.
const (
	PerWeek    = "support.tickets_per_week"
	Per100     = "support.tickets_per_100"
	Resolution = "support.resolution_time"
)

const confidence = 0.95

// UnmatchedWarning is the share of tickets without a theme above which themes show too little.
const UnmatchedWarning = 0.3

// Result is the output of the family.
type Result struct {
	Section   metric.Section `json:"-"`
	Themes    []Theme        `json:"themes"` // in the order of the rules
	Tickets   int            `json:"tickets"`
	Unmatched int            `json:"unmatched"` // tickets of the window without a theme
	Open      int            `json:"open"`      // opened in the window, not resolved yet
	Reopened  int            `json:"reopened"`  // tickets opened in the window and opened again
	// Unsolved counts the tickets opened in the window and closed without a solution, for
	// example because they will not be done. They have no resolution time.
	Unsolved int `json:"unsolved"`
	// Duplicates counts the tickets opened in the window and closed as duplicates of another. They
	// are in no other number.
	Duplicates int `json:"duplicates,omitempty"`
	// UnmatchedRange is the likely range of the share without a theme (Wilson, 95 %); nil without
	// tickets.
	UnmatchedRange *metric.Range `json:"unmatched_range,omitempty"`
	// Suggestions are words of the titles without a theme, the most frequent first.
	Suggestions []Suggestion `json:"suggestions,omitempty"`
	// Undated counts the tickets that were closed without a date, Unclear those without a date
	// whose status was not understood. They are not open, and have no resolution time.
	Undated int `json:"undated,omitempty"`
	Unclear int `json:"unclear,omitempty"`
}

// UnmatchedShare returns the share of the window's tickets without a theme; 0 without tickets.
func (r *Result) UnmatchedShare() float64 {
	if r.Tickets == 0 {
		return 0
	}
	return float64(r.Unmatched) / float64(r.Tickets)
}

// Input is everything that the metrics are made from.
type Input struct {
	Content    fact.Content
	Tickets    []fact.Ticket
	Words      []fact.TitleWord
	People     []string // logins and addresses, which no suggested word may be part of
	Developers int      // the platform's population
	Sesoi      float64  // the smallest relative change of interest (0.1 is 10 %)
}

// NeedsOneByOne reports whether the metrics need the tickets of a week one by one. Of other weeks
// they need the number of tickets by theme, the duplicates apart.
func NeedsOneByOne(cal org.Calendar, week time.Time) bool {
	for _, w := range [...]metric.Window{cal.Current(), cal.Quarter()} {
		if from := org.WeekOf(week); from.Before(w.To) && from.Add(org.Week).After(w.From) {
			return true
		}
	}
	return false
}

// Measure computes the support metrics of the current four weeks and compares them with three
// months ago.
func Measure(o *org.Organisation, in Input) Result {
	m, duplicates := newMeasurer(o, &in, countActive(o))
	res := Result{Section: metric.Section{Family: "support", Definitions: Specs().Definitions()}}
	now, ago := openedIn(m.counted, m.cal.Current()), openedIn(m.counted, m.cal.Quarter())
	res.Section.Metrics = []metric.Metric{m.perWeek(now, ago), m.per100(now, ago), m.measureResolution(now, ago)}
	m.markPartialExport(res.Section.Metrics)
	m.testChanges(res.Section.Metrics, m.newSample(now, m.cal.Current()), m.newSample(ago, m.cal.Quarter()))
	if len(m.sorted) > 0 {
		res.Section.Series = m.newSeries()
	}
	res.count(now)
	res.Duplicates = len(openedIn(duplicates, m.cal.Current()))
	res.Themes, res.Unmatched = m.byTheme(now, ago)
	if len(now) > 0 {
		unmatched := metric.Range(stat.Wilson(res.Unmatched, len(now), confidence))
		res.UnmatchedRange = &unmatched
	}
	res.Suggestions = suggestWords(in.Words, &in.Content, in.People)
	return res
}

func newMeasurer(o *org.Organisation, in *Input, active exposure) (m *measurer, duplicates []fact.Ticket) {
	sorted, duplicates := byOpening(in.Tickets)
	m = &measurer{
		cal: o.Calendar, developers: in.Developers, sesoi: in.Sesoi, sorted: sorted, content: &in.Content,
		themes: in.Content.Themes, active: active,
	}
	m.counted = m.dropBreaks()
	m.tally = m.tallyThemes()
	return m, duplicates
}

// count counts the tickets of the window.
func (r *Result) count(now []fact.Ticket) {
	r.Tickets = len(now)
	for _, t := range now {
		switch {
		case t.IsOpen():
			r.Open++
		case t.Ending == fact.Undated:
			r.Undated++
		case t.Ending == fact.Undecided:
			r.Unclear++
		}
		if t.Reopened > 0 {
			r.Reopened++
		}
		if t.Unsolved != "" {
			r.Unsolved++
		}
	}
}

type measurer struct {
	cal        org.Calendar
	developers int
	sesoi      float64
	sorted     []fact.Ticket
	counted    []fact.Ticket // those of no break
	content    *fact.Content
	themes     []fact.Theme
	active     exposure
	tally      map[int64][]float64 // week → tickets of each theme
}

// dropBreaks returns the tickets that were not opened in a week of a break.
func (m *measurer) dropBreaks() []fact.Ticket {
	if len(m.cal.Breaks) == 0 {
		return m.sorted
	}
	return slices.DeleteFunc(slices.Clone(m.sorted), func(t fact.Ticket) bool { return !m.cal.Counts(t.Opened, "") })
}

// byOpening sorts tickets by their opening. Those closed as duplicates are apart, because they
// repeat another ticket.
func byOpening(tickets []fact.Ticket) (sorted, duplicates []fact.Ticket) {
	order := func(a, b fact.Ticket) int { return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID)) }
	repeats := func(t fact.Ticket) bool { return t.Unsolved == fact.Duplicate }
	if slices.IsSortedFunc(tickets, order) && !slices.ContainsFunc(tickets, repeats) {
		return tickets, nil
	}
	sorted = make([]fact.Ticket, 0, len(tickets))
	for i := range tickets {
		if repeats(tickets[i]) {
			duplicates = append(duplicates, tickets[i])
		} else {
			sorted = append(sorted, tickets[i])
		}
	}
	for _, list := range [...][]fact.Ticket{sorted, duplicates} {
		slices.SortStableFunc(list, order)
	}
	return sorted, duplicates
}

// openedIn returns the tickets of a sorted list that were opened in a window.
func openedIn(sorted []fact.Ticket, w metric.Window) []fact.Ticket {
	from, _ := slices.BinarySearchFunc(sorted, w.From,
		func(t fact.Ticket, at time.Time) int { return t.Opened.Compare(at) })
	to, _ := slices.BinarySearchFunc(sorted, w.To, func(t fact.Ticket, at time.Time) int { return t.Opened.Compare(at) })
	return sorted[from:to]
}

// isCovered reports whether tickets were available for the whole window, that is, whether the
// first ticket is older than its beginning. An export that begins within a window lacks tickets
// of it.
func (m *measurer) isCovered(w metric.Window) bool {
	return len(m.sorted) > 0 && !m.sorted[0].Opened.After(w.From)
}

// markPartialExport marks the values as provisional if the export begins in the current weeks.
// If it begins in the earlier weeks, it gives the reason that values are not compared with
// them.
func (m *measurer) markPartialExport(metrics []metric.Metric) {
	for i := range metrics {
		mt := &metrics[i]
		switch {
		case mt.State == metric.NotAvailable || m.isCovered(m.cal.Quarter()):
		case !m.isCovered(m.cal.Current()):
			mt.State = metric.Provisional
			mt.Warnings = append(mt.Warnings, "the first ticket of all was opened in these weeks: there may be more that "+
				"the export does not contain")
		case m.sorted[0].Opened.Before(m.cal.Quarter().To):
			mt.Warnings = append(mt.Warnings, "not compared with three months ago: the first ticket of all was opened in "+
				"those weeks")
		}
	}
}

// Specs declares the metrics.
func Specs() metric.Specs {
	const rate, rateTrend = "rate, quasi-Poisson over the weeks", "quasi-Poisson ratio of the tickets per week"
	return metric.Specs{
		{
			ID: PerWeek, Version: 2, Title: "Tickets per week", Unit: metric.PerWeek, Better: metric.Down,
			Estimate: rate, Interval: metric.LikelyRange, Trend: rateTrend, Series: true,
			Text: "Support requests opened per week, over four weeks, against the four weeks three months earlier. The " +
				"interval is quasi-Poisson over the weeks, and so is the test of the change. A ticket that was closed as a " +
				"duplicate is not counted, and one that was opened again counts once.",
		},
		{
			ID: Per100, Version: 2, Title: "Tickets per week and 100 developers", Unit: metric.Per100,
			Better: metric.Down, Config: []string{"platform.developers"},
			Estimate: rate, Interval: metric.LikelyRange, Trend: rateTrend,
			Text: "The same, per 100 developers of the platform's population, so that growth neither looks like trouble " +
				"nor hides it.",
		},
		{
			ID: Resolution, Version: 3, Title: "Resolution time", Unit: metric.Seconds, Better: metric.Down,
			Estimate: "median, Kaplan–Meier", Interval: metric.LikelyRange, Trend: "Gehan, or Mann–Whitney where none is open",
			Text: "Opened → resolved, of the tickets opened in the window. Tickets that were closed without a solution " +
				"(won't do, invalid, cannot reproduce, incomplete, cancelled) count as opened and are in no resolution " +
				"time. Tickets that were closed without a date are in none either, and widen the range to all that their " +
				"times could be. The headline is the median; 90th percentile and mean stand beneath. Open tickets stay in, " +
				"as at least this long (Kaplan–Meier; Gehan's test of the change, or Mann–Whitney where none is open).",
		},
	}
}

func (m *measurer) newMetric(id string) metric.Metric {
	mt := Specs().Find(id).Metric(metric.Scope{Kind: metric.Organisation}, m.cal.Current(), m.cal.CutOff())
	if len(m.sorted) == 0 {
		mt.State, mt.Why, mt.Next = metric.NotAvailable, "no tickets were collected", "connect a ticket export in config.toml"
	}
	return mt
}

// countPerWeek counts tickets for each week of a window that is in no break.
func (m *measurer) countPerWeek(tickets []fact.Ticket, w metric.Window) []float64 {
	bins := make([]float64, int(w.To.Sub(w.From)/org.Week))
	for i := range tickets {
		bins[int(tickets[i].Opened.Sub(w.From)/org.Week)]++
	}
	return m.cal.DropBreaks(bins, w, "")
}

func (m *measurer) perWeek(now, ago []fact.Ticket) metric.Metric {
	mt := m.newMetric(PerWeek)
	m.setRate(&mt, now, ago, 1)
	return mt
}

func (m *measurer) per100(now, ago []fact.Ticket) metric.Metric {
	mt := m.newMetric(Per100)
	if m.developers <= 0 && mt.State != metric.NotAvailable {
		mt.State, mt.Why, mt.Next = metric.NotAvailable, "the platform's population is unknown",
			"set platform.developers in config.toml"
	}
	m.setRate(&mt, now, ago, 100/float64(max(m.developers, 1)))
	return mt
}

func (m *measurer) setRate(mt *metric.Metric, now, ago []fact.Ticket, per float64) {
	if mt.State == metric.NotAvailable {
		return
	}
	rate, _, iv := stat.QuasiPoissonRate(m.countPerWeek(now, m.cal.Current()), confidence)
	mt.Figure = metric.NewFigure(rate, iv).Times(per)
	mt.N = []metric.Count{{What: "tickets", N: len(now)}}
	if m.isCovered(m.cal.Quarter()) {
		was, _, wiv := stat.QuasiPoissonRate(m.countPerWeek(ago, m.cal.Quarter()), confidence)
		mt.Was = &metric.Was{
			Figure: metric.NewFigure(was, wiv).Times(per),
			N:      []metric.Count{{What: "tickets", N: len(ago)}}, Window: m.cal.Quarter(),
		}
	}
}

// resolutions are the resolution times of tickets, and the numbers of tickets without one.
type resolutions struct {
	seconds    []float64
	closed     []bool    // false: open, and the time is its age so far
	impossible int       // resolved before they were opened
	undated    int       // closed, at an unknown time
	unclear    int       // closed or open
	ages       []float64 // of the undated and the unclear ones
	unsolved   map[string]int
}

// resolutionTimes returns the resolution times of tickets in seconds; an open ticket has its
// age at the as-of time. Impossible times, and tickets closed without a solution, are counted
// and not used.
func (m *measurer) resolutionTimes(tickets []fact.Ticket) resolutions {
	l := resolutions{unsolved: map[string]int{}}
	for i := range tickets {
		t := &tickets[i]
		switch {
		case t.Unsolved != "":
			l.unsolved[t.Unsolved]++
		case t.Ending == fact.Undated:
			l.undated++
			l.ages = append(l.ages, m.cal.AsOf.Sub(t.Opened).Seconds())
		case t.Ending == fact.Undecided:
			l.unclear++
			l.ages = append(l.ages, m.cal.AsOf.Sub(t.Opened).Seconds())
		case t.Resolved.IsZero():
			l.seconds, l.closed = append(l.seconds, m.cal.AsOf.Sub(t.Opened).Seconds()), append(l.closed, false)
		case t.Resolved.Before(t.Opened):
			l.impossible++
		default:
			l.seconds, l.closed = append(l.seconds, t.Resolved.Sub(t.Opened).Seconds()), append(l.closed, true)
		}
	}
	return l
}

// leftOut returns warnings about the tickets without a resolution time.
func (l *resolutions) leftOut() []string {
	var out []string
	if l.impossible > 0 {
		out = append(out, fmt.Sprintf("%d recorded as resolved before they were opened: left out", l.impossible))
	}
	total := 0
	var words []string
	for _, word := range slices.Sorted(maps.Keys(l.unsolved)) {
		total += l.unsolved[word]
		words = append(words, fmt.Sprintf("%d %s", l.unsolved[word], word))
	}
	if total > 0 {
		out = append(out, fmt.Sprintf("%d closed without a solution (%s): they count as opened and are in no "+
			"resolution time", total, strings.Join(words, ", ")))
	}
	if n := l.undated + l.unclear; n > 0 {
		out = append(out, fmt.Sprintf("%d closed without a date or with a status that is not understood: they count as "+
			"opened, and the range contains all that their resolution times could be", n))
	}
	return out
}

// median returns the median resolution time. Its interval also contains the intervals that the
// times of tickets without a known end could give: resolved at once, or open until now.
func (l *resolutions) median() (float64, stat.Interval) {
	median, iv := stat.KaplanMeierMedian(l.seconds, l.closed, confidence)
	if len(l.ages) == 0 {
		return median, iv
	}
	for _, closed := range [...]bool{true, false} {
		times, ended := slices.Clone(l.seconds), slices.Clone(l.closed)
		for _, age := range l.ages {
			if closed {
				age = 0
			}
			times, ended = append(times, age), append(ended, closed)
		}
		_, wide := stat.KaplanMeierMedian(times, ended, confidence)
		iv.Lo, iv.Hi = min(iv.Lo, wide.Lo), max(iv.Hi, wide.Hi)
	}
	return median, iv
}

// isCertain reports whether too few tickets have an unknown end to change a comparison: at most
// one, or 1 %.
func (l *resolutions) isCertain() bool {
	return len(l.ages) <= 1 || 100*len(l.ages) <= len(l.ages)+len(l.seconds)
}

func (m *measurer) measureResolution(now, ago []fact.Ticket) metric.Metric {
	mt := m.newMetric(Resolution)
	if mt.State == metric.NotAvailable {
		return mt
	}
	all := m.resolutionTimes(now)
	seconds, closed := all.seconds, all.closed
	median, iv := all.median()
	mt.Warnings = all.leftOut()
	if len(seconds) == 0 || math.IsInf(median, 0) || math.IsNaN(median) {
		mt.State, mt.Why = metric.NotAvailable, "no ticket opened in these weeks, or fewer than half are resolved"
		if len(mt.Warnings) > 0 {
			mt.Why, mt.Warnings = mt.Why+"; "+strings.Join(mt.Warnings, "; "), nil
		}
		return mt
	}
	mt.Figure = metric.NewFigure(median, iv)
	mt.N = []metric.Count{{What: "tickets", N: len(seconds)}}
	if n := countOpen(closed); n > 0 {
		mt.N = append(mt.N, metric.Count{What: "still open", N: n})
	}
	mt.Details = resolutionDetails(seconds, closed)
	earlier := m.resolutionTimes(ago)
	before, beforeClosed := earlier.seconds, earlier.closed
	if was, wiv := earlier.median(); len(before) > 0 && !math.IsInf(was, 0) &&
		!math.IsNaN(was) {
		mt.Was = &metric.Was{
			Figure: metric.NewFigure(was, wiv),
			N:      []metric.Count{{What: "tickets", N: len(before)}}, Window: m.cal.Quarter(),
		}
		if mean := meanOf(before, beforeClosed); mean != nil {
			mt.Details = append(mt.Details, metric.Detail{
				Label: "mean three months ago", Figure: metric.Figure{Value: mean},
				Unit: metric.Seconds,
			})
		}
	}
	return mt
}

func resolutionDetails(seconds []float64, closed []bool) []metric.Detail {
	var d []metric.Detail
	if mean := meanOf(seconds, closed); mean != nil {
		d = append(d, metric.Detail{
			Label: "mean of those resolved", Figure: metric.Figure{Value: mean},
			Unit: metric.Seconds,
		})
	}
	p90 := metric.Detail{Label: "90 % are resolved within", Unit: metric.Seconds}
	if v, iv := stat.QuantileInterval(slices.Sorted(slices.Values(seconds)), 0.9, confidence); len(seconds) >= 36 &&
		countOpen(closed) == 0 {
		p90.Figure = metric.NewFigure(v, iv)
	} else {
		p90.Note = "needs at least 36 tickets, all resolved"
	}
	return append(d, p90)
}

func meanOf(seconds []float64, closed []bool) *float64 {
	sum, n := 0.0, 0
	for i, s := range seconds {
		if closed[i] {
			sum += s
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return metric.Of(sum / float64(n))
}

func countOpen(closed []bool) int {
	n := 0
	for _, c := range closed {
		if !c {
			n++
		}
	}
	return n
}

func (m *measurer) newSeries() []metric.Series {
	s := Specs().Find(PerWeek).NewSeries(metric.Scope{Kind: metric.Organisation})
	last := org.WeekOf(m.cal.AsOf)
	for w := org.WeekOf(m.sorted[0].Opened); w.Before(last); w = w.Add(org.Week) {
		n, opened := 0, openedIn(m.sorted, metric.Window{From: w, To: w.Add(org.Week)})
		for i := range opened {
			n += opened[i].CountTickets()
		}
		p := metric.Point{
			At: w, Figure: metric.Figure{Value: metric.Of(float64(n))}, N: n,
			Provisional: !w.Before(m.cal.CutOff()),
		}
		if b := m.cal.BreakOf(w, ""); b != nil {
			p.Break, p.Note = true, b.Name()
		}
		s.Points = append(s.Points, p)
	}
	return []metric.Series{s}
}
