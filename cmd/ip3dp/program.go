package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
)

// program is one invocation: its streams, its environment, its clock, and the
// flags that all commands share.
type program struct {
	stdin    io.Reader
	stdout   io.Writer // for data; what people read goes to out and err
	out, err *console.Console
	env      console.Environment
	clock    func() time.Time

	configFile string // --config
	nowText    string // --now
	nowGiven   bool   // --now was written, if only as ""

	// openForge makes the client of a forge; tests have others.
	openForge func(config.Forge) (collect.Forge, error)

	verbose bool // --verbose

	answering bool // stdin has answers though it is not a terminal; tests set it

	state  *state.Reader   // reads what earlier runs wrote
	warned map[string]bool // by source, repository and reason

	code exit.Code // of a run without an error
}

// execute runs the command that the arguments name, and prints its error.
func (p *program) execute(ctx context.Context, args []string) exit.Code {
	root := p.newRoot()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.out.W)
	root.SetErr(p.err.W)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && err != nil {
		err = context.Canceled
	}
	code := p.code
	if err != nil {
		code = exit.FindCode(err)
	}
	var f *exit.Failure
	switch {
	case err == nil:
	case code == exit.Interrupted:
		p.err.Printf("interrupted: nothing was published, the last site is untouched")
	case errors.As(err, &f):
		p.err.Fail(f)
	default:
		p.err.Fail(&exit.Failure{Err: err})
	}
	if f != nil {
		p.err.Annotate(content.AsErrors(f.Problems))
	}
	return code
}

func (p *program) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "ip3dp",
		Short: "Measure an internal developer platform, and publish the results as a static site",
		Long: `ip3dp collects delivery facts, computes what they say about an internal
developer platform, with how sure that is, and writes a static site.

  ip3dp init && ip3dp build     in any git clone: a first site, without a token`,
		Version:       versionText(),
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentPreRun = func(*cobra.Command, []string) {
		p.nowGiven = root.PersistentFlags().Changed("now")
		p.out.Verbose, p.err.Verbose = p.verbose, p.verbose
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().StringVar(&p.configFile, "config", "config.toml", "the `file` with the configuration")
	root.PersistentFlags().StringVar(&p.nowText, "now", "",
		"the `time` to call now: 2024-11-11 or 2024-11-11T06:00:00Z (default: IP3DP_NOW, platform.as_of, the clock)")
	root.PersistentFlags().BoolVar(&p.verbose, "verbose", false,
		"list every warning and problem, also where they are many of one kind")
	root.AddCommand(p.initCommand(), p.demoCommand(), p.importCommand(), p.collectCommand(), p.buildCommand(), p.runCommand(),
		p.serveCommand(), p.checkCommand(), p.doctorCommand(), p.diffCommand(), p.previewCommand(), p.ciCommand(), p.publishCommand(), p.notifyCommand(), p.digestCommand(), p.explainCommand(), p.planCommand(), p.newCommand())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit.BadInput(`run "`+c.CommandPath()+` --help" for the list`, "%w", err)
	})
	usageErrors(root)
	return root
}

// usageErrors makes wrong arguments of every command failures of usage.
func usageErrors(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return exit.BadInput(`run "`+c.CommandPath()+` --help" for the list`, "%w", err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		usageErrors(sub)
	}
}

// wrapFault gives a fault of publishing its exit code; other errors stay as they are.
func wrapFault(err error) error {
	var f *publish.Fault
	if !errors.As(err, &f) {
		return err
	}
	codes := map[publish.Kind]exit.Code{
		publish.Broken: exit.Nothing, publish.Refused: exit.Configuration,
		publish.Busy: exit.Locked,
	}
	return &exit.Failure{Code: codes[f.Kind], Err: err, Next: f.Next}
}

// readNow returns the as-of time of a run: --now, IP3DP_NOW, platform.as_of, or the clock, in that
// order. fixed reports that it is not the clock's.
func (p *program) readNow(asOf time.Time) (t time.Time, fixed bool, err error) {
	name, text := "--now", p.nowText
	if !p.nowGiven {
		name, text = "IP3DP_NOW", p.env.Get("IP3DP_NOW")
	}
	switch {
	case p.nowGiven || text != "":
		t, err = parseTime(text)
		if err != nil {
			return t, true, exit.BadInput("write a date such as 2024-11-11, or a time such as 2024-11-11T06:00:00Z",
				"%s: %q is not a time", name, text)
		}
		if !config.IsPlausible(t) {
			return t, true, exit.BadInput(config.PlausibleNext, "%s: %q is not a time of a platform", name, text)
		}
		return t, true, nil
	case !asOf.IsZero():
		return asOf, true, nil
	}
	return p.clock().UTC().Truncate(time.Second), false, nil
}

// parseTime reads a date, which is its midnight in UTC, or a time with its zone.
func parseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.UTC(), err
}

// load reads the configuration that --config names, and its content.
func (p *program) load() (*workspace.Workspace, error) {
	w, err := workspace.Load(p.configFile, p.readNow)
	if w != nil {
		w.Env = p.env.Get
	}
	return w, err
}

// printJSON prints a value as JSON.
func (p *program) printJSON(v any) error {
	if err := console.WriteJSON(p.stdout, v); err != nil {
		return exit.Fail("", fmt.Errorf("standard output: %w", err))
	}
	return nil
}
