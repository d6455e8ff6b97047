package render

import (
	"cmp"
	"html/template"
	"io"
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// answeredWords returns the number of people who answered, of all who could: "180 of 250".
func answeredWords(w *space.Wave) string {
	if w.Population > 0 && w.Answered <= w.Population {
		return format.Count(w.Answered) + " of " + format.Count(w.Population)
	}
	return format.Count(w.Answered)
}

// scoreLine returns the score of all waves over time, or nil with fewer than two.
func (s *site) scoreLine() *chart.Line {
	l := &chart.Line{ID: "nps-chart", Title: s.publishedTitle(space.NPS, ""), Unit: metric.Points, Better: metric.Up}
	scored := false
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		if w.Score == nil && w.Unclear.Hides() {
			l.Points = append(l.Points, metric.Point{At: w.Sent, Note: w.Why})
		}
		if w.Score == nil {
			continue
		}
		scored = true
		p := metric.Point{
			At: w.Sent, Figure: metric.Figure{Value: metric.Of(w.Score.Value), Lo: metric.Of(w.Score.Lo), Hi: metric.Of(w.Score.Hi)}, N: w.Score.N, Provisional: w.Open,
		}
		l.Points = append(l.Points, p)
	}
	if len(l.Points) < 2 || !scored {
		return nil
	}
	return l
}

// answerChart returns the latest answers from 0 to 10, or nil if they would reveal single
// answers.
func (s *site) answerChart() *chart.Distribution {
	w := s.latestWave()
	if w == nil || w.Score == nil || len(w.Score.Scores) != 11 {
		return nil
	}
	d := &chart.Distribution{ID: "answers-chart", Title: "How likely are you to recommend this platform to a colleague?"}
	copy(d.Counts[:], w.Score.Scores)
	return d
}

// chartFile returns the data of a chart as a file.
func chartFile(at string, c chart.Chart) Page {
	return Page{Path: at, Write: func(w io.Writer) error { return chart.WriteCSV(w, c.Records()) }}
}

// waveView is a survey.
type waveView struct {
	Title, Days    string
	Answered, Rate string
	Score, Likely  string
	Bounds         string // the score if all others had answered 0, or 10
	Shares         string // promoters, passives, detractors
	Provisional    bool
	Until          string // the last day of an open survey
	Why            string
	Bar            template.HTML
}

// mostWaves is the number of surveys with a picture; the table has all of them.
const mostWaves = 4

// addScore adds the net promoter score of each survey.
func (s *site) addScore(v *experienceView, nps *metric.Metric) {
	v.ScoreTitle, v.RateTitle = s.publishedTitle(space.NPS, ""), s.publishedTitle(space.ResponseRate, "")
	v.Score.Words, v.ScoreClass = scoreTitle(nps)
	lo, hi := s.scoreAxis()
	v.Score.Note = format.Interval(&lo, &hi, metric.Points)
	before := 0
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		g := chart.Gauge{Min: lo, Max: hi, Class: "muted"}
		if w.ID == s.report.Space.Latest {
			g.Class = classOfChange(nps)
		}
		v.AllWaves = append(v.AllWaves, waveViewOf(w, &g, before))
		before = w.Answered
	}
	slices.Reverse(v.AllWaves) // newest first, as in all lists
	v.Waves = v.AllWaves[:min(len(v.AllWaves), mostWaves)]
	line := s.scoreLine()
	if line == nil {
		return
	}
	v.ScoreCSV = v.Root + npsFile
	_, known := sideOf(nps)
	c := chart.Scores{
		ID: line.ID, Title: line.Title, Unit: line.Unit, Points: line.Points, Class: classOfChange(nps),
		Overlap: !known && nps != nil && nps.Trend != nil,
	}
	v.Score.Figure = template.HTML(c.AppendSVG(nil)) // chart escapes every text
}

