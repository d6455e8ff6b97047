package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

const good = `[{"id":1}]`

// judgeFault is something that a forge does to a list of one item.
type judgeFault struct {
	name string
	do   handler
	// least and most are the bounds of the time slept before it is gone.
	least, most time.Duration
	// want is in the error when it never goes.
	want   string
	status int
	is     error
	// tries are sent when it never goes; 0: 6.
	tries int
}

const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`

// faults are what forges do; the answer to each is the same list in the end.
var faults = []judgeFault{
	{name: "500", do: answer(500, `{"message":"Server Error"}`), most: time.Second, status: 500, want: "Server Error"},
	{name: "502 html", do: html(502), most: time.Second, status: 502, want: "an HTML page"},
	{name: "503", do: answer(503, `{}`), most: time.Second, status: 503},
	{name: "503 with Retry-After", do: answer(503, `{}`, "Retry-After", "7"), least: 7 * time.Second, most: 7 * time.Second, status: 503},
	{name: "504 empty", do: answer(504, ``), most: time.Second, status: 504},
	{name: "429 with seconds", do: answer(429, `{}`, "Retry-After", "30"), least: 30 * time.Second, most: 31 * time.Second, status: 429, is: rest.ErrBudget},
	{name: "429 with a date", do: answer(429, `{}`, "Retry-After", start.Add(42*time.Second).Format(http.TimeFormat)), least: 42 * time.Second, most: 43 * time.Second, status: 429, is: rest.ErrBudget},
	{name: "429 with nothing", do: answer(429, `Retry later`), least: time.Second, most: 3 * time.Second, status: 429, is: rest.ErrBudget},
	{name: "429 in the past", do: answer(429, `{}`, "Retry-After", "0"), most: time.Second, status: 429, is: rest.ErrBudget},
	{name: "secondary limit with Retry-After", do: answer(403, secondary, "Retry-After", "90"), least: 90 * time.Second, most: 90 * time.Second, status: 403, is: rest.ErrBudget},
	{name: "secondary limit without a header", do: answer(403, secondary), least: time.Minute, most: 90 * time.Second, is: rest.ErrBudget, tries: 4},
	{name: "secondary limit as 429", do: answer(429, secondary, "X-RateLimit-Remaining", "4000"), least: time.Minute, most: 90 * time.Second, is: rest.ErrBudget, tries: 4},
	{name: "abuse detection", do: answer(403, `{"message":"You have triggered an abuse detection mechanism."}`), least: time.Minute, most: 90 * time.Second, is: rest.ErrBudget, tries: 4},
	{name: "primary limit", do: primary(403), least: 10 * time.Minute, most: 10*time.Minute + 2*time.Second, is: rest.ErrBudget, tries: -1},
	{name: "primary limit as 429", do: primary(429), least: 10 * time.Minute, most: 10*time.Minute + 2*time.Second, is: rest.ErrBudget, tries: -1},
	{name: "primary limit without headers", do: answer(403, `{"message":"API rate limit exceeded for installation ID 1."}`), least: time.Minute, most: 90 * time.Second, is: rest.ErrBudget, tries: 4},
	{name: "GitLab limit", do: answer(429, `Retry later`, "RateLimit-Remaining", "0", "RateLimit-Limit", "600", "RateLimit-Reset", unix(start.Add(20*time.Second))), least: 20 * time.Second, most: 22 * time.Second, is: rest.ErrBudget, tries: -1},
	{name: "truncated", do: truncated, most: time.Second, want: "unexpected EOF"},
	{name: "half of it", do: answer(200, `[{"id":1},{"id`), most: time.Second, status: 200, want: "not complete JSON"},
	{name: "empty 200", do: answer(200, ``), most: time.Second, status: 200, want: "the body is empty"},
	{name: "204 for a list", do: answer(204, ``), most: time.Second, status: 204, want: "the body is empty"},
	{name: "html 200", do: html(200), most: time.Second, status: 200, want: `"text/html`},
	{name: "html that says it is JSON", do: answer(200, `<html>`), most: time.Second, status: 200, want: "not a JSON array"},
	{name: "null", do: answer(200, ` null `), most: time.Second, status: 200, want: "null"},
	{name: "an object for a list", do: answer(200, `{"message":"ok"}`), most: time.Second, status: 200, want: "not a JSON array"},
	{name: "gzip bomb", do: bomb, most: time.Second, want: "body too large", is: rest.ErrTooLarge, tries: 2},
	{name: "truncated gzip", do: brokenGzip, most: time.Second, want: "unexpected EOF"},
	{name: "no gzip", do: answer(200, good, "Content-Encoding", "gzip"), most: time.Second, want: "gzip"},
	{name: "brotli", do: answer(200, good, "Content-Encoding", "br"), most: time.Second, want: `"br"`},
	{name: "reset", do: reset, most: time.Second, want: ""},
	{name: "hang", do: hang, most: time.Second, want: "no whole answer within 40ms"},
	{name: "slow", do: slow, most: time.Second, want: "no whole answer within 40ms"},
	{name: "next page elsewhere", do: answer(200, good, "Link", `<https://evil.example/x?page=2>; rel="next"`), most: time.Second, status: 200, want: "evil.example", is: rest.ErrHost},
	{name: "next page elsewhere among others", do: answer(200, good, "Link", `</x?page=1>; rel="prev", <//evil.example/x?page=2>; rel="next"`), most: time.Second, status: 200, want: "evil.example", is: rest.ErrHost},
}

func html(code int) handler {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		fmt.Fprintf(w, "<html><h1>Unicorn</h1>%s</html>", r.Header.Get("Authorization"))
	}
}

