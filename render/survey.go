package render

import (
	"html/template"
	"io"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// satisfactionStrip is the latest survey in a few lines.
type satisfactionStrip struct {
	Survey      string // "October 2024 survey, 180 of 250 answered"
	Score       tile
	ScoreWas    *wasLine
	Loved       mostView
	Frustrating mostView
	Whole       string
	Why, Next   string
}

func (s *site) satisfactionStrip(root string) satisfactionStrip {
	v := satisfactionStrip{Whole: s.at(root, experiencePath)}
	m := s.report.Section("space").Find(space.NPS, organisation)
	w := s.latestWave()
	if m == nil || w == nil {
		if m != nil {
			v.Why, v.Next = m.Why, m.Next
		}
		return v
	}
	v.Survey, v.Score = w.Title+" survey, "+answered(w)+" answered", s.tile(m, root)
	v.ScoreWas = wasLineOf(m)
	v.Loved, v.Frustrating = s.topMentions(w.Loved, root), s.topMentions(w.Frustrating, root)
	return v
}

// wasLine is an earlier value with what may be said of the change.
type wasLine struct{ Class, Text string }

func wasLineOf(m *metric.Metric) *wasLine {
	if m.Was == nil || m.Was.Value == nil {
		return nil
	}
	c := format.Moved(m)
	was := c.Was
	switch {
	case c.Word == "":
		return &wasLine{"unknown", was + ", not tested yet"}
	case c.Class == "unknown":
		return &wasLine{"unknown", was + "; " + c.String()}
	}
	return &wasLine{c.Class, c.String() + ", " + was}
}

// answered is how many of how many took part: "180 of 250".
func answered(w *space.Wave) string {
	if w.Population > 0 && w.Answered <= w.Population {
		return format.Count(w.Answered) + " of " + format.Count(w.Population)
	}
	return format.Count(w.Answered)
}

// mentionsView is what respondents named, the most named first.
type mentionsView struct {
	Of    string // "180 people answered"
	Rows  []mentionRow
	Fewer string
	Asked bool
}

// mentionRow is a feature with the share of all respondents who named it.
type mentionRow struct {
	Name         link
	Share, Range string
	N            string // "144 of 180"
	Bar          template.HTML
}

func (s *site) mentions(m *space.Mentions, root string) mentionsView {
	if m == nil {
		return mentionsView{}
	}
	v := mentionsView{Asked: true, Of: format.Things(m.Of, "people") + " answered"}
	for i := range m.Ranked {
		v.Rows = append(v.Rows, s.mention(&m.Ranked[i], m.Of, root))
	}
	if m.Fewer > 0 {
		v.Fewer = format.Count(m.Fewer) + " more were named by fewer than five people each"
	}
	return v
}

func (s *site) topMentions(m *space.Mentions, root string) mostView {
	if m == nil {
		return mostView{None: "n/a: the survey does not ask what. Next: add the question to the next one."}
	}
	v := mostView{None: "nothing was named by five people or more"}
	for _, top := range m.Top() {
		v.Rows = append(v.Rows, s.mention(&top, m.Of, root))
	}
	return v
}

// mostView is what was named most, or why nothing stands there.
type mostView struct {
	Rows []mentionRow
	None string
}

func (s *site) mention(m *space.Mention, of int, root string) mentionRow {
	row := mentionRow{
		Name: link{Title: m.Label}, Share: format.Share(m.Share), Range: "likely " + format.Interval(&m.Lo, &m.Hi,
			metric.Share),
		// two numbers
		N: format.Count(m.N) + " of " + format.Count(of), Bar: template.HTML(chart.AppendShareBar(nil, m.Share, 0)),
	}
	if m.Feature != "" {
		row.Name = s.linkTo(root, "features", m.Feature, m.Label)
	}
	return row
}

// scoreLine is the score of all waves over time, or nil with fewer than two.
func (s *site) scoreLine() *chart.Line {
	l := &chart.Line{ID: "nps-chart", Title: "Net promoter score", Unit: metric.Points, Better: metric.Up}
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		if w.Score == nil {
			continue
		}
		p := metric.Point{
			At: w.Sent, Figure: metric.Figure{Value: metric.Of(w.Score.Value), Lo: metric.Of(w.Score.Lo), Hi: metric.Of(w.Score.Hi)}, N: w.Score.N, Provisional: w.Open,
		}
		l.Points = append(l.Points, p)
	}
	if len(l.Points) < 2 {
		return nil
	}
	return l
}

// distribution is the latest answers from 0 to 10, or nil where they would tell
// what each of them was.
func (s *site) distribution() *chart.Distribution {
	w := s.latestWave()
	if w == nil || w.Score == nil || len(w.Score.Scores) != 11 {
		return nil
	}
	d := &chart.Distribution{ID: "answers-chart", Title: "How likely are you to recommend this platform to a colleague?"}
	copy(d.Counts[:], w.Score.Scores)
	return d
}

// chartFile is the data of a chart as a file.
func chartFile(at string, c chart.Chart) Page {
	return Page{Path: at, Write: func(w io.Writer) error { return chart.WriteCSV(w, c.Records()) }}
}