// scoreTitle returns the measured change of the score, and the class of a title that states no
// certain change.
func scoreTitle(nps *metric.Metric) (title, class string) {
	if nps == nil || nps.Value == nil {
		return "Would they recommend the platform?", ""
	}
	now := format.Value(*nps.Value, nps.Unit)
	if nps.Was == nil || nps.Was.Value == nil {
		return "Net promoter score " + now + "; nothing to compare it with yet", ""
	}
	was, on := format.Value(*nps.Was.Value, nps.Unit), format.Span(nps.Window.From, nps.Window.To)
	side, known := sideOf(nps)
	up := *nps.Value > *nps.Was.Value
	switch {
	case known && side == same:
		return "Net promoter score " + now + ", about the same as before (" + was + ")", ""
	case known && up:
		return "Net promoter score rose from " + was + " to " + now + " in the survey of " + on, ""
	case known:
		return "Net promoter score fell from " + was + " to " + now + " in the survey of " + on, ""
	case nps.Trend == nil:
		return "Net promoter score " + now + ", was " + was + "; not tested yet", "unknown"
	}
	return "Net promoter score " + now + ", was " + was + ": " + format.Delta(shownChange(nps), nps.Unit) +
		" may be chance", "unknown"
}

// shownChange returns the difference of the two scores as they are printed, without decimals.
func shownChange(m *metric.Metric) float64 { return math.Round(*m.Value) - math.Round(*m.Was.Value) }

// scoreAxis returns the common axis of all surveys, with the bounds of those who did not answer.
func (s *site) scoreAxis() (lo, hi float64) {
	var ends []float64
	for i := range s.report.Space.Waves {
		sc := s.report.Space.Waves[i].Score
		if sc == nil {
			continue
		}
		ends = append(ends, sc.Lo, sc.Value, sc.Hi)
		for _, p := range []*float64{sc.Worst, sc.Best} {
			if p != nil {
				ends = append(ends, *p)
			}
		}
	}
	if len(ends) == 0 {
		return chart.RoundAxis(0, 0)
	}
	return chart.RoundAxis(slices.Min(ends), slices.Max(ends))
}

// classOfChange returns the class of a tested change: hollow if it may be chance, the colour of
// a measured value without a test.
func classOfChange(m *metric.Metric) string {
	side, known := sideOf(m)
	switch {
	case known && side == better:
		return "better"
	case known && side == worse:
		return "worse"
	case known:
		return "muted"
	case m != nil && m.Trend != nil:
		return "unknown"
	}
	return ""
}

// waveViewOf returns a survey. g has the axis and the class of its picture; before is the number
// of answers to the survey before.
func waveViewOf(w *space.Wave, g *chart.Gauge, before int) waveView {
	v := waveView{
		Title: w.Title, Days: format.Span(w.Window.From, w.Window.To), Answered: answeredWords(w),
		Provisional: w.Open, Why: w.Why, Rate: "not known",
	}
	if rate, ok := w.ResponseRate(); ok {
		v.Rate = format.Share(rate)
	}
	if w.Open {
		if !w.Closed.IsZero() {
			v.Until = format.Date(w.Closed)
		}
		v.Bar = template.HTML(chart.AppendCount(nil, w.Answered, before, w.Population)) // numbers only
		return v
	}
	if sc := w.Score; sc != nil {
		v.Score, v.Likely = format.Value(sc.Value, metric.Points), format.Interval(&sc.Lo, &sc.Hi, metric.Points)
		v.Bounds = format.Interval(sc.Worst, sc.Best, metric.Points)
		v.Shares = format.Count(sc.Promoters) + " / " + format.Count(sc.Passives) + " / " + format.Count(sc.Detractors) +
			" of " + format.Count(sc.N) + notUnderstood(w.Unclear)
		g.Figure = metric.NewFigure(sc.Value, stat.Interval(sc.Range))
		g.Bounds = metric.Limits{Lo: sc.Worst, Hi: sc.Best}
		v.Bar = view.DrawGauge(g)
	}
	return v
}

// notUnderstood returns the number of answers beside a count that were not understood; "" if
// all were.
func notUnderstood(u *space.Unclear) string {
	if u == nil {
		return ""
	}
	return ", " + format.Count(u.N) + " more not understood"
}

