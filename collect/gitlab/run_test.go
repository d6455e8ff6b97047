package gitlab_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/gitlab"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

func window(w *testkit.World, now time.Time) collect.SyncOptions {
	return collect.SyncOptions{Window: collect.Window{From: w.From, To: now}}
}

// truth compares what a store has with what happened.
func truth(t *testing.T, w *testkit.World, m *testkit.Memory, syncs ...time.Time) {
	t.Helper()
	want := w.Normalise(w.Facts("lab", w.From, syncs, storyRules()))
	found := m.Events("lab", collect.Window{From: w.From, To: syncs[len(syncs)-1]})
	if diff := cmp.Diff(want, w.Normalise(found)); diff != "" {
		t.Errorf("facts (-truth +collected):\n%s", diff)
	}
}

// A run that its budget ends says how far it came; runs that follow go on, and in
// the end have what one whole run has.
func TestBudgetCutsShort(t *testing.T) {
	for _, most := range []int{45, 60, 90} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			w := testkit.Story()
			s := serve(t, w, gitlabtest.Options{Token: token})
			o := storyOptions(s.BaseURL())
			o.MaxRequests = most
			var m testkit.Memory
			for runs := 1; ; runs++ {
				r, err := open(t, o).Sync(t.Context(), &m, window(w, w.To))
				if err != nil {
					t.Fatal(err)
				}
				if r.Until.Equal(w.To) {
					break
				}
				if len(r.Gaps) != 1 || !strings.Contains(r.Gaps[0].Reason, "budget") || !r.Gaps[0].From.Equal(r.Until) || r.Requests != most {
					t.Fatalf("run %d: until %v after %d requests, gaps %+v", runs, r.Until, r.Requests, r.Gaps)
				}
				if runs > 10 {
					t.Fatal("ten runs came to no end")
				}
			}
			truth(t, w, &m, w.To)
		})
	}
}

// mortal is a store of a process that is killed before a Put.
type mortal struct {
	*testkit.Memory
	left atomic.Int64 // projects are saved side by side
}

var errKilled = errors.New("killed")

func (m *mortal) Put(ctx context.Context, source string, b collect.Batch) error {
	if m.left.Add(-1) < 0 {
		return errKilled
	}
	return m.Memory.Put(ctx, source, b)
}

// Whenever a run is killed, the next one heals what it left.
func TestKilledAnywhere(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{Token: token})
	middle := w.From.AddDate(0, 0, 19) // before the push by force
	for puts := range 44 {
		s.SetNow(middle)
		var m testkit.Memory
		if puts%2 == 1 { // every other time there was a night before
			if _, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), &m, window(w, middle)); err != nil {
				t.Fatal(err)
			}
		}
		s.SetNow(w.To)
		killed := mortal{Memory: &m}
		killed.left.Store(int64(puts / 2))
		_, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), &killed, window(w, w.To))
		if err == nil && puts < 30 {
			t.Fatalf("%d puts were enough", puts/2)
		}
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		if _, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), &m, window(w, w.To)); err != nil {
			t.Fatal(err)
		}
		syncs := []time.Time{w.To}
		if puts%2 == 1 {
			syncs = []time.Time{middle, w.To}
		}
		truth(t, w, &m, syncs...)
	}
}

// A request that is merged while the run goes on does not make its commits look as
// if they had none: not even those of a fast-forward, which are older than the run.
func TestMergedMeanwhile(t *testing.T) {
	w := testkit.Story()
	night := time.Date(2025, 3, 18, 3, 0, 0, 0, time.UTC)
	later := night.Add(9 * time.Hour) // "Tax tables" is merged in between
	var s *gitlabtest.Server
	var first atomic.Bool
	first.Store(true)
	s = serve(t, w, gitlabtest.Options{Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if first.Load() && strings.HasSuffix(r.URL.Path, "/repository/commits") {
				s.SetNow(later)
			}
			next.ServeHTTP(rw, r)
		})
	}})
	var m testkit.Memory
	s.SetNow(night)
	o := storyOptions(s.BaseURL())
	o.Exclude = []string{"acme/legacy"} // deleted at the same time
	if _, err := open(t, o).Sync(t.Context(), &m, window(w, night)); err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Events("lab", collect.Window{From: w.From, To: night}).Changes {
		if strings.Contains(c.Title, "Tax tables") && c.Opened.IsZero() {
			t.Errorf("a commit of a request counts as a change of its own: %+v", c)
		}
	}
	first.Store(false)
	s.SetNow(w.To)
	if _, err := open(t, o).Sync(t.Context(), &m, window(w, w.To)); err != nil {
		t.Fatal(err)
	}
	var fresh testkit.Memory
	if _, err := open(t, o).Sync(t.Context(), &fresh, window(w, w.To)); err != nil {
		t.Fatal(err)
	}
	all := collect.Window{From: w.From, To: w.To}
	nightly, scratch := w.Normalise(m.Events("lab", all)), w.Normalise(fresh.Events("lab", all))
	nightly.Repositories, scratch.Repositories = nil, nil // only the nights know former names
	nightly.Teams, scratch.Teams = nil, nil
	for _, e := range []*fact.Events{&nightly, &scratch} { // and what was lost from sight since
		e.Commits = slices.DeleteFunc(e.Commits, func(c fact.Commit) bool { return c.Repository == "acme/secret" })
		e.Changes = slices.DeleteFunc(e.Changes, func(c fact.Change) bool { return c.Repository == "acme/secret" })
		e.Deployments = slices.DeleteFunc(e.Deployments, func(d fact.Deployment) bool { return d.Repository == "acme/secret" })
		e.Incidents = slices.DeleteFunc(e.Incidents, func(i fact.Incident) bool { return i.Repository == "acme/secret" })
	}
	if diff := cmp.Diff(scratch, nightly); diff != "" {
		t.Errorf("facts (-from scratch +nightly):\n%s", diff)
	}
}