func primary(code int) handler {
	return answer(code, `{"message":"API rate limit exceeded"}`,
		"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(start.Add(10*time.Minute)))
}

func truncated(w http.ResponseWriter, _ *http.Request, _ int) {
	w.Header().Set("Content-Length", "4000")
	say(w, 200, good)
}

func brokenGzip(w http.ResponseWriter, _ *http.Request, _ int) {
	whole := zipped(bytes.Repeat([]byte(good), 50))
	w.Header().Set("Content-Encoding", "gzip")
	say(w, 200, string(whole[:len(whole)/2]))
}

func reset(w http.ResponseWriter, _ *http.Request, _ int) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func hang(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }

func slow(w http.ResponseWriter, r *http.Request, _ int) {
	say(w, 200, `[`)
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// bomb is 256 MiB in a few hundred kB: a megabyte of zeros after another.
func bomb(w http.ResponseWriter, _ *http.Request, _ int) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Type", "application/json")
	for range 256 {
		if _, err := w.Write(megabyte); err != nil {
			return
		}
	}
}

var megabyte = zipped(make([]byte, 1<<20))

// echo makes a fault repeat the token wherever it can.
func echo(do handler) handler {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("X-GitHub-Request-Id", "id-"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		do(w, r, n)
	}
}

func faultOptions(o *rest.Options) { o.PerTry = 40 * time.Millisecond }

// A fault that goes away leaves no trace in the answer.
func TestFaultOnce(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			forge := newForge(t, func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 1 {
					f.do(w, r, n)
					return
				}
				say(w, 200, good)
			})
			tr := forge.transport(t, func(o *rest.Options) {
				if f.name == "hang" || f.name == "slow" {
					faultOptions(o)
				}
			})
			status, body, err := get(rest.WithShape(t.Context(), rest.Array), tr, forge.URL+"/orgs/acme/repos?page=2")
			if err != nil || status != 200 || body != good {
				t.Fatalf("status %d, body %q, error %v", status, body, err)
			}
			if got := forge.clock.total(); got < f.least || got > f.most {
				t.Errorf("slept %v, want %v to %v", got, f.least, f.most)
			}
			if s := tr.Stats(); s.Requests != 2 || s.Retries != 1 || forge.requests() != 2 {
				t.Errorf("stats %+v, the forge counted %d requests", s, forge.requests())
			}
		})
	}
}

