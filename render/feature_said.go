package render

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
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
		if f != nil && f.Unclear.Hides() {
			v.Title = "Answers of people: not understood"
		}
		return v
	}
	v := saidView{
		State: s.satisfactionFact(r).Mark, Title: format.Share(f.Share) + " of its users who answered are positive",
		Text: format.Share(f.Share) + " of the " + format.Things(f.Answered, "users") + " who answered are positive (" +
			view.Likely(format.Interval(&f.Lo, &f.Hi, metric.Share)) + notUnderstood(f.Unclear) + ")" + s.waveWords(f.Wave) + ".",
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
			Hint: t.Hint, Rising: t.Rising, Changes: themeChanges(t, false),
		})
	}
	return out
}

// themeChanges returns a sentence for each dated change of a theme, or for those that could be
// compared.
func themeChanges(t *support.Theme, compared bool) []string {
	var out []string
	for i := range t.Changes {
		c := &t.Changes[i]
		if compared && c.Ratio == nil {
			continue
		}
		line := "After “" + c.Title + "” (" + format.Date(c.On) + "): "
		counts := format.Things(c.Before, "tickets") + " in " + format.Things(c.WeeksBefore, "weeks") + " before, " +
			format.Count(c.After) + " in " + format.Count(c.WeeksAfter) + " after"
		switch {
		case c.Ratio == nil:
			line += "cannot tell: " + c.Why
		case c.State == support.CannotTell:
			line += "cannot tell: " + c.Why + "; " + ratioWords(c) + "; " + counts
		case c.State == support.CannotAttribute:
			line += ratioWords(c) + ", but " + c.Why + ": cannot be attributed; " + counts
		case c.State == support.AboutTheSame:
			line += "about the same; " + ratioWords(c) + "; " + counts
		default:
			line += ratioWords(c) + "; " + counts
		}
		out = append(out, line+".")
	}
	return out
}

// ratioWords returns the change of a rate with its likely range: "tickets per active developer
// −40 % (likely −52 % to −25 %)".
func ratioWords(c *support.Change) string {
	words := "tickets a week "
	if c.PerDeveloper {
		words = "tickets per active developer "
	}
	words += format.RelativeChange(*c.Ratio.Value - 1)
	if c.Ratio.Lo != nil && c.Ratio.Hi != nil {
		words += " (likely " + format.RelativeChange(*c.Ratio.Lo-1) + " to " + format.RelativeChange(*c.Ratio.Hi-1) + ")"
	}
	return words
}

// notRecorded replaces what content does not have. The team's list of what would make pages better
// has it.
const notRecorded = "not recorded"

// originStages returns the history of a feature: the jobs, the research, the work, the
// expectations and the results.
func (s *site) originStages(root string, f *fact.Feature, a *adoption.Feature) []view.List[view.Entry] {
	research := s.researchBehind(f)
	work := s.workOn(f.ID)
	jobs := view.List[view.Entry]{Title: "Job", None: notRecorded}
	learnt := view.List[view.Entry]{Title: "Research", None: notRecorded}
	for _, r := range research {
		item := view.Entry{Name: s.linkTo(root, "research", r.ID, researchTitle(r)), Note: researchNote(r)}
		if r.Kind == fact.Job {
			jobs.Rows = append(jobs.Rows, item)
		} else {
			learnt.Rows = append(learnt.Rows, item)
		}
	}
	built := view.List[view.Entry]{Title: "Initiative", None: notRecorded}
	for _, in := range work {
		built.Rows = append(built.Rows, view.Entry{
			Name: s.linkTo(root, "roadmap", in.ID, in.Title),
			Note: statusWords(in.Status),
		})
	}
	return []view.List[view.Entry]{jobs, learnt, built, s.predictedStage(f, work), s.measuredStage(a, work)}
}

