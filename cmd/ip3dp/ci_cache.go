package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (p *program) ciCacheCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cache",
		Short: "Say whether a job may keep the store in a cache",
		Long: `cache sets the outputs keep and state: whether the store may be kept in a cache
of GitHub Actions, and the folder it is in. It may in a private repository only,
because a pull request from a fork can read the caches of a public one. What
cannot be found out counts as public.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciCache(c.Context()) },
	}
}

func (p *program) ciCache(ctx context.Context) error {
	keep := "false"
	g, err := p.hub()
	if err == nil {
		var private bool
		if private, err = g.Private(ctx); private {
			keep = "true"
		}
	}
	if err != nil {
		p.err.Warnf("nothing is kept in a cache: %v", err)
	}
	p.out.Printf("the store is kept between runs: %s", keep)
	w := workspace{root: filepath.Dir(p.configFile)}
	if err := p.output("state", w.state("")); err != nil {
		return err
	}
	return p.output("keep", keep)
}
