package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/base"
	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/testkit/damage"
	"github.com/ip3dp/ip3dp/compute/trend"
)

var damages = flag.Int("damages", 200, "how many damages of each file that is read again are tried")

// TestNoDamageIsSilent damages each file that ip3dp writes and reads again: whatever
// reads it refuses it, names the file and gives the next step.
func TestNoDamageIsSilent(t *testing.T) {
	dir := smallWorld(t)
	config := filepath.Join(dir, "config.toml")
	run := func(args ...string) (exit.Code, string) {
		var log bytes.Buffer
		env := []string{"HOOK=http://127.0.0.1:1/x"}
		code := start(append(args, "--config", config, "--now", "2024-11-11"), env, nil, &log, &log)
		return code, log.String()
	}
	for _, args := range [][]string{{"build"}, {"notify", "--webhook-env", "HOOK"}} {
		if code, log := run(args...); code != exit.Complete {
			t.Fatalf("%v: exit %d\n%s", args, code, log)
		}
	}
	public := filepath.Join(dir, "public")
	command := func(args ...string) func() (exit.Code, string) {
		return func() (exit.Code, string) { return run(args...) }
	}
	tests := []struct {
		file string
		read func() (exit.Code, string)
	}{
		{".ip3dp/history.json", readBy(dir, "", func(p *program, w *workspace.Workspace) error {
			return readFormer(t.Context(), p, w)
		})},
		{".ip3dp/decisions.json", readBy(dir, "", func(p *program, w *workspace.Workspace) error {
			return readFormer(t.Context(), p, w)
		})},
		{".ip3dp/sealed.json", readBy(dir, "", func(p *program, w *workspace.Workspace) error {
			return readFormer(t.Context(), p, w)
		})},
		{".ip3dp/notified.json", command("notify", "--dry-run")},
		{".ip3dp/run.json", command("ci", "summary")},
		{"public/data/run.json", command("notify", "--dry-run")},
		{"public/data/decisions.json", command("notify", "--dry-run")},
		{"public/data/measured.json", command("check")},
		{"public/data/report.json", readBy(dir, "", func(p *program, _ *workspace.Workspace) error {
			_, err := base.ReadSiteBase(t.Context(), p.state, public, public)
			return err
		})},
	}
	var all [][]byte
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data)
		})
	}
	for i, tt := range tests {
		t.Run(strings.ReplaceAll(tt.file, "/", " "), func(t *testing.T) {
			name := filepath.Join(dir, tt.file)
			if code, log := tt.read(); code != exit.Complete {
				t.Fatalf("the whole file: exit %d\n%s", code, log)
			}
			for _, d := range damage.Make(all[i], all, *damages, uint64(i)) {
				put(t, name, string(d.Data))
				code, log := tt.read()
				if code == exit.Complete || code == exit.Partial {
					t.Errorf("%s is taken in silence\n%s", d.Name, log)
				} else if !strings.Contains(log, filepath.Base(tt.file)) || !strings.Contains(log, "next: ") {
					t.Errorf("%s: the error does not name the file and a next step:\n%s", d.Name, log)
				}
			}
			put(t, name, string(all[i]))
		})
	}
}

// readBy reads as a function of the program does, and prints its error as the program
// does. from is history.from.
func readBy(dir, from string, read func(*program, *workspace.Workspace) error) func() (exit.Code, string) {
	return func() (exit.Code, string) {
		var log bytes.Buffer
		p := &program{out: console.New(&log, nil), err: console.New(&log, nil)}
		p.state = &state.Reader{Out: p.out, Err: p.err}
		w := &workspace.Workspace{Root: dir, Config: config.Default(), AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}
		w.Config.History.From, w.Config.Site.Out = from, "none"
		err := read(p, w)
		if f, ok := err.(*exit.Failure); ok {
			p.err.Fail(f)
			return f.Code, log.String()
		}
		if err != nil {
			return exit.Nothing, log.String() + err.Error()
		}
		return exit.Complete, log.String()
	}
}

