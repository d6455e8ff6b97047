package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/doctor"
	"github.com/ip3dp/ip3dp/cmd/internal/readers"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
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

// isReduced reports whether the site leaves out what not everybody may read.
func (r *run) isReduced() bool {
	return !r.whole && r.workspace.Config.Site.Audience == config.AudiencePublic
}

// selectShown returns the data that the site shows: all, or those that everybody may read if the
// audience is the public. The run itself keeps all for the state folder.
func (r *run) selectShown(report *compute.Report) (shown, error) {
	s := shown{*report, r.workspace.Content, r.evidence, r.record, r.measured.Waves}
	if !r.isReduced() {
		return s, nil
	}
	s.report, s.content = public.Reduce(*report, r.workspace.Content)
	s.evidence = nil
	clones := r.renameClones()
	for i := range s.report.Quality {
		s.report.Quality[i].Source = cmp.Or(clones[s.report.Quality[i].Source], s.report.Quality[i].Source)
	}
	s.record.History = public.ReduceReadback(r.record.History)
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

// askHost returns the readers of the site and its address, as the forge of a job knows them; nil
// outside of a job. It warns if site.audience contradicts the forge, and never fails.
func (p *program) askHost(ctx context.Context, w *workspace.Workspace, baseURL string) *state.HostRecord {
	place := readers.FindInJob(p.env)
	if place == nil {
		return nil
	}
	answer := readers.Ask(ctx, place)
	record := &state.HostRecord{Readers: answer.Words()}
	text, next := answer.Contradiction(w.Config.Site.Audience)
	if text != "" {
		record.Contradiction = text
		p.err.Warnf("%s; %s", text, next)
	}
	if baseURL == "" && w.Config.Site.BaseURL == "" {
		record.BaseURL = findAddress(p.env.Get("CI_PAGES_URL"), place, answer.Address)
	}
	if record.BaseURL != "" {
		p.out.Printf("the site has the address %s: write base_url = %s below [site] in %s", record.BaseURL,
			config.Quote(record.BaseURL), p.configFile)
	}
	return record
}

// findAddress returns the address of a site: that of GitLab's own variable in its jobs, else that
// of the API; "" without either.
func findAddress(variable string, place *readers.Place, found string) string {
	if place.Kind == config.KindGitLab && variable != "" {
		found = variable
	}
	if !config.IsBaseURL(found) {
		return ""
	}
	return strings.TrimSuffix(found, "/") + "/"
}

// findReaders returns the readers of the site of a configuration: of the job's repository, else of
// the remote of the clone around it.
func (p *program) findReaders(ctx context.Context, w *workspace.Workspace) []doctor.Finding {
	place := readers.FindInJob(p.env)
	if place == nil {
		tokenEnv := ""
		if list := w.Config.Forges(); len(list) > 0 {
			tokenEnv = list[0].TokenEnv
		}
		place = readers.FindByRemote(ctx, w.Root, tokenEnv, p.env)
	}
	answer := readers.Ask(ctx, place)
	out := []doctor.Finding{{Area: "readers", Level: content.Note, Text: "who can read the site: " + answer.Words()}}
	if text, next := answer.Contradiction(w.Config.Site.Audience); text != "" {
		out = append(out, doctor.Finding{Area: "readers", Level: content.Warning, Text: text, Next: next})
	}
	return out
}