// waveView is a row of the table of surveys.
type waveView struct {
	Title, Days    string
	Answered, Rate string
	Score, Likely  string
	Bounds         string // what those who did not answer could still make it
	Shares         string // promoters, passives, detractors
	Provisional    bool
	Why            string
}

func (s *site) waveViews() []waveView {
	var out []waveView
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		v := waveView{
			Title: w.Title, Days: format.Span(w.Window.From, w.Window.To), Answered: answered(w),
			Provisional: w.Open, Why: w.Why, Rate: "not known",
		}
		if rate, ok := w.Rate(); ok {
			v.Rate = format.Share(rate)
		}
		if sc := w.Score; sc != nil {
			v.Score, v.Likely = format.Value(sc.Value, metric.Points), format.Interval(&sc.Lo, &sc.Hi, metric.Points)
			v.Bounds = format.Interval(sc.Worst, sc.Best, metric.Points)
			v.Shares = format.Count(sc.Promoters) + " / " + format.Count(sc.Passives) + " / " + format.Count(sc.Detractors) +
				" of " + format.Count(sc.N)
		}
		out = append(out, v)
	}
	slices.Reverse(out) // the newest first, as everywhere but along a time axis
	return out
}

// satisfiedView is what a feature's own users say of it.
type satisfiedView struct {
	Name         link
	Share, Range string
	N            string
	Reasons      []string
	Why          string
	Bar          template.HTML
}

func (s *site) satisfied(root string) []satisfiedView {
	var out []satisfiedView
	for i := range s.report.Space.Features {
		f := &s.report.Space.Features[i]
		v := satisfiedView{Name: s.linkTo(root, "features", f.Feature, f.Title), Why: reason(f.Why, f.Next)}
		if f.Known {
			v.Share, v.Range = format.Share(f.Share), "likely "+format.Interval(&f.Lo, &f.Hi, metric.Share)
			v.N = format.Count(f.Positive) + " of " + format.Count(f.Answered) + " users who answered"
			v.Bar = template.HTML(chart.AppendShareBar(nil, f.Share, 0)) // two numbers
			for _, r := range f.Reasons {
				v.Reasons = append(v.Reasons, format.Share(r.Share)+" “"+r.Name+"”")
			}
		}
		out = append(out, v)
	}
	return out
}

// groupsView is a survey broken down by its published groups.
type groupsView struct {
	Survey string
	Rows   []groupRow
}

type groupRow struct {
	Title, Score, Likely, N, Was string
}

func (s *site) groups(w *space.Wave, sec *metric.Section) groupsView {
	v := groupsView{Survey: w.Title}
	for i := range w.Parts {
		p := &w.Parts[i]
		row := groupRow{
			Title: p.Title, Score: format.Value(p.Value, metric.Points), Likely: format.Interval(&p.Lo, &p.Hi, metric.Points),
			N: format.Things(p.N, "answers"), Was: "not compared",
		}
		if m := sec.Find(space.NPS, metric.Scope{Kind: metric.Group, ID: p.ID}); m != nil && m.Was != nil {
			row.Was = format.Maybe(m.Was.Value, metric.Points)
			if c := format.Moved(m); c.Word != "" {
				row.Was += ", " + c.Word
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// surveyLinks are the further links of a survey.
func (s *site) surveyLinks(id string) []link {
	for i := range s.content.Surveys {
		if s.content.Surveys[i].ID == id {
			return furtherLinks(s.content.Surveys[i].Links)
		}
	}
	return nil
}

// itemSources are whose questions were asked, each once, in the order they stand.
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

// likertLevels are the words of a five-point scale of agreement.
var likertLevels = [5]string{"strongly disagree", "disagree", "neither", "agree", "strongly agree"}

// likerts draws a dimension's questions, those where agreement is bad apart: there
// the good side is disagreement.
func likerts(d *space.Dimension) []template.HTML {
	plain := chart.Likert{ID: "likert-" + d.ID, Title: d.Title, Levels: likertLevels}
	turned := chart.Likert{
		ID: "likert-" + d.ID + "-reversed", Title: d.Title + ", where disagreement is good",
		Levels: likertLevels, Upper: "disagree",
	}
	slices.Reverse(turned.Levels[:])
	for i := range d.Items {
		it := &d.Items[i]
		if len(it.Counts) != len(likertLevels) {
			continue
		}
		q := chart.Question{Text: it.Question, Counts: [5]int(it.Counts)}
		if it.Reversed {
			slices.Reverse(q.Counts[:])
			turned.Questions = append(turned.Questions, q)
			continue
		}
		plain.Questions = append(plain.Questions, q)
	}
	var out []template.HTML
	for _, l := range []*chart.Likert{&plain, &turned} {
		if len(l.Questions) > 0 {
			out = append(out, figureOf(l, chart.FigureOptions{Level: 3}))
		}
	}
	return out
}

// itemView is a question with the share of favourable answers.
type itemView struct {
	Question, Share, Likely, N, Source string
}

func itemViews(d *space.Dimension) []itemView {
	var out []itemView
	for i := range d.Items {
		it := &d.Items[i]
		out = append(out, itemView{
			Question: it.Question, Share: format.Maybe(it.Favourable, metric.Share), Likely: format.Interval(it.Lo, it.Hi,
				metric.Share),
			N: format.Count(it.N), Source: it.Source,
		})
	}
	return out
}
