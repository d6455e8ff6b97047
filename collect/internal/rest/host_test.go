package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

func TestRedirects(t *testing.T) {
	other := newForge(t, answer(200, good))
	tests := []struct {
		name, to string
		code     int
		post     bool
		want     string // in the error; "": followed
	}{
		{"renamed", "/repositories/1", 301, false, ""},
		{"found", "/repositories/1", 302, false, ""},
		{"temporary query", "/repositories/1", 307, true, ""},
		{"permanent query", "/repositories/1", 308, true, ""},
		{"query becomes GET", "/repositories/1", 301, true, "would turn a POST into a GET"},
		{"other port", other.URL + "/repositories/1", 301, false, other.Listener.Addr().String()},
		{"other host", "//evil.example/x", 302, false, "http://evil.example:80"},
		{"other host, query", "http://evil.example/x", 307, true, "http://evil.example:80"},
		{"other scheme", "ftp://127.0.0.1/x", 302, false, "ftp://127.0.0.1"},
		{"nowhere", "", 301, false, "without an address"},
		{"unreadable", "http://[::1", 301, false, "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forge := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				if r.URL.Path == "/repositories/1" {
					say(w, 200, good)
					return
				}
				if tt.to != "" {
					w.Header().Set("Location", tt.to)
				}
				w.WriteHeader(tt.code)
			})
			do := get
			if tt.post {
				do = ask
			}
			_, body, err := do(rest.WithQuery(t.Context()), forge.transport(t, nil), forge.URL+"/repos/acme/old")
			if tt.want == "" {
				if err != nil || body != good {
					t.Errorf("body %q, error %v", body, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || forge.requests() != 1 {
				t.Errorf("error %v, want %q; %d requests", err, tt.want, forge.requests())
			}
		})
	}
	if other.requests() != 0 {
		t.Errorf("the other host got %d requests", other.requests())
	}
}

func TestRedirectLoopEnds(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, "/x", http.StatusFound)
	})
	_, _, err := get(t.Context(), forge.transport(t, nil), forge.URL+"/x")
	if err == nil || !strings.Contains(err.Error(), "10 redirects") || forge.requests() > 11 {
		t.Errorf("error %v after %d requests", err, forge.requests())
	}
}

func TestNotModifiedIsAnError(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(304) })
	if _, _, err := get(t.Context(), forge.transport(t, nil), forge.URL); err == nil || forge.requests() != 1 {
		t.Errorf("error %v, %d requests", err, forge.requests())
	}
}

// A request for another host is not sent, so that no token goes there.
func TestOtherHostIsNotAsked(t *testing.T) {
	other := newForge(t, answer(200, good))
	forge := newForge(t, answer(200, good))
	tr := forge.transport(t, nil)
	_, _, err := get(t.Context(), tr, other.URL+"/x?access_token=abcdef")
	var e *rest.Error
	if !errors.Is(err, rest.ErrHost) || !errors.As(err, &e) || other.requests() != 0 {
		t.Fatalf("error %v, %d requests", err, other.requests())
	}
	if strings.Contains(e.Error(), "abcdef") {
		t.Errorf("the token is in %v", e)
	}
}

func TestSameHost(t *testing.T) {
	tests := map[string]map[string]bool{
		"https://api.github.com/": {
			"https://api.github.com/x":               true,
			"https://API.github.com:443/x":           true,
			"/x":                                     true,
			"?page=2":                                true,
			"http://api.github.com/x":                false,
			"https://api.github.com:8443/x":          false,
			"https://api.github.com.evil.example/x":  false,
			"https://api.github.com@evil.example/x":  false,
			"https://api.github.com%2eevil.example/": false,
			"//evil.example":                         false,
			"https://":                               false,
			"javascript:alert(1)":                    false,
			"http://[::1":                            false,
		},
		"http://gitlab.local:8080/gitlab/": {
			"http://gitlab.local:8080/api": true,
			"http://gitlab.local/api":      false,
		},
	}
	for base, links := range tests {
		t.Run(base, func(t *testing.T) {
			u, err := url.Parse(base)
			if err != nil {
				t.Fatal(err)
			}
			tr, err := rest.New(rest.Options{Base: u, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			for link, want := range links {
				if err := tr.SameHost(link); (err == nil) != want || err != nil && !errors.Is(err, rest.ErrHost) {
					t.Errorf("%s on %s: %v", link, base, err)
				}
			}
		})
	}
}

// Credentials reach the forge, and nothing that comes back has them.
func TestCredentialsStayBelow(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Header.Get("Authorization") != "Bearer "+canary || r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("X-RateLimit-Remaining", "0")
		say(w, 200, good)
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, forge.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := forge.transport(t, nil).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if r.Header.Get("Authorization") != "" || resp.Request != r {
		t.Errorf("headers of the request: %v", r.Header)
	}
	if resp.Header.Get("X-RateLimit-Remaining") != "" {
		t.Errorf("the client would judge limits itself: %v", resp.Header)
	}
}

func TestCompressed(t *testing.T) {
	long := `["` + strings.Repeat("a", 3<<20) + `"]`
	for _, gzipped := range []bool{true, false} {
		forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
			if gzipped {
				w.Header().Set("Content-Encoding", "gzip")
				say(w, 200, string(zipped([]byte(long))))
				return
			}
			say(w, 200, long)
		})
		tr := forge.transport(t, nil)
		for range 2 { // the second uses the first's decompressor
			if _, body, err := get(t.Context(), tr, forge.URL); err != nil || body != long {
				t.Errorf("gzip %v: %d bytes, error %v", gzipped, len(body), err)
			}
		}
	}
}

