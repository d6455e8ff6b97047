package render

import (
	"cmp"
	"html/template"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// saidView has the answers of a feature's users in a survey: counts only, and only with five or
// more answers.
type saidView struct {
	Title     string
	State     view.Mark
	Text      string
	Bar       template.HTML
	Answers   []view.Figure
	Reasons   []view.Figure
	Fewer     string
	Why, Next string
}

func (s *site) saidView(feature string, r *decision.Recommendation) saidView {
	f := s.report.Space.Feature(feature)
	if f == nil || !f.Known {
		v := saidView{
			Title: "Answers of people: none yet",
			Why:   "Its users were not asked yet.",
			Next:  "Add a [[feature]] question to the next survey's file in surveys/.",
		}
		if f != nil && f.Why != "" {
			v.Why, v.Next = format.UpperFirst(f.Why)+".", format.UpperFirst(f.Next)+"."
		}
		return v
	}
	v := saidView{
		State: s.satisfactionFact(r).Mark, Title: format.Share(f.Share) + " of its users who answered are positive",
		Text: format.Share(f.Share) + " of the " + format.Things(f.Answered, "users") + " who answered are positive (" +
			view.Likely(format.Interval(&f.Lo, &f.Hi, metric.Share)) + ")" + s.waveWords(f.Wave) + ".",
		Bar: template.HTML(chart.AppendAnswers(nil, f.Negative, f.Neutral, f.Positive)), // numbers only
	}
	for _, a := range []struct {
		title string
		n     int
	}{{"Negative", f.Negative}, {"Neutral", f.Neutral}, {"Positive", f.Positive}} {
		row := countRow(a.title, a.n, f.Answered)
		row.Mark.Class = map[string]string{"Negative": "neg", "Neutral": "track", "Positive": "pos"}[a.title]
		v.Answers = append(v.Answers, row)
	}
	for i := range f.Reasons {
		row := countRow("“"+f.Reasons[i].Name+"”", f.Reasons[i].N, f.Answered)
		row.Bar = view.DrawShare(float64(f.Reasons[i].N)/float64(max(f.Answered, 1)), 0)
		v.Reasons = append(v.Reasons, row)
	}
	if f.Fewer > 0 {
		v.Fewer = format.Things(f.Fewer, "further reasons") + " given by fewer than five people each"
	}
	return v
}

// countRow returns the number of answers, of all.
func countRow(title string, n, all int) view.Figure {
	return view.Figure{
		Name: view.Link{Title: title}, Value: format.Share(float64(n) / float64(max(all, 1))), N: format.Count(n) + " of " + format.Count(all),
	}
}

// waveWords returns the title of a survey: ", October 2024".
func (s *site) waveWords(id string) string {
	for i := range s.content.Surveys {
		if w := &s.content.Surveys[i]; w.ID == id {
			return ", " + cmp.Or(w.Title, w.ID)
		}
	}
	return ""
}

// themesOf returns the ticket themes about a feature.
func (s *site) themesOf(feature string) []painRow {
	var out []painRow
	for i := range s.report.Support.Themes {
		t := &s.report.Support.Themes[i]
		if t.Feature != feature {
			continue
		}
		out = append(out, painRow{
			Figure: view.Figure{
				Name: view.Link{Title: t.Title}, Value: format.Share(t.Share), Range: view.LikelyShare(&t.Lo, &t.Hi),
				N:   format.Count(t.N) + " of " + format.Things(s.report.Support.Tickets, "tickets"),
				Bar: shareGauge(t.Share, &t.Lo, &t.Hi),
			},
			Hint: t.Hint, Rising: t.Rising,
		})
	}
	return out
}
