package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render"

	"github.com/ip3dp/ip3dp/cmd/internal/live"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// workshop builds the site again and again, and keeps what an edit did not
// touch: facts by source, and what was measured while nothing it depends on
// changed.
type workshop struct {
	p         *program
	templates string // folder; "" for the built-in ones

	last   *run
	before compute.Past
	few    bool            // rows of one or two authors are shown
	facts  map[string]kept // by the setting of the source
	pages  []render.Page
}

// kept are the facts of a source and the state of the files they came from.
type kept struct {
	sources.Gathered
	stamp string
}

func newWorkshop(p *program, templates string) *workshop {
	return &workshop{p: p, templates: templates, facts: map[string]kept{}}
}

// rebuild makes the pages of what is in the files now. On an error the last
// pages stay.
func (s *workshop) rebuild(ctx context.Context) error {
	s.p.gapsTold = nil // what is still missing is told after each edit
	w, err := s.p.load()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return err
	}
	if s.last == nil {
		if s.before, err = s.p.state.ReadPast(ctx, w, false); err != nil {
			return err
		}
	}
	next := &run{workspace: w, few: s.few}
	read, fresh, err := s.gather(ctx, next)
	if err != nil {
		return err
	}
	collected, _ := sources.Merge(w, next.gathered, false)
	for _, i := range read {
		s.p.reconcile(&next.gathered[i])
	}
	facts := sources.Adopt(&w.Content, collected)
	if !fresh && s.last != nil && sameMeasure(s.last.workspace, w) {
		next.measured, next.evidence, next.record = s.last.measured, s.last.evidence, s.last.record
	} else if err := next.measure(facts, s.before); err != nil {
		return err
	}
	next.past = s.past(ctx, w)
	pages, err := next.pages(s.p.renderOptions(w, "", s.templates, true))
	if err != nil {
		return err
	}
	s.last, s.pages = next, pages
	return nil
}

// past is the roadmap's past, which is read once: edits add to the present only.
func (s *workshop) past(ctx context.Context, w *workspace.Workspace) rice.Past {
	if s.last == nil || len(s.last.past.Points) == 0 {
		return workspace.ReadRoadmapPast(ctx, w)
	}
	past := rice.Past{Points: slices.Clone(s.last.past.Points[:len(s.last.past.Points)-1]), Why: s.last.past.Why}
	past.Now(w.AsOf, rice.Order(w.Config.Options().RICE, w.Content, w.AsOf), workspace.MapFormerIDs(w.Content.Initiatives))
	return past
}

// gather collects from the sources whose settings or files changed. It returns
// their places in r.gathered, and reports whether anything was added, changed or
// taken away. If not, "now" stays what it was.
func (s *workshop) gather(ctx context.Context, r *run) (read []int, fresh bool, err error) {
	list, err := sources.List(r.workspace)
	if err != nil {
		return nil, false, err
	}
	stamps := make([]string, len(list))
	var stale []sources.Source
	for i := range list {
		stamps[i] = stamp(list[i].Files)
		if have, ok := s.facts[list[i].Setting]; !ok || have.stamp != stamps[i] {
			stale = append(stale, list[i])
		}
	}
	if len(stale) == 0 && len(list) == len(s.facts) && s.last != nil && !r.workspace.Fixed {
		r.workspace.AsOf = s.last.workspace.AsOf
	}
	gathered, err := sources.Gather(ctx, r.workspace, s.p.clock, stale)
	if err != nil {
		return nil, false, err
	}
	facts := make(map[string]kept, len(list))
	for i := range list {
		k := s.facts[list[i].Setting]
		if len(gathered) > 0 && gathered[0].Setting == list[i].Setting {
			k, gathered = kept{gathered[0], stamps[i]}, gathered[1:]
			read = append(read, i)
		}
		facts[list[i].Setting] = k
		r.gathered = append(r.gathered, k.Gathered)
	}
	if err := sources.RefuseEmpty(r.gathered); err != nil {
		for _, i := range read {
			s.p.reconcile(&r.gathered[i])
		}
		return nil, false, err
	}
	fresh = len(stale) > 0 || len(facts) != len(s.facts)
	s.facts = facts
	return read, fresh, nil
}

// sameMeasure reports whether Measure would say the same of two workspaces with
// the same facts.
func sameMeasure(a, b *workspace.Workspace) bool {
	return a.AsOf.Equal(b.AsOf) && reflect.DeepEqual(a.Config.Options(), b.Config.Options()) &&
		reflect.DeepEqual(toMeasure(a.Content), toMeasure(b.Content))
}

// toMeasure is the part of content that Measure reads: what Decide judges, prose
// and line numbers are left out. A test holds it to Measure.
func toMeasure(c fact.Content) fact.Content {
	return fact.Content{
		Groups: c.Groups, Teams: c.Teams, Measures: c.Measures, Themes: c.Themes, Surveys: c.Surveys, Failures: c.Failures,
		Features: each(c.Features, func(f *fact.Feature) *fact.Item { return &f.Item }),
	}
}

// each copies a list of items and empties what is prose in them.
func each[T any](list []T, item func(*T) *fact.Item) []T {
	out := append([]T(nil), list...)
	for i := range out {
		it := item(&out[i])
		it.Body, it.BodyLine, it.Lines, it.Origin = "", 0, nil, fact.Origin{}
	}
	return out
}

// stamp says in which state files and the files of folders are.
func stamp(names []string) string {
	var b strings.Builder
	for _, name := range names {
		// what cannot be read is in no state
		filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return b.String()
}

// watched are the files and folders whose change calls for a rebuild.
func (s *workshop) watched() live.Set {
	w := s.last.workspace
	var all live.Set
	all.Files = append(all.Files, w.File)
	for _, name := range workspace.ContentFolders {
		all.Folders = append(all.Folders, filepath.Join(w.ContentRoot(), name))
	}
	for _, k := range s.facts {
		all.Files = append(all.Files, k.Files...)
		all.Patterns = append(all.Patterns, k.Pattern)
	}
	if s.templates != "" {
		all.Trees = append(all.Trees, s.templates)
	}
	return all
}
