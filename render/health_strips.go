package render

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// satisfactionStrip is a summary of the latest survey.
type satisfactionStrip struct {
	Survey      string // "October 2024 survey, 180 of 250 answered"
	Find        string // the score with the shares of its answers
	Score       view.Tile
	ScoreWas    *view.Mark
	Waves       []view.Figure // the latest two surveys with a score, newest first
	Scale       template.HTML // the axis under them
	Answers     template.HTML
	Loved       view.Figures
	Frustrating view.Figures
	Open        string // the survey that still takes answers
	Whole       string
	Why, Next   string
}

func (s *site) satisfactionStrip(root string) satisfactionStrip {
	v := satisfactionStrip{Whole: s.pageLink(root, experiencePath), Open: s.openSurvey()}
	m := s.report.Section("space").Find(space.NPS, organisation)
	w := s.latestWave()
	if m == nil || w == nil {
		if m != nil {
			v.Why, v.Next = m.Why, m.Next
		}
		return v
	}
	v.Survey, v.Score = w.Title+" survey, "+answeredWords(w)+" answered", s.newTile(m, root)
	v.ScoreWas = wasLineOf(m)
	v.Loved, v.Frustrating = s.topMentions(w.Loved, root), s.topMentions(w.Frustrating, root)
	v.Loved.Title, v.Frustrating.Title = "Most loved", "Most frustrating"
	gaugesOf(&v.Loved, w.Loved, "better")
	gaugesOf(&v.Frustrating, w.Frustrating, "worse")
	if c := w.Score; c != nil && c.N > 0 {
		share := func(n int) string { return format.Share(float64(n) / float64(c.N)) }
		v.Find = v.Score.Title + " " + v.Score.Number + ": " + share(c.Promoters) + " promoters, " + share(c.Detractors) +
			" detractors."
		v.Answers = template.HTML(chart.AppendPromoters(nil, c.Promoters, c.Passives, c.Detractors)) // numbers only
	}
	if w.Score == nil && w.Unclear.Hides() {
		v.Find = v.Score.Title + ", " + m.Why + ". Next: " + m.Next + "."
	}
	class := "muted"
	if m.Trend != nil {
		class = v.Score.Change.Class
	}
	v.Waves, v.Scale = s.waveFigures(class)
	return v
}

// gaugesOf adds the pictures of the shares to the rows of named features.
func gaugesOf(f *view.Figures, m *space.Mentions, class string) {
	if m == nil {
		return
	}
	for i, top := range m.FindTop() {
		if i < len(f.Rows) {
			f.Rows[i].Bar = view.DrawGauge(&chart.Gauge{
				Figure: metric.Figure{Value: &top.Share, Lo: &top.Lo, Hi: &top.Hi}, Max: 1, Class: class,
			})
		}
	}
}

// openSurvey returns the number of answers so far to a survey that is open; "" without one.
func (s *site) openSurvey() string {
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		if !w.Open {
			continue
		}
		text := w.Title + " survey: " + answeredWords(w) + " answered so far"
		if !w.Closed.IsZero() {
			text += "; results after " + format.Date(w.Closed)
		}
		return text + "."
	}
	return ""
}

// scoreStep is the distance of two labels on the axis of scores, in points. wideStep is used
// for a longer axis.
const (
	scoreStep = 20
	wideStep  = 50
)

// waveFigures returns the latest two scores with their ranges on one axis, newest first. class
// is that of the latest.
func (s *site) waveFigures(class string) (rows []view.Figure, scale template.HTML) {
	var waves []*space.Wave
	for i := range s.report.Space.Waves {
		if w := &s.report.Space.Waves[i]; w.Score != nil && !w.Open {
			waves = append(waves, w)
		}
	}
	slices.Reverse(waves)
	waves = waves[:min(len(waves), 2)]
	lo, hi := 0.0, 0.0
	for _, w := range waves {
		lo, hi = math.Min(lo, w.Score.Lo), math.Max(hi, w.Score.Hi)
	}
	step := float64(scoreStep)
	if hi-lo > 4*scoreStep {
		step = wideStep
	}
	lo, hi = math.Floor(lo/step)*step, math.Max(math.Ceil(hi/step)*step, step)
	for i, w := range waves {
		v := w.Score.Value
		row := view.Figure{
			Name: view.Link{Title: w.Title}, Value: format.Value(v, metric.Points), N: answeredWords(w) + " answered",
			Range: view.Likely(format.Interval(&w.Score.Lo, &w.Score.Hi, metric.Points)),
		}
		g := chart.Gauge{Figure: metric.Figure{Value: &v, Lo: &w.Score.Lo, Hi: &w.Score.Hi}, Min: lo, Max: hi, Class: "muted"}
		if i == 0 {
			g.Class = class
			if class == "same" {
				g.Class = "muted"
			}
		}
		row.Bar = view.DrawGauge(&g)
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		scale = template.HTML(chart.AppendScale(nil, lo, hi, step)) // numbers only
	}
	return rows, scale
}

