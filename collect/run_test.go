package collect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

var window = collect.Window{
	From: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	To:   time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC),
}

// fake is a source that takes a while and gives one repository.
type fake struct {
	name  string
	takes time.Duration
	gaps  []fact.Gap
	err   error
	begun func()
}

func (f fake) Name() string { return f.name }

func (f fake) Collect(ctx context.Context, _ collect.Window) (fact.Events, error) {
	if f.begun != nil {
		f.begun()
	}
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		return fact.Events{}, ctx.Err()
	}
	return fact.Events{Repositories: []fact.Repository{{Name: f.name}}, Gaps: f.gaps}, f.err
}

func TestRunKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		results, err := collect.ReadSources(t.Context(), []collect.Source{
			fake{name: "slow", takes: 3 * time.Second}, fake{name: "quick", takes: time.Second}, fake{name: "last", takes: time.Second},
		}, window, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range results {
			got = append(got, r.Source, r.Events.Repositories[0].Name)
		}
		if diff := cmp.Diff([]string{"slow", "slow", "quick", "quick", "last", "last"}, got); diff != "" {
			t.Error(diff)
		}
		// Two at a time: 3 s beside 1 + 1 s. One at a time would take 5 s.
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %s, want 3s", took)
		}
	})
}

func TestRunTurnsErrorsIntoGaps(t *testing.T) {
	said := fact.Gap{Source: "b", Reason: "no token", Next: "set one"}
	results, err := collect.ReadSources(t.Context(), []collect.Source{
		fake{name: "a", err: errors.New("open /home/ann/x: permission denied")},
		fake{name: "b", err: errors.New("no token"), gaps: []fact.Gap{said}},
		fake{name: "c"},
	}, window, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []fact.Gap
	for _, r := range results {
		got = append(got, r.Events.Gaps...)
		if (r.Err != nil) == (r.Source == "c") {
			t.Errorf("%s: error %v", r.Source, r.Err)
		}
	}
	want := []fact.Gap{
		{Source: "a", From: window.From, To: window.To, Reason: "the source could not be read", Next: "see the log of the run"},
		said,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunObeysTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := 0
		sources := []collect.Source{
			fake{name: "a", takes: time.Hour, begun: func() { began++; cancel() }},
			fake{name: "b", takes: time.Hour, begun: func() { began++; cancel() }},
		}
		results, err := collect.ReadSources(ctx, sources, window, 1)
		if !errors.Is(err, context.Canceled) || results != nil {
			t.Errorf("Run = %v, %v, want nothing and the context's error", results, err)
		}
		if began != 1 {
			t.Errorf("%d sources began, want 1: the other was still waiting", began)
		}
	})
}
