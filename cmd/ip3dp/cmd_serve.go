package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/hostname"
	"github.com/ip3dp/ip3dp/cmd/internal/live"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	addr, templates string
	hosts           []string
}

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the site on this machine, and rebuild it on every edit",
		Long: `serve builds the site in memory, serves it, and watches configuration, content
and the files of sources: an edit shows in the browser by itself. What is wrong
is told here, and the last good site stays. Nothing is written.

It answers to names and addresses of this machine, to the host of --addr and to
those of --host: a page of a stranger may have its own name lead here.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), f) },
	}
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "the `address` to listen on")
	c.Flags().StringSliceVar(&f.hosts, "host", nil, "another `name` or address to answer to, such as that of a "+
		"container's host; may be repeated")
	c.Flags().StringVar(&f.templates, "templates", "",
		"a `folder` with layouts, pages and assets in place of the built-in ones")
	return c
}

func (p *program) serve(ctx context.Context, f serveFlags) error {
	if err := checkTemplates(f.templates); err != nil {
		return err
	}
	shop := newWorkshop(p, f.templates)
	if addr, err := net.ResolveTCPAddr("tcp", f.addr); err == nil {
		shop.few = isLoopback(addr)
	}
	began := p.clock()
	if err := shop.rebuild(ctx); err != nil {
		return err
	}
	watcher, err := live.NewWatcher()
	if err != nil {
		return exit.Fail("", fmt.Errorf("watch files: %w", err))
	}
	defer watcher.Close() // nothing was written
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return exit.Fail("choose another with --addr, such as 127.0.0.1:0 for any free port", fmt.Errorf("serve: %w", err))
	}
	live := live.NewSite(fmt.Sprint(began.UnixNano()), hostname.New(f.addr, f.hosts))
	live.Show(shop.pages)
	if !isLoopback(listener.Addr()) {
		p.err.Warnf("others can reach %s, and read all of this site, unpublished edits too; "+
			"--addr 127.0.0.1:8080 keeps it to this machine", listener.Addr())
	}
	if shop.few && shop.last.workspace.Config.Site.Audience == config.AudiencePublic {
		p.out.Tagf(console.Plain, "note", "this copy has everything; the published site is for the public and leaves out "+
			"teams, evidence and the words of developers (site.audience)")
	}
	p.out.Printf("serving http://%s/ (%s pages, built in %d ms); ctrl-c ends it",
		listener.Addr(), text.FormatCount(len(shop.pages)), p.clock().Sub(began).Milliseconds())
	return p.keepServing(ctx, listener, live, shop, watcher)
}

// keepServing serves and rebuilds until the context ends.
func (p *program) keepServing(ctx context.Context, listener net.Listener, live *live.Site, shop *workshop,
	watcher *live.Watcher,
) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: live, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the streams of open pages
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	for {
		if err := watcher.Follow(shop.listWatched()); err != nil {
			p.err.Warnf("watch files: %v", err)
		}
		select {
		case err := <-served:
			return exit.Fail("", fmt.Errorf("serve: %w", err))
		case <-ctx.Done():
			stop()
			server.Close() // it ends either way
			return nil
		case names := <-watcher.Changed:
			p.showEdits(ctx, live, shop, names)
		}
	}
}

// showEdits shows the site with the last edits, or prints their problems.
func (p *program) showEdits(ctx context.Context, live *live.Site, shop *workshop, names []string) {
	began := p.clock()
	err := shop.rebuild(ctx)
	var f *exit.Failure
	switch {
	case err == nil:
		live.Show(shop.pages)
		p.out.Printf("rebuilt in %d ms after %s", p.clock().Sub(began).Milliseconds(), text.Join(", ", names...))
	case ctx.Err() != nil:
	case errors.As(err, &f):
		p.err.Fail(&exit.Failure{Err: f.Err, Problems: f.Problems, Next: "the last good site stays until this is mended"})
	default:
		p.err.Fail(&exit.Failure{Err: err})
	}
}

// isLoopback reports whether only this machine can reach an address.
func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// workshop builds the site again and again, and keeps what an edit did not
// touch: facts by source, and what was measured while nothing it depends on
// changed.
type workshop struct {
	p         *program
	templates string // folder; "" for the built-in ones

	last   *run
	before compute.Past
	few    bool            // all is shown, with rows of one or two authors: only this machine reaches the site
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

// rebuild makes the pages of the present files. After an error the last pages stay.
func (s *workshop) rebuild(ctx context.Context) error {
	s.p.warned = nil // gaps are printed again after each edit
	w, err := s.p.load()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return err
	}
	if s.last == nil {
		former, err := s.p.state.ReadFormer(ctx, w, false)
		if err != nil {
			return err
		}
		s.before = former.Past
	}
	if err := history.PlaceOf(&w.Config, w.Root).Check(); err != nil {
		return err
	}
	next := &run{workspace: w, few: s.few, whole: s.few}
	read, fresh, err := s.gatherStale(ctx, next)
	if err != nil {
		return err
	}
	collected, _ := sources.Merge(w.Setup(), next.gathered, false)
	for _, i := range read {
		s.p.printImports(&next.gathered[i])
	}
	facts := merge.Adopt(&w.Content, collected)
	if !fresh && s.last != nil && sameMeasure(s.last.workspace, w) {
		next.measured, next.evidence, next.record = s.last.measured, s.last.evidence, s.last.record
	} else if err := next.computeMetrics(facts, s.before); err != nil {
		return err
	}
	next.records = s.readRecords(ctx, w)
	pages, err := next.renderPages(s.p.renderOptions(w, "", s.templates, true))
	if err != nil {
		return err
	}
	s.last, s.pages = next, pages
	return nil
}

// readRecords returns the past of the content. It is read once: edits add to the present only.
func (s *workshop) readRecords(ctx context.Context, w *workspace.Workspace) history.Records {
	if s.last == nil || w.Config.Content != s.last.workspace.Config.Content {
		return history.Load(ctx, w, history.PlaceOf(&w.Config, w.Root), history.PresentOf(w))
	}
	return s.last.records.Update(w)
}

// gatherStale collects from the sources whose settings or files changed. It returns
// their places in r.gathered, and reports whether anything was added, changed or
// taken away. If not, "now" stays what it was.
func (s *workshop) gatherStale(ctx context.Context, r *run) (read []int, fresh bool, err error) {
	list, err := sources.List(r.workspace.Setup())
	if err != nil {
		return nil, false, err
	}
	stamps := make([]string, len(list))
	var stale []sources.Source
	for i := range list {
		stamps[i] = stampFiles(list[i].Files)
		if have, ok := s.facts[list[i].Setting]; !ok || have.stamp != stamps[i] {
			stale = append(stale, list[i])
		}
	}
	if len(stale) == 0 && len(list) == len(s.facts) && s.last != nil && !r.workspace.Fixed {
		r.workspace.AsOf = s.last.workspace.AsOf
	}
	gathered, err := sources.Gather(ctx, r.workspace.Setup(), s.p.clock, stale)
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
			s.p.printImports(&r.gathered[i])
		}
		return nil, false, err
	}
	fresh = len(stale) > 0 || len(facts) != len(s.facts)
	s.facts = facts
	return read, fresh, nil
}

// sameMeasure reports whether Measure gives the same result for two workspaces with the same
// facts.
func sameMeasure(a, b *workspace.Workspace) bool {
	return a.AsOf.Equal(b.AsOf) && reflect.DeepEqual(a.Config.Options(), b.Config.Options()) &&
		reflect.DeepEqual(compute.MeasuredContent(a.Content), compute.MeasuredContent(b.Content))
}

// stampFiles returns the sizes and times of files, and of the files of folders.
func stampFiles(names []string) string {
	var b strings.Builder
	for _, name := range names {
		// a file that cannot be read has no stamp
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

// listWatched returns the files and folders whose change calls for a rebuild.
func (s *workshop) listWatched() live.Set {
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
