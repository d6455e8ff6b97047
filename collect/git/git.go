// Package git reads the history of one clone with the git program: commits, changes and
// deployments, without a token and without a network request.
//
// Missing facts are reported: a shallow clone, a repository without release tags and an
// unreadable clone are gaps. Unusable commits and tags are counted with a reason. docs/git.md
// describes every rule and option.
//
// A clone is untrusted input. git runs without hooks, pager, file-system monitor, external
// diff, signature programs or network, and without the environment variables that select
// another repository.
package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// Rules for deployments: the values of Options.Deployments.
const (
	ByTags    = "tags"   // every release tag
	ByBranch  = "branch" // every update of the deploy branch
	ByNothing = "none"   // the deployments come from another source
	Auto      = "auto"   // tags if there are release tags, else branch
)

// Options configures how one clone is read. The zero value of every field but Path is a usable
// default.
type Options struct {
	// Path is the clone's top folder, or a bare clone.
	Path string
	// Repository is the name in teams.toml. Default: owner/name from the URL of the remote
	// "origin", or else the folder's name.
	Repository string
	// Branch is the branch whose history counts. Default: origin's default branch, or else
	// HEAD.
	Branch string
	// Deployments is one of tags, branch, none and auto. Default: auto.
	Deployments string
	// TagPattern is a regular expression (RE2) for the tags that are deployments. A group named
	// "service" matches the deployed service. Default: tags that look like releases without
	// pre-releases, see docs/git.md. A custom pattern replaces all of these rules.
	TagPattern string
	// Components lists the components with an owner, by repository as named in teams.toml. A
	// name joined to a version with - or _ in a tag may be one of them.
	Components map[string][]string
	// DeployBranch is the branch whose updates are deployments. Default: Branch.
	DeployBranch string
	// Paths reads the files that each commit touched. It doubles the time to read a clone and
	// is needed for path scopes only.
	Paths bool
	// Environment of the deployments. Default: production.
	Environment string
	// Since leaves out earlier records. Ancestry is still read in full.
	Since time.Time
}

// Validate reports unusable settings.
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
			errs = append(errs, fmt.Errorf("%q: a path or branch cannot contain a line break or NUL", v))
		}
	}
	return errors.Join(errs...)
}

// New returns the source that reads the clone o.Path. name is the source's name in config.toml.
// Collect fails with unusable options; Validate finds them earlier.
func New(name string, o Options) collect.Source {
	o.Deployments = cmp.Or(o.Deployments, Auto)
	o.Environment = cmp.Or(o.Environment, "production")
	return &source{name: name, o: o}
}

type source struct {
	name string
	o    Options
}

// Name returns the source's name in config.toml.
func (s *source) Name() string { return s.name }

// Collect reads the clone. Records at or after w.To are counted and left out. w.From is not a
// limit, because older history is the baseline of lead times and costs nothing; Options.Since
// is one.
//
// An unreadable clone is an error and a gap. A repository without commits, a shallow one and
// one without release tags are gaps only.
func (s *source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	r := &cloneReader{source: s, window: w, git: program{dir: s.o.Path}}
	err := r.readClone(ctx)
	if err == nil {
		return r.out, nil
	}
	gap := fact.Gap{
		Source: s.name, Repository: cmp.Or(r.repo.Name, s.o.Repository), From: w.From, To: w.To,
		Reason: "the clone could not be read", Next: "see the log of this run",
	}
	var known *knownError
	if errors.As(err, &known) {
		gap.Reason, gap.Next = known.reason, known.next
	}
	r.out.Gaps = append(r.out.Gaps, gap)
	return r.out, fmt.Errorf("%s: git clone %s: %w", s.name, s.o.Path, err)
}

// cloneReader is the state of one Collect.
type cloneReader struct {
	*source
	window collect.Window
	git    program

	repo     fact.Repository
	forge    forge
	refs     []ref
	head     tip // of the branch whose history counts
	deploy   tip // of the deploy branch, if updates of a branch are deployments
	tags     []tag
	history  *history
	rejected []rejectedTags // tags that are not deployments
	released bool           // tags are deployments
	fetched  time.Time      // time of the last fetch; zero if unknown
	detached string         // note: HEAD is not a branch
	guess    string         // note: how auto decided
	out      fact.Events
}

func (r *cloneReader) readClone(ctx context.Context) error {
	if err := r.o.Validate(); err != nil {
		return err
	}
	if err := r.openClone(ctx); err != nil {
		return err
	}
	if r.head.sha == "" {
		r.out.Repositories = append(r.out.Repositories, r.repo)
		r.addGap(r.window.From, r.window.To, fmt.Sprintf("branch %q has no commits yet", r.head.name),
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
	if r.repo.Pipelines, err = listPipelines(ctx, r.git, r.head.sha); err != nil {
		return err
	}
	r.out.Repositories = append(r.out.Repositories, r.repo)
	r.emitFacts()
	return nil
}

func (r *cloneReader) addGap(from, to time.Time, reason, next string) {
	r.out.Gaps = append(r.out.Gaps, fact.Gap{
		Source: r.name, Repository: r.repo.Name, From: from, To: to, Reason: reason, Next: next,
	})
}
