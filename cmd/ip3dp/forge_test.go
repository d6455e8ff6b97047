package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/compute"
)

// fakeForge is a forge with one repository that was deployed on every day up to
// Window.To.
type fakeForge struct {
	name    string
	former  []string
	gaps    []fact.Gap
	err     error // what Sync ends with, after nothing was read
	until   time.Duration
	empty   bool
	finding collect.Inspection
	asked   []collect.SyncOptions
}

func (f *fakeForge) Name() string { return f.name }

func (f *fakeForge) Inspect(context.Context, collect.SyncOptions) (collect.Inspection, error) {
	return f.finding, f.err
}

func (f *fakeForge) Sync(ctx context.Context, s collect.Store, o collect.SyncOptions) (collect.Report, error) {
	f.asked = append(f.asked, o)
	o.Progress(collect.Progress{Source: f.name, Phase: "repositories", Done: 1, Total: 1, Requests: 7})
	r := collect.Report{Source: f.name, Requests: 7, Retries: 1, Pages: 3, Items: 40, Budget: collect.Budget{Limit: 5000, Left: 4993}}
	if f.err != nil {
		return r, f.err
	}
	to := o.Window.To.Add(-f.until)
	b := collect.Batch{
		Repositories: []collect.Repository{{ID: 1, Repository: fact.Repository{Name: "acme/shop", DefaultBranch: "main", Former: f.former}}},
		SetTeams:     true,
		Teams:        []fact.ForgeTeam{{ID: "checkout", Name: "Checkout", Members: []string{"ann-secret", "bob", "eve"}, Repositories: []string{"acme/shop"}}},
	}
	if f.empty {
		b.Repositories, b.Teams = nil, nil
	}
	for day := o.Window.From.Truncate(24 * time.Hour).Add(33 * time.Hour); day.Before(to) && !f.empty; day = day.Add(24 * time.Hour) {
		id := fmt.Sprint(day.Unix())
		b.Deployments = append(b.Deployments, collect.Kept[fact.Deployment]{Repository: 1, ID: id, At: day, Fact: fact.Deployment{
			ID: id, Environment: "production", Commit: "c" + id, Created: day, Statuses: []fact.Status{{State: fact.Success, At: day}},
		}})
	}
	for _, kind := range []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents} {
		b.Cursors = append(b.Cursors, collect.Cursor{Kind: kind, From: o.Window.From, To: to})
	}
	r.Until, r.Gaps = to, f.gaps
	return r, s.Put(ctx, f.name, b)
}

// forgeShop is a folder with a configuration of forges.
type forgeShop struct {
	t     *testing.T
	dir   string
	fakes map[string]*fakeForge
	env   []string
}

const oneForge = "[[github]]\norganisations = [\"acme\"]\n"

func newForgeShop(t *testing.T, config string, fakes ...*fakeForge) *forgeShop {
	t.Helper()
	s := &forgeShop{t: t, dir: t.TempDir(), fakes: map[string]*fakeForge{}, env: []string{"IP3DP_NOW=2024-11-11", "GITHUB_TOKEN=x"}}
	for _, f := range fakes {
		s.fakes[f.name] = f
	}
	s.write("config.toml", config)
	return s
}

