package gitlab_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/gitlab"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

// collected is what a run brought.
type collected struct {
	facts  fact.Events
	report collect.Report
	err    error
}

// collectOnce reads a world through middleware, on a clock that never waits.
func collectOnce(t *testing.T, w *testkit.World, perTry time.Duration, wrap func(http.Handler) http.Handler) collected {
	t.Helper()
	s := gitlabtest.Serve(w, gitlabtest.Options{Wrap: wrap})
	defer s.Close()
	c := testkit.NewClock(w.To)
	o := gitlab.Options{
		BaseURL: s.URL, Groups: []string{"acme"}, Token: token, Teams: true, IncidentLabels: []string{"incident"},
		Now: c.Now, Sleep: c.Sleep, PerTry: perTry,
	}
	var m testkit.Memory
	report, err := open(t, o).Sync(t.Context(), &m, window(w, w.To))
	e := m.Events("lab", collect.Window{From: w.From, To: w.To})
	e.Gaps, e.Checks, e.Syncs = nil, nil, nil
	return collected{e, report, err}
}

// TestFaults breaks GitLab in every known way, at several requests of a run and for
// ever: what was collected is what a clean run collects, or the report or the error
// says that something is missing.
func TestFaults(t *testing.T) {
	w := testkit.Organisation(testkit.Size{Repositories: 2, Teams: 1, People: 5, Requests: 5, Deployments: 210, Incidents: 3})
	clean := collectOnce(t, w, 0, nil)
	if clean.err != nil || len(clean.report.Gaps) > 0 || len(clean.facts.Deployments) < 200 || len(clean.facts.Incidents) == 0 {
		t.Fatalf("a clean run: %v, gaps %v, %d deployments", clean.err, clean.report.Gaps, len(clean.facts.Deployments))
	}
	stranger := testkit.NewStranger()
	t.Cleanup(stranger.Close)
	for _, f := range testkit.Faults(stranger.URL) {
		if f.GitHubOnly {
			continue
		}
		whens := []testkit.When{testkit.Always()}
		for _, n := range []int{1, 2, 4, 7, 12, 20} {
			whens = append(whens, testkit.Once(n))
		}
		perTry := time.Duration(0)
		if f.Waits {
			perTry, whens = 250*time.Millisecond, whens[2:4]
		}
		fired, ran := 0, 0
		for _, when := range whens {
			t.Run(fmt.Sprintf("%s/%+v", f.Name, when), func(t *testing.T) {
				injection := f.Inject(when)
				got := collectOnce(t, w, perTry, injection.Wrap)
				judge(t, f, when, injection.Fired(), clean, got)
				fired, ran = fired+injection.Fired(), ran+1
			})
		}
		if fired == 0 && ran > 0 {
			t.Errorf("%s never happened", f.Name)
		}
	}
	if requests, tokens := stranger.Visits(); requests > 0 {
		t.Errorf("another host was asked %d times, with a token %d times", requests, tokens)
	}
}

func judge(t *testing.T, f testkit.Fault, when testkit.When, fired int, clean, got collected) {
	t.Helper()
	said := got.err != nil || len(got.report.Gaps) > 0
	diff := ""
	if !reflect.DeepEqual(clean.facts, got.facts) { // faster where they are equal
		diff = cmp.Diff(clean.facts, got.facts)
	}
	if diff != "" && !said {
		t.Errorf("facts are missing in silence (-clean +got):\n%s", diff)
	}
	if fired > 0 && (f.Heals && when.Times == 1 || f.Harmless) && (said || diff != "") {
		t.Errorf("it should have been got over: %v, gaps %v\n%s", got.err, got.report.Gaps, diff)
	}
	if fired > 0 && f.Credentials && !errors.Is(got.err, collect.ErrCredentials) {
		t.Errorf("the error is %v, it should be about credentials", got.err)
	}
	if text := fmt.Sprintf("%v %+v", got.err, got.report); strings.Contains(text, "canary") {
		t.Errorf("the token is told: %s", text)
	}
}