// A fault that stays is an error that names the request and never the token.
func TestFaultForever(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			forge := newForge(t, echo(f.do))
			tr := forge.transport(t, func(o *rest.Options) {
				if f.name == "hang" || f.name == "slow" {
					faultOptions(o)
				}
			})
			_, _, err := get(rest.WithShape(t.Context(), rest.Array), tr, forge.URL+"/orgs/acme/repos?page=2")
			var e *rest.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v of type %T", err, err)
			}
			text := e.Error()
			if !strings.Contains(text, "/orgs/acme/repos?page=2") || !strings.Contains(text, f.want) {
				t.Errorf("error %q, want the path and %q", text, f.want)
			}
			if strings.Contains(fmt.Sprintf("%+v %v", *e, err), canary) {
				t.Errorf("the token is in the error: %s", text)
			}
			if f.status != 0 && e.Status != f.status {
				t.Errorf("status %d, want %d", e.Status, f.status)
			}
			if f.is != nil && !errors.Is(err, f.is) {
				t.Errorf("error %v, want %v", err, f.is)
			}
			if f.is == nil && errors.Is(err, rest.ErrBudget) {
				t.Errorf("error %v would end the run", err)
			}
			tries := f.tries
			if tries == 0 {
				tries = 6
			}
			if got := forge.requests(); tries > 0 && got != tries {
				t.Errorf("%d requests, want %d", got, tries)
			}
		})
	}
}

// Nothing of a fault is retried when the request may not be repeated.
func TestFaultOfPost(t *testing.T) {
	for _, f := range faults {
		if f.name == "hang" || f.name == "slow" {
			continue // as the others, and each costs time
		}
		t.Run(f.name, func(t *testing.T) {
			forge := newForge(t, f.do)
			tr := forge.transport(t, nil)
			_, _, err := ask(rest.WithShape(t.Context(), rest.Array), tr, forge.URL+"/x")
			if err == nil || forge.requests() != 1 {
				t.Errorf("%d requests, error %v", forge.requests(), err)
			}
			if f.is != nil && !errors.Is(err, f.is) {
				t.Errorf("error %v, want %v", err, f.is)
			}
		})
	}
}