func TestMaxBody(t *testing.T) {
	for size, want := range map[int]bool{1000: true, 1001: false} {
		body := `"` + strings.Repeat("a", size-2) + `"`
		for _, encoding := range []string{"", "gzip"} {
			forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				if encoding == "gzip" {
					w.Header().Set("Content-Encoding", encoding)
					say(w, 200, string(zipped([]byte(body))))
					return
				}
				say(w, 200, body)
			})
			tr := forge.transport(t, func(o *rest.Options) { o.MaxBody = 1000 })
			_, _, err := get(t.Context(), tr, forge.URL)
			if (err == nil) != want || err != nil && !errors.Is(err, rest.ErrTooLarge) {
				t.Errorf("%d bytes %s: %v", size, encoding, err)
			}
		}
	}
}

// A bomb of 256 MiB costs the limit of 32 MiB and little more.
func TestBombMemory(t *testing.T) {
	forge := newForge(t, bomb)
	tr := forge.transport(t, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := get(rest.WithRetries(t.Context(), 0), tr, forge.URL)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, rest.ErrTooLarge) {
		t.Fatal(err)
	}
	allocated := after.TotalAlloc - before.TotalAlloc
	t.Logf("%.1f MiB allocated", float64(allocated)/(1<<20))
	if allocated > 36<<20 {
		t.Errorf("%d MiB allocated", allocated>>20)
	}
}

func TestOptions(t *testing.T) {
	https := &url.URL{Scheme: "https", Host: "forge.example"}
	for name, o := range map[string]rest.Options{
		"no address":       {Now: time.Now},
		"relative address": {Now: time.Now, Base: &url.URL{Path: "/x"}},
		"file address":     {Now: time.Now, Base: &url.URL{Scheme: "file", Host: "x"}},
		"all kept":         {Base: https, Now: time.Now, Keep: 1},
		"negative share":   {Base: https, Now: time.Now, Keep: -0.1},
		"no clock":         {Base: https},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := rest.New(o); err == nil {
				t.Errorf("%s: no error", name)
			}
		})
	}
	if _, err := rest.New(rest.Options{Base: https, Now: time.Now}); err != nil {
		t.Error(err)
	}
}

func TestErrorIsOneLine(t *testing.T) {
	forge := newForge(t, answer(403, `{"message":"no\n::error::rights\u001b[31m"}`))
	_, _, err := get(t.Context(), forge.transport(t, nil), forge.URL)
	if text := fmt.Sprint(err); strings.ContainsAny(text, "\n\r\x1b") || !strings.Contains(text, "no ::error::rights") {
		t.Errorf("error %q", text)
	}
}

func TestHead(t *testing.T) {
	forge := newForge(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			w.WriteHeader(502)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("X-Total", "7")
	})
	r, err := http.NewRequestWithContext(rest.WithShape(t.Context(), rest.Array), http.MethodHead, forge.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := forge.transport(t, nil).RoundTrip(r)
	if err != nil || resp.Header.Get("X-Total") != "7" {
		t.Errorf("%v, error %v", resp, err)
	}
}

// Certificates do not get better by asking again, and nothing is sent without one.
func TestCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := rest.New(rest.Options{Base: base, Now: time.Now, Sleep: func(context.Context, time.Duration) error {
		t.Error("asked again")
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = get(t.Context(), tr, server.URL)
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
}
