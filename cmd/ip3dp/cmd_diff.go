package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/base"
	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"
)

// diffFlags are the flags of diff.
type diffFlags struct {
	base, measured, from string
	based                bool     // --base was written
	between              []string // two commits; nil without --between
	formats, failOn      []string
	link, preview        string
}

func (p *program) diffCommand() *cobra.Command {
	var f diffFlags
	var between string
	c := &cobra.Command{
		Use:   "diff [--between A B]",
		Short: "Show the effects of a change of content or configuration",
		Long: `diff compares what is written here with a base: ranks with the chance of being
ahead, recommendations and the threshold crossed, phases left without their
criteria, overrides, goals, won't-build, dates, findings. Both sides are decided on the
numbers of one published site, so it collects nothing and needs no secret.

The base's configuration or --measured names the place of the numbers. The compared
content may be a stranger's: none of its files and addresses is read.

--between compares two commits, and reads nothing from the working tree: it works
in a bare clone too. The first one is the base. Both are judged on the day of the
later one, unless --now or platform.as_of set another. diff ends
with 3 where not all could be compared: without numbers recommendations are not,
and without a configuration at the base nothing is.`,
		Example: `  ip3dp diff                                  what edits that are not committed move
  ip3dp diff --base commit:origin/main        what this branch moves
  ip3dp diff --base site:https://platform.example.com/ --format markdown
  ip3dp diff --base commit:main --format json=diff.json --format annotations
  ip3dp diff --between v1.0 main              from one commit to another, also v1.0..main
  ip3dp diff --from diff.json --format markdown`,
		Args: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("between") {
				return nil // the second commit
			}
			return cobra.NoArgs(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.based = c.Flags().Changed("base")
			if c.Flags().Changed("between") {
				if err := f.setBetween(between, args); err != nil {
					return err
				}
			}
			return p.diff(c.Context(), f)
		},
	}
	c.Flags().StringVar(&f.base, "base", base.DefaultBase, base.BaseUsage)
	c.Flags().StringVar(&between, "between", "", base.BetweenUsage)
	c.Flags().StringVar(&f.measured, "measured", "", base.MeasuredUsage)
	c.Flags().StringVar(&f.from, "from", "", "word a `file` that --format json wrote, and compare nothing; its "+
		"text is not trusted")
	c.Flags().StringArrayVar(&f.formats, "format", []string{"text"},
		"text, markdown, summary, json, annotations or codequality; `FORMAT=FILE` writes to a file; may be repeated")
	c.Flags().StringSliceVar(&f.failOn, "fail-on", []string{"errors", "gates"},
		"results that end the command with 2: new `errors`, gates (phases left without criteria and reason), decisions (another "+
			"recommendation), findings (new warnings), none")
	c.Flags().StringVar(&f.link, "link", "", "the `address` of the whole diff, which a shortened comment links to")
	c.Flags().StringVar(&f.preview, "preview", "", "the `address` of the preview of the site")
	return c
}

// setBetween sets the two commits of --between.
func (f *diffFlags) setBetween(value string, args []string) error {
	if f.based || f.from != "" {
		return exit.BadInput("leave out --base and --from: the first commit is the base",
			"--between cannot be combined with --base or --from")
	}
	from, to, err := base.SplitRange(value, args)
	f.between = []string{from, to}
	return err
}

func (p *program) diff(ctx context.Context, f diffFlags) error {
	outputs, err := parseOutputs(f)
	if err != nil {
		return err
	}
	fails, err := parseFailOn(f.failOn)
	if err != nil {
		return err
	}
	d, err := p.makeDiff(ctx, f)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if err := p.writeDiff(d, o, f); err != nil {
			return err
		}
	}
	switch {
	case fails(d):
		p.code = exit.Configuration
	case d.IsPartial():
		p.code = exit.Partial
	}
	return nil
}