// TestNoDamageOfASiteIsSilent is the same for a site that stands elsewhere, which
// history and log are read from when the state is lost.
func TestNoDamageOfASiteIsSilent(t *testing.T) {
	dir := smallWorld(t)
	var log bytes.Buffer
	args := []string{"build", "--config", filepath.Join(dir, "config.toml"), "--now", "2024-11-11"}
	if code := start(args, nil, nil, &log, &log); code != exit.Complete {
		t.Fatal(log.String())
	}
	files := map[string][]byte{}
	var all [][]byte
	for _, form := range []sealed.Form{state.MeasuredForm, state.ChangesForm, state.MarkerForm, state.ReportForm} {
		data, err := os.ReadFile(filepath.Join(dir, "public", form.Kind))
		if err != nil {
			t.Fatal(err)
		}
		files[form.Kind] = data
		all = append(all, data)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if data, ok := files[strings.TrimPrefix(r.URL.Path, "/x/")]; ok {
			w.Write(data) // a test
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	elsewhere := t.TempDir() // no state at all
	for _, kind := range []string{state.MeasuredForm.Kind, state.ChangesForm.Kind} {
		t.Run(kind, func(t *testing.T) {
			whole := files[kind]
			once := readBy(elsewhere, server.URL+"/x/", func(p *program, w *workspace.Workspace) error {
				return readFormer(t.Context(), p, w)
			})
			if code, log := once(); code != exit.Complete {
				t.Fatalf("%s, whole: exit %d\n%s", kind, code, log)
			}
			for _, d := range damage.Make(whole, all, *damages, 7) {
				files[kind] = d.Data
				code, log := once()
				if code == exit.Complete || !strings.Contains(log, filepath.Base(kind)) || !strings.Contains(log, "warning: ") {
					t.Errorf("%s, %s: exit %d\n%s", kind, d.Name, code, log)
				}
			}
			files[kind] = whole
		})
	}
}

// errTried means that a place could not be read, which a night survives.
var errTried = errors.New("a place could not be read")

// readFormer reads what earlier runs published.
func readFormer(ctx context.Context, p *program, w *workspace.Workspace) error {
	former, err := p.state.ReadFormer(ctx, w, false)
	if err == nil && (former.Lost || len(former.Tried) > 0) {
		return errTried
	}
	return err
}

// TestDamagedStateFallsBack damages the files of the state: the site's take their place, with a
// warning that names the file. The site has all of them, because its audience is not the public.
func TestDamagedStateFallsBack(t *testing.T) {
	dir := smallWorld(t)
	settings := filepath.Join(dir, "config.toml")
	put(t, settings, readText(t, settings)+"[site]\naudience = \"organisation\"\n")
	var log bytes.Buffer
	args := []string{"build", "--config", filepath.Join(dir, "config.toml"), "--now", "2024-11-11"}
	if code := start(args, nil, nil, &log, &log); code != exit.Complete {
		t.Fatal(log.String())
	}
	for _, name := range []string{"history.json", "decisions.json", "waves.json"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, ".ip3dp", name)
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			put(t, file, string(whole[:len(whole)-3]))
			log.Reset()
			code := start(args, nil, nil, &log, &log)
			if code != exit.Complete || !strings.Contains(log.String(), name+" is damaged") {
				t.Errorf("exit %d\n%s", code, log.String())
			}
			now, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(now, whole) {
				t.Errorf("it is not what it was: %v", err)
			}
		})
	}
}

// TestDamagedStateOfPublicSite damages the files of the state of a public site. The site lacks what
// is about teams: a night takes its files nevertheless, and counts no look less than there were.
func TestDamagedStateOfPublicSite(t *testing.T) {
	dir := smallWorld(t)
	var log bytes.Buffer
	args := []string{"build", "--config", filepath.Join(dir, "config.toml"), "--now", "2024-11-11"}
	if code := start(args, nil, nil, &log, &log); code != exit.Complete {
		t.Fatal(log.String())
	}
	file := filepath.Join(dir, ".ip3dp", "history.json")
	countLooks := func() map[string]int {
		var history struct{ Looks []trend.Look }
		if err := json.Unmarshal([]byte(readText(t, file)), &history); err != nil {
			t.Fatal(err)
		}
		looks := map[string]int{}
		for _, l := range history.Looks {
			looks[fmt.Sprint(l.Kind, l.Scope, l.Metric)] = l.Looks
		}
		return looks
	}
	before := countLooks()
	whole := readText(t, file)
	put(t, file, whole[:len(whole)-3])
	log.Reset()
	if code := start(args, nil, nil, &log, &log); code != exit.Complete || !strings.Contains(log.String(), "history.json is damaged") {
		t.Errorf("exit %d\n%s", code, log.String())
	}
	after := countLooks()
	if len(before) == 0 {
		t.Error("the test has no looks")
	}
	for id, n := range before {
		if after[id] < n {
			t.Errorf("%s had %d looks and has %d", id, n, after[id])
		}
	}
}

// readText returns the text of a file.
func readText(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
