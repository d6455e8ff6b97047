package render

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/view"
)

// addFeatureTodos adds what the page of a feature does not have.
func (s *site) addFeatureTodos(f *fact.Feature, add func(page view.Link, file, what string)) {
	page := s.linkTo("", "features", f.ID, f.Title)
	a, said := s.report.Adoption.Find(f.ID), s.report.Space.Feature(f.ID)
	research := s.researchBehind(f)
	isJob := func(r *fact.Research) bool { return r.Kind == fact.Job }
	for _, c := range []struct {
		missing    bool
		file, what string
	}{
		{
			f.Adoption.Predicted == nil, f.File,
			"predicted in [adoption]: the share of units that you expect to use it",
		},
		{
			a == nil || !a.Known, f.File,
			"[adoption] with a source: a usage export, a rule over what was collected, or a list",
		},
		{said == nil || !said.Known, "surveys/", "a [[feature]] question in the next survey"},
		{
			!slices.ContainsFunc(research, isJob), "research/",
			`a job to be done, a file with kind = "job" and features = ["` + f.ID + `"]`,
		},
		{
			!slices.ContainsFunc(research, func(r *fact.Research) bool { return !isJob(r) }), "research/",
			`features = ["` + f.ID + `"] in the research that led to it`,
		},
		{len(s.workOn(f.ID)) == 0, "roadmap/", `features = ["` + f.ID + `"] in the initiative that built it`},
		{
			s.report.Support.Tickets > 0 && !slices.ContainsFunc(s.report.Support.Themes,
				func(t support.Theme) bool { return t.Feature == f.ID }),
			"tickets/themes.toml", `feature = "` + f.ID + `" in the theme that is about it`,
		},
	} {
		if c.missing {
			add(page, c.file, c.what)
		}
	}
}
