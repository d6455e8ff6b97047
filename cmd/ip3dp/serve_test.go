package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/hostname"
	"github.com/ip3dp/ip3dp/cmd/internal/live"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render"
)

// textPage is a page that says text.
func textPage(path, text string) render.Page {
	return render.Page{Path: path, Write: func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
}

func TestLiveSite(t *testing.T) {
	live := live.NewSite("test", hostname.New("127.0.0.1:0", nil))
	live.Show([]render.Page{
		textPage("index.html", "home"), textPage("teams/a/index.html", "team"), textPage("404.html", "none"),
		textPage("assets/site.js", "js"), textPage("data/x.csv", "csv"), textPage("LICENSE", "x"),
		{Path: "broken.html", Write: func(io.Writer) error { return fmt.Errorf("bad\nline") }},
	})
	server := httptest.NewServer(live)
	defer server.Close()
	tests := []struct {
		method, path, host string
		status             int
		body, kind         string
	}{
		{"GET", "/", "", 200, "home", "text/html; charset=utf-8"},
		{"GET", "/index.html?x=1", "", 200, "home", "text/html; charset=utf-8"},
		{"HEAD", "/", "", 200, "", "text/html; charset=utf-8"},
		{"GET", "/teams/a/", "", 200, "team", "text/html; charset=utf-8"},
		{"GET", "/assets/site.js", "", 200, "js", "text/javascript; charset=utf-8"},
		{"GET", "/data/x.csv", "", 200, "csv", "text/csv; charset=utf-8"},
		{"GET", "/LICENSE", "", 200, "x", "application/octet-stream"},
		{"GET", "/teams/", "", 404, "none", "text/html; charset=utf-8"},
		{"GET", "/../../etc/passwd", "", 404, "none", "text/html; charset=utf-8"},
		{"GET", "//evil.example/", "", 404, "none", "text/html; charset=utf-8"},
		{"GET", "/broken.html", "", 500, "page broken.html: bad line\n", "text/plain; charset=utf-8"},
		{"POST", "/", "", 405, "only GET and HEAD\n", "text/plain; charset=utf-8"},
		{"GET", "/", "evil.example", 421, "this server does not answer to that name: add it with --host\n", "text/plain; charset=utf-8"},
		{"GET", "/", "localhost:1", 200, "home", "text/html; charset=utf-8"},
		{"GET", "/", "[::1]:1", 200, "home", "text/html; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path+" "+tt.host, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), tt.method, server.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Host = tt.host
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close() // read only
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != tt.status || string(body) != tt.body {
				t.Errorf("%d %q, want %d %q", response.StatusCode, body, tt.status, tt.body)
			}
			h := response.Header
			if h.Get("Content-Type") != tt.kind || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

// TestFoldersRedirect: to a path of the same host, whatever the path looks like.
func TestFoldersRedirect(t *testing.T) {
	live := live.NewSite("test", hostname.New("127.0.0.1:0", nil))
	live.Show([]render.Page{textPage("teams/a/index.html", "team"), textPage("/evil.example/index.html", "x")})
	for path, want := range map[string]string{"/teams/a": "a/", "//evil.example": "evil.example/"} {
		t.Run(path, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			request := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
			request.URL.Path = path
			live.ServeHTTP(recorder, request)
			if got := recorder.Header().Get("Location"); recorder.Code != http.StatusMovedPermanently || got != want {
				t.Errorf("%s: %d to %q, want %q", path, recorder.Code, got, want)
			}
		})
	}
}

// served is a running "ip3dp serve" of a folder.
type served struct {
	t    *testing.T
	url  string
	log  *log
	stop func() exit.Code
}

// log is output that another goroutine reads.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait returns once the log has the text.
func (l *log) wait(t *testing.T, text string) string {
	t.Helper()
	for range 1000 {
		if s := l.String(); strings.Contains(s, text) {
			return s
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("the log has no %q:\n%s", text, l)
	return ""
}

func serveFolder(t *testing.T, dir string) *served { return serveAt(t, dir, "127.0.0.1:0") }

func serveAt(t *testing.T, dir, address string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &served{t: t, log: &log{}}
	p := newProgram([]string{"IP3DP_NOW=2024-11-11"}, nil, s.log, s.log)
	ended := make(chan exit.Code, 1)
	go func() {
		ended <- p.execute(ctx, []string{"serve", "--addr", address, "--config", filepath.Join(dir, "config.toml")})
	}()
	s.stop = func() exit.Code {
		cancel()
		return <-ended
	}
	text := s.log.wait(t, "serving ")
	_, rest, _ := strings.Cut(text, "serving ")
	s.url, _, _ = strings.Cut(rest, " ")
	return s
}

func (s *served) get(path string) string {
	s.t.Helper()
	response, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close() // read only
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

// events returns what the live stream tells, one site after the other.
func (s *served) events() func() string {
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	s.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+strings.TrimPrefix(live.LiveStream, "/"), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { response.Body.Close() }) // read only
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		s.t.Errorf("content type %q", kind)
	}
	lines := bufio.NewScanner(response.Body)
	return func() string {
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return id
			}
		}
		return "end"
	}
}

const shopConfig = `[platform]
name = "Shop"
[[events]]
kind = "deployments"
file = "data/*.csv"
environment = "production"
`

func shop(t *testing.T) string {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "config.toml"), shopConfig)
	put(t, filepath.Join(dir, "data", "a.csv"), "repository,id,commit,finished,status\nacme/shop,1,aaaa,2024-10-14T10:00:00Z,success\n")
	put(t, filepath.Join(dir, "teams.toml"), "[[team]]\nid = \"checkout\"\ndevelopers = 5\nowns = [{ repository = \"acme/shop\" }]\n")
	return dir
}

