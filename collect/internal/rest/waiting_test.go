package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// script is a forge without a network, for tests in which time passes by itself.
type script func(r *http.Request) *http.Response

func (s script) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := s(r)
	if resp == nil { // it hangs
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return resp, nil
}

func reply(code int, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// scripted has the defaults of everything but the sender.
func scripted(t *testing.T, s script) *rest.Transport {
	t.Helper()
	tr, err := rest.New(rest.Options{Base: &url.URL{Scheme: "https", Host: "forge.example"}, Next: s, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestBackoffIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		tr := scripted(t, func(*http.Request) *http.Response { tries++; return reply(500, "") })
		begin := time.Now()
		_, _, err := get(t.Context(), tr, "https://forge.example/x")
		// At most 1, 2, 4, 8 and 16 s between six attempts.
		if took := time.Since(begin); err == nil || tries != 6 || took > 31*time.Second {
			t.Errorf("%d attempts in %v, error %v", tries, took, err)
		}
	})
}

// A forge that never answers costs the deadline of the call, not that of every
// attempt.
func TestHangingForgeCostsThePerCallDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := scripted(t, func(*http.Request) *http.Response { return nil })
		begin := time.Now()
		_, _, err := get(t.Context(), tr, "https://forge.example/x")
		if took := time.Since(begin); err == nil || took < 4*time.Minute || took > 5*time.Minute+time.Second {
			t.Errorf("took %v, error %v", took, err)
		}
	})
}

func TestDeadlineOfCallerEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := scripted(t, func(*http.Request) *http.Response { return reply(429, "", "Retry-After", "600") })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		_, _, err := get(ctx, tr, "https://forge.example/x")
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != time.Minute {
			t.Errorf("took %v, error %v", took, err)
		}
	})
}

// When one of many requests meets a secondary limit, none is sent until it ends;
// waiting for their turn costs the others nothing of their own deadline.
func TestManyWaitTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []time.Time
		begin := time.Now()
		tr := scripted(t, func(*http.Request) *http.Response {
			time.Sleep(20 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now().Add(-20*time.Second))
			if len(sent) == 9 {
				return reply(403, secondary, "Retry-After", "120")
			}
			return reply(200, good)
		})
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if _, _, err := get(t.Context(), tr, "https://forge.example/x"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		// The ninth is in the second batch of eight, which was sent after 20 s.
		told := begin.Add(40 * time.Second)
		for _, at := range sent {
			if at.After(told) && at.Before(told.Add(2*time.Minute)) {
				t.Errorf("sent %v after the limit was met", at.Sub(told))
			}
		}
		// Requests sent in the instant of the answer still take their 20 s.
		if s := tr.Stats(); s.Requests != 201 || s.Retries != 1 || s.Waited < 100*time.Second || s.Waited > 2*time.Minute {
			t.Errorf("stats %+v", s)
		}
	})
}