// sharesView returns the latest answers from 0 to 10 with their three classes; an empty chart
// if they would reveal single answers.
func (s *site) sharesView(w *space.Wave, root string) view.Chart {
	d := s.answerChart()
	if d == nil {
		return view.Chart{}
	}
	sc := w.Score
	return view.Chart{
		Figure: view.Draw(d, chart.FigureOptions{CSV: root + answersFile, Level: 3, Note: w.Title}),
		Words:  shareOfAnswers(sc.Promoters, sc.N) + " promoters, " + shareOfAnswers(sc.Detractors, sc.N) + " detractors",
		Note: format.Things(sc.Promoters, "promoters") + " (9 and 10), " + format.Things(sc.Passives, "passives") +
			" (7 and 8), " + format.Things(sc.Detractors, "detractors") + " (0 to 6), of " + format.Things(sc.N, "answers"),
	}
}

// satisfiedFeatures returns the share of positive answers of each feature's own users, the
// largest first, beside the share from which its users count as satisfied.
func (s *site) satisfiedFeatures(root string) view.Figures {
	list := slices.Clone(s.report.Space.Features)
	slices.SortStableFunc(list, func(a, b space.Satisfaction) int {
		if a.Known != b.Known {
			return cmp.Compare(b.Answered, a.Answered)
		}
		return cmp.Compare(b.Share, a.Share)
	})
	v := view.Figures{Title: "What a feature’s own users say"}
	sure, known := 0, 0
	for i := range list {
		f := &list[i]
		row := view.Figure{Name: s.linkTo(root, "features", f.Feature, f.Title), Why: view.Reason(f.Why, f.Next)}
		if f.Known {
			limit := s.satisfiedFrom(f.Feature)
			row = s.satisfiedFigure(row, f, limit)
			known++
			sure += countTrue(row.Mark.Class == "better")
		}
		v.Rows = append(v.Rows, row)
	}
	if known > 0 {
		v.Title = "Satisfied beyond doubt: the users of " + format.Count(sure) + " of " + format.Things(known, "features")
	}
	return v
}

func (s *site) satisfiedFigure(row view.Figure, f *space.Satisfaction, limit float64) view.Figure {
	row.Why, row.Value, row.Range = "", format.Share(f.Share), view.LikelyShare(&f.Lo, &f.Hi)
	row.N = format.Count(f.Positive) + " of " + format.Count(f.Answered) + " users who answered" +
		notUnderstood(f.Unclear)
	row.Mark = view.Mark{Word: "not sure", Class: "unknown"}
	switch {
	case limit == 0:
		row.Mark = view.Mark{}
	case f.Lo >= limit:
		row.Mark = view.Mark{Class: "better"}
	case f.Hi < limit:
		row.Mark = view.Mark{Class: "worse"}
	}
	g := chart.Gauge{Figure: metric.NewFigure(f.Share, stat.Interval(f.Range)), Max: 1, Class: row.Mark.Class}
	if limit > 0 {
		row.Aim = format.Share(limit)
		g.Marks = []chart.Limit{{Value: limit}}
	}
	row.Bar = view.DrawGauge(&g)
	for _, r := range f.Reasons {
		row.Note += " · " + format.Share(r.Share) + " “" + r.Name + "”"
	}
	return row
}

// satisfiedFrom returns the share from which the users of a feature count as satisfied; 0 if
// none is known.
func (s *site) satisfiedFrom(feature string) float64 {
	if r := s.findRecommendation(feature); r != nil {
		return r.Operative.Satisfied
	}
	return 0
}

