package main

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/public"
)

// shown has the data of a site that its audience may read.
type shown struct {
	report   compute.Report
	content  fact.Content
	evidence []metric.Evidence
	record   state.Record
	waves    compute.Ledger
}

// selectShown returns the data that the site shows: all, or those that everybody may read if the
// audience is the public. The run itself keeps all for the state folder.
func (r *run) selectShown(report *compute.Report) (shown, error) {
	s := shown{*report, r.workspace.Content, r.evidence, r.record, r.measured.Waves}
	if r.whole || r.workspace.Config.Site.Audience != config.AudiencePublic {
		return s, nil
	}
	s.report, s.content = public.Reduce(*report, r.workspace.Content)
	s.evidence = nil
	clones := r.renameClones()
	for i := range s.report.Quality {
		s.report.Quality[i].Source = cmp.Or(clones[s.report.Quality[i].Source], s.report.Quality[i].Source)
	}
	s.record.Sources = slices.Clone(r.record.Sources)
	for i := range s.record.Sources {
		source := &s.record.Sources[i]
		q := public.ReduceQuality(compute.Quality{
			Why: source.Why, Imports: source.Imports, Gaps: source.Gaps, Sync: source.Collected,
		})
		source.Name, source.Why = cmp.Or(clones[source.Name], source.Name), q.Why
		source.Imports, source.Gaps, source.Collected, source.Checks = q.Imports, q.Gaps, q.Sync, nil
	}
	var err error
	s.waves, err = public.ReduceLedger(r.measured.Waves)
	return s, err
}

// renameClones returns the published names of several clones, which have the names of their
// folders. One clone has a name that tells nothing.
func (r *run) renameClones() map[string]string {
	names := map[string]string{}
	list := r.workspace.Config.Git
	for i := range list {
		if len(list) > 1 {
			names[list[i].Name] = "clone " + strconv.Itoa(i+1)
		}
	}
	return names
}