// Queries are repeated with their body.
func TestQueryBodyIsRepeated(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, r *http.Request, n int) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"query":"{viewer}"}` {
			t.Errorf("request %d has the body %q", n, body)
		}
		if n < 4 {
			w.WriteHeader(502)
			return
		}
		say(w, 200, `{"data":{}}`)
	})
	tr := forge.transport(t, nil)
	ctx := rest.WithQuery(rest.WithShape(t.Context(), rest.Object))
	if _, body, err := ask(ctx, tr, forge.URL+"/graphql"); err != nil || body != `{"data":{}}` {
		t.Errorf("body %q, error %v", body, err)
	}
}

// What says something about the thing asked for is the caller's to judge.
func TestPassedThrough(t *testing.T) {
	for _, code := range []int{400, 404, 409, 410, 422, 451} {
		forge := newForge(t, echo(func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("X-RateLimit-Remaining", "10")
			say(w, code, `{"message":"no `+r.Header.Get("Authorization")+`"}`)
		}))
		tr := forge.transport(t, nil)
		status, body, err := get(t.Context(), tr, forge.URL+"/x")
		if err != nil || status != code || forge.requests() != 1 {
			t.Errorf("%d: status %d, error %v, %d requests", code, status, err, forge.requests())
		}
		if strings.Contains(body, canary) || !strings.Contains(body, "no ") {
			t.Errorf("%d: body %q", code, body)
		}
	}
}

func TestForbiddenIsNoLimit(t *testing.T) {
	forge := newForge(t, answer(403, `{"message":"Resource not accessible by integration"}`, "X-RateLimit-Remaining", "4999", "X-RateLimit-Limit", "5000", "X-GitHub-Request-Id", "A1:B2"))
	tr := forge.transport(t, nil)
	_, _, err := get(t.Context(), tr, forge.URL+"/orgs/acme/teams")
	var e *rest.Error
	if !errors.As(err, &e) || e.Status != 403 || e.RequestID != "A1:B2" || forge.requests() != 1 {
		t.Fatalf("error %v, %d requests", err, forge.requests())
	}
	want := "GET " + forge.URL + "/orgs/acme/teams: 403 Forbidden: Resource not accessible by integration (request A1:B2)"
	if e.Error() != want {
		t.Errorf("error %q, want %q", e, want)
	}
}

func TestShapes(t *testing.T) {
	tests := []struct {
		shape       rest.Shape
		kind, body  string
		want        bool
		description string
	}{
		{rest.Any, "application/json", `{}`, true, "object"},
		{rest.Any, "application/json", `[]`, true, "list"},
		{rest.Any, "application/vnd.github+json", "\n 1", true, "number of a JSON dialect"},
		{rest.Any, "application/json", `null`, false, "null"},
		{rest.Any, "text/plain", `{}`, false, "JSON as text"},
		{rest.Any, "", `{}`, false, "no type"},
		{rest.Object, "application/json", `{"a":1}`, true, "object for object"},
		{rest.Object, "application/json", `[]`, false, "list for object"},
		{rest.Array, "application/json", `[]`, true, "list for list"},
		{rest.Array, "application/json", `{}`, false, "object for list"},
		{rest.Array, "application/json", `[] []`, false, "two lists"},
		{rest.Raw, "text/plain", ``, true, "nothing"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.shape), func(t *testing.T) {
			forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				w.Header()["Content-Type"] = []string{tt.kind}
				io.WriteString(w, tt.body)
			})
			_, _, err := get(rest.WithShape(t.Context(), tt.shape), forge.transport(t, nil), forge.URL)
			if (err == nil) != tt.want {
				t.Errorf("%s: error %v", tt.description, err)
			}
		})
	}
}

func TestRetriesOfCall(t *testing.T) {
	for want, ctx := range map[int]context.Context{
		1: rest.WithRetries(t.Context(), 0),
		3: rest.WithRetries(t.Context(), 2),
		6: t.Context(),
	} {
		forge := newForge(t, html(502))
		_, _, err := get(ctx, forge.transport(t, nil), forge.URL)
		if err == nil || forge.requests() != want {
			t.Errorf("%d requests, want %d, error %v", forge.requests(), want, err)
		}
	}
}

// All attempts and pauses together end with the deadline of the call.
func TestPerCall(t *testing.T) {
	forge := newForge(t, answer(503, `{}`, "Retry-After", "50"))
	tr := forge.transport(t, func(o *rest.Options) { o.PerCall = 2 * time.Minute })
	_, _, err := get(t.Context(), tr, forge.URL)
	if err == nil || !strings.Contains(err.Error(), "no time left of 2m0s") {
		t.Errorf("error %v", err)
	}
	if got := forge.clock.total(); got != 100*time.Second {
		t.Errorf("slept %v", got)
	}
}

func TestContextEndsWaiting(t *testing.T) {
	for _, f := range []handler{hang, answer(500, ``), answer(429, ``, "Retry-After", "60")} {
		forge := newForge(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		tr := forge.transport(t, func(o *rest.Options) {
			o.Sleep = func(ctx context.Context, _ time.Duration) error {
				cancel()
				<-ctx.Done()
				return ctx.Err()
			}
		})
		time.AfterFunc(20*time.Millisecond, cancel)
		_, _, err := get(ctx, tr, forge.URL)
		if !errors.Is(err, context.Canceled) || forge.requests() != 1 {
			t.Errorf("error %v after %d requests", err, forge.requests())
		}
	}
}