func wasLineOf(m *metric.Metric) *view.Mark {
	if m.Was == nil || m.Was.Value == nil {
		return nil
	}
	c := format.Moved(m)
	was := c.Was
	switch {
	case c.Word == "":
		return &view.Mark{Class: "unknown", Word: was + ", not tested yet"}
	case c.Class == "unknown":
		return &view.Mark{Class: "unknown", Word: was + "; " + c.String()}
	}
	return &view.Mark{Class: c.Class, Word: c.String() + ", " + was}
}

const (
	// mostFeatures is the largest number of features on the first page.
	mostFeatures = 6
	// shapeWeeks is the length of their pictures, movedWeeks the time in which a change counts.
	shapeWeeks = 26
	movedWeeks = 12
)

// adoptionStrip returns the features of the first page: those that wait for a decision, then
// those whose use changed beyond chance, then those with the most eligible units. Within each
// group, more eligible units come first.
func (s *site) adoptionStrip(root string) view.Figures {
	type place struct {
		f    *adoption.Feature
		rank int
	}
	var list []place
	for i := range s.report.Adoption.Features {
		f := &s.report.Adoption.Features[i]
		list = append(list, place{f, s.rankAdoption(f)})
	}
	slices.SortStableFunc(list, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.f.Eligible, a.f.Eligible))
	})
	v := view.Figures{More: s.pageLink(root, featuresPath), Note: "all features"}
	if n := len(list) - mostFeatures; n > 0 {
		v.Note = "all " + format.Things(len(list), "features")
		list = list[:mostFeatures]
	}
	chosen := make([]*adoption.Feature, 0, len(list))
	for _, x := range list {
		chosen = append(chosen, x.f)
	}
	slices.SortStableFunc(chosen, func(a, b *adoption.Feature) int { return cmp.Compare(b.ActiveShare(), a.ActiveShare()) })
	v.Rows, v.Title = s.adoptionRows(root, chosen), s.adoptionFind(chosen)
	for i := range v.Rows {
		v.Rows[i].N, v.Rows[i].Unit, _ = strings.Cut(v.Rows[i].N, " ")
	}
	return v
}

// rankAdoption returns the group of a feature in the order of the first page.
func (s *site) rankAdoption(f *adoption.Feature) int {
	known := f.Known && f.Eligible > 0
	switch r := s.findRecommendation(f.ID); {
	case !known:
		return 3
	case r != nil && !isDecided(r) && !isQuestion(r.Verdict):
		return 0
	case adoption.HasMoved(s.adoptionSeries(f.ID), f.Eligible, movedWeeks):
		return 1
	}
	return 2
}

// featuresByUse returns the adoption of all features, the most used first and those without
// figures last.
func (s *site) featuresByUse(root string) []view.Figure {
	list := make([]*adoption.Feature, 0, len(s.report.Adoption.Features))
	for i := range s.report.Adoption.Features {
		list = append(list, &s.report.Adoption.Features[i])
	}
	slices.SortStableFunc(list, func(a, b *adoption.Feature) int { return cmp.Compare(b.ActiveShare(), a.ActiveShare()) })
	return s.adoptionRows(root, list)
}

func (s *site) adoptionRows(root string, list []*adoption.Feature) []view.Figure {
	var known, unknown []view.Figure
	for _, f := range list {
		row := view.Figure{Name: s.linkTo(root, "features", f.ID, f.Title)}
		if !f.Known || f.Eligible <= 0 {
			row.Why = cmp.Or(s.ownReason("adoption", adoption.Share, f.ID), "Nobody is eligible.")
			unknown = append(unknown, row)
			continue
		}
		share := f.ActiveShare()
		row.N, row.Value = format.Of(f.Active, f.Eligible)+" "+view.UnitPlural(f.Unit), format.Share(share)
		limit, words := useLimit(f, s.findRecommendation(f.ID))
		row.Note = words
		bar := chart.AppendUse(nil, share, limit)
		if series := s.adoptionSeries(f.ID); series != nil {
			bar = chart.AppendShape(bar, series.Points, shapeWeeks)
		}
		row.Bar = template.HTML(bar) // numbers only
		known = append(known, row)
	}
	return append(known, unknown...)
}