// makeDiff reads the diff from a file, or makes it.
func (p *program) makeDiff(ctx context.Context, f diffFlags) (diff.Diff, error) {
	if f.from != "" {
		data, err := workspace.ReadAtMost(f.from, diff.MaxJSON)
		if err != nil {
			return diff.Diff{}, exit.BadInput("", "--from: %w", err)
		}
		d, err := diff.Read(data)
		if err != nil {
			return d, exit.BadInput(`make it with "ip3dp diff --format json"`, "%s: %w", f.from, err)
		}
		return d, nil
	}
	if f.between != nil {
		return p.makeDiffBetween(ctx, f)
	}
	w, err := p.load()
	if err != nil {
		return p.diffUnread(ctx, f, w, err)
	}
	b, err := base.Read(ctx, p.state, w, f.base)
	if err != nil {
		return diff.Diff{}, err
	}
	b.Unnamed = !f.based
	m, missing, err := p.readDiffNumbers(ctx, w, f, b)
	if err != nil {
		return diff.Diff{}, err
	}
	b.ReadRecords(ctx, w)
	in := b.Input(w, m, missing)
	in.Data = b.CompareData(ctx, w)
	d := diff.Compare(in)
	if lines, known := b.ChangedLines(ctx, w, d.Files()); known {
		d.Mark(lines)
	}
	return addSummary(d), nil
}

// addSummary returns a diff with its summary.
func addSummary(d diff.Diff) diff.Diff {
	d.Summary = comment.Headline(d)
	return d
}

// makeDiffBetween compares two commits. The configuration of the first one names the numbers.
// Both are judged on the day of the later one, not on that of the clock, so that the same
// commits have the same comparison on every day.
func (p *program) makeDiffBetween(ctx context.Context, f diffFlags) (diff.Diff, error) {
	w, err := workspace.Locate(p.configFile)
	if err != nil {
		return diff.Diff{}, err
	}
	from, to, err := base.ReadBetween(ctx, w, f.between[0], f.between[1])
	if err != nil {
		return diff.Diff{}, err
	}
	if w.AsOf, w.Fixed, err = p.readNow(w.Config.Platform.AsOf); err != nil {
		return diff.Diff{}, err
	}
	if !w.Fixed {
		w.AsOf = from.At
		if to.At.After(from.At) {
			w.AsOf = to.At
		}
	}
	m, missing, err := p.readDiffNumbers(ctx, w, f, from)
	if err != nil {
		return diff.Diff{}, err
	}
	base.ReadRecordsBetween(ctx, w, from, to)
	in := from.Input(w, m, missing)
	in.HeadName, in.Data = to.Name, from.CompareDataOf(w, to)
	return addSummary(diff.Compare(in)), nil
}

// readDiffNumbers reads the numbers that both sides are decided on. Without any it warns and
// returns the reason.
func (p *program) readDiffNumbers(ctx context.Context, w *workspace.Workspace, f diffFlags, b *base.Base) (
	m compute.Measured, missing string, err error,
) {
	m, missing, err = base.ReadNumbers(ctx, p.state, w, f.measured, b)
	if err != nil {
		return m, "", err
	}
	if missing != "" {
		p.err.Warnf("recommendations are not compared: %s", missing)
	}
	m.AsOf = w.AsOf // content is judged as of now
	return m, missing, nil
}

// diffUnread returns the diff of a request whose configuration or content folder cannot be opened.
// The error is its only finding. If the base has no configuration either, the error stays.
func (p *program) diffUnread(ctx context.Context, f diffFlags, w *workspace.Workspace, cause error) (diff.Diff, error) {
	var fault *exit.Failure
	if w == nil || !errors.As(cause, &fault) || fault.Code != exit.Configuration {
		return diff.Diff{}, cause
	}
	b, err := base.Read(ctx, p.state, w, f.base)
	if err != nil || !b.HasConfig() {
		return diff.Diff{}, cause
	}
	if w.AsOf.IsZero() {
		if w.AsOf, _, err = p.readNow(b.Config.Platform.AsOf); err != nil {
			return diff.Diff{}, err
		}
	}
	return addSummary(diff.Compare(b.UnreadInput(w, fault))), nil
}

