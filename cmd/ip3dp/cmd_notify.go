package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/readback"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/notify"
)

// notifyFlags are the flags of notify.
type notifyFlags struct {
	webhookEnv, format, from, site string
	dryRun                         bool
}

func (p *program) notifyCommand() *cobra.Command {
	var f notifyFlags
	c := &cobra.Command{
		Use:   "notify",
		Short: "Post changes to a chat: recommendations, decisions, gates",
		Long: `notify posts what the last build changed to a webhook, each change once. What
was changed before its first run is recorded only. A webhook that does not answer is
a warning, and the next run posts the changes. The address of the webhook is a
secret: it is read from the environment and never shown.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.notify(c.Context(), f) },
	}
	c.Flags().StringVar(&f.webhookEnv, "webhook-env", "",
		"the `variable` with the webhook's address (default: notify.webhook_env)")
	c.Flags().StringVar(&f.format, "format", "", "slack, teams or markdown (default: notify.format, which is slack)")
	c.Flags().StringVar(&f.from, "from", "", "the `place` of the site: a folder, branch:NAME, s3://BUCKET/FOLDER, artifact, "+
		"or an address (default: site.out, else the first place that can be read)")
	c.Flags().StringVar(&f.site, "site", "", "the `address` of the site, for links (default: site.base_url)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the message, post nothing and note nothing")
	return c
}

// postedVersion is the version of notified.json.
const postedVersion = 2

// postedForm is the form of notified.json.
var postedForm = sealed.Form{Kind: "notified.json", Version: postedVersion, Bare: 1}

// postedFile lists the changes that were posted before.
type postedFile struct {
	Version int      `json:"version"`
	IDs     []string `json:"ids"` // of changes, in order
}

func (p *program) notify(ctx context.Context, f notifyFlags) error {
	w, err := p.load()
	if err != nil {
		return err
	}
	if f, err = notifyDefaults(f, w); err != nil {
		return err
	}
	var log compute.DecisionLog
	var run state.Record
	err = p.state.ReadPlaces(ctx, w, f.from, func(files state.SiteFiles) error {
		return cmp.Or(p.state.Decode(files, state.ChangesForm, &log), p.state.Decode(files, state.MarkerForm, &run))
	})
	const next = "build the site first, or name its folder with --from"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return exit.BadInput(next, "nothing to send: %w", err)
	case err != nil:
		return exit.Fail(state.NextStep(err, next), fmt.Errorf("nothing to send: %w", err))
	}
	told, first, err := p.readPosted(w, &run, &log)
	if err != nil {
		return err
	}
	news := notify.New(&log, told.IDs)
	o := notify.Options{
		Format: f.format, Platform: w.Config.Platform.Name, Site: f.site,
		CutOff: findCutOff(&run, &w.Config),
	}
	switch {
	case f.dryRun && len(news) > 0:
		p.out.Printf("%s not sent yet", text.Plural(len(news), "change"))
		_, err := fmt.Fprintln(p.stdout, notify.Text(o, news))
		return err
	case first && !f.dryRun:
		p.out.Printf("first run: %s recorded, nothing sent", text.Plural(len(news), "change"))
		return savePosted(w, &log)
	case len(news) == 0:
		p.out.Printf("nothing changed, nothing sent")
		return nil
	}
	address, err := p.readWebhook(f.webhookEnv)
	if err != nil {
		return err
	}
	payload, err := notify.Payload(o, news)
	if err != nil {
		return exit.Fail("", fmt.Errorf("message: %w", err))
	}
	if err := postMessage(ctx, address, payload); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.err.Warnf("the webhook in %s was not reached: %v; %s will be sent by the next run",
			f.webhookEnv, err, text.Plural(len(news), "change"))
		return state.Save(w, postedForm, told) // where it was not there yet
	}
	p.out.Printf("sent %s", text.Plural(len(news), "change"))
	return savePosted(w, &log)
}

// readPosted reads the list of changes that were posted before. Without the state of an earlier
// night, all changes but those of this site's build count as posted. first reports that there
// is nothing from an earlier night at all.
func (p *program) readPosted(w *workspace.Workspace, published *state.Record,
	log *compute.DecisionLog) (told postedFile, first bool,
	err error,
) {
	told.IDs = []string{}
	err = p.state.ReadKept(state.Folder(w), postedForm, &told)
	told.Version = postedVersion
	if !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			err = exit.Fail(state.NextStep(err, "restore the file, or remove it: then the next run sends what the last "+
				"build changed"),
				fmt.Errorf("notified: %w", err))
		}
		return told, false, err
	}
	var built state.Record
	err = p.state.ReadKept(state.Folder(w), state.RunForm, &built)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return told, true, nil
	case err != nil:
		return told, false, exit.Fail(state.NextStep(err, "build again, or remove the file: then everything is recorded, and nothing is sent"),
			fmt.Errorf("record of the run: %w", err))
	case !built.AsOf.Equal(published.AsOf) || len(built.Changed) == 0:
		return told, true, nil
	}
	for i := range log.Changes {
		is := func(e compute.DecisionLogEntry) bool { return e.ID == log.Changes[i].ID }
		if !slices.ContainsFunc(built.Changed, is) {
			told.IDs = append(told.IDs, log.Changes[i].ID)
		}
	}
	return told, false, nil
}

// notifyDefaults takes the values of missing flags from the configuration.
func notifyDefaults(f notifyFlags, w *workspace.Workspace) (notifyFlags, error) {
	c := &w.Config
	f.webhookEnv = cmp.Or(f.webhookEnv, c.Notify.WebhookEnv)
	f.format = cmp.Or(f.format, c.Notify.Format)
	f.site = cmp.Or(f.site, c.Site.BaseURL)
	switch {
	case f.webhookEnv == "" && !f.dryRun:
		return f, exit.BadInput("name the variable with its address by --webhook-env or notify.webhook_env",
			"no webhook is configured: nothing is sent without one")
	case f.webhookEnv != "" && !config.IsVariable(f.webhookEnv):
		return f, exit.BadInput("write the variable's name, such as SLACK_WEBHOOK, never the address itself",
			"--webhook-env is not the name of an environment variable")
	case !slices.Contains(notify.Formats, f.format):
		return f, exit.BadInput("use "+strings.Join(notify.Formats, ", "), "--format %q is unknown", f.format)
	case f.site != "" && !config.IsBaseURL(f.site):
		return f, exit.BadInput("write it like https://platform.example.com/path/", "--site %q is not a web address", f.site)
	}
	return f, nil
}

// findCutOff returns the end of the weeks of a published site.
func findCutOff(r *state.Record, c *config.Config) time.Time {
	return org.Calendar{AsOf: r.AsOf, MaturityDays: c.DORA.MaturityDays}.CutOff()
}

// readWebhook returns the address in a variable. Its errors do not contain the address.
func (p *program) readWebhook(name string) (string, error) {
	address := strings.TrimSpace(p.env.Get(name))
	if address == "" {
		return "", &exit.Failure{
			Code: exit.Credentials, Err: fmt.Errorf("the variable %s holds no webhook", name),
			Next: "pass the secret to the step as " + name,
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && readback.IsThisMachine(u.Hostname())) {
		return "", &exit.Failure{
			Code: exit.Credentials, Err: fmt.Errorf("%s holds no address that begins with https://", name),
			Next: "copy the webhook's address again",
		}
	}
	return address, nil
}

// postLimit is how long a webhook may take.
const postLimit = 15 * time.Second

// postMessage sends a message. It follows no redirect, because the address is a secret of one host,
// and its errors do not contain it.
func postMessage(ctx context.Context, address string, payload []byte) error {
	ctx, cancel := context.WithTimeout(ctx, postLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(payload))
	if err != nil {
		return errors.New("its address cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	switch { // an error's own words may hold the address
	case ctx.Err() != nil:
		return fmt.Errorf("no answer within %s", postLimit)
	case err != nil:
		return errors.New("no connection")
	}
	defer resp.Body.Close()                              // read only
	io.Copy(io.Discard, io.LimitReader(resp.Body, 4096)) // its answer is not shown
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("it answered %d", resp.StatusCode)
	}
	return nil
}

// savePosted marks every change of a log as posted.
func savePosted(w *workspace.Workspace, log *compute.DecisionLog) error {
	told := postedFile{Version: postedVersion, IDs: []string{}}
	for i := range log.Changes {
		told.IDs = append(told.IDs, log.Changes[i].ID)
	}
	slices.Sort(told.IDs)
	return state.Save(w, postedForm, told)
}
