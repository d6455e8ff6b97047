package readback

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
)

// noPause waits for nothing.
func noPause(context.Context, int) error { return nil }

// publishedSite serves a site as strangers could.
func publishedSite(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	return s.URL
}

// readAddress reads a file of a site at an address.
func readAddress(t *testing.T, o *Opener, site string) ([]byte, error) {
	t.Helper()
	opened, err := Parse(site, "").Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := opened.Files("data/measured.json")
	return data, err
}

func TestAddress(t *testing.T) {
	elsewhere := publishedSite(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>stolen") })
	failing := 0
	wait := make(chan struct{})
	defer close(wait)
	good := publishedSite(t, func(w http.ResponseWriter, r *http.Request) {
		folder := strings.TrimSuffix(r.URL.Path, "/data/measured.json")
		switch folder {
		case "/x", "/data/other.json":
			io.WriteString(w, "{here "+r.UserAgent())
		case "/moved":
			http.Redirect(w, r, "/x/data/measured.json", http.StatusFound)
		case "/away":
			http.Redirect(w, r, elsewhere+"/login?token=secret", http.StatusFound)
		case "/private":
			http.Redirect(w, r, "/users/sign_in", http.StatusFound)
		case "/idp":
			http.Redirect(w, r, "/saml2/start", http.StatusSeeOther)
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "Please sign in")
		case "/bare":
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, "\n <!doctype html><p>hello")
		case "/401", "/403", "/503", "/410":
			code := map[string]int{"/401": 401, "/403": 403, "/503": 503, "/410": 410}[folder]
			w.WriteHeader(code)
		case "/once":
			if failing++; failing < 3 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			io.WriteString(w, "{here at last")
		case "/slow":
			select {
			case <-wait:
			case <-r.Context().Done():
			}
		case "/round":
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		case "/endless":
			for range MaxFile>>20 + 1 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	})
	o := &Opener{Release: "1", Pause: noPause}
	for _, site := range []string{"/x", "/x/", "/moved/", "/x/data/measured.json", "/once"} {
		t.Run(site, func(t *testing.T) {
			data, err := readAddress(t, o, good+site)
			if err != nil || !strings.HasPrefix(string(data), "{here") {
				t.Errorf("%q, %v", data, err)
			}
		})
	}
	host := strings.TrimPrefix(elsewhere, "http://")
	for _, tt := range []struct {
		site, want, reason string
		login              bool
	}{
		{good + "/none/", "answers 404 Not Found", "answered 404", false},
		{good + "/410/", "answers 410", "answered 410", false},
		{good + "/503/", "answers 503", "answered 503", false},
		{good + "/401/", "401 Unauthorized", "answered with a login page", true},
		{good + "/403/", "403 Forbidden", "answered with a login page", true},
		{good + "/away/", "answered with a login page (host " + host + ", a redirect to another host)", "answered with a login page", true},
		{good + "/private/", "a redirect to /users/sign_in", "answered with a login page", true},
		{good + "/idp/", "a redirect to /saml2/start", "answered with a login page", true},
		{good + "/page/", "a page where JSON is expected", "answered with a login page", true},
		{good + "/bare/", "a page where JSON is expected", "answered with a login page", true},
		{good + "/round/", "too many redirects", "could not be read", false},
		{good + "/endless/", "larger than 64 MiB", "could not be read", false},
		{good + "/slow/", "did not answer within 1s", "did not answer in time", false},
		{"http://127.0.0.1:1/", "connection refused", "could not be read", false},
		{"http://example.com/", "only https", "could not be read", false},
		{"https://ann:secret@x.test/", "holds a password", "could not be read", false},
		{"https://%zz", "cannot be read", "could not be read", false},
		{"http://example.com/?key=secret", "only https", "could not be read", false},
	} {
		t.Run(tt.site, func(t *testing.T) {
			o := *o
			if strings.Contains(tt.want, "within") {
				o.Timeout = time.Second
			}
			data, err := readAddress(t, &o, tt.site)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Fatalf("%d bytes, %v, want %q", len(data), err, tt.want)
			}
			if got := Reason(err); got != tt.reason {
				t.Errorf("reason %q, want %q", got, tt.reason)
			}
			var login LoginError
			if errors.As(err, &login) != tt.login {
				t.Errorf("login %v, want %v", !tt.login, tt.login)
			}
			if tt.login && !strings.Contains(login.Next(), "history.header_env") {
				t.Errorf("next: %s", login.Next())
			}
			if errors.Is(err, fs.ErrNotExist) != strings.Contains(tt.want, "404") {
				t.Errorf("%v: is it there?", err)
			}
		})
	}
}

// TestHeader sends the header of the environment to the hosts of the configuration only.
func TestHeader(t *testing.T) {
	const secret = "key-123"
	var leaked bool
	elsewhere := publishedSite(t, func(w http.ResponseWriter, r *http.Request) {
		leaked = leaked || r.Header.Get("X-Site-Key") != ""
		io.WriteString(w, "{}")
	})
	asked := 0
	guarded := publishedSite(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch {
		case r.Header.Get("X-Site-Key") != secret:
			http.Redirect(w, r, "/login", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/away/"):
			http.Redirect(w, r, elsewhere, http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/moved/"):
			http.Redirect(w, r, "/data/measured.json", http.StatusFound)
		default:
			io.WriteString(w, "{}")
		}
	})
	c := config.Default()
	c.Site.BaseURL, c.History.HeaderEnv = guarded+"/", "SITE_HEADER"
	for _, tt := range []struct{ name, value, site, want string }{
		{"sent", "X-Site-Key: " + secret, guarded, ""},
		{"in any case", " x-site-key :" + secret + "\n", guarded, ""},
		{"after a redirect on the host", "X-Site-Key: " + secret, guarded + "/moved/", ""},
		{"not to another host", "X-Site-Key: " + secret, guarded + "/away/", "a redirect to another host"},
		{"not to a host that nobody configured", "X-Site-Key: " + secret, elsewhere, ""},
		{"wrong", "X-Site-Key: other", guarded, "renew the header"},
		{"not set", "", guarded, "set SITE_HEADER"},
		{"no header", secret, guarded, "holds no header"},
		{"a header of the request", "Host: " + secret, guarded, "holds no header"},
		{"two lines", "X-Site-Key: " + secret + "\r\nX-Other: 1", guarded, "holds no header"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := NewOpener([]string{"SITE_HEADER=" + tt.value}, &c, ".", "1")
			_, err := readAddress(t, o, tt.site)
			text := ""
			if err != nil {
				text = err.Error()
				var login LoginError
				if errors.As(err, &login) {
					text += ": " + login.Next()
				}
			}
			if (tt.want == "") != (err == nil) || !strings.Contains(text, tt.want) || strings.Contains(text, secret) {
				t.Errorf("%q, want %q", text, tt.want)
			}
		})
	}
	if leaked || asked == 0 {
		t.Errorf("the header was sent to another host, or nothing was asked: %v, %d", leaked, asked)
	}
}
