package render

import (
	"cmp"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// saidView has the answers of a feature's users in a survey: counts only, and only with five or
// more answers.
type saidView struct {
	Text      string
	Answers   []view.Figure
	Reasons   []view.Figure
	Fewer     string
	Why, Next string
}

func (s *site) saidView(feature string) saidView {
	f := s.report.Space.Feature(feature)
	if f == nil || !f.Known {
		v := saidView{
			Why:  "Its users were not asked yet.",
			Next: "Add a [[feature]] question to the next survey's file in surveys/.",
		}
		if f != nil && f.Why != "" {
			v.Why, v.Next = format.UpperFirst(f.Why)+".", format.UpperFirst(f.Next)+"."
		}
		return v
	}
	v := saidView{Text: format.Share(f.Share) + " of the " + format.Things(f.Answered, "users") +
		" who answered are positive (" +
		view.Likely(format.Interval(&f.Lo, &f.Hi, metric.Share)) + ")" + s.waveWords(f.Wave) + "."}
	for _, a := range []struct {
		title string
		n     int
	}{{"Positive", f.Positive}, {"Neutral", f.Neutral}, {"Negative", f.Negative}} {
		v.Answers = append(v.Answers, countRow(a.title, a.n, f.Answered))
	}
	for i := range f.Reasons {
		v.Reasons = append(v.Reasons, countRow("“"+f.Reasons[i].Name+"”", f.Reasons[i].N, f.Answered))
	}
	if f.Fewer > 0 {
		v.Fewer = format.Things(f.Fewer, "further reasons") + " given by fewer than five people each"
	}
	return v
}

// countRow returns the number of answers, of all, with a bar.
func countRow(title string, n, all int) view.Figure {
	share := float64(n) / float64(max(all, 1))
	return view.Figure{
		Name: view.Link{Title: title}, Value: format.Share(share), N: format.Count(n), Bar: view.DrawShare(share, 0),
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
				N: format.Count(t.N) + " of " + format.Things(s.report.Support.Tickets, "tickets"),
			},
			Hint: t.Hint, Rising: t.Rising,
		})
	}
	return out
}
