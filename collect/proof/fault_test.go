package proof_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// Deadlines of an attempt under faults that let a client wait: short where every
// attempt will meet it.
const (
	patient   = time.Second
	impatient = 40 * time.Millisecond
)

// scene is a run that is to be disturbed: the first one, or a night's after a run
// that was not.
type scene struct {
	forge  *kindOfForge
	world  *testkit.World
	name   string
	before string      // file of the store before it; "": none
	syncs  []time.Time // the last is that of the run
	// clean is what an undisturbed run leaves, requests what it asked.
	clean    fact.Events
	requests int
}

func (s *scene) now() time.Time { return s.syncs[len(s.syncs)-1] }

// scenes makes both, and holds their clean runs to the truth.
func scenes(t *testing.T, k *kindOfForge, w *testkit.World) []*scene {
	t.Helper()
	evening := filepath.Join(t.TempDir(), "evening.db")
	yesterday := w.To.AddDate(0, 0, -1)
	list := []*scene{
		{forge: k, world: w, name: "first run", syncs: []time.Time{w.To}},
		{forge: k, world: w, name: "night", before: evening, syncs: []time.Time{yesterday, w.To}},
	}
	prepare := scene{forge: k, world: w, syncs: []time.Time{yesterday}}
	prepare.run(t, evening, nil, 0)
	for _, s := range list {
		file := s.file(t)
		report, err := s.run(t, file, nil, 0)
		if err != nil || len(report.Gaps) > 0 || !report.Until.Equal(w.To) {
			t.Fatalf("%s: a clean run: %v, until %v, gaps %+v", s.name, err, report.Until, report.Gaps)
		}
		s.clean, s.requests = facts(eventsOf(t, file, window(w, s.now()))), report.Requests
		truth := w.Normalise(w.Facts(source, w.From, s.syncs, k.rules))
		got := w.Normalise(s.clean)
		if !k.rules.Pipelines {
			for i := range got.Repositories {
				got.Repositories[i].Pipelines = nil
			}
		}
		if diff := cmp.Diff(truth, got); diff != "" {
			t.Fatalf("%s: a clean run (-truth +collected):\n%s", s.name, first(diff))
		}
	}
	return list
}

// file is a copy of the store before the run.
func (s *scene) file(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "store.db")
	if s.before == "" {
		return name
	}
	data, err := os.ReadFile(s.before)
	if err == nil {
		err = os.WriteFile(name, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// run collects into a file, as one process would.
func (s *scene) run(t testing.TB, file string, i *testkit.Injection, perTry time.Duration) (collect.Report, error) {
	t.Helper()
	var report collect.Report
	var err error
	func() {
		st := openStore(t, file)
		defer func() {
			if cause := st.Close(); cause != nil {
				t.Error(cause)
			}
		}()
		if i == nil {
			report, err = s.forge.sync(t, st, s.world, s.now(), nil, perTry)
			return
		}
		report, err = s.forge.sync(t, st, s.world, s.now(), i.Wrap, perTry)
	}()
	return report, err
}

// disturb runs with a fault, judges what it left, and lets a clean run follow. It
// says whether the fault happened at all.
func (s *scene) disturb(t *testing.T, f testkit.Fault, when testkit.When) bool {
	t.Helper()
	perTry := time.Duration(0)
	if f.Waits {
		perTry = patient
		if when.Times != 1 {
			perTry = impatient
		}
	}
	file := s.file(t)
	injection := f.Inject(when)
	report, err := s.run(t, file, injection, perTry)
	if injection.Fired() == 0 {
		return false
	}
	complain := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s, %s, %s %+v: %s\nerror: %v\nuntil: %s, gaps: %+v\nnotes: %q", s.forge.name, s.name, f.Name, when,
			fmt.Sprintf(format, args...), err, report.Until.Format(time.RFC3339), report.Gaps, report.Notes)
	}
	e := eventsOf(t, file, window(s.world, s.now()))
	if problems := broken(s.world, e, s.syncs, s.forge.rules); len(problems) > 0 {
		complain("what is claimed is not so:\n%s", first(strings.Join(problems, "\n")))
	}
	got := facts(e)
	said := err != nil || len(report.Gaps) > 0
	named := sortedNames(report.Gaps)
	for _, name := range differing(s.clean, got) {
		if err == nil && !slices.Contains(named, name) && !slices.Contains(named, "") {
			complain("the facts of %q differ in silence:\n%s", name, first(cmp.Diff(s.clean, got)))
		}
	}
	if !said && !report.Until.Equal(s.now()) {
		complain("it is not known until now, and nothing says why")
	}
	if (f.Heals && when.Times == 1 || f.Harmless) && (said || !cmp.Equal(s.clean, got)) {
		complain("it should have been got over:\n%s", first(cmp.Diff(s.clean, got)))
	}
	if f.Credentials && !errors.Is(err, collect.ErrCredentials) {
		complain("the error is not about credentials")
	}
	if text := fmt.Sprintf("%v %+v", err, report); strings.Contains(text, githubtest.Token[10:20]) || strings.Contains(text, labToken[6:16]) {
		complain("the token is told")
	}
	if report, err := s.run(t, file, nil, 0); err != nil || len(report.Gaps) > 0 {
		complain("the run after it: %v, gaps %+v", err, report.Gaps)
	}
	if diff := cmp.Diff(s.clean, facts(eventsOf(t, file, window(s.world, s.now())))); diff != "" {
		complain("after the run that follows, the facts are not those of an undisturbed one (-clean +got):\n%s", first(diff))
	}
	return true
}

