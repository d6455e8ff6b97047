package proof_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// settings are lines of config.toml that mean what forges() mean.
func (k *kindOfForge) settings() []string {
	lines := []string{"days = 12", "budget_percent = 0"}
	if k.forge == "gitlab" {
		return append(lines, `incident_labels = ["incident", "Incident", "type: incident"]`, `incident_types = []`,
			`deployments = ["environments", "pipelines", "releases"]`, `tag_pattern = '^v\d+\.\d+\.\d+$'`,
			`pipelines = [{ ref = "main", name = "`+deployWorkflow+`", source = "push", environment = "production" }]`)
	}
	return append(lines, `incident_labels = ["incident", "type: incident"]`, `deployments = ["environments", "workflows", "releases"]`,
		`workflows = [{ file = "deploy.yml", environment = "production" }]`)
}

// killer ends a process at once, as kill -9 does, on one occasion.
type killer struct {
	mu       sync.Mutex
	process  *os.Process
	requests int
	at       int // request that it does so at; 0: none
}

// wrap kills before the request is answered.
func (k *killer) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.mu.Lock()
		k.requests++
		now := k.requests == k.at && k.process != nil
		k.mu.Unlock()
		if now {
			k.kill()
			panic(http.ErrAbortHandler) // nobody is there to be answered
		}
		next.ServeHTTP(w, r)
	})
}

func (k *killer) kill() {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.process.Kill() // it may have ended by itself
}

// occasion is when a run is killed: at a request, or when the store's log has grown
// so many times, which is while it is written to.
type occasion struct {
	request, growth int
}

// run starts a collection, kills it on the occasion, and says whether that hit it.
func (k *killer) run(t *testing.T, p *platform, now time.Time, o occasion) (hit bool) {
	t.Helper()
	cmd := p.command(now, "collect")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	k.mu.Lock()
	k.requests, k.at, k.process = 0, o.request, nil
	err := cmd.Start()
	k.process = cmd.Process
	k.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var watching sync.WaitGroup
	if o.growth > 0 {
		watching.Go(func() { k.watch(p.file(".ip3dp/store.db-wal"), o.growth, ended) })
	}
	_ = cmd.Wait() // it was killed
	close(ended)
	watching.Wait()
	return !cmd.ProcessState.Exited()
}

// watch kills when a file has grown so many times, unless the process ends first.
func (k *killer) watch(file string, growths int, ended chan struct{}) {
	size := int64(0)
	for {
		select {
		case <-ended:
			return
		default:
		}
		info, err := os.Stat(file)
		if err != nil || info.Size() == size {
			time.Sleep(50 * time.Microsecond)
			continue
		}
		if size = info.Size(); growths == 1 {
			k.kill()
			return
		}
		growths--
	}
}

// TestKill kills the program at requests and in the middle of writing to the store.
// What it leaves claims nothing that it does not have, and the next run ends with
// the facts of one that was not disturbed.
func TestKill(t *testing.T) {
	w := smallWorld()
	for _, k := range forges() {
		t.Run(k.name, func(t *testing.T) {
			reaper := &killer{}
			server := k.serve(w, reaper.wrap, testkit.NewClock(w.To))
			t.Cleanup(server.close)
			server.setNow(w.To)
			undisturbed := newPlatform(t, k.forge, server.address, k.settings()...)
			if got := undisturbed.run(w.To, "collect"); got.code != 0 {
				t.Fatalf("a clean run: exit code %d\n%s", got.code, got.said)
			}
			requests := server.count()
			clean := facts(eventsOf(t, undisturbed.file(".ip3dp/store.db"), window(w, w.To)))
			if problems := broken(w, clean, []time.Time{w.To}, k.rules); len(problems) > 0 || len(clean.Deployments) == 0 {
				t.Fatalf("a clean run: %s", strings.Join(problems, "\n"))
			}
			kills, hits := 2, 0
			if *every {
				kills = 24
			}
			var occasions []occasion
			for i := range kills {
				occasions = append(occasions, occasion{request: 1 + i*requests/kills}, occasion{growth: 1 + i})
			}
			for i, o := range occasions {
				p := newPlatform(t, k.forge, server.address, k.settings()...)
				if reaper.run(t, p, w.To, o) {
					hits++
				} else if o.request > 0 {
					t.Errorf("%+v: it was not killed", o)
				}
				p.afterKill(w, &k, o, *every || i < 2)
				if diff := cmp.Diff(clean, facts(eventsOf(t, p.file(".ip3dp/store.db"), window(w, w.To)))); diff != "" {
					t.Errorf("%+v: the run after it differs from an undisturbed one (-clean +got):\n%s", o, first(diff))
				}
			}
			t.Logf("killed %d times of %d, in runs of %d requests", hits, len(occasions), requests)
		})
	}
}

// afterKill looks at what is left, and collects again.
func (p *platform) afterKill(w *testkit.World, k *kindOfForge, o occasion, build bool) {
	p.t.Helper()
	file := p.file(".ip3dp/store.db")
	half := eventsOf(p.t, file, window(w, w.To))
	if problems := broken(w, half, []time.Time{w.To}, k.rules); len(problems) > 0 {
		p.t.Errorf("%+v: what is claimed is not so:\n%s", o, first(strings.Join(problems, "\n")))
	}
	if build {
		built := p.run(w.To, "build")
		whole := len(half.Gaps) == 0 && len(half.Coverage) > 0
		if built.code == 0 && !whole {
			p.t.Errorf("%+v: a site was built from half of the facts as if it were from all\n%s", o, built.said)
		}
	}
	if again := p.run(w.To, "collect"); again.code != 0 {
		p.t.Errorf("%+v: the run after it: exit code %d\n%s", o, again.code, again.said)
	}
}
