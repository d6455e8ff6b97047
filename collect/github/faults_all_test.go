//go:build !race

// Every fault takes three times as long under the race detector, which sees the
// same code in TestConform.

package github_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// TestFaults breaks the forge in every known way, at several requests of a run and
// for ever: what was collected is what a clean run collects, or the report says that
// something is missing.
func TestFaults(t *testing.T) {
	w := pagesWorld(104, 104)
	o := github.Options{
		Token: githubtest.Token, Organisations: []string{"acme"}, Teams: true, IncidentLabels: []string{"incident"},
	}
	clean := collectOnce(t, w, o, nil)
	if clean.err != nil || len(clean.report.Gaps) > 0 {
		t.Fatalf("a clean run: %v, gaps %v", clean.err, clean.report.Gaps)
	}
	stranger := testkit.NewStranger()
	t.Cleanup(stranger.Close)
	for _, f := range testkit.Faults(stranger.URL) {
		whens := []testkit.When{testkit.Once(1), testkit.Once(3), testkit.Once(5), testkit.Always()}
		if f.Waits { // they cost the test their deadline
			whens = whens[1:2]
		}
		o := o
		if f.Waits && !f.Harmless {
			o.Timeout = 250 * time.Millisecond
		}
		for _, when := range whens {
			t.Run(fmt.Sprintf("%s/%+v", f.Name, when), func(t *testing.T) {
				injection := f.Inject(when)
				got := collectOnce(t, w, o, injection.Wrap)
				judgeFault(t, f, when, injection.Fired(), clean, got)
			})
		}
	}
	if requests, _ := stranger.Visits(); requests > 0 {
		t.Errorf("another host was asked %d times", requests)
	}
}

func judgeFault(t *testing.T, f testkit.Fault, when testkit.When, fired int, clean, got collected) {
	t.Helper()
	said := got.err != nil || len(got.report.Gaps) > 0
	diff := cmp.Diff(clean.facts, got.facts)
	if diff != "" && !said {
		t.Errorf("facts are missing in silence (-clean +got):\n%s", diff)
	}
	if fired == 0 {
		return
	}
	if (f.Heals && when.Times == 1 || f.Harmless) && (said || diff != "") {
		t.Errorf("it should have been got over: %v, gaps %v\n%s", got.err, got.report.Gaps, diff)
	}
	if f.Credentials && !errors.Is(got.err, collect.ErrCredentials) {
		t.Errorf("the error is %v, it should be about credentials", got.err)
	}
	text := fmt.Sprintf("%v %+v", got.err, got.report)
	if strings.Contains(text, githubtest.Token[10:20]) {
		t.Errorf("the token is told: %s", text)
	}
}
