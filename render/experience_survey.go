package render

import (
	"html/template"
	"io"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
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

// waveView is a row of the table of surveys.
type waveView struct {
	Title, Days    string
	Answered, Rate string
	Score, Likely  string
	Bounds         string // the score if all others had answered 0, or 10
	Shares         string // promoters, passives, detractors
	Provisional    bool
	Why            string
}

func (s *site) waveViews() []waveView {
	var out []waveView
	for i := range s.report.Space.Waves {
		w := &s.report.Space.Waves[i]
		v := waveView{
			Title: w.Title, Days: format.Span(w.Window.From, w.Window.To), Answered: answeredWords(w),
			Provisional: w.Open, Why: w.Why, Rate: "not known",
		}
		if rate, ok := w.ResponseRate(); ok {
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
	slices.Reverse(out) // newest first, as in all lists
	return out
}

func (s *site) satisfiedFeatures(root string) []view.Figure {
	var out []view.Figure
	for i := range s.report.Space.Features {
		f := &s.report.Space.Features[i]
		v := view.Figure{Name: s.linkTo(root, "features", f.Feature, f.Title), Why: view.Reason(f.Why, f.Next)}
		if f.Known {
			v.Value, v.Range = format.Share(f.Share), view.LikelyShare(&f.Lo, &f.Hi)
			v.N = format.Count(f.Positive) + " of " + format.Count(f.Answered) + " users who answered"
			v.Bar = view.DrawShare(f.Share, 0)
			for _, r := range f.Reasons {
				v.Note += " · " + format.Share(r.Share) + " “" + r.Name + "”"
			}
		}
		out = append(out, v)
	}
	return out
}

// groupFigures returns the score of each published group of a survey.
func (s *site) groupFigures(w *space.Wave, sec *metric.Section) view.Figures {
	v := view.Figures{Title: w.Title}
	for i := range w.Parts {
		p := &w.Parts[i]
		row := view.Figure{
			Name: view.Link{Title: p.Title}, Value: format.Value(p.Value, metric.Points), Range: format.Interval(&p.Lo,
				&p.Hi, metric.Points),
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

// likertLevels are the words of a five-point scale of agreement.
var likertLevels = [5]string{"strongly disagree", "disagree", "neither", "agree", "strongly agree"}

// drawLikerts draws the questions of a dimension. Questions whose agreement is bad have a chart
// of their own, with disagreement as the good side.
func drawLikerts(d *space.Dimension) []template.HTML {
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
			out = append(out, view.Draw(l, chart.FigureOptions{Level: 3}))
		}
	}
	return out
}

// itemViews returns each question with the share of favourable answers.
func itemViews(d *space.Dimension) []view.Figure {
	var out []view.Figure
	for i := range d.Items {
		it := &d.Items[i]
		out = append(out, view.Figure{
			Name: view.Link{Title: it.Question}, Value: view.ShareOf(it.Favourable),
			Range: format.Interval(it.Lo, it.Hi, metric.Share), N: format.Count(it.N), Note: it.Source,
		})
	}
	return out
}

// mentionFigures returns the features that respondents named, in descending order of mentions.
func (s *site) mentionFigures(m *space.Mentions, root string) view.Figures {
	if m == nil {
		return view.Figures{None: "Not asked in this survey."}
	}
	v := view.Figures{None: "Nothing was named by five people or more."}
	for i := range m.Ranked {
		v.Rows = append(v.Rows, s.mentionFigure(&m.Ranked[i], m.Of, root))
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
		v.Rows = append(v.Rows, s.mentionFigure(&top, m.Of, root))
	}
	return v
}

// mentionFigure returns a named feature with its share of all respondents.
func (s *site) mentionFigure(m *space.Mention, of int, root string) view.Figure {
	row := view.Figure{
		Name: view.Link{Title: m.Label}, Value: format.Share(m.Share), Range: view.LikelyShare(&m.Lo, &m.Hi),
		N: format.Count(m.N) + " of " + format.Count(of), Bar: view.DrawShare(m.Share, 0),
	}
	if m.Feature != "" {
		row.Name = s.linkTo(root, "features", m.Feature, m.Label)
	}
	return row
}
