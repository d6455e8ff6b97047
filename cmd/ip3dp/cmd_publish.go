package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/live"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/collect/text"
)

// publishFlags are the flags of publish.
type publishFlags struct {
	to, from, prefix, tokenEnv string
	remove, adopt              bool
	prune, history             int
}

func (p *program) publishCommand() *cobra.Command {
	var f publishFlags
	c := &cobra.Command{
		Use:   "publish",
		Short: "Copy the built site to where it is hosted",
		Long: `publish copies a folder that build wrote to

  a folder              /var/www/platform
  a branch              branch:gh-pages          of the clone's remote, origin
                        git+https://github.com/OWNER/REPOSITORY.git#gh-pages
  a bucket              s3://BUCKET/FOLDER?endpoint=https://HOST&region=REGION

It never touches previews/ but the preview it is asked about, nor anything that
it did not publish. Tokens and keys come from the environment.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.publish(c.Context(), f) },
	}
	c.Flags().StringVar(&f.to, "to", "", "where to: a folder, branch:NAME, git+URL#BRANCH or s3://BUCKET/FOLDER")
	c.Flags().StringVar(&f.from, "from", "", "the built `folder` (default: site.out, which is public)")
	c.Flags().StringVar(&f.prefix, "prefix", "", "publish a preview: `previews/NAME`, such as previews/pr-12/")
	c.Flags().BoolVar(&f.adopt, "adopt", false, "take the folders as they are: publish all files of --from, and "+
		"keep those of --to that ip3dp did not write")
	c.Flags().BoolVar(&f.remove, "remove", false, "remove the preview that --prefix names")
	c.Flags().IntVar(&f.prune, "prune-previews", 0, "then remove previews published more than this many `days` ago")
	c.Flags().IntVar(&f.history, "history", 0, "1 keeps a branch at one `commit`, so that it does not grow")
	c.Flags().StringVar(&f.tokenEnv, "token-env", "", "the `variable` with a token for git over https (default: "+
		"GITHUB_TOKEN for the server of the job, else git's own credentials)")
	return c
}

func (p *program) publish(ctx context.Context, f publishFlags) error {
	prefix, err := publish.ParsePrefix(f.prefix)
	switch {
	case err != nil:
		return exit.BadInput("a preview's name is that of its request, such as previews/pr-12/", "--prefix: %w", err)
	case f.to == "":
		return exit.BadInput(`run "ip3dp publish --help" for the list`,
			"--to is missing: it names the place of the site")
	case f.remove && prefix == "":
		return exit.BadInput("name it: --prefix previews/pr-12/", "--remove removes a preview, and none is named")
	case f.remove && f.from != "":
		return exit.BadInput("leave out one of them", "--remove and --from: a run publishes or removes")
	case f.prune < 0 || f.prune > 3650:
		return exit.BadInput("", "--prune-previews is %d, outside 0 to 3650 days", f.prune)
	case f.history < 0 || f.history > 1:
		return exit.BadInput("leave it out to keep every commit", "--history is %d: it can be 1 only", f.history)
	}
	target, err := p.publishTarget(ctx, f)
	if err != nil {
		return err
	}
	now, _, err := p.readNow(time.Time{})
	if err != nil {
		return err
	}
	if f.remove {
		err = p.unpublish(ctx, target, prefix, now)
	} else {
		err = p.publishSite(ctx, f, target, prefix, now)
	}
	if err != nil || f.prune == 0 {
		return err
	}
	result, err := target.Prune(ctx, now.AddDate(0, 0, -f.prune), now)
	if len(result.Previews) > 0 {
		p.out.Printf("removed %s that are older than %d days: %s", text.Plural(len(result.Previews), "preview"), f.prune,
			strings.Join(result.Previews, ", "))
	}
	return publishFailure("previews that are left are removed by the next run", target, err)
}

// publishSite copies the built folder.
func (p *program) publishSite(ctx context.Context, f publishFlags, target publish.Destination, prefix string,
	now time.Time,
) error {
	from := f.from
	if from == "" {
		w, err := p.load()
		if err != nil {
			return err
		}
		from = config.Resolve(w.Root, w.Config.Site.Out)
	}
	site, err := publish.Open(from, f.adopt)
	if err != nil {
		return exit.BadInput(`build one with "ip3dp build", or name one with --from`, "%s is not a site to publish: %w",
			from, err)
	}
	defer site.Close() // read only
	if n := len(site.Changed); n > 0 {
		p.err.Warnf("%s: %s not as build wrote them, and published as they are: %s", from,
			text.Plural(n, "file"), text.Join(", ", site.Changed[:min(n, 5)]...))
	}
	result, err := target.Publish(ctx, site, prefix, now)
	if err != nil {
		return publishFailure("publish again when it is mended: that makes it whole", target, err)
	}
	what := "the site"
	if prefix != "" {
		what = prefix
	}
	p.out.Printf("published %s to %s: %s written, %s unchanged, %s removed", what, target, text.FormatCount(result.Written),
		text.FormatCount(result.Unchanged), text.FormatCount(result.Removed))
	return nil
}

func (p *program) unpublish(ctx context.Context, target publish.Destination, prefix string, now time.Time) error {
	result, err := target.Remove(ctx, prefix, now)
	if err != nil {
		return publishFailure("remove it again when it is mended", target, err)
	}
	if len(result.Previews) == 0 {
		p.out.Printf("%s is not at %s: nothing to remove", prefix, target)
		return nil
	}
	p.out.Printf("removed %s from %s", prefix, target)
	return nil
}

// publishFailure adds the target to an error. A failure with an exit code keeps it.
func publishFailure(next string, target publish.Destination, err error) error {
	var f *publish.Fault
	if err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return wrapFault(err)
	}
	return exit.Fail(next, fmt.Errorf("publish to %s: %w", target, err))
}

// publishTarget returns the target that --to names.
func (p *program) publishTarget(ctx context.Context, f publishFlags) (publish.Destination, error) {
	remote, branch, isBranch := publish.ParseBranch(f.to)
	if f.history != 0 && !isBranch {
		return nil, exit.BadInput("leave it out", "--history is about a branch")
	}
	switch {
	case isBranch && remote != "" && branch == "":
		return nil, exit.BadInput("write it like git+https://github.com/OWNER/REPOSITORY.git#gh-pages",
			"--to names no branch")
	case isBranch:
		return p.branchTarget(ctx, f, remote, branch)
	case strings.HasPrefix(f.to, "s3://"):
		return p.bucketTarget(f.to, f.adopt)
	case strings.Contains(f.to, "://"):
		scheme, _, _ := strings.Cut(f.to, "://")
		return nil, exit.BadInput("use a folder, branch:NAME, git+URL#BRANCH or s3://BUCKET",
			"--to: nothing is published by %q",
			scheme)
	}
	place := publish.FolderOptions{Out: f.to, Adopt: f.adopt}
	if _, err := os.Stat(p.configFile); err == nil {
		w, err := p.load()
		if err != nil {
			return nil, err
		}
		place.State, place.Guarded = w.StatePath(""), w.ListGuarded()
	}
	return publish.NewFolder(place), nil
}

func (p *program) branchTarget(ctx context.Context, f publishFlags, remote, branch string) (publish.Destination, error) {
	token, err := p.pushToken(f.tokenEnv, remote)
	if err != nil {
		return nil, err
	}
	b, err := publish.NewBranch(ctx, publish.GitOptions{
		Remote: remote, Clone: ".", Branch: branch, Token: token, Env: p.env, Orphan: f.history == 1, Adopt: f.adopt, Pause: backOff,
	})
	if err != nil {
		return nil, exit.BadInput("write --to like branch:gh-pages, in a clone with a remote origin, or "+
			"git+https://HOST/REPOSITORY.git#gh-pages", "--to: %w", err)
	}
	return b, nil
}

// pushToken returns the token for a remote: that of the named variable or, on the server of the
// job of GitHub Actions, the job's own. No other host is ever sent that.
func (p *program) pushToken(name, remote string) (string, error) {
	if name != "" {
		if !config.IsVariable(name) {
			return "", exit.BadInput("write the variable's name, never the token itself",
				"--token-env is not the name of an environment variable")
		}
		token := p.env.Get(name)
		if token == "" {
			return "", &exit.Failure{
				Code: exit.Credentials, Err: fmt.Errorf("the variable %s holds no token", name),
				Next: "pass the job's secret to the step as " + name,
			}
		}
		return token, nil
	}
	return publish.JobToken(remote, p.env.Get), nil
}

// backOff waits before another attempt, longer each time, and not as long as others do.
func backOff(ctx context.Context, attempt int) error {
	wait := 250 * time.Millisecond << min(attempt, 5)
	timer := time.NewTimer(wait/2 + rand.N(wait)) // not a secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

const s3Form = "write it like s3://BUCKET/FOLDER?endpoint=https://HOST&region=REGION"

func (p *program) bucketTarget(to string, adopt bool) (publish.Destination, error) {
	o, err := publish.ParseBucket(to, p.env.Get)
	switch {
	case errors.Is(err, publish.ErrKeys):
		return nil, &exit.Failure{
			Code: exit.Credentials, Err: err, Next: "pass the bucket's keys to the step as these variables",
		}
	case err != nil:
		return nil, exit.BadInput(s3Form, "--to: %w", err)
	}
	o.ContentType, o.Adopt = live.ContentType, adopt
	b, err := publish.NewBucket(o)
	if err != nil {
		return nil, exit.BadInput(s3Form, "--to: %w", err)
	}
	return b, nil
}
