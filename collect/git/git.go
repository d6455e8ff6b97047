// Package git reads the history of one clone with the git program: commits,
// changes and deployments, without a token and without a network request.
//
// What a clone can not say is said plainly: a shallow clone, a repository
// without release tags and a clone that can not be opened are gaps; commits and
// tags that can not be used are counted with the reason. docs/git.md describes
// every rule and knob.
//
// A clone is untrusted input. git runs without hooks, pager, file-system
// monitor, external diff, signature programs or network, and with the
// repository-moving environment variables removed.
package git

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// What counts as a deployment: the values of Options.Deployments.
const (
	ByTags    = "tags"   // every release tag
	ByBranch  = "branch" // every update of the deploy branch
	ByNothing = "none"   // the deployments come from another source
	Auto      = "auto"   // tags if there are release tags, else branch
)

// Options say how one clone is read. The zero value of every field but Path is
// a usable default.
type Options struct {
	// Path of the clone's top folder, or of a bare clone.
	Path string
	// Repository is the name that teams.toml uses. Default: owner/name from the
	// URL of the remote "origin", else the folder's name.
	Repository string
	// Branch whose history counts. Default: origin's default branch, else HEAD.
	Branch string
	// Deployments is one of tags, branch, none and auto. Default: auto.
	Deployments string
	// TagPattern is a regular expression (RE2) for the tags that are
	// deployments. A group named "service" names the service that was deployed.
	// Default: release-looking tags without pre-releases, see docs/git.md. With
	// a pattern of one's own nothing else is left out.
	TagPattern string
	// Components are, by repository as teams.toml names it, the names of parts of it
	// that somebody owns: what a tag joins to a version by - or _ may be one.
	Components map[string][]string
	// DeployBranch is the branch whose updates are deployments. Default: Branch.
	DeployBranch string
	// Paths reads which files each commit touched. It costs about as much again
	// as all the rest and is needed for path scopes only.
	Paths bool
	// Environment of the deployments. Default: production.
	Environment string
	// Since leaves out what happened before. Ancestry is still read in full.
	Since time.Time
}

// Validate reports settings that can not be used.
func (o Options) Validate() error {
	var errs []error
	if o.Path == "" {
		errs = append(errs, errors.New("path is empty: name the folder of a clone"))
	}
	switch o.Deployments {
	case "", ByTags, ByBranch, ByNothing, Auto:
	default:
		errs = append(errs, fmt.Errorf("deployments = %q: use tags, branch, none or auto", o.Deployments))
	}
	if _, err := regexp.Compile(o.TagPattern); err != nil {
		errs = append(errs, fmt.Errorf("tag_pattern: %w", err))
	}
	for _, v := range []string{o.Path, o.Branch, o.DeployBranch} {
		if strings.ContainsAny(v, "\x00\n") {
			errs = append(errs, fmt.Errorf("%q: a path or branch can not contain a line break or NUL", v))
		}
	}
	return errors.Join(errs...)
}

// New returns the source that reads the clone o.Path. name is the source's name
// in config.toml. Unusable options are an error of Collect; Validate finds them
// earlier.
func New(name string, o Options) collect.Source {
	if o.Deployments == "" {
		o.Deployments = Auto
	}
	if o.Environment == "" {
		o.Environment = "production"
	}
	return &source{name: name, o: o}
}

type source struct {
	name string
	o    Options
}

// Name is the source's name in config.toml.
func (s *source) Name() string { return s.name }

// Collect reads the clone. What happened at or after w.To is counted and left
// out. w.From is no limit, because older history is the baseline of lead times
// and costs nothing; Options.Since is one.
//
// A clone that can not be read is an error and a gap. A repository without
// commits, a shallow one and one without release tags are gaps only.
func (s *source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	r := &reading{source: s, window: w, git: program{dir: s.o.Path}}
	err := r.read(ctx)
	if err == nil {
		return r.out, nil
	}
	gap := fact.Gap{
		Source: s.name, Repository: r.repo.Name, From: w.From, To: w.To,
		Reason: "the clone could not be read", Next: "see the log of this run",
	}
	if gap.Repository == "" {
		gap.Repository = s.o.Repository
	}
	var known *knownError
	if errors.As(err, &known) {
		gap.Reason, gap.Next = known.reason, known.next
	}
	r.out.Gaps = append(r.out.Gaps, gap)
	return r.out, fmt.Errorf("%s: git clone %s: %w", s.name, s.o.Path, err)
}

// reading is the state of one Collect.
type reading struct {
	*source
	window collect.Window
	git    program

	repo     fact.Repository
	forge    forge
	refs     []ref
	head     tip // of the branch that counts
	deploy   tip // of the deploy branch, if deployments are told by branch
	tags     []tag
	history  *history
	rejected []refused // tags that are no deployments
	released bool      // deployments are told by tags
	fetched  time.Time // when the clone was last fetched; zero if that can not be told
	detached string    // note: HEAD is no branch
	guess    string    // note: how auto decided
	out      fact.Events
}

func (r *reading) read(ctx context.Context) error {
	if err := r.o.Validate(); err != nil {
		return err
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	if r.head.sha == "" {
		r.out.Repositories = append(r.out.Repositories, r.repo)
		r.gap(r.window.From, r.window.To, fmt.Sprintf("branch %q has no commits yet", r.head.name),
			"push a first commit, or set branch to the one that is used")
		return nil
	}
	if err := r.chooseDeployments(); err != nil {
		return err
	}
	if err := r.readHistory(ctx); err != nil {
		return err
	}
	var err error
	if r.repo.Pipelines, err = pipelines(ctx, r.git, r.head.sha); err != nil {
		return err
	}
	r.out.Repositories = append(r.out.Repositories, r.repo)
	r.emit()
	return nil
}

func (r *reading) gap(from, to time.Time, reason, next string) {
	r.out.Gaps = append(r.out.Gaps, fact.Gap{
		Source: r.name, Repository: r.repo.Name, From: from, To: to, Reason: reason, Next: next,
	})
}