// adoptionFind returns the finding about the shown features.
func (s *site) adoptionFind(list []*adoption.Feature) string {
	var high, almost []string
	for _, f := range list {
		r := s.findRecommendation(f.ID)
		switch {
		case r == nil || !f.Known || f.Given != "" || f.Eligible <= 0:
		case r.Operative.High:
			high = append(high, f.Title)
		case f.ActiveShare() >= r.Operative.AdoptionHigh:
			almost = append(almost, f.Title)
		}
	}
	text := ""
	if len(high) > 0 {
		text = "High: " + nameFew(high) + "."
	}
	if len(almost) > 0 {
		text += " Not for " + format.Weeks(decision.Hold) + " yet: " + nameFew(almost) + "."
	}
	return text
}

// mostNames is the largest number of features in a finding, and mostLetters of their names
// together.
const (
	mostNames   = 3
	mostLetters = 50
)

// nameFew returns the names of a few features, or the number of many.
func nameFew(names []string) string {
	text := format.List(names, "and")
	if len(names) > mostNames || len([]rune(text)) > mostLetters {
		return format.Things(len(names), "features")
	}
	return text
}

// supportStrip is a summary of the tickets and the response times.
type supportStrip struct {
	Find    string
	Weeks   template.HTML // tickets per week
	Against string        // the earlier period of the comparison
	PerWeek view.Tile
	Time    view.Tile
	Mean    string
	Themes  []painRow
	Whole   string // link to the ticket themes
}

// mostThemes is the largest number of ticket themes on the health page.
const mostThemes = 2

func (s *site) supportStrip(root string) supportStrip {
	sec := s.report.Section("support")
	out := supportStrip{Against: format.Span(s.report.Quarter.From, s.report.Quarter.To)}
	if p := s.pageLink(root, "discovery/index.html"); p != "" {
		out.Whole = p + "#tickets"
	}
	if m := sec.Find(support.PerWeek, organisation); m != nil {
		out.PerWeek = s.newTile(m, root)
		out.Find, out.Weeks = s.ticketWeeks(sec, m)
	}
	if m := sec.Find(support.Resolution, organisation); m != nil {
		out.Time = s.newTile(m, root)
		out.Time.Kind = "resolved in"
		for _, d := range m.Details {
			if d.Label == "mean of those resolved" && d.Value != nil {
				out.Mean = format.Value(*d.Value, d.Unit)
			}
		}
	}
	themes := s.themeRows(root)
	out.Themes = themes[:min(len(themes), mostThemes)]
	for i := range out.Themes {
		s.drawTheme(&out.Themes[i])
	}
	return out
}

// ticketWeeks returns the two compared levels as a sentence, and the tickets per week as bars.
func (s *site) ticketWeeks(sec *metric.Section, m *metric.Metric) (find string, bars template.HTML) {
	if m.Value == nil {
		return "", ""
	}
	series := sec.FindSeries(m.ID, organisation)
	find = s.changeTitle(m, series)
	if series == nil {
		return find + ".", ""
	}
	windows := view.Windows(m)
	for i := range windows { // the title has the unit
		windows[i].Label, _, _ = strings.Cut(windows[i].Label, format.Space)
	}
	b := &chart.Bars{
		ID: "ticket-weeks", Title: m.Title, Unit: m.Shown(m.Unit), Windows: windows,
		Points: series.Points[max(0, len(series.Points)-shapeWeeks):],
	}
	return find + ".", template.HTML(b.AppendSpark(nil)) // chart escapes every text
}

// drawTheme adds the picture of a theme's share, and its number of tickets with the noun.
func (s *site) drawTheme(row *painRow) {
	for i := range s.report.Support.Themes {
		if t := &s.report.Support.Themes[i]; t.Title == row.Name.Title {
			row.N = format.Things(t.N, "tickets")
			row.Bar = view.DrawGauge(&chart.Gauge{Figure: metric.Figure{Value: &t.Share, Lo: &t.Lo, Hi: &t.Hi}, Max: 1})
		}
	}
}

