package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/gaps"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// workers is how many sources are read at a time: more would only compete for
// the same disk and processors.
const workers = 2

// gathered is a source and what it gave.
type gathered struct {
	source
	events fact.Events
	err    error
	took   time.Duration
}

// gather collects from all sources. Only an interrupt is an error; what a source
// could not read is in its gaps.
func (p *program) gather(ctx context.Context, w *workspace.Workspace, list []source) ([]gathered, error) {
	out := make([]gathered, len(list))
	clocked := make([]collect.Source, len(list))
	for i := range list {
		out[i].source = list[i]
		clocked[i] = timed{list[i].Source, p.clock, &out[i].took}
	}
	window := collect.Window{From: w.AsOf.AddDate(0, 0, -w.Config.History.Days), To: w.AsOf}
	done, err := readStore(ctx, w, list)
	if err != nil {
		return nil, err
	}
	defer done()
	results, err := collect.Run(ctx, clocked, window, workers)
	if err != nil {
		return nil, err
	}
	for i := range results {
		out[i].events, out[i].err = results[i].Events, results[i].Err
	}
	return out, nil
}

// timed is a source that notes how long it took.
type timed struct {
	collect.Source
	clock func() time.Time
	took  *time.Duration
}

func (t timed) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	began := t.clock()
	defer func() { *t.took = t.clock().Sub(began) }()
	return t.Source.Collect(ctx, w)
}

// merged returns all facts of the sources, each once, and what is worth knowing
// about their ids. The imports of the list then count what was left out. spent says
// that the facts of the list are not used again.
func mergeFacts(w *workspace.Workspace, list []gathered, spent bool) (fact.Events, []merge.Finding) {
	parts := make([]merge.Part, len(list))
	for i := range list {
		g := &list[i]
		parts[i] = merge.Part{Source: g.Name(), Origin: origin(g.kind), System: g.system, Events: g.events, Spent: spent}
	}
	result := merge.Merge(parts, w.Config.IsProduction())
	for i := range list {
		list[i].events.Imports = result.Imports[i]
	}
	return result.Events, result.Findings
}

// origin tells clones and forges from files by their table of config.toml.
func origin(kind string) merge.Origin {
	switch kind {
	case "git":
		return merge.Clone
	case "github", "gitlab":
		return merge.Forge
	}
	return merge.Export
}

// refuseEmpty ends a run in which every source failed: the last site says more
// than an empty one would.
func refuseEmpty(list []gathered) error {
	uncollected := false
	for i := range list {
		if list[i].err == nil {
			return nil
		}
		uncollected = uncollected || errors.Is(list[i].err, store.ErrNeverCollected)
	}
	switch {
	case len(list) == 0:
		return nil
	case uncollected:
		return &exit.Failure{
			Code: exit.StoreUnreadable, Err: errors.New("no source could be read, and the store has nothing of the forges"),
			Next: `run "ip3dp collect"; the last site is untouched`,
		}
	}
	return exit.Fail("mend the sources in config.toml; the last site is untouched", errors.New("no source could be read"))
}

// reconcile prints what one source gave: a line for every import, whose rows
// read are used or rejected, and one for every gap.
func (p *program) reconcile(g *gathered) {
	name := g.Name()
	for i := range g.events.Imports {
		im := &g.events.Imports[i]
		p.out.Printf("source %s: %s", name, reconciliation(im))
		for _, note := range im.Notes {
			p.out.Printf("source %s: note: %s", name, note)
		}
	}
	if g.err != nil {
		p.err.Warnf("source %s: %s", name, strings.TrimPrefix(g.err.Error(), "source "+name+": "))
		return // its gap says the same
	}
	p.tellGaps(name, g.events.Gaps)
}

// tellGaps warns of what a source could not read, each once, in one line for each
// reason; with --verbose in one for each repository.
func (p *program) tellGaps(source string, list []fact.Gap) {
	list = slices.DeleteFunc(slices.Clone(list), func(g fact.Gap) bool { return p.knownGap(source, &g) })
	groups := gaps.Groups(list)
	if p.verbose {
		groups = gaps.Each(list)
	}
	for _, group := range groups {
		hint := ""
		if len(group.Repositories) > 1 && !p.verbose {
			hint = "; --verbose lists them"
		}
		p.err.Warnf("source %s: %s%s", source, group, hint)
	}
}

// knownGap reports whether a gap was told before, and notes that it is.
func (p *program) knownGap(source string, g *fact.Gap) bool {
	key := strings.Join([]string{source, g.Repository, g.Reason, g.Next}, "\x00")
	known := p.gapsTold[key]
	if p.gapsTold == nil {
		p.gapsTold = map[string]bool{}
	}
	p.gapsTold[key] = true
	return known
}

// reconciliation is "deployments of builds.csv: 1,204 read = 1,200 used + 4
// rejected (3 in the future, 1 without a commit)".
func reconciliation(im *fact.Import) string {
	rejected := 0
	var reasons []string
	for _, r := range im.Rejected {
		rejected += r.Count
		reason := text.Count(r.Count) + " × " + r.Reason
		if r.Line > 0 {
			reason += ", first on line " + strconv.Itoa(r.Line)
		}
		reasons = append(reasons, reason)
	}
	line := fmt.Sprintf("%s: %s read = %s used + %s rejected",
		text.Join(" of ", im.Kind, cmp.Or(im.File, im.Source)), text.Count(im.Read), text.Count(im.Used), text.Count(rejected))
	if rejected > 0 {
		line += " (" + strings.Join(reasons, "; ") + ")"
	}
	if im.Removed > 0 {
		line += ", " + text.Plural(im.Removed, "credential") + " removed from its addresses and texts"
	}
	return line
}
