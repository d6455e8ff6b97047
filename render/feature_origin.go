package render

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

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