// TestFaults lets every fault happen once at the requests of a run in turn, and from
// a request on for ever, in first runs and nights of both forges. Without -every each
// fault happens in two of the four, at one request.
func TestFaults(t *testing.T) {
	w := smallWorld()
	stranger := testkit.NewStranger()
	t.Cleanup(stranger.Close)
	place := 0
	for _, k := range forges() {
		for _, s := range scenes(t, &k, w) {
			t.Run(k.name+" "+s.name, func(t *testing.T) {
				ran := 0
				for which, f := range testkit.Faults(stranger.URL) {
					switch {
					case f.GitHubOnly && k.forge != "github":
					case *every:
						ran += s.inTurn(t, f, which)
					case (which/2+place)%2 == 0:
						ran += s.sampled(t, f, which)
					}
				}
				t.Logf("%d runs with a fault, of %d requests each", ran, s.requests)
			})
			place++
		}
	}
	if visits, _ := stranger.Visits(); visits > 0 {
		t.Errorf("another host was asked %d times", visits)
	}
}

// sampled lets a fault happen at one request.
func (s *scene) sampled(t *testing.T, f testkit.Fault, which int) int {
	t.Helper()
	when := testkit.Once(1 + which%3)
	if which%2 == 0 {
		when = testkit.When{First: 1 + which%s.requests}
		if f.Waits {
			when.First = 1
		}
	}
	if s.disturb(t, f, when) {
		return 1
	}
	return 0
}

// inTurn lets a fault happen at the requests in turn: at all of a short run, at some
// forty of a long one, and for ever from some of them on.
func (s *scene) inTurn(t *testing.T, f testkit.Fault, which int) (ran int) {
	t.Helper()
	step := 1 + s.requests/40
	if f.Waits {
		step = 1 + s.requests/4 // they take a second
	}
	for n := 1 + which%step; n <= s.requests+5; n += step {
		if !s.disturb(t, f, testkit.Once(n)) {
			break // it fits no later request
		}
		ran++
	}
	lasting := []int{1, 2, 3, s.requests / 3, s.requests / 2, s.requests - 1}
	slices.Sort(lasting)
	for _, n := range slices.Compact(lasting) {
		if n > 0 && s.disturb(t, f, testkit.When{First: n}) {
			ran++
		}
	}
	return ran
}