// groupFigures returns the score of each published group of a survey, in the order of the
// groups. They have one axis.
func (s *site) groupFigures(w *space.Wave, sec *metric.Section) view.Figures {
	v := view.Figures{Title: "By group: not compared with an earlier survey", Note: w.Title}
	var ends []float64
	gauges := make([]chart.Gauge, len(w.Parts))
	changed, compared := 0, 0
	for i := range w.Parts {
		p := &w.Parts[i]
		if p.Value == nil {
			v.Rows = append(v.Rows, view.Figure{Name: view.Link{Title: p.Title}, Why: p.Unclear.Why()})
			continue
		}
		g := &gauges[i]
		g.Figure, g.Class = p.Figure, "muted"
		ends = append(ends, *p.Lo, *p.Hi, *p.Value)
		row := view.Figure{
			Name: view.Link{Title: p.Title}, Value: format.Value(*p.Value, metric.Points),
			Range: format.Interval(p.Lo, p.Hi, metric.Points), N: format.Things(p.N, "answers"), Was: "not compared",
		}
		row.N += notUnderstood(p.Unclear)
		if m := sec.Find(space.NPS, metric.Scope{Kind: metric.Group, ID: p.ID}); m != nil && m.Was != nil {
			row.Was = "was " + format.Maybe(m.Was.Value, metric.Points)
			if c := format.Moved(m); c.Word != "" {
				row.Was += ", " + c.Word
			}
			compared++
			if side, known := sideOf(m); known && side != same {
				changed++
				g.Class = classOfChange(m)
			}
			if g.Was = m.Was.Value; g.Was != nil {
				ends = append(ends, *g.Was)
			}
		}
		v.Rows = append(v.Rows, row)
	}
	if len(ends) == 0 {
		return v
	}
	lo, hi := chart.RoundAxis(slices.Min(ends), slices.Max(ends))
	for i := range gauges {
		if w.Parts[i].Value == nil {
			continue
		}
		gauges[i].Min, gauges[i].Max = lo, hi
		gauges[i].Marks = []chart.Limit{{Value: 0}}
		v.Rows[i].Bar = view.DrawGauge(&gauges[i])
	}
	v.More = format.Interval(&lo, &hi, metric.Points)
	switch {
	case compared > 0 && changed == 0:
		v.Title = "No group changed beyond chance"
	case compared > 0:
		v.Title = format.Count(changed) + " of " + format.Things(compared, "groups") + " changed beyond chance"
	}
	return v
}

// surveyLinks returns the further links of a survey.
func (s *site) surveyLinks(id string) []view.Link {
	for i := range s.content.Surveys {
		if s.content.Surveys[i].ID == id {
			return furtherLinks(s.content.Surveys[i].Links)
		}
	}
	return nil
}

// itemSources returns the sources of the questions, each once, in the order of the questions.
func itemSources(dimensions []space.Dimension) []string {
	var out []string
	for i := range dimensions {
		for _, it := range dimensions[i].Items {
			if it.Source != "" && !slices.Contains(out, it.Source) {
				out = append(out, it.Source)
			}
		}
	}
	return out
}

// mentionFigures returns the features that respondents named, in descending order of mentions.
// class is the class of their pictures.
func (s *site) mentionFigures(m *space.Mentions, root, class string) view.Figures {
	if m == nil {
		return view.Figures{None: "Not asked in this survey."}
	}
	v := view.Figures{None: "Nothing was named by five people or more."}
	for i := range m.Ranked {
		v.Rows = append(v.Rows, s.mentionFigure(&m.Ranked[i], m.Of, root, class))
	}
	if m.Fewer > 0 {
		v.Note = format.Count(m.Fewer) + " more were named by fewer than five people each"
	}
	return v
}

// topMentions returns the features that most respondents named: several in a tie.
func (s *site) topMentions(m *space.Mentions, root string) view.Figures {
	if m == nil {
		return view.Figures{None: "n/a: the survey does not ask what. Next: add the question to the next one."}
	}
	v := view.Figures{None: "nothing was named by five people or more"}
	for _, top := range m.FindTop() {
		v.Rows = append(v.Rows, s.mentionFigure(&top, m.Of, root, ""))
	}
	return v
}

// mentionFigure returns a named feature with its share of all respondents.
func (s *site) mentionFigure(m *space.Mention, of int, root, class string) view.Figure {
	row := view.Figure{
		Name: view.Link{Title: m.Label}, Value: format.Share(m.Share), Range: view.LikelyShare(&m.Lo, &m.Hi),
		N: format.Count(m.N) + " of " + format.Count(of), Bar: view.DrawGauge(&chart.Gauge{Figure: metric.NewFigure(m.Share, stat.Interval(m.Range)), Max: 1, Class: class}),
	}
	if m.Feature != "" {
		row.Name = s.linkTo(root, "features", m.Feature, m.Label)
	}
	return row
}