// parseFailOn makes of --fail-on the test that a diff fails.
func parseFailOn(words []string) (func(diff.Diff) bool, error) {
	on := map[string]bool{}
	for _, w := range words {
		if !slices.Contains([]string{"errors", "gates", "decisions", "findings", "none"}, w) {
			return nil, exit.BadInput("use errors, gates, decisions, findings or none", "--fail-on %q is unknown", w)
		}
		on[w] = true
	}
	if on["none"] && len(on) > 1 {
		return nil, exit.BadInput("leave out none, or the others", "--fail-on %s contradicts itself",
			strings.Join(words, ","))
	}
	return func(d diff.Diff) bool {
		return slices.ContainsFunc(d.Changes, func(x diff.Change) bool {
			switch {
			case x.Finding != nil && x.Kind == diff.Broken:
				return on["errors"]
			case x.Kind == diff.Gated:
				return on["gates"] && x.Failed
			case x.Kind == diff.Verdicts:
				return on["decisions"]
			case x.Kind == diff.Found:
				return on["findings"] && x.Finding.Level == string(content.Warning)
			}
			return false
		})
	}, nil
}

// diffOutput is a format of a diff and its file.
type diffOutput struct{ format, file string } // file "": standard output

// parseOutputs reads --format.
func parseOutputs(f diffFlags) ([]diffOutput, error) {
	var out []diffOutput
	streams := 0
	for _, text := range f.formats {
		format, file, _ := strings.Cut(text, "=")
		if !slices.Contains([]string{"text", "markdown", "summary", "json", "annotations", "codequality"}, format) {
			return nil, exit.BadInput("use text, markdown, summary, json, annotations or codequality",
				"--format %q is unknown",
				format)
		}
		if file == "" {
			streams++
		}
		out = append(out, diffOutput{format, file})
	}
	if streams > 1 {
		return nil, exit.BadInput("give all but one of them a file: --format json=diff.json",
			"--format: %d forms for standard output", streams)
	}
	for name, address := range map[string]string{"--link": f.link, "--preview": f.preview} {
		if address != "" && !config.IsBaseURL(address) {
			return nil, exit.BadInput("write it like https://platform.example.com/pr/1/", "%s %q is not a web address", name,
				address)
		}
	}
	return out, nil
}

// renderDiff words a diff in one form.
func renderDiff(d diff.Diff, format string, f diffFlags) string {
	o := comment.Options{Full: f.link, Preview: f.preview}
	if format == "summary" {
		o.Limit = comment.MaxSummary
	}
	if format == "text" {
		return comment.Text(d)
	}
	return comment.Markdown(d, o)
}

// listAnnotations returns the annotations of a diff as findings.
func listAnnotations(d diff.Diff) []content.Finding {
	var out []content.Finding
	for _, f := range comment.Annotations(d) {
		out = append(out, content.Finding{
			Problem: content.Problem{File: f.File, Line: f.Line, Text: f.Text, Next: f.Next},
			Rule:    f.Rule, Level: content.Level(f.Level),
		})
	}
	return out
}

// formatSummary returns the line that the terminal shows for a diff in a file.
func formatSummary(d diff.Diff) string {
	text := text.Plural(len(d.Changes), "change")
	switch {
	case d.First:
		text += "; there was nothing to compare with"
	case d.Missing != "":
		text += "; recommendations could not be compared"
	}
	return fmt.Sprintf("%s (%s)", comment.Headline(d), text)
}

// writeDiff writes a diff in one form to standard output or a file.
func (p *program) writeDiff(d diff.Diff, o diffOutput, f diffFlags) error {
	write := func(out io.Writer) error { return p.encodeDiff(out, d, o.format, f) }
	if o.file == "" {
		if err := write(p.stdout); err != nil {
			return exit.Fail("", fmt.Errorf("diff: %w", err))
		}
		if o.format == "text" { // the form for people brings the lines of the pull request
			p.err.Annotate(listAnnotations(d))
		}
		return nil
	}
	if err := publish.ReplaceFile(o.file, write); err != nil {
		return exit.Fail("choose another file with --format", fmt.Errorf("diff: %w", err))
	}
	p.err.Printf("%s: %s", o.file, formatSummary(d))
	return nil
}

func (p *program) encodeDiff(out io.Writer, d diff.Diff, format string, f diffFlags) error {
	switch format {
	case "json":
		return console.WriteJSON(out, d)
	case "annotations":
		console.WriteAnnotations(out, p.err.AnnotationRoot(), listAnnotations(d))
		return nil
	case "codequality":
		return console.WriteJSON(out, comment.CodeQuality(d))
	}
	_, err := io.WriteString(out, renderDiff(d, format, f))
	return err
}