// What changes while it is read is kept as it stood at the run's now.
func TestUpdatedWhileRead(t *testing.T) {
	w := testkit.Story()
	night := time.Date(2025, 3, 14, 3, 0, 0, 0, time.UTC)
	s := serve(t, w, gitlabtest.Options{})
	s.SetNow(night.Add(20 * time.Minute)) // the server's clock is ahead, or the run is late
	var m testkit.Memory
	if _, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), &m, window(w, night)); err != nil {
		t.Fatal(err)
	}
	truth(t, w, &m, night)
}

// Many projects that vanish at once are a token that lost its rights. A few are
// deleted.
func TestVanished(t *testing.T) {
	from := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	make := func(all, hidden int) *testkit.World {
		w := &testkit.World{Organisation: "acme", From: from, To: from.AddDate(0, 0, 9)}
		for i := range all {
			r := &testkit.Repository{
				ID: int64(i + 1), DefaultBranch: "main", Created: from.AddDate(-1, 0, 0),
				Names: []testkit.Name{{Full: fmt.Sprintf("acme/r%d", i), From: from.AddDate(-1, 0, 0)}},
			}
			if i < hidden {
				r.Hidden = from.AddDate(0, 0, 5)
			}
			w.Repositories = append(w.Repositories, r)
		}
		return w
	}
	for _, tt := range []struct {
		all, hidden, gone, gaps int
		full                    bool
	}{{30, 3, 3, 0, false}, {30, 12, 0, 1, false}, {30, 12, 12, 0, true}, {3, 3, 0, 1, false}, {3, 3, 3, 0, true}, {1, 1, 1, 0, false}} {
		t.Run(fmt.Sprintf("%+v", tt), func(t *testing.T) {
			w := make(tt.all, tt.hidden)
			s := serve(t, w, gitlabtest.Options{})
			var m testkit.Memory
			for _, now := range []time.Time{from.AddDate(0, 0, 4), w.To} {
				s.SetNow(now)
				o := window(w, now)
				o.Full = tt.full
				r, err := open(t, gitlab.Options{BaseURL: s.URL, Groups: []string{"acme"}, Token: token, Now: time.Now}).Sync(t.Context(), &m, o)
				if err != nil {
					t.Fatal(err)
				}
				if now.Equal(w.To) && len(r.Gaps) != tt.gaps {
					t.Errorf("%d hidden: gaps %+v", tt.hidden, r.Gaps)
				}
			}
			gone := 0
			for _, r := range m.Events("lab", collect.Window{From: w.From, To: w.To}).Repositories {
				if !r.Gone.IsZero() {
					gone++
				}
			}
			if gone != tt.gone {
				t.Errorf("%d hidden, full %t: %d are called gone, want %d", tt.hidden, tt.full, gone, tt.gone)
			}
		})
	}
}

