package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/digest"
)

// digestFlags are the flags of digest.
type digestFlags struct {
	month, format, out, from, site, webhookEnv string
	post                                       bool
}

// lastMonth is the value of --month without a month.
const lastMonth = "last"

func (p *program) digestCommand() *cobra.Command {
	var f digestFlags
	c := &cobra.Command{
		Use:   "digest [--month [YYYY-MM]]",
		Short: "Write a month in at most 20 lines, for mail, a wiki or a chat",
		Long: `digest writes what changed beyond chance in a month, what was decided, what waits
for a decision and its owner, and the next three dates. It reads a built site
and the content, and collects nothing. --post sends it to the webhook of notify.`,
		Example: `  ip3dp digest --month
  ip3dp digest --month 2024-10 --format html --out digest.html
  ip3dp digest --post`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if f.month != lastMonth {
					return exit.BadInput("write --month 2024-10 alone", "%q and --month %s name two months", args[0], f.month)
				}
				f.month = args[0]
			}
			return p.digest(c.Context(), f)
		},
	}
	c.Flags().StringVar(&f.month, "month", lastMonth, "the `month`, such as 2024-10 (default: the last whole month)")
	c.Flags().Lookup("month").NoOptDefVal = lastMonth
	c.Flags().StringVar(&f.format, "format", digest.Text, "html, markdown, text, or mail, which is text and HTML in one "+
		"message")
	c.Flags().StringVar(&f.out, "out", "", "the `file` to write to (default: standard output)")
	c.Flags().StringVar(&f.from, "from", "", "the `place` of the site: a folder, branch:NAME, s3://BUCKET/FOLDER, artifact, "+
		"or an address (default: the first that is configured)")
	c.Flags().StringVar(&f.site, "site", "", "the `address` of the site, for links (default: site.base_url)")
	c.Flags().BoolVar(&f.post, "post", false, "send it to the webhook, in its format (notify.format), and print nothing")
	c.Flags().StringVar(&f.webhookEnv, "webhook-env", "",
		"the `variable` with the webhook's address (default: notify.webhook_env)")
	return c
}

func (p *program) digest(ctx context.Context, f digestFlags) error {
	w, err := p.load()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return err
	}
	n, err := notifyDefaults(notifyFlags{
		webhookEnv: f.webhookEnv, from: f.from, site: f.site, dryRun: !f.post,
	}, w)
	if err != nil {
		return err
	}
	month, err := findMonth(f.month, w.AsOf)
	if err != nil {
		return err
	}
	if !slices.Contains(digest.Formats, f.format) {
		return exit.BadInput("use "+strings.Join(digest.Formats, ", "), "--format %q is unknown", f.format)
	}
	in := digest.Input{Content: w.Content, Month: month, Now: w.AsOf, Site: n.site}
	if err := p.readDigested(ctx, w, n.from, &in); err != nil {
		return err
	}
	d := digest.New(in)
	if f.post {
		return p.postDigest(ctx, &d, n)
	}
	text, err := d.Write(f.format)
	if err != nil {
		return exit.Fail("", fmt.Errorf("digest: %w", err))
	}
	if f.out == "" {
		_, err = io.WriteString(p.stdout, text)
		return err
	}
	err = publish.ReplaceFile(f.out, func(out io.Writer) error { _, err := io.WriteString(out, text); return err })
	if err != nil {
		return exit.Fail("name a file in a folder that exists", fmt.Errorf("digest: %w", err))
	}
	p.out.Printf("written: %s", f.out)
	return nil
}

// findMonth returns the first day of a month; of the last whole month before now for lastMonth.
func findMonth(name string, now time.Time) (time.Time, error) {
	if name == "" || name == lastMonth {
		return time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	month, err := time.Parse("2006-01", name)
	switch {
	case err != nil:
		return month, exit.BadInput("write it like 2024-10", "--month %q is not a month", name)
	case month.After(now):
		return month, exit.BadInput("name a month that has begun", "--month %s is in the future", name)
	}
	return month, nil
}

// readDigested reads the numbers, conclusions and changes of a built site.
func (p *program) readDigested(ctx context.Context, w *workspace.Workspace, from string, in *digest.Input) error {
	const next = "build the site first, or name its folder with --from"
	var measured compute.Measured
	err := p.state.ReadPlaces(ctx, w, from, func(files state.SiteFiles) (err error) {
		if measured, err = p.state.DecodeMeasured(files); err != nil {
			return err
		}
		return cmp.Or(p.state.Decode(files, state.ReportForm, &in.Report), p.state.Decode(files, state.ChangesForm, &in.Log))
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return exit.BadInput(next, "nothing to digest: %w", err)
	case err != nil:
		return exit.Fail(state.NextStep(err, next), fmt.Errorf("nothing to digest: %w", err))
	}
	in.Report.Measured = measured
	return nil
}

// postDigest sends a digest to the webhook of a chat. A webhook that does not answer is a warning.
func (p *program) postDigest(ctx context.Context, d *digest.Digest, n notifyFlags) error {
	address, err := p.readWebhook(n.webhookEnv)
	if err != nil {
		return err
	}
	payload, err := d.Chat(n.format)
	if err != nil {
		return exit.Fail("", fmt.Errorf("message: %w", err))
	}
	if err := postMessage(ctx, address, payload); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.err.Warnf("the webhook in %s was not reached: %v; the digest was not sent", n.webhookEnv, err)
		return nil
	}
	p.out.Printf("sent the digest: %s", d.Title)
	return nil
}
