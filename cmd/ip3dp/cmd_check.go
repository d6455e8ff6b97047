package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
)

// checkFlags are the flags of check.
type checkFlags struct {
	json, strict bool
	measured     string
}

func (p *program) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check",
		Short: "Look for problems in configuration and content",
		Long: `check reads configuration and content, and lists what is wrong and what is worth
a look, each with file and line. It reads the files of exports, and tells which of
their names and rules match nothing and which ids mean different things; it
asks no network. Errors end it with 2.

A phase that was left without its criteria is an error unless it has an override
with a reason. Criteria of measures are judged by what the last build measured.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.check(c.Context(), f) },
	}
	c.Flags().BoolVar(&f.json, "json", false, "print the findings as JSON")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail on warnings too")
	c.Flags().StringVar(&f.measured, "measured", "", "judge criteria of measures by this published measured.json "+
		"or site `folder` (default: site.out, if it is there)")
	return c
}

// checked is the JSON form of a check.
type checked struct {
	Version  int               `json:"version"`
	Errors   int               `json:"errors"`
	Warnings int               `json:"warnings"`
	Notes    int               `json:"notes"`
	Findings []content.Finding `json:"findings"`
}

func (p *program) check(ctx context.Context, f checkFlags) error {
	w, err := p.load()
	if err != nil {
		return err
	}
	// The configuration may be that of a pull request, so its content.history is not read.
	history.Load(ctx, w, history.Place{}, history.PresentOf(w))
	gates, err := p.judgeGates(ctx, w, f.measured)
	if err != nil {
		return err
	}
	var unmatched []content.Finding
	if len(w.Problems) == 0 {
		if unmatched, _, err = sources.Match(ctx, w.Setup(), p.clock, false); err != nil {
			return err
		}
	}
	result := checked{Version: 1, Findings: slices.Concat(content.AsErrors(w.Problems), w.Lint(), unmatched, gates)}
	for _, finding := range result.Findings {
		switch finding.Level {
		case content.Error:
			result.Errors++
		case content.Warning:
			result.Warnings++
		case content.Note:
			result.Notes++
		}
	}
	summary := text.Plural(result.Errors, "error") + ", " + text.Plural(result.Warnings, "warning") + ", " +
		text.Plural(result.Notes, "note")
	if f.json {
		if err := console.WriteJSON(p.stdout, result); err != nil {
			return exit.Fail("", err)
		}
	} else {
		p.out.PrintProblems(result.Findings)
		p.out.Printf("checked %s and %s: %s", w.File, w.ContentRoot(), summary)
	}
	p.err.Annotate(result.Findings)
	if result.Errors > 0 || f.strict && result.Warnings > 0 {
		p.code = exit.Configuration
	}
	return nil
}
