package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/comment"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/text"
)

// issueMarker begins the issue, by which later runs find it.
const issueMarker = "<!-- ip3dp:stale -->"

func (p *program) ciIssueCommand() *cobra.Command {
	var file string
	var days int
	var published bool
	c := &cobra.Command{
		Use:   "issue",
		Short: "Open, update or close the one issue about stale sources",
		Long: `issue reads the record of a run and sees to it that one issue is open while a
source has been stale for some days or a run has published nothing, and none
when all is well.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciIssue(c.Context(), file, days, published) },
	}
	c.Flags().StringVar(&file, "run", ".ip3dp/run.json", "the `file` with the record of the run")
	c.Flags().IntVar(&days, "days", 3, "how many `days` a source may be stale before it is told")
	c.Flags().BoolVar(&published, "published", true, "whether the site was published after the run: a job can "+
		"break where no record tells")
	return c
}

func (p *program) ciIssue(ctx context.Context, file string, days int, published bool) error {
	g, err := p.hub()
	if err != nil {
		return err
	}
	r, err := p.readRecord(file)
	if err != nil {
		return err
	}
	if !published {
		r = nil // it may be that of an earlier run, which a cache brought back
	}
	title, body := staleIssue(r, days, p.jobURL())
	outcome, err := g.Issue(ctx, ciLabel, issueMarker, title, body)
	if err != nil {
		return exit.Fail("", fmt.Errorf("issue: %w", err))
	}
	p.out.Printf("issue about stale sources: %s", outcome)
	return nil
}

// readRecord reads what a run wrote; nil if it broke before it could. One in a
// folder data is that of a site.
func (p *program) readRecord(file string) (*record, error) {
	data, err := readUntrusted(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	form := runForm
	if path.Base(path.Dir(filepath.ToSlash(file))) == path.Dir(publish.Marker) {
		form = markerForm
	}
	var r record
	if err == nil {
		if _, err = form.Decode(data, &r); err != nil {
			err = fmt.Errorf("%s %w", file, err)
		}
	}
	if err != nil {
		return nil, exit.Fail(nextOf(err, "see the log of the run; the next one writes it again"),
			fmt.Errorf("record of the run: %w", err))
	}
	return &r, nil
}

// jobURL is the page of the job that runs now; "" outside of one.
func (p *program) jobURL() string {
	server, repository, id := p.env.Get("GITHUB_SERVER_URL"), p.env.Get("GITHUB_REPOSITORY"), p.env.Get("GITHUB_RUN_ID")
	if server == "" || repository == "" || id == "" {
		return ""
	}
	return server + "/" + repository + "/actions/runs/" + id
}

// staleIssue is the issue that a run calls for; an empty body calls for none.
// The text is the same on every night that changes nothing but the age in days.
func staleIssue(r *record, days int, job string) (title, body string) {
	var b strings.Builder
	fmt.Fprintln(&b, issueMarker)
	log := ""
	if job != "" {
		log = "\n[Log of the run](" + job + ")\n"
	}
	if r == nil || r.Exit != exit.Complete && r.Exit != exit.Partial {
		fmt.Fprintf(&b, "The last run published nothing, so the site shows what an earlier one published.\n%s", log)
		return "The platform's site was not updated", b.String()
	}
	n := 0
	for i := range r.Sources {
		s := &r.Sources[i]
		age, stale := s.staleFor(r.AsOf)
		if !stale || age < time.Duration(days)*24*time.Hour {
			continue
		}
		if n++; n == 1 {
			fmt.Fprint(&b, "Numbers that rest on these sources are marked on the site.\n\n| source | state | for | why "+
				"|\n|---|---|---|---|\n")
		}
		since := "ever"
		if age < never {
			since = fmt.Sprintf("%d days", int(age.Hours()/24))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", comment.Inline(s.Name), s.Grade, since, comment.Inline(s.reason()))
	}
	if n == 0 {
		return "", ""
	}
	fmt.Fprint(&b, log)
	title = "A source of the platform's site is stale"
	if n > 1 {
		title = fmt.Sprintf("%d sources of the platform's site are stale", n)
	}
	return title, b.String()
}

// never is the age of what was never read: that is told at once.
const never = time.Duration(math.MaxInt64)

// staleFor is how long nothing new is known of a source that is not complete.
func (s *sourceRecord) staleFor(asOf time.Time) (time.Duration, bool) {
	if s.Grade != compute.Stale && s.Grade != compute.Missing {
		return 0, false
	}
	switch {
	case s.Collected != nil && !s.Collected.Until.IsZero():
		return asOf.Sub(s.Collected.Until), true
	case s.Age != nil:
		return time.Duration(*s.Age) * time.Second, true
	}
	return never, true
}

// reason is why a source is not complete, and what to do.
func (s *sourceRecord) reason() string {
	if len(s.Gaps) > 0 {
		return text.Join("; ", s.Gaps[0].Reason, s.Gaps[0].Next)
	}
	return s.Why
}
