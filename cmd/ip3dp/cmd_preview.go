package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/base"
	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render"
)

func (p *program) previewCommand() *cobra.Command {
	var f buildFlags
	var from diffFlags
	c := &cobra.Command{
		Use:   "preview",
		Short: "Build the site of this content on numbers that were published before",
		Long: `preview decides again on the numbers of a published site, with the content and the
thresholds that are here, and builds the site of that. It collects nothing and
needs no secret, so it is the same for pull requests from forks. Every page is
marked as a preview.

The configuration of --base or --measured names the place of the numbers: the
configuration that is here may be a stranger's. Without both, the folder of the
last build is used.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			from.based = c.Flags().Changed("base")
			return p.preview(c.Context(), f, from)
		},
	}
	c.Flags().StringVar(&from.base, "base", base.DefaultBase,
		"whose configuration names the numbers: commit:`REF`, folder:PATH or site:ADDRESS")
	c.Flags().StringVar(&from.measured, "measured", "", base.MeasuredUsage)
	c.Flags().StringVar(&f.out, "out", "preview", "the `folder` to write to")
	f.addAdopt(c)
	c.Flags().StringVar(&f.baseURL, "base-url", "", "the `address` the preview will have")
	return c
}

func (p *program) preview(ctx context.Context, f buildFlags, from diffFlags) error {
	w, err := p.load()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return err
	}
	b, err := p.previewBase(ctx, w, from)
	if err != nil {
		return err
	}
	m, missing, err := base.ReadNumbers(ctx, p.state, w, from.measured, b)
	if err == nil && missing != "" {
		err = exit.Fail("publish a site once, or name one with --measured", errors.New("no preview: "+missing))
	}
	if err != nil {
		return err
	}
	m = compute.FollowNames(m, w.Content)
	target, err := p.newTarget(w, f)
	if err != nil {
		return err
	}
	defer target.discard()
	r := &run{workspace: w, measured: m, records: b.ReadRecords(ctx, w), record: state.Record{
		Version: state.RecordVersion, Tool: state.Tool, Release: versionText(), AsOf: m.AsOf, Manifest: publish.ManifestPath, Sources: []state.SourceRecord{},
	}}
	// Its own address, or none: with canonical links to the published site, search engines
	// would take the two for one.
	o := p.renderOptions(w, f.baseURL, "", false)
	o.BaseURL, o.Preview = f.baseURL, true
	pages, err := r.renderPages(o)
	if err != nil {
		return err
	}
	charts, err := changedCharts(w, b, m, o)
	if err != nil {
		return err
	}
	pages = append(pages, charts...)
	if err := writePages(ctx, pages, target.write); err != nil {
		return err
	}
	if err := target.publish(); err != nil {
		return err
	}
	p.out.Printf("preview in %s", target.where())
	p.out.Printf("%s pages, on the numbers of %s", text.FormatCount(countPages(pages)), m.AsOf.Format(time.DateOnly))
	return nil
}

// changedCharts returns the files with the charts that differ between the base and the working
// tree; none without the content of a base.
func changedCharts(w *workspace.Workspace, b *base.Base, m compute.Measured, o render.Options) ([]render.Page, error) {
	if !b.HasContent() {
		return nil, nil
	}
	in := b.Input(w, m, "")
	if in.Ended != "" {
		return nil, nil
	}
	pages, err := render.ChangedCharts(o, &in.Base, &in.Head)
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("render: %w", err))
	}
	return pages, nil
}

// previewBase returns the base that names the numbers of a preview. If no base was named and
// nothing is committed, it is the working tree, and only its site.out is read.
func (p *program) previewBase(ctx context.Context, w *workspace.Workspace, from diffFlags) (*base.Base, error) {
	if from.measured != "" && !from.based {
		return &base.Base{Unnamed: true}, nil
	}
	b, err := base.Read(ctx, p.state, w, from.base)
	switch {
	case err == nil:
	case from.based || ctx.Err() != nil:
		return nil, err
	default:
		b = &base.Base{Root: w.Root, Config: config.Default()}
		b.Config.Site.Out = w.Config.Site.Out
	}
	b.Unnamed = !from.based
	return b, nil
}
