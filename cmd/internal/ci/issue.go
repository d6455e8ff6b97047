package ci

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/comment"
)

// IssueMarker begins the issue, by which later runs find it.
const IssueMarker = "<!-- ip3dp:stale -->"

// ReadRecord reads the record of a run; nil if the run broke before it wrote one. A file in a
// folder data is the record of a site.
func ReadRecord(file string) (*state.Record, error) {
	data, err := ReadUntrusted(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	form := state.RunForm
	if path.Base(path.Dir(filepath.ToSlash(file))) == path.Dir(publish.Marker) {
		form = state.MarkerForm
	}
	var r state.Record
	if err == nil {
		if _, err = form.Decode(data, &r); err != nil {
			err = fmt.Errorf("%s %w", file, err)
		}
	}
	if err != nil {
		return nil, exit.Fail(state.NextStep(err, "see the log of the run; the next one writes it again"),
			fmt.Errorf("record of the run: %w", err))
	}
	return &r, nil
}

// URL returns the page of the job; "" outside of one.
func (j *Job) URL() string {
	server, repository, id := j.Env.Get("GITHUB_SERVER_URL"), j.Env.Get("GITHUB_REPOSITORY"), j.Env.Get("GITHUB_RUN_ID")
	if server == "" || repository == "" || id == "" {
		return ""
	}
	return server + "/" + repository + "/actions/runs/" + id
}

// WriteIssue returns the issue that a run calls for. An empty body closes it. The text is the
// same every night, but for the age in days.
func WriteIssue(r *state.Record, days int, job string) (title, body string) {
	var b strings.Builder
	fmt.Fprintln(&b, IssueMarker)
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
		age, stale := staleAge(s, r.AsOf)
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
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", comment.Inline(s.Name), s.Grade, since, comment.Inline(findReason(s)))
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

// never is the age of a source that was never read. It is reported at once.
const never = time.Duration(math.MaxInt64)

// staleAge returns the time since the last new data of a source, and whether the source is
// stale or missing.
func staleAge(s *state.SourceRecord, asOf time.Time) (time.Duration, bool) {
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

// findReason returns why a source is not complete, and the next step.
func findReason(s *state.SourceRecord) string {
	if len(s.Gaps) > 0 {
		return text.Join("; ", s.Gaps[0].Reason, s.Gaps[0].Next)
	}
	return s.Why
}
