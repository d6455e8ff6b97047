package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/compute"
)

// hook is a webhook that notes what it was sent.
type hook struct {
	*httptest.Server
	status int
	got    []string
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{status: http.StatusOK}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v", r.Method, err)
		}
		if h.status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		} else if r.URL.Path != "/services/s3cr3t" {
			t.Errorf("path %s", r.URL.Path)
		}
		h.got = append(h.got, string(data))
		w.WriteHeader(h.status)
	}))
	t.Cleanup(h.Close)
	return h
}

// notified is a platform whose site has told some changes.
type notified struct {
	t    *testing.T
	dir  string
	env  console.Environment
	log  compute.DecisionLog
	last string // what the last run said
}

var notifyDay = time.Date(2024, 11, 11, 6, 0, 0, 0, time.UTC)

func newNotified(t *testing.T, h *hook) *notified {
	t.Helper()
	n := &notified{t: t, dir: t.TempDir(), env: console.Environment{"HOOK=" + h.URL + "/services/s3cr3t"}}
	put(t, filepath.Join(n.dir, "config.toml"), "[platform]\nname = \"Fawkes\"\n[site]\nbase_url = \"https://platform.example/\"\n[notify]\nwebhook_env = \"HOOK\"\n")
	n.write(state.MarkerForm, state.Record{Version: state.RecordVersion, Tool: state.Tool, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)})
	n.log = compute.DecisionLog{Version: compute.LogVersion, Begun: notifyDay}
	n.change("first")
	return n
}

func (n *notified) change(title string) {
	n.t.Helper()
	n.log.Changes = append(n.log.Changes, compute.DecisionLogEntry{ID: title, Kind: compute.RecommendationChanged, On: notifyDay, Subject: "gitops", Title: title, To: "invest"})
	n.write(state.ChangesForm, n.log)
}

// write writes a file of the site.
func (n *notified) write(form sealed.Form, v any) {
	n.t.Helper()
	data, err := form.Encode(v)
	if err != nil {
		n.t.Fatal(err)
	}
	put(n.t, filepath.Join(n.dir, "public", form.Kind), string(data))
}

func (n *notified) run(args ...string) exit.Code {
	n.t.Helper()
	var out bytes.Buffer
	p := newProgram(n.env, strings.NewReader(""), &out, &out)
	p.clock = func() time.Time { return notifyDay }
	code := p.execute(n.t.Context(), append([]string{"notify", "--config", filepath.Join(n.dir, "config.toml")}, args...))
	n.last = out.String()
	if strings.Contains(n.last, "s3cr3t") || strings.Contains(n.last, "127.0.0.1") {
		n.t.Errorf("the address is shown: %s", n.last)
	}
	return code
}

func TestNotify(t *testing.T) {
	h := newHook(t)
	n := newNotified(t, h)
	if code := n.run("--dry-run"); code != exit.Complete || !strings.Contains(n.last, "1 change not sent yet") || !strings.Contains(n.last, "first: recommended is now: invest") {
		t.Errorf("dry run: %d, %s", code, n.last)
	}
	if code := n.run(); code != exit.Complete || len(h.got) != 0 || !strings.Contains(n.last, "first run: 1 change recorded") {
		t.Errorf("first run: %d, %q, %s", code, h.got, n.last)
	}
	if code := n.run(); code != exit.Complete || len(h.got) != 0 || !strings.Contains(n.last, "nothing changed") {
		t.Errorf("an ordinary night: %d, %q, %s", code, h.got, n.last)
	}
	// A webhook that is away is told the next night, and what changed since as well.
	n.change("second")
	for _, h.status = range []int{http.StatusInternalServerError, http.StatusFound, http.StatusTooManyRequests} {
		if code := n.run(); code != exit.Complete || !strings.Contains(n.last, "warning: the webhook in HOOK was not reached: it answered") {
			t.Errorf("%d: %d, %s", h.status, code, n.last)
		}
	}
	if len(h.got) != 3 {
		t.Errorf("%d requests: a redirect was followed", len(h.got))
	}
	h.got, h.status = nil, http.StatusNoContent
	n.change("third")
	if code := n.run(); code != exit.Complete || len(h.got) != 1 || !strings.Contains(n.last, "sent 2 changes") {
		t.Fatalf("%d, %q, %s", code, h.got, n.last)
	}
	var message struct{ Text string }
	if err := json.Unmarshal([]byte(h.got[0]), &message); err != nil || !strings.HasPrefix(message.Text, "*Fawkes: 2 decisions changed* (data to 3 November 2024)") ||
		!strings.Contains(message.Text, "<https://platform.example/features/gitops/|third: ") || strings.Contains(message.Text, "first") {
		t.Errorf("%v: %s", err, message.Text)
	}
	if n.run(); len(h.got) != 1 {
		t.Error("told twice")
	}
	// Nobody is there at all.
	n.change("fourth")
	h.Close()
	if code := n.run(); code != exit.Complete || !strings.Contains(n.last, "was not reached: no connection; 1 change will be sent by the next run") {
		t.Errorf("%d, %s", code, n.last)
	}
}

func TestNotifyRefuses(t *testing.T) {
	n := newNotified(t, newHook(t))
	if code := n.run(); code != exit.Complete { // all is known
		t.Fatal(n.last)
	}
	n.change("second")
	for _, tt := range []struct {
		env  string
		args []string
		code exit.Code
		says string
	}{
		{"HOOK=", nil, exit.Credentials, "HOOK holds no webhook"},
		{"HOOK=http://hooks.example/services/s3cr3t", nil, exit.Credentials, "no address that begins with https://"},
		{"HOOK=file:///services/s3cr3t", nil, exit.Credentials, "no address that begins with https://"},
		{"HOOK=https://hooks.example\n/services/s3cr3t", nil, exit.Credentials, "no address"},
		{"X=", []string{"--webhook-env", "https://hooks.example/services/s3cr3t"}, exit.Configuration, "not the name of an environment variable"},
		{"X=", []string{"--format", "irc"}, exit.Configuration, `--format "irc" is unknown`},
		{"X=", []string{"--from", "nowhere"}, exit.Configuration, "nothing to send"},
		{"X=", []string{"--site", "javascript:x"}, exit.Configuration, "not a web address"},
	} {
		t.Run(tt.env, func(t *testing.T) {
			n.env = console.Environment{tt.env}
			if code := n.run(tt.args...); code != tt.code || !strings.Contains(n.last, tt.says) {
				t.Errorf("%q %q: %d, %s", tt.env, tt.args, code, n.last)
			}
		})
	}
	put(t, filepath.Join(n.dir, "public", state.ChangesPath), `{"version":99}`)
	if code := n.run(); code != exit.Nothing || !strings.Contains(n.last, "upgrade ip3dp") {
		t.Errorf("a newer log: %d, %s", code, n.last)
	}
	put(t, filepath.Join(n.dir, "config.toml"), "[notify]\nwebhook_env = \"https://hooks.example/s3cr3t\"\nformat = \"irc\"\n")
	if _, problems := config.Parse("config.toml", []byte("[notify]\nwebhook_env = \"https://hooks.example/s3cr3t\"\nformat = \"irc\"\n")); len(problems) != 2 || strings.Contains(problems[0].Error(), "s3cr3t") {
		t.Errorf("problems %v", problems)
	}
	if err := os.Remove(filepath.Join(n.dir, "config.toml")); err != nil {
		t.Fatal(err)
	}
	if code := n.run(); code != exit.Configuration {
		t.Errorf("without a configuration: %d", code)
	}
}