// researchBehind lists the research behind a feature, jobs included, in order of ID.
func (s *site) researchBehind(f *fact.Feature) []*fact.Research {
	var out []*fact.Research
	jobs := map[string]bool{}
	for i := range s.content.Research {
		r := &s.content.Research[i]
		if !r.Draft && (slices.Contains(r.Features, f.ID) || slices.Contains(f.Research, r.ID)) {
			out = append(out, r)
			for _, id := range r.Jobs {
				jobs[id] = true
			}
		}
	}
	for i := range s.content.Research {
		if r := &s.content.Research[i]; !r.Draft && jobs[r.ID] && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// workOn lists the initiatives for a feature, in order of ID.
func (s *site) workOn(feature string) []*fact.Initiative {
	var out []*fact.Initiative
	for i := range s.content.Initiatives {
		if in := &s.content.Initiatives[i]; !in.Draft && slices.Contains(in.Features, feature) {
			out = append(out, in)
		}
	}
	return out
}

func researchTitle(r *fact.Research) string {
	if r.Kind == fact.Job {
		return cmp.Or(r.Job, r.Title, r.ID)
	}
	return cmp.Or(r.Title, r.Request, r.Finding, r.ID)
}

func researchNote(r *fact.Research) string {
	if r.Kind == fact.Job {
		if r.Says == "" {
			return ""
		}
		return "They say: “" + r.Says + "”"
	}
	note := r.Kind
	if r.Kind == fact.OfficeHours {
		note = "office hours"
	}
	if !r.Date.IsZero() {
		note += ", " + format.Date(r.Date)
	}
	return note
}

// predictedStage returns the expectations of a feature and of the work on it.
func (s *site) predictedStage(f *fact.Feature, work []*fact.Initiative) view.List[view.Entry] {
	st := view.List[view.Entry]{Title: "Predicted", None: notRecorded}
	if p := f.Adoption.Predicted; p != nil {
		text := format.Share(*p/100) + " adoption"
		st.Rows = append(st.Rows, view.Entry{Name: view.Link{Title: text}, Note: f.Adoption.PredictedBecause})
	}
	for i := range s.report.Plan.Predictions {
		p := &s.report.Plan.Predictions[i]
		if slices.ContainsFunc(work, func(in *fact.Initiative) bool { return in.ID == p.ID }) {
			text := p.Title + ": " + format.Number(p.Effort) + format.Space + s.report.Plan.Effort
			st.Rows = append(st.Rows, view.Entry{Name: view.Link{Title: text}, Note: "approved " + format.Date(p.Approved)})
		}
	}
	return st
}

// measuredStage returns the results of a feature and of the work on it.
func (s *site) measuredStage(a *adoption.Feature, work []*fact.Initiative) view.List[view.Entry] {
	st := view.List[view.Entry]{Title: "Measured", None: "Nothing is measured yet."}
	if a != nil && a.Known && a.Eligible > 0 {
		text := format.Share(a.ActiveShare()) + " adoption"
		st.Rows = append(st.Rows, view.Entry{Name: view.Link{Title: text}, Note: view.OfUnits(a.Active, a.Eligible,
			a.Unit) + ", " +
			format.Span(s.report.Current.From, s.report.Current.To)})
	}
	for _, in := range work {
		if in.Spent != nil {
			text := in.Title + ": " + format.Number(*in.Spent) + format.Space + s.report.Plan.Effort
			st.Rows = append(st.Rows, view.Entry{Name: view.Link{Title: text}, Note: "spent"})
		}
		for _, r := range s.resultsOf(in.Results) {
			st.Rows = append(st.Rows, view.Entry{Name: view.Link{Title: resultWords(&r)}, Note: r.Basis})
		}
	}
	return st
}

// resultWords returns a result in one line.
func resultWords(r *resultView) string {
	text := r.Title
	switch {
	case r.Claim != "":
		text = r.Claim
	case r.Before != "":
		text += ": " + r.Before + " → " + r.After
	case r.Change != "":
		text += ": " + r.Change
	}
	return text
}
