package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/text"
)

// demoFlags are the flags of demo; zero means the example's.
type demoFlags struct {
	seed                    uint64
	teams, services, months int
	perDay                  float64
	out                     string
	small                   bool
}

func (p *program) demoCommand() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Generate the example organisation's data",
		Long: `demo writes the data of an example organisation, made from a seed: the same
flags give the same bytes.

Where config.toml reads event files from the output folder, they are those of its
teams, as in the example that comes with the source: deployments, changes and
incidents, answers to surveys, tickets, usage, measures and tasks. content.bundle
has a year of commits that lead to the example's content. Otherwise, and
with --teams, the folder gets teams, their delivery and a configuration of its
own, ready for "ip3dp build --config FOLDER/config.toml".`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.demo(f) },
	}
	c.Flags().Uint64Var(&f.seed, "seed", demo.ExampleOptions(nil).Seed, "the `number` that chance starts from")
	c.Flags().IntVar(&f.teams, "teams", 0, "make this many synthetic `teams`")
	c.Flags().IntVar(&f.services, "services", 0, "the `number` of their services (default: 115 for every 60 teams)")
	c.Flags().IntVar(&f.months, "months", 0, "the `number` of months of history (default: 15)")
	c.Flags().Float64Var(&f.perDay, "deployments-per-day", 0,
		"the last month's deployments per team and day (default: 5.2)")
	c.Flags().BoolVar(&f.small, "small", false, "make the small platform of examples/small: 12 teams, 18 months")
	c.Flags().StringVar(&f.out, "out", "", "the `folder` to write to (default: .ip3dp/demo beside config.toml)")
	return c
}

func (p *program) demo(f demoFlags) error {
	if f.teams < 0 || f.services < 0 || f.months < 0 || f.perDay < 0 {
		return exit.BadInput("leave out a flag for the example's own number", "a number is below 0")
	}
	if f.out == "" {
		f.out = filepath.Join(filepath.Dir(p.configFile), ".ip3dp", "demo")
	}
	w, err := p.load()
	if _, missing := os.Stat(p.configFile); errors.Is(missing, fs.ErrNotExist) {
		w, err = nil, nil // a folder that stands alone needs no configuration around it
	}
	if err != nil {
		return err
	}
	if w != nil && f.teams == 0 && f.services == 0 && readsFrom(w, f.out) {
		if err := w.Check(); err != nil {
			return err
		}
		o, err := p.demoOptions(f, w.Config.Platform.AsOf)
		if err != nil {
			return err
		}
		o.Teams = w.Content.Teams
		if err := p.writeDemo(f.out, o); err != nil || !readsHistory(w, f.out) {
			return err
		}
		return p.writeDemoHistory(w, f.out)
	}
	return p.demoAlone(f)
}

// readsFrom reports whether the configuration has an event file in a folder.
func readsFrom(w *workspace.Workspace, dir string) bool {
	for _, e := range w.Config.Events {
		if filepath.Dir(config.Resolve(w.Root, e.File)) == filepath.Clean(dir) {
			return true
		}
	}
	return false
}

// readsHistory reports whether the configuration reads the history of the content from a folder.
func readsHistory(w *workspace.Workspace, dir string) bool {
	return w.Config.Content.History != "" &&
		config.Resolve(w.Root, w.Config.Content.History) == filepath.Join(filepath.Clean(dir), bundleName)
}

// demoOptions returns the example's options, changed by flags. Its events end at --now or the
// given time, and never at the clock's, so that they repeat.
func (p *program) demoOptions(f demoFlags, asOf time.Time) (demo.Options, error) {
	o := demo.ExampleOptions(nil)
	if f.small {
		o = demo.SmallOptions(nil)
		if f.seed == demo.ExampleOptions(nil).Seed {
			f.seed = o.Seed
		}
	}
	span := o.AsOf.Sub(o.From)
	if asOf.IsZero() {
		asOf = o.AsOf
	}
	now, _, err := p.readNow(asOf)
	if err != nil {
		return o, err
	}
	o.Seed, o.AsOf, o.From = f.seed, now, now.Add(-span)
	if !f.small || f.teams > 0 {
		o.TeamCount, o.ServiceCount = f.teams, f.services
	}
	if f.months > 0 {
		o.From = now.AddDate(0, -f.months, 0)
	}
	if f.perDay > 0 {
		factor := f.perDay / o.Targets[len(o.Targets)-1].PerDay
		for i := range o.Targets {
			o.Targets[i].PerDay *= factor
		}
	}
	return o, nil
}

