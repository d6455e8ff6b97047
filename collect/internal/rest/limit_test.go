package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// counting answers with what is left of a limit of 100 until a reset.
func counting(left *atomic.Int64, reset time.Time, prefix string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.Header().Set(prefix+"Limit", "100")
		w.Header().Set(prefix+"Remaining", itoa(max(left.Add(-1), 0)))
		w.Header().Set(prefix+"Reset", unix(reset))
		say(w, 200, good)
	}
}

func TestKeepEndsBeforeSending(t *testing.T) {
	var left atomic.Int64
	left.Store(24)
	forge := newForge(t, counting(&left, start.Add(30*time.Minute), "X-RateLimit-"))
	tr := forge.transport(t, func(o *rest.Options) { o.Keep = 0.2 })
	sent := 0
	var err error
	for err == nil && sent < 50 {
		if _, _, err = get(t.Context(), tr, forge.URL+"/repos"); err == nil {
			sent++
		}
	}
	// 23, 22, 21, 20: the fourth answer says that the share is reached.
	var b *rest.BudgetError
	if sent != 4 || forge.requests() != 4 || !errors.Is(err, rest.ErrBudget) || !errors.As(err, &b) {
		t.Fatalf("%d sent, error %v", sent, err)
	}
	if !b.Until.Equal(start.Add(30*time.Minute)) || !strings.Contains(err.Error(), "until 2026-03-02T03:30:00Z") {
		t.Errorf("until %v, error %v", b.Until, err)
	}
	if s := tr.Stats(); s.Limit != 100 || s.Left != 20 || !s.Reset.Equal(start.Add(30*time.Minute)) || s.Requests != 4 || s.Waited != 0 {
		t.Errorf("stats %+v", s)
	}
	// Other limits are not used up, and the search's is no reason to end.
	if _, _, err := get(t.Context(), tr, forge.URL+"/search/issues"); err != nil {
		t.Errorf("search: %v", err)
	}
	// After the reset requests are allowed again.
	forge.clock.Sleep(t.Context(), time.Hour)
	if _, _, err := get(t.Context(), tr, forge.URL+"/repos"); err != nil {
		t.Errorf("after the reset: %v", err)
	}
}

// GitLab's limit is one of a minute: waiting keeps the share as well.
func TestKeepOfAMinuteWaits(t *testing.T) {
	var left atomic.Int64
	left.Store(21)
	forge := newForge(t, counting(&left, start.Add(40*time.Second), "RateLimit-"))
	tr := forge.transport(t, func(o *rest.Options) { o.Keep = 0.2 })
	for range 2 {
		if _, _, err := get(t.Context(), tr, forge.URL+"/api/v4/groups/1/projects"); err != nil {
			t.Fatal(err)
		}
	}
	if got := forge.clock.total(); got != 41*time.Second || tr.Stats().Waited != got {
		t.Errorf("slept %v, stats %+v", got, tr.Stats())
	}
}

// With nothing to keep, a limit that is used up is waited for before sending.
func TestUsedUpWaits(t *testing.T) {
	var left atomic.Int64
	left.Store(1)
	forge := newForge(t, counting(&left, start.Add(10*time.Minute), "X-RateLimit-"))
	tr := forge.transport(t, nil)
	for range 2 {
		if _, _, err := get(t.Context(), tr, forge.URL); err != nil {
			t.Fatal(err)
		}
	}
	if got := forge.clock.total(); got != 10*time.Minute+time.Second {
		t.Errorf("slept %v", got)
	}
}