// Whatever the forge says to a token that is wrong or loses its rights midway, the
// run ends as one of credentials, and the token is nowhere.
func TestCredentials(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{Token: token})
	sync := func(o gitlab.Options) error {
		_, err := open(t, o).Sync(t.Context(), &testkit.Memory{}, window(w, w.To))
		return err
	}
	for name, edit := range map[string]func(*gitlab.Options){
		"none":               func(o *gitlab.Options) { o.Token = "" },
		"wrong":              func(o *gitlab.Options) { o.Token = "glpat-wrong_canary_9876" },
		"a deploy token":     func(o *gitlab.Options) { o.Token = "gldt-canary_9876543" },
		"hidden from it all": func(o *gitlab.Options) { o.Groups = []string{"elsewhere"} },
	} {
		t.Run(name, func(t *testing.T) {
			o := storyOptions(s.BaseURL())
			edit(&o)
			err := sync(o)
			if !errors.Is(err, collect.ErrCredentials) || !strings.Contains(fmt.Sprint(err), "lab") || strings.Contains(fmt.Sprint(err), "canary") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	var n atomic.Int64
	expiring := serve(t, w, gitlabtest.Options{Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if n.Add(1) > 40 {
				http.Error(rw, `{"message":"401 Unauthorized, `+r.Header.Get("PRIVATE-TOKEN")+`"}`, http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(rw, r)
		})
	}})
	r, err := open(t, storyOptions(expiring.BaseURL())).Sync(t.Context(), &testkit.Memory{}, window(w, w.To))
	if !errors.Is(err, collect.ErrCredentials) || len(r.Gaps) == 0 || strings.Contains(fmt.Sprint(err, r), "canary") {
		t.Errorf("midway: %v, gaps %+v", err, r.Gaps)
	}
}

// A job token and an OAuth token are sent as such.
func TestTokenHeaders(t *testing.T) {
	w := testkit.Story()
	for _, tt := range []struct{ token, header, want string }{
		{"glcbt-64_abcdef", "JOB-TOKEN", "glcbt-64_abcdef"},
		{"gloas-abcdef", "Authorization", "Bearer gloas-abcdef"},
		{"glpat-abcdef", "PRIVATE-TOKEN", "glpat-abcdef"},
	} {
		t.Run(tt.header, func(t *testing.T) {
			var bad atomic.Int64
			s := serve(t, w, gitlabtest.Options{Wrap: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					others := 0
					for _, h := range []string{"JOB-TOKEN", "Authorization", "PRIVATE-TOKEN"} {
						others += len(r.Header.Values(h))
					}
					if r.Header.Get(tt.header) != tt.want || others != 1 {
						bad.Add(1)
					}
					next.ServeHTTP(rw, r)
				})
			}})
			o := storyOptions(s.BaseURL())
			o.Token = tt.token
			if _, err := open(t, o).Inspect(t.Context(), window(w, w.To)); err != nil {
				t.Fatal(err)
			}
			if bad.Load() > 0 {
				t.Errorf("%s: %d requests without it, or with another", tt.header, bad.Load())
			}
		})
	}
}

// When the tier of an environment is edited, deployments that were saved get it too,
// as soon as there is a new one.
func TestTierEdited(t *testing.T) {
	w := testkit.Story()
	tiers := map[string]string{"production": "other"}
	s := serve(t, w, gitlabtest.Options{Tiers: tiers})
	var m testkit.Memory
	seen := func(now time.Time, ignore bool) (tiers []string) {
		s.SetNow(now)
		o := storyOptions(s.BaseURL())
		o.IgnoreTier, o.Deployments, o.Pipelines = ignore, nil, nil
		if _, err := open(t, o).Sync(t.Context(), &m, window(w, now)); err != nil {
			t.Fatal(err)
		}
		for _, d := range m.Events("lab", collect.Window{From: w.From, To: now}).Deployments {
			if d.Repository == "acme/checkout" && d.Environment == "production" && !slices.Contains(tiers, d.Tier) {
				tiers = append(tiers, d.Tier)
			}
		}
		return tiers
	}
	night := time.Date(2025, 3, 8, 3, 0, 0, 0, time.UTC)
	if got := seen(night, false); !slices.Equal(got, []string{"other"}) {
		t.Errorf("first night: %q", got)
	}
	tiers["production"] = "production"
	if got := seen(night.AddDate(0, 0, 3), false); !slices.Equal(got, []string{"production"}) {
		t.Errorf("after the edit: %q", got)
	}
	if got := seen(night.AddDate(0, 0, 4), true); !slices.Equal(got, []string{""}) {
		t.Errorf("ignored: %q", got)
	}
}

