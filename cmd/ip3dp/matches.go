package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
	words "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// tellUnmatched warns of the rows that a build counts nowhere because they name
// what nobody knows, and of input that matched nothing.
func (p *program) tellUnmatched(m *compute.Measured) {
	for _, text := range unmatchedTexts(m.Unmatched, m.Doubts) {
		p.err.Warnf("%s", text)
	}
}

// unmatchedTexts are a line for each name and doubt worth a warning: repositories
// that no team owns are many, and only those are told that look like a slip.
func unmatchedTexts(list []org.Unmatched, doubts []string) []string {
	out := slices.Clone(doubts)
	for i := range list {
		u := &list[i]
		if u.Aside || u.Kind == "repository" && u.Near == "" {
			continue
		}
		out = append(out, fmt.Sprintf("%d %s %s", u.N, u.Rows, u.Reason()))
	}
	return out
}

// ofFiles are the sources that are read from files that people export. A draft of
// a survey and a clone are none.
func ofFiles(w *workspace.Workspace) ([]source, error) {
	list, err := sources(w)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(s source) bool {
		return s.kind == "git" || s.kind == "github" || s.kind == "gitlab"
	}), nil
}

// matches reads the files that the configuration names. It returns which of their
// rows match no rule or name, as a build would name them, and which ids stand for
// different things. It asks no network.
func (p *program) matches(ctx context.Context, w *workspace.Workspace) ([]content.Finding, []gathered, error) {
	list, err := ofFiles(w)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	read, err := p.gather(ctx, w, list)
	if err != nil {
		return nil, nil, err
	}
	var found []content.Finding
	add := func(rule string, level content.Level, text, next string) {
		found = append(found, content.Finding{Rule: rule, Level: level, Problem: content.Problem{
			File: w.File, Text: text,
			Next: next,
		}})
	}
	for i := range read {
		if err := read[i].err; err != nil {
			add("source-unread", content.Note, "source "+read[i].Name()+": "+strings.TrimPrefix(console.OneLine(err.Error()),
				"source "+read[i].Name()+": "), "")
		}
	}
	options := w.Config.Options()
	options.DORA.Overrides = w.Content.Failures
	facts, ids := mergeFacts(w, read, true)
	unmatched, doubts, err := compute.Match(options, w.Content, facts, w.AsOf)
	if err != nil {
		return nil, nil, exit.BadInput("mend it in "+w.File, "%w", err)
	}
	for _, text := range unmatchedTexts(unmatched, doubts) {
		add("unmatched", content.Warning, text, "")
	}
	return append(found, idFindings(w, ids)...), read, nil
}

// files is what doctor says of files: what of them matches nothing, and the
// environments that they name, judged as those of a forge are.
func (d *diagnosis) files(c *config.Config, found []content.Finding, read []gathered) []suggestion {
	for _, f := range found {
		d.add("files", f.Level, f.Next, "%s", f.Text)
	}
	count := map[string]int{}
	for i := range read {
		for k := range read[i].events.Deployments {
			if x := &read[i].events.Deployments[k]; x.Tier == "" {
				name := strings.TrimSpace(x.Environment)
				if !words.IsName(name) {
					name = "what does not look like a name"
				}
				count[name]++
			}
		}
	}
	var seen []collect.Seen
	for _, name := range slices.Sorted(maps.Keys(count)) {
		seen = append(seen, collect.Seen{Name: name, Count: count[name]})
	}
	slices.SortStableFunc(seen, func(a, b collect.Seen) int { return b.Count - a.Count })
	environments, hints := judgeEnvironments(c, seen)
	for i := range environments {
		e := &environments[i]
		d.Environments = append(d.Environments, seenState{Name: e.Name, Count: e.Count, Verdict: e.verdict()})
	}
	return hints
}