func TestMaxWait(t *testing.T) {
	for name, h := range map[string]handler{
		"reset":       answer(403, `{}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Limit", "5000", "X-RateLimit-Reset", unix(start.Add(16*time.Minute))),
		"retry after": answer(429, `{}`, "Retry-After", "901"),
		"endless":     answer(429, `{}`, "Retry-After", "99999999999999"),
	} {
		t.Run(name, func(t *testing.T) {
			forge := newForge(t, h)
			tr := forge.transport(t, nil)
			for range 2 { // the second is not even sent
				_, _, err := get(t.Context(), tr, forge.URL)
				var b *rest.BudgetError
				if !errors.As(err, &b) || b.Until.Before(start.Add(15*time.Minute)) {
					t.Errorf("%s: error %v", name, err)
				}
			}
			if forge.requests() != 1 || forge.clock.total() != 0 {
				t.Errorf("%s: %d requests, slept %v", name, forge.requests(), forge.clock.total())
			}
		})
	}
}

func TestMaxRequests(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 3 {
			w.WriteHeader(500)
			return
		}
		say(w, 200, good)
	})
	tr := forge.transport(t, func(o *rest.Options) { o.MaxRequests = 3 })
	for n := 1; n <= 4; n++ {
		_, _, err := get(t.Context(), tr, forge.URL)
		if got := errors.Is(err, rest.ErrBudget); got != (n > 2) {
			t.Errorf("request %d: error %v", n, err)
		}
	}
	if forge.requests() != 3 {
		t.Errorf("%d requests", forge.requests())
	}
}

const graphqlLimited = `{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`

func TestGraphQLLimit(t *testing.T) {
	reset := []string{"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "3", "X-RateLimit-Reset", unix(start.Add(5 * time.Minute))}
	tests := []struct {
		name string
		do   handler
		want time.Duration
	}{
		{"with a reset", answer(200, graphqlLimited, reset...), 5*time.Minute + time.Second},
		{"without", answer(200, graphqlLimited), 90 * time.Second},
		{"newer name", answer(200, strings.Replace(graphqlLimited, "RATE_LIMITED", "RATE_LIMIT", 1)), 90 * time.Second},
		{"secondary", answer(200, `{"errors":[{"message":"You have exceeded a secondary rate limit."}]}`), 90 * time.Second},
		{"in a title only", answer(200, `{"data":{"title":"RATE_LIMITED: secondary rate limit"}}`), 0},
		{"another error", answer(200, `{"data":{"a":null},"errors":[{"type":"NOT_FOUND","message":"RATE_LIMITED"}]}`), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forge := newForge(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 1 {
					tt.do(w, r, n)
					return
				}
				say(w, 200, `{"data":{}}`)
			})
			tr := forge.transport(t, nil)
			ctx := rest.WithQuery(rest.WithShape(t.Context(), rest.Object))
			if _, _, err := ask(ctx, tr, forge.URL+"/graphql"); err != nil {
				t.Fatal(err)
			}
			if got := forge.clock.total(); got != tt.want {
				t.Errorf("slept %v, want %v", got, tt.want)
			}
		})
	}
}

// The wait for a limit without a header grows each time.
func TestSecondaryGrows(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n <= 3 {
			say(w, 403, secondary)
			return
		}
		say(w, 200, good)
	})
	if _, _, err := get(t.Context(), forge.transport(t, nil), forge.URL); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(forge.clock.slept), "[1m30s 2m30s 4m30s]"; got != want {
		t.Errorf("slept %v, want %v", got, want)
	}
}

// A limit that one request meets holds the others.
func TestPauseIsShared(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/first" {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(429)
			return
		}
		say(w, 200, good)
	})
	tr := forge.transport(t, nil)
	if _, _, err := get(rest.WithRetries(t.Context(), 0), tr, forge.URL+"/first"); !errors.Is(err, rest.ErrBudget) {
		t.Fatalf("error %v", err)
	}
	if _, _, err := get(t.Context(), tr, forge.URL+"/second"); err != nil {
		t.Fatal(err)
	}
	if got := forge.clock.total(); got != time.Minute {
		t.Errorf("the second request came after %v", got)
	}
}

func TestConcurrency(t *testing.T) {
	var now, most atomic.Int64
	forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
		say(w, 200, good)
	})
	tr := forge.transport(t, func(o *rest.Options) { o.Concurrency = 3 })
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, _, err := get(t.Context(), tr, forge.URL); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := most.Load(); got > 3 {
		t.Errorf("%d requests at a time", got)
	}
	if s := tr.Stats(); s.Requests != 40 {
		t.Errorf("stats %+v", s)
	}
}

func TestCredentials(t *testing.T) {
	for _, fresh := range []bool{true, false} {
		forge := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.Header.Get("Authorization") != "Bearer second" {
				say(w, 401, `{"message":"Bad credentials"}`)
				return
			}
			say(w, 200, good)
		})
		tr := forge.transport(t, func(o *rest.Options) {
			o.Authorize = func(ctx context.Context, r *http.Request) error {
				token := "Bearer first"
				if rest.Refused(ctx) && fresh {
					token = "Bearer second"
				}
				r.Header.Set("Authorization", token)
				return nil
			}
		})
		_, _, err := get(t.Context(), tr, forge.URL)
		if fresh && (err != nil || forge.requests() != 2) {
			t.Errorf("fresh credentials: error %v, %d requests", err, forge.requests())
		}
		if !fresh && (!errors.Is(err, rest.ErrCredentials) || !strings.Contains(err.Error(), "Bad credentials") || forge.requests() != 1) {
			t.Errorf("same credentials: error %v, %d requests", err, forge.requests())
		}
	}
}

// Refused twice, with other credentials each time.
func TestCredentialsRefusedTwice(t *testing.T) {
	forge := newForge(t, answer(401, `{"message":"Bad credentials"}`))
	n := 0
	tr := forge.transport(t, func(o *rest.Options) {
		o.Authorize = func(_ context.Context, r *http.Request) error {
			n++
			r.Header.Set("Private-Token", fmt.Sprint("glpat-number-", n))
			return nil
		}
	})
	_, _, err := get(t.Context(), tr, forge.URL)
	if !errors.Is(err, rest.ErrCredentials) || forge.requests() != 2 {
		t.Errorf("error %v, %d requests", err, forge.requests())
	}
}

func TestNoCredentials(t *testing.T) {
	forge := newForge(t, answer(200, good))
	failure := errors.New("key of the app cannot be read: " + canary)
	tr := forge.transport(t, func(o *rest.Options) {
		o.Authorize = func(context.Context, *http.Request) error { return failure }
	})
	_, _, err := get(t.Context(), tr, forge.URL)
	if !errors.Is(err, failure) || strings.Contains(err.Error(), canary) || forge.requests() != 0 {
		t.Errorf("error %v, %d requests", err, forge.requests())
	}
}