func (s *forgeShop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *forgeShop) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// run is a command with the fakes in place of forges, and what it printed.
func (s *forgeShop) run(want exit.Code, args ...string) string {
	s.t.Helper()
	var out strings.Builder
	p := newProgram(s.env, nil, &out, &out)
	p.openForge = func(f config.Forge) (collect.Forge, error) {
		if p.env.Get(f.TokenEnv) == "" {
			return nil, fmt.Errorf("the environment variable %s is not set: %w", f.TokenEnv, collect.ErrCredentials)
		}
		return s.fakes[f.Name], nil
	}
	args = append(args, "--config", filepath.Join(s.dir, "config.toml"))
	if code := p.execute(s.t.Context(), args); code != want {
		s.t.Fatalf("%s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, out.String())
	}
	return out.String()
}

func (s *forgeShop) record() state.Record {
	s.t.Helper()
	var r state.Record
	if err := readJSON(filepath.Join(s.dir, ".ip3dp", "run.json"), &r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *forgeShop) says(text string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			s.t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// TestForgeNights: a first run, a night on which the token is refused, and one on
// which all is well again.
func TestForgeNights(t *testing.T) {
	f := &fakeForge{name: "github"}
	s := newForgeShop(t, oneForge, f)
	s.says(s.run(exit.StoreUnreadable, "build"), "no store", `run "ip3dp collect"`)
	if r := s.record(); r.Exit != exit.StoreUnreadable || r.Command != "build" || r.Error == "" {
		t.Errorf("record of a build without a store: %+v", r)
	}
	s.says(s.run(exit.Complete, "run"),
		"source github: 7 requests (1 retries), 3 pages, 40 items, 4,993 of 5,000 requests left, data until 2024-11-11 00:00 UTC",
		"published: 1 of 1 sources complete")
	r := s.record()
	if c := r.Sources[0].Collected; r.Command != "run" || r.Exit != exit.Complete || c == nil || c.Requests != 7 || c.Left != 4993 || r.Sources[0].Kind != "github" {
		t.Errorf("record of a run: %+v", r)
	}
	if from := f.asked[0].Window.From; !from.Equal(time.Date(2024, 5, 15, 0, 0, 0, 0, time.UTC)) || f.asked[0].Full {
		t.Errorf("asked for %v", f.asked[0])
	}

	// The night after, nothing can be read: the site is built from what is known.
	s.env[0] = "IP3DP_NOW=2024-11-12"
	f.err = fmt.Errorf("github: 401: %w", collect.ErrCredentials)
	s.says(s.run(exit.Partial, "run"), "error: source github: 401", "next: set GITHUB_TOKEN", "published, but partial", "credentials are missing or were refused")
	r = s.record()
	if g := r.Sources[0]; g.Grade != compute.Partial || !strings.Contains(g.Error, "401") || len(g.Gaps) != 1 {
		t.Errorf("record of a night without a token: %+v", g)
	}
	s.says(s.read("public/about/data/index.html"), "credentials are missing or were refused", "Last collected")
	if strings.Contains(s.read("public/data/run.json"), "401") {
		t.Error("the error's text is published")
	}

	// Later still it is stale, and the reasons of several nights are one gap.
	s.env[0] = "IP3DP_NOW=2024-11-13"
	s.run(exit.Partial, "run")
	if g := s.record().Sources[0]; g.Grade != compute.Stale || len(g.Gaps) != 1 {
		t.Errorf("two nights: %+v", g)
	}
	s.run(exit.Credentials, "collect")
	if r := s.record(); r.Exit != exit.Credentials || r.Command != "collect" {
		t.Errorf("record of collect: %+v", r)
	}
	f.err = nil
	s.run(exit.Complete, "collect", "--full")
	if !f.asked[len(f.asked)-1].Full {
		t.Error("--full was not passed on")
	}
	s.run(exit.Complete, "build")
}

// TestForgeNothingToPublish: without a store and with credentials that are missing
// there is nothing to publish, unless another source has something.
func TestForgeNothingToPublish(t *testing.T) {
	s := newForgeShop(t, oneForge, &fakeForge{name: "github"})
	s.env = s.env[:1]
	s.says(s.run(exit.Credentials, "run"), "the environment variable GITHUB_TOKEN is not set", "the last site is untouched")
	if _, err := os.Stat(filepath.Join(s.dir, "public")); !errors.Is(err, os.ErrNotExist) {
		t.Error("something was published")
	}
	if r := s.record(); r.Exit != exit.Credentials || len(r.Sources) != 1 || r.Sources[0].Grade != compute.Missing {
		t.Errorf("record: %+v", r)
	}
	s.says(s.run(exit.StoreUnreadable, "build"), "the store has nothing of the forges")
	s.write("d.csv", "repository,id,commit,finished,status\nacme/shop,1,aaaa,2024-10-14T10:00:00Z,success\n")
	s.write("config.toml", oneForge+"[[events]]\nkind = \"deployments\"\nfile = \"d.csv\"\nenvironment = \"production\"\n")
	s.says(s.run(exit.Partial, "run"), "published, but partial: 1 of 2 sources complete")
	s.says(s.read("public/about/data/index.html"), "credentials are missing")
	s.says(s.run(exit.Partial, "build"), "never collected: the credentials are missing or were refused")
}

// TestForgesApart: one forge that fails neither ends the other nor the build.
func TestForgesApart(t *testing.T) {
	lab := &fakeForge{name: "gitlab", err: errors.New("connection refused")}
	s := newForgeShop(t, oneForge+"[[gitlab]]\ngroups = [\"acme\"]\n", &fakeForge{name: "github"}, lab)
	s.env = append(s.env, "GITLAB_TOKEN=y")
	s.says(s.run(exit.Partial, "collect"), "source github: 7 requests", "error: source gitlab: connection refused")
	s.says(s.run(exit.Partial, "build"), "published, but partial: 1 of 2 sources complete")
	s.says(s.run(exit.Configuration, "collect", "--source", "bitbucket"), `no forge is named "bitbucket"`, "configured are: github, gitlab")
	s.run(exit.Complete, "collect", "--source", "github")
	s.run(exit.Nothing, "collect", "--source", "gitlab")
	lab.err = nil
	lab.gaps = []fact.Gap{{Source: "gitlab", Repository: "acme/till", Reason: "CI is off: 403"}}
	s.says(s.run(exit.Partial, "collect", "--source", "gitlab"), "warning: source gitlab: acme/till: CI is off: 403")
}

// TestForgeStores: what is wrong with a store is said, and what mends it.
func TestForgeStores(t *testing.T) {
	f := &fakeForge{name: "github"}
	s := newForgeShop(t, oneForge, f)
	s.run(exit.Complete, "collect")
	file := filepath.Join(s.dir, ".ip3dp", "store.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("no store at all ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(s.run(exit.StoreUnreadable, "build"), "damaged store", "puts the damaged file aside")
	s.says(s.run(exit.StoreUnreadable, "doctor"), "damaged store")
	s.says(s.run(exit.Complete, "run"), "was put aside as", "published: 1 of 1")
	if damaged := s.read(".ip3dp/store.db.damaged"); !strings.HasPrefix(damaged, "no store") {
		t.Error("the damaged store is not where it was put")
	}

	newer := append([]byte{}, whole...)
	copy(newer[60:64], []byte{0, 0, 0, 99}) // user_version, of SQLite's file format
	if err := os.WriteFile(file, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(s.run(exit.StoreUnreadable, "build"), "newer version", "upgrade ip3dp")
	s.says(s.run(exit.StoreUnreadable, "run"), "newer version")
	if r := s.record(); r.Exit != exit.StoreUnreadable || r.Command != "run" {
		t.Errorf("record: %+v", r)
	}

	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(t.Context(), store.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	s.says(s.run(exit.Locked, "collect"), "store is locked")
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForgeInterrupted: an interrupt is told, and kept in run.json.
func TestForgeInterrupted(t *testing.T) {
	s := newForgeShop(t, oneForge, &fakeForge{name: "github", err: context.Canceled})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	p := newProgram(s.env, nil, &out, &out)
	if code := p.execute(ctx, []string{"collect", "--config", filepath.Join(s.dir, "config.toml")}); code != exit.Interrupted {
		t.Errorf("exit code %d: %s", code, out.String())
	}
	if r := s.record(); r.Exit != exit.Interrupted {
		t.Errorf("record: %+v", r)
	}
}

// TestForgeTeams: teams of the forge stand in for those that nobody wrote, and
// their members show nowhere.
func TestForgeTeams(t *testing.T) {
	f := &fakeForge{name: "github"}
	s := newForgeShop(t, "[site]\naudience = \"organisation\"\n"+oneForge, f)
	s.says(s.run(exit.Complete, "run"), "teams.toml names no team: 1 team of the forges")
	s.says(s.read("public/about/data/index.html"), "teams.toml names no team")
	s.says(s.read("public/data/measured.json"), `"id":"checkout"`)
	err := filepath.WalkDir(filepath.Join(s.dir, "public"), func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if strings.Contains(string(data), "ann-secret") {
			t.Errorf("%s names a member", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := s.run(exit.Complete, "doctor", "--teams")
	s.says(text, "[[team]]\nid = \"checkout\"\ntitle = \"Checkout\"", "developers = 3", "repository = \"acme/shop\"", "teams of github")
	if strings.Contains(text, "ann-secret") {
		t.Error("doctor --teams prints a member")
	}
	s.write("teams.toml", text)
	s.says(s.run(exit.Complete, "check"), "0 errors")

	// A team goes on owning a repository under its former name.
	f.former = []string{"acme/till"}
	s.write("teams.toml", strings.Replace(text, "acme/shop", "Acme/Till", 1))
	s.run(exit.Complete, "run")
	s.says(s.read("public/data/measured.json"), `"services":["acme/shop"]`)
}

// TestForgeQuiet: an organisation in which nothing happened is no missing source.
func TestForgeQuiet(t *testing.T) {
	s := newForgeShop(t, oneForge, &fakeForge{name: "github", empty: true})
	s.run(exit.Complete, "run")
}

// TestForgeRetention: days of a forge beyond the history are not asked for.
func TestForgeRetention(t *testing.T) {
	f := &fakeForge{name: "github"}
	s := newForgeShop(t, "[history]\ndays = 30\n"+oneForge, f)
	s.run(exit.Complete, "run")
	if days := f.asked[0].Window.To.Sub(f.asked[0].Window.From).Hours() / 24; days != 30 {
		t.Errorf("asked for %v days", days)
	}
}
