package sources

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Match reads the export files of the configuration. It returns findings about rows that
// match no rule or name, as a build would report them, and about IDs of different things.
// It makes no network request unless ask is true: then it asks the databases, too.
func Match(ctx context.Context, s *Setup, clock func() time.Time, ask bool) ([]content.Finding, []Gathered, error) {
	list, err := List(s)
	if err != nil {
		return nil, nil, err
	}
	var found []content.Finding
	add := func(rule string, level content.Level, file, text, next string) {
		found = append(found, content.Finding{
			Rule: rule, Level: level, Problem: content.Problem{File: file, Text: text, Next: next},
		})
	}
	list = slices.DeleteFunc(list, func(src Source) bool {
		if src.Kind.remote && !ask {
			add("source-unread", content.Note, s.File, "source "+src.Name()+": not read, because it asks a database",
				`run "ip3dp doctor", which reads it`)
			return true
		}
		return src.Kind.Origin != merge.Export
	})
	if len(list) == 0 {
		return found, nil, nil
	}
	read, err := Gather(ctx, s, clock, list)
	if err != nil {
		return nil, nil, err
	}
	for i := range read {
		if err := read[i].Err; err != nil {
			prefix := "source " + read[i].Name() + ": "
			add("source-unread", content.Note, s.File, prefix+strings.TrimPrefix(text.OneLine(err.Error()), prefix), "")
		}
	}
	options := s.Config.Options()
	options.DORA.Overrides = s.Content.Failures
	facts, ids := Merge(s, read, true)
	unmatched, doubts, err := compute.Match(options, *s.Content, facts, s.AsOf)
	if err != nil {
		return nil, nil, exit.BadInput("mend it in "+s.File, "%w", err)
	}
	for _, warning := range Warnings(unmatched, doubts) {
		add("unmatched", content.Warning, s.File, warning, "")
	}
	for _, warning := range compute.MatchThemes(*s.Content, facts) {
		add("themes", content.Note, "tickets/themes.toml", warning, "edit match in tickets/themes.toml; the first theme that matches wins")
	}
	for _, f := range ids {
		level := content.Warning
		if f.Usual {
			level = content.Note
		}
		add("ids", level, filepath.ToSlash(s.File), fmt.Sprintf("source %s: %s", f.Source, f.Text), f.Next)
	}
	return found, read, nil
}

// Warnings returns a line for each name and doubt that is worth a warning. Repositories
// without an owner are many, so only those with a similar name are listed.
func Warnings(list []org.Unmatched, doubts []string) []string {
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
