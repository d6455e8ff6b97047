package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// todos lists what the team could write to make pages better: the page, what is missing, and
// the file. The pages themselves read "not recorded", because their readers cannot change it.
// The addresses are relative to the root of the site.
func (s *site) todos() []view.Entry {
	var out []view.Entry
	add := func(page view.Link, file, what string) {
		out = append(out, view.Entry{Name: page, Note: what, File: file})
	}
	for i := range s.content.Initiatives {
		if in := &s.content.Initiatives[i]; !in.Draft {
			s.addInitiativeTodos(in, add)
		}
	}
	for i := range s.content.Features {
		if f := &s.content.Features[i]; !f.Draft {
			s.addFeatureTodos(f, add)
		}
	}
	s.addDiscoveryTodos(add)
	for i := range s.content.Cases {
		if c := &s.content.Cases[i]; !c.Draft {
			page := s.linkTo("", "cases", c.ID, c.Title)
			for _, what := range caseTodos(c) {
				add(page, c.File, what)
			}
		}
	}
	return out
}

// addInitiativeTodos adds what is missing in one initiative.
func (s *site) addInitiativeTodos(in *fact.Initiative, add func(page view.Link, file, what string)) {
	page := s.linkTo("", "roadmap", in.ID, in.Title)
	over := in.Status == fact.Done || in.Status == fact.WontBuild
	scored := s.report.Plan.Find(in.ID) != nil
	because := reasonless(in.Rice)
	dated := slices.ContainsFunc(in.Phases, func(p fact.Phase) bool { return !p.Start.IsZero() })
	approved := in.Rice != nil && !in.Rice.Approved.IsZero()
	for _, c := range []struct {
		missing bool
		what    string
	}{
		{
			!over && !scored,
			"[rice] with reach, impact, confidence and effort, each with its reason (" + missingWords(in.Rice) + ")",
		},
		{scored && len(because) > 0, format.List(because, "and") + " in [rice]: the reasons for its numbers"},
		{
			in.Status == fact.Active && in.Rice != nil && !approved,
			"approved in [rice]: the day on which the work was agreed; the numbers of that commit are the prediction",
		},
		{in.Status == fact.Done && approved && in.Spent == nil, "spent: the effort it took in the end"},
		{
			in.Status == fact.Done && len(in.Results) == 0,
			"[[result]] with a measure, before and after, also if nothing changed",
		},
		{
			(in.Status == fact.Approved || in.Status == fact.Active) && !dated,
			"[[phase]] with a start, so that it has a bar on the roadmap",
		},
		{in.Status == fact.WontBuild && in.Reason == "", "reason: why it is not built"},
		{
			in.Status == fact.WontBuild && in.Revisit.IsZero(),
			"revisit: the day on which the refusal is looked at again",
		},
		{
			in.Status == fact.Active && in.Expected == nil,
			"[expected] with outcome, change and looks, before the effect can be seen",
		},
	} {
		if c.missing {
			add(page, in.File, c.what)
		}
	}
	for n := range in.Phases {
		s.addPhaseTodos(in, &in.Phases[n], func(what string) { add(page, in.File, what) })
	}
}

// addPhaseTodos adds what is missing in one phase of an initiative.
func (s *site) addPhaseTodos(in *fact.Initiative, ph *fact.Phase, add func(what string)) {
	name := format.Phase(ph.Name)
	if len(ph.Criteria) == 0 && in.Status != fact.Done && in.Status != fact.WontBuild {
		add(name + ": criteria for leaving the phase")
	}
	if gate := s.gateOf(in.ID, ph); gate != nil && gate.Failed {
		add(name + ": override with the reason to leave the phase without its criteria")
	}
	for k := range ph.Criteria {
		if e := s.findEvaluation(in.ID, ph.Name, k); e != nil && e.Next != "" {
			add(name + ": " + e.Next)
		}
	}
}

// reasonless returns the keys of the reasons that a score does not have.
func reasonless(r *fact.RICE) []string {
	if r == nil {
		return nil
	}
	var keys []string
	for _, c := range [][2]string{
		{"reach_because", r.ReachBecause},
		{"impact_because", r.ImpactBecause},
		{"confidence_because", r.ConfidenceBecause},
		{"effort_because", r.EffortBecause},
	} {
		if c[1] == "" {
			keys = append(keys, c[0])
		}
	}
	return keys
}

// addDiscoveryTodos adds what the numbers about discovery need, and requests without a recorded
// answer.
func (s *site) addDiscoveryTodos(add func(page view.Link, file, what string)) {
	for _, id := range []string{
		discovery.Interviews, discovery.Share, discovery.IdeaToGA, discovery.UnusedEffort, discovery.FirstAnswer,
	} {
		m := s.report.Found.Find(id, organisation)
		if m == nil || m.State != metric.NotAvailable || m.Next == "" || m.Next == "wait" {
			continue
		}
		page := view.Link{Title: m.Title, Href: s.pageLink("", discoveryPath)}
		if id == discovery.Share || id == discovery.IdeaToGA || id == discovery.UnusedEffort {
			page.Href = s.pageLink("", roadmapPath)
		}
		add(page, "", m.Next)
	}
	for i := range s.content.Research {
		r := &s.content.Research[i]
		if r.Draft || r.Request == "" || !r.Answered.IsZero() {
			continue
		}
		page := s.linkTo("", "research", r.ID, researchTitle(r))
		if r.Answer == "" && r.Solution == "" {
			add(page, r.File, "answer and answered: what you told those who asked, and the day")
			continue
		}
		add(page, r.File, "answered: the day on which those who asked were told")
	}
	if len(s.content.Themes) == 0 && s.report.Support.Tickets > 0 {
		add(view.Link{Title: "Ticket themes", Href: s.pageLink("", discoveryPath)}, "tickets/themes.toml",
			"[[theme]] with title and match: the first theme that matches a title wins")
	}
}

// caseTodos returns what is missing in a case.
func caseTodos(c *fact.Case) []string {
	var out []string
	for _, part := range []struct {
		missing bool
		what    string
	}{
		{c.Request == "", "request: what was asked for"},
		{len(c.Results) == 0, "[[result]] with a measure, before and after, also if nothing changed"},
		{len(c.Discovery) == 0, "discovery: the questions and what you found"},
		{c.Rice == nil && len(c.Prioritisation) == 0, "rice with reach, impact, confidence and effort"},
		{len(c.Delivery) == 0, "[[delivery]]: the phases of the work"},
		{c.Value != nil && strings.TrimSpace(c.Value.Basis) == "", "basis in value: measured, estimated or reported"},
	} {
		if part.missing {
			out = append(out, part.what)
		}
	}
	return out
}

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