// GitLab's own DORA metrics stand beside ours as what they are.
func TestDORACheck(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{DORA: map[string]float64{"deployment_frequency": 0.5, "lead_time_for_changes": 7200, "time_to_restore_service": 60, "change_failure_rate": 0.25}})
	o := storyOptions(s.BaseURL())
	o.DORACheck = true
	r, err := open(t, o).Sync(t.Context(), &testkit.Memory{}, window(w, w.To))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Check) != 4 || r.Check[1].Theirs != 7200 || r.Check[1].Unit != "seconds" {
		t.Errorf("checks: %+v", r.Check)
	}
	for _, c := range r.Check {
		if c.Comparable || !c.TheirsOnly || c.Note == "" {
			t.Errorf("taken for the same: %+v", c)
		}
	}
	free := serve(t, w, gitlabtest.Options{})
	o.BaseURL = free.URL
	r, err = open(t, o).Sync(t.Context(), &testkit.Memory{}, window(w, w.To))
	if err != nil || len(r.Check) != 0 || len(r.Gaps) != 0 || !strings.Contains(fmt.Sprint(r.Notes), "Ultimate") {
		t.Errorf("without Ultimate: %v, %+v, %q", err, r.Gaps, r.Notes)
	}
}

func TestInspect(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{Token: token, Scopes: []string{"read_user"}, Tiers: map[string]string{"production": "testing"}})
	in, err := open(t, storyOptions(s.BaseURL())).Inspect(t.Context(), window(w, w.To))
	if err != nil {
		t.Fatal(err)
	}
	if in.Credential != "access token with read_user, expires 2030-01-01" || len(in.Missing) != 1 || !strings.Contains(in.Missing[0], "read_api") {
		t.Errorf("credential %q, missing %q", in.Credential, in.Missing)
	}
	if in.Repositories != 7 || in.Teams != 3 || in.Budget.Limit != 2000 || in.Requests <= in.Night || in.Night == 0 || in.Time == 0 {
		t.Errorf("%+v", in)
	}
	if len(in.Environments) != 2 || in.Environments[0].Name != "production" || !in.Environments[0].Matched {
		t.Errorf("environments %+v", in.Environments)
	}
	matched := 0
	for _, l := range in.Labels {
		if l.Matched {
			matched++
		}
	}
	if len(in.Labels) < 4 || matched != 3 || len(in.Workflows) != 2 {
		t.Errorf("labels %+v, workflows %+v", in.Labels, in.Workflows)
	}
	if !strings.Contains(fmt.Sprint(in.Notes), "has the tier testing") {
		t.Errorf("notes %q", in.Notes)
	}
}

// Single projects are read as groups are.
func TestSingleProjects(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{})
	o := storyOptions(s.BaseURL())
	o.Groups, o.Projects, o.Teams = nil, []string{"acme/checkout", "acme/nowhere"}, false
	var m testkit.Memory
	r, err := open(t, o).Sync(t.Context(), &m, window(w, w.To))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Gaps) != 1 || !strings.Contains(r.Gaps[0].Reason, "acme/nowhere") {
		t.Errorf("gaps %+v", r.Gaps)
	}
	want := w.Facts("lab", w.From, []time.Time{w.To}, storyRules())
	keep := func(e *fact.Events) {
		e.Teams = nil
		e.Repositories = slices.DeleteFunc(e.Repositories, func(r fact.Repository) bool { return r.Name != "acme/checkout" })
		e.Commits = slices.DeleteFunc(e.Commits, func(c fact.Commit) bool { return c.Repository != "acme/checkout" })
		e.Changes = slices.DeleteFunc(e.Changes, func(c fact.Change) bool { return c.Repository != "acme/checkout" })
		e.Deployments = slices.DeleteFunc(e.Deployments, func(d fact.Deployment) bool { return d.Repository != "acme/checkout" })
		e.Incidents = slices.DeleteFunc(e.Incidents, func(i fact.Incident) bool { return i.Repository != "acme/checkout" })
	}
	keep(&want)
	found := m.Events("lab", collect.Window{From: w.From, To: w.To})
	if diff := cmp.Diff(w.Normalise(want), w.Normalise(found)); diff != "" {
		t.Errorf("facts (-truth +collected):\n%s", diff)
	}
}

// A GitLab that does not show notes leaves changes without reviews, and says so.
func TestWithoutNotes(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/notes") {
				http.NotFound(rw, r)
				return
			}
			next.ServeHTTP(rw, r)
		})
	}})
	var m testkit.Memory
	r, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), &m, window(w, w.To))
	if err != nil || len(r.Gaps) == 0 || r.Until.Equal(w.To) {
		t.Fatalf("%v, until %v, gaps %+v", err, r.Until, r.Gaps)
	}
	want := w.Facts("lab", w.From, []time.Time{w.To}, storyRules())
	found := m.Events("lab", collect.Window{From: w.From, To: w.To})
	for _, list := range [][]fact.Change{want.Changes, found.Changes} {
		for i := range list {
			list[i].FirstReview, list[i].Ready = time.Time{}, time.Time{}
		}
	}
	if diff := cmp.Diff(w.Normalise(want).Changes, w.Normalise(found).Changes); diff != "" {
		t.Errorf("changes (-truth +collected):\n%s", diff)
	}
}