// demoAlone writes an organisation with teams and configuration of its own.
func (p *program) demoAlone(f demoFlags) error {
	o, err := p.demoOptions(f, time.Time{})
	if err != nil {
		return err
	}
	o.Staff = false // it has no features and surveys that answers and usage could be about
	o.Teams = demo.GenerateTeams(o)
	config := filepath.Join(f.out, "config.toml")
	if err := refuseOwn(config); err != nil {
		return err
	}
	if err := p.writeDemo(f.out, o); err != nil {
		return err
	}
	var developers int
	for i := range o.Teams {
		developers += o.Teams[i].Developers
	}
	text, err := scaffold.Fill("demo.toml.tmpl", map[string]any{
		"Developers": developers, "AsOf": o.AsOf.Format(time.RFC3339), "CoversFrom": o.From.Format(time.DateOnly),
		"Kinds": []string{string(events.Deployments), string(events.Changes), string(events.Incidents)},
	})
	if err != nil {
		return err
	}
	if err := publish.ReplaceFile(filepath.Join(f.out, "teams.toml"),
		func(w io.Writer) error { return demo.WriteTeams(w, o.Teams) }); err != nil {
		return exit.Fail("", fmt.Errorf("demo: %w", err))
	}
	if err := publish.ReplaceFile(config, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return exit.Fail("", fmt.Errorf("demo: %w", err))
	}
	p.out.Printf("next: ip3dp build --config %s", config)
	return nil
}

// writeDemo writes the event files.
func (p *program) writeDemo(dir string, o demo.Options) error {
	n, err := demo.WriteFolder(dir, o)
	if err != nil {
		return exit.BadInput("", "%w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(n)) {
		p.out.Printf("demo: %s rows in %s", text.FormatCount(n[name]), filepath.Join(dir, name))
	}
	p.out.Printf("demo: %d teams from %s to %s", len(o.Teams), o.From.Format(time.DateOnly), o.AsOf.Format(time.DateOnly))
	return nil
}

// bundleName is the file with the history of the example's content.
const bundleName = "content.bundle"

// writeDemoHistory writes the history of the example's content. Content that is not the
// example's, or was edited where the history has an edit too, has none.
func (p *program) writeDemoHistory(w *workspace.Workspace, dir string) error {
	list, err := listDemoCommits(w)
	if err != nil {
		p.err.Warnf("demo: %s is left out: %v", bundleName, err)
		return nil
	}
	name := filepath.Join(dir, bundleName)
	write := func(out io.Writer) error { return demo.WriteBundle(out, list) }
	if err := publish.ReplaceFile(name, write); err != nil {
		return exit.Fail("", fmt.Errorf("demo: %w", err))
	}
	p.out.Printf("demo: %s of content in %s", text.Plural(len(list), "commit"), name)
	return nil
}

// listDemoCommits returns the states of the example's content, with the paths that they have
// below the folder of the configuration, and the configuration of today.
func listDemoCommits(w *workspace.Workspace) ([]demo.Snapshot, error) {
	root, err := w.Tree.Folder(w.ContentRoot())
	if err != nil {
		return nil, err
	}
	defer root.Close() // read only
	files := map[string][]byte{}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[name], err = fs.ReadFile(root.FS(), name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := demo.ListSnapshots(files)
	for i := range list {
		moved := map[string][]byte{filepath.Base(w.File): w.Data}
		for name, data := range list[i].Files {
			moved[path.Join(filepath.ToSlash(w.Config.Content.Path), name)] = data
		}
		list[i].Files = moved
	}
	return list, err
}

// demoMark is the first line of a configuration that demo wrote.
const demoMark = "# Written by ip3dp demo"

// refuseOwn refuses to write over somebody's own configuration.
func refuseOwn(config string) error {
	data, err := workspace.ReadSmall(config)
	if errors.Is(err, fs.ErrNotExist) || err == nil && strings.HasPrefix(string(data), demoMark) {
		return nil
	}
	if err != nil {
		return exit.Fail("", fmt.Errorf("demo: %w", err))
	}
	return exit.BadInput("choose another folder with --out", "%s was not written by demo and is kept", config)
}