// TestServe edits configuration, content and event files of a served site.
func TestServe(t *testing.T) {
	dir := shop(t)
	s := serveFolder(t, dir)
	if body := s.get(""); !strings.Contains(body, "Shop") || !strings.Contains(body, "live.") {
		t.Errorf("the page has no name or no live script:\n%s", body)
	}
	if body := s.get("teams/checkout/"); !strings.Contains(body, "checkout") {
		t.Error("no team page")
	}
	next := s.events()
	first := next()

	put(t, filepath.Join(dir, "config.toml"), strings.Replace(shopConfig, "Shop", "Bazaar", 1))
	second := next()
	if body := s.get(""); second == first || !strings.Contains(body, "Bazaar") {
		t.Errorf("site %s after %s has no new name", second, first)
	}

	// A new folder of content is seen, too, and what is wrong keeps the last site.
	put(t, filepath.Join(dir, "features", "search.md"), "+++\ntitel = \"Search\"\n+++\n")
	s.log.wait(t, `features/search.md:2: unknown key "titel"; did you mean "title"?`)
	s.log.wait(t, "next: the last good site stays until this is mended")
	if body := s.get(""); !strings.Contains(body, "Bazaar") {
		t.Error("the last good site is gone")
	}
	put(t, filepath.Join(dir, "features", "search.md"), "+++\ntitle = \"Search\"\n+++\n")
	third := next()
	if third == second {
		t.Error("the mended content is not shown")
	}

	// A new event file of the pattern is read.
	put(t, filepath.Join(dir, "data", "b.csv"), "repository,id,commit,finished,status\nacme/shop,2,bbbb,2024-10-15T10:00:00Z,success\n")
	next()
	s.log.wait(t, "deployments of data/b.csv: 1 read = 1 used")
	if n := strings.Count(s.log.String(), "deployments of data/a.csv"); n != 1 {
		t.Errorf("a.csv was read %d times, want once: it did not change", n)
	}

	// Nothing was written, and ending it is no failure.
	if _, err := os.Stat(filepath.Join(dir, ".ip3dp")); err == nil {
		t.Error("serve wrote a state folder")
	}
	if code := s.stop(); code != exit.Complete {
		t.Errorf("exit code %d", code)
	}
	if id := next(); id != "end" {
		t.Errorf("the stream goes on with %s", id)
	}
}

// TestWorkshopKeeps: an edit of prose measures nothing again, one of a team does.
func TestWorkshopKeeps(t *testing.T) {
	dir := shop(t)
	page := filepath.Join(dir, "pages", "principles.md")
	put(t, page, "+++\ntitle = \"Principles\"\n+++\nOne.\n")
	p := newProgram([]string{"IP3DP_NOW=2024-11-11"}, nil, io.Discard, io.Discard)
	p.configFile = filepath.Join(dir, "config.toml")
	shop := newWorkshop(p, "")
	rebuild := func() *run {
		t.Helper()
		if err := shop.rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		return shop.last
	}
	// Sections are made anew by every measurement.
	same := func(a, b *run) bool { return &a.measured.Sections[0] == &b.measured.Sections[0] }

	first := rebuild()
	put(t, page, "+++\ntitle = \"Principles\"\n+++\n\nTwo.\n")
	if second := rebuild(); !same(first, second) || second.workspace.Content.Pages[0].Body != "Two." {
		t.Error("an edit of prose measured again, or is not shown")
	}
	put(t, filepath.Join(dir, "teams.toml"), "[[team]]\nid = \"till\"\ndevelopers = 5\nowns = [{ repository = \"acme/shop\" }]\n")
	third := rebuild()
	if same(first, third) || third.measured.Teams[0].ID != "till" {
		t.Error("an edit of a team measured nothing")
	}
	if err := os.Remove(filepath.Join(dir, "data", "a.csv")); err != nil {
		t.Fatal(err)
	}
	if err := shop.rebuild(t.Context()); exit.FindCode(err) != exit.Nothing {
		t.Errorf("without any facts: %v", err)
	}
}

// TestToMeasure: what serve compares before it measures again is all that
// Measure reads of the example's content.
func TestToMeasure(t *testing.T) {
	p := newProgram(nil, nil, io.Discard, io.Discard)
	p.configFile = "../../config.toml"
	w, err := p.load()
	if err != nil || len(w.Problems) > 0 {
		t.Fatal(err, w.Problems)
	}
	o := demo.ExampleOptions(w.Content.Teams)
	o.From = o.AsOf.AddDate(0, -3, 0)
	facts, err := demo.GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := compute.Measure(w.Config.Options(), w.Content, facts, compute.Past{}, w.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	part, _, err := compute.Measure(w.Config.Options(), compute.MeasuredContent(w.Content), facts, compute.Past{}, w.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asPublished(t, whole), asPublished(t, part)); diff != "" {
		t.Errorf("Measure reads more than toMeasure keeps (-whole +part):\n%s", diff)
	}
}

// asPublished is what is written of measured values, as plain values.
func asPublished(t *testing.T, m compute.Measured) any {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// TestServeOnEveryAddress: it warns, and answers to no name of a stranger.
func TestServeOnEveryAddress(t *testing.T) {
	s := serveAt(t, shop(t), "0.0.0.0:0")
	defer s.stop()
	s.log.wait(t, "warning: others can reach")
	_, port, err := net.SplitHostPort(strings.Trim(strings.TrimPrefix(s.url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{"evil.example": 421, "evil.example:" + port: 421, "": 200, "localhost:" + port: 200} {
		t.Run(host, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+port+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Host = host
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close() // read only
			if response.StatusCode != want {
				t.Errorf("host %q: %d, want %d", host, response.StatusCode, want)
			}
		})
	}
}