// allNumbers returns every number of the first page for its table, with the details that the
// page leaves out, and the notes about them.
func (s *site) allNumbers(v *healthView) (rows []view.Figure, notes []view.Labelled) {
	for i := range v.Delivery {
		t := &v.Delivery[i]
		rows = append(rows, tileRows(t)...)
		notes = append(notes, tileNotes(t)...)
	}
	sat := &v.Satisfaction
	if sat.Survey != "" {
		rows = append(rows, tileRows(&sat.Score)...)
		notes = append(notes, tileNotes(&sat.Score)...)
		for i := range sat.Waves {
			w := sat.Waves[i]
			w.Name = view.Link{Title: sat.Score.Title + ", " + w.Name.Title}
			rows = append(rows, plainRow(&w, w.Name.Title))
		}
		for i := range sat.Loved.Rows {
			rows = append(rows, plainRow(&sat.Loved.Rows[i], "Most loved: "+sat.Loved.Rows[i].Name.Title))
		}
		for i := range sat.Frustrating.Rows {
			rows = append(rows, plainRow(&sat.Frustrating.Rows[i], "Most frustrating: "+sat.Frustrating.Rows[i].Name.Title))
		}
	}
	for i := range v.Cards {
		for k := range v.Cards[i].Facts {
			f := &v.Cards[i].Facts[k]
			rows = append(rows, plainRow(f, v.Cards[i].Title+": "+f.Name.Title))
		}
		for _, n := range v.Cards[i].Notes {
			notes = append(notes, view.Labelled{Label: v.Cards[i].Title, Value: n})
		}
	}
	for i := range v.Adoption.Rows {
		f := &v.Adoption.Rows[i]
		row := plainRow(f, "Adoption of "+f.Name.Title)
		row.Was, row.Aim = "", f.Note
		if f.Value != "" {
			rows = append(rows, row)
		}
	}
	for _, t := range []view.Tile{v.Support.PerWeek, v.Support.Time} {
		t.Kind = ""
		rows = append(rows, tileRows(&t)...)
		notes = append(notes, tileNotes(&t)...)
	}
	if v.Support.PerWeek.Number != "" {
		notes = append(notes, view.Labelled{
			Label: "Tickets", Value: "Compared with " + v.Support.Against +
				", three months ago: tickets follow a release slowly.",
		})
	}
	for i := range v.Support.Themes {
		f := &v.Support.Themes[i].Figure
		rows = append(rows, plainRow(f, "“"+f.Name.Title+"”, of all tickets"))
	}
	return rows, notes
}

// plainRow returns a figure of the page as a row of the table, with a name of its own.
func plainRow(f *view.Figure, name string) view.Figure {
	row := view.Figure{
		Name: view.Link{Title: name}, Value: f.Value, Range: strings.TrimPrefix(f.Range, "likely "), N: joinWords(" ", f.N, f.Unit), Aim: f.Aim,
	}
	if row.Value == "" {
		row.Why = f.Why
	}
	return row
}

// tileRows returns a number, and the figures beside it, as rows of the table.
func tileRows(t *view.Tile) []view.Figure {
	if t.Number == "" {
		return nil
	}
	row := view.Figure{
		Name: view.Link{Title: t.Title}, Value: joinWords(" ", t.Number, t.Unit), Range: strings.TrimPrefix(t.Interval, "likely "),
		N: t.N,
	}
	if t.Kind != "" {
		row.Name.Title += ", " + t.Kind
	}
	if t.Unit == "" {
		row.Value = joinWords(" ", t.Number, t.Below)
	}
	row.Was = joinWords("; ", strings.TrimSpace(t.Change.Icon+" "+joinWords(" ", t.Change.Size, t.Change.Word)), t.Change.Range, t.Change.Test)
	if t.Change.Word == "" {
		row.Was = t.Was
	}
	rows := []view.Figure{row}
	for _, d := range t.Details {
		rows = append(rows, view.Figure{Name: view.Link{Title: t.Title + ": " + d.Label}, Value: d.Value})
	}
	return rows
}

// tileNotes returns the facts and warnings about a number.
func tileNotes(t *view.Tile) []view.Labelled {
	var out []view.Labelled
	if t.Provisional {
		out = append(out, view.Labelled{Label: t.Title, Value: "provisional: it may still change."})
	}
	if t.Facts != "" {
		out = append(out, view.Labelled{Label: t.Title, Value: t.Facts + "."})
	}
	for _, w := range t.Warnings {
		out = append(out, view.Labelled{Label: t.Title, Value: format.UpperFirst(w)})
	}
	return out
}

// joinWords joins the words that are not empty.
func joinWords(with string, words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, with)
}
