//go:build unix

package publish

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestMain lets the test be a program that builds and ends in the middle of it.
func TestMain(m *testing.M) {
	if text := os.Getenv("IP3DP_TEST_KILLED_AT"); text != "" {
		at, err := strconv.Atoi(text)
		if err != nil {
			panic(err)
		}
		d := &failing{at: at, fail: func() error {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}}
		d.twoSteps = os.Getenv("IP3DP_TEST_TWO_STEPS") != ""
		if err := buildAt(d, os.Getenv("IP3DP_TEST_FOLDER"), 2); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// failing is the system's disk, on which a call fails.
type failing struct {
	unsynced
	calls, at int
	fail      func() error
	twoSteps  bool // folders cannot be swapped in one step
}

func (d *failing) step() error {
	d.calls++
	if d.calls >= d.at && d.at > 0 {
		return d.fail()
	}
	return nil
}

func (d *failing) Mkdir(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.system.Mkdir(name)
}

// Create leaves half of the file where it fails.
func (d *failing) Create(name string, data []byte) error {
	if err := d.step(); err != nil {
		d.system.Create(name, data[:len(data)/2]) // the error that counts is another
		return err
	}
	return d.system.Create(name, data)
}

func (d *failing) Link(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.system.Link(from, to)
}

func (d *failing) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.system.Rename(from, to)
}

func (d *failing) Exchange(a, b string) error {
	if d.twoSteps {
		return os.ErrInvalid
	}
	if err := d.step(); err != nil {
		return err
	}
	return d.system.Exchange(a, b)
}

// Remove works on a full disk; a kill does not care.
func (d *failing) Remove(name string) error {
	d.calls++
	if d.calls == d.at {
		d.fail() // it does not return, or does not matter
	}
	return d.system.Remove(name)
}

func (d *failing) SyncTree(string) error   { return d.step() }
func (d *failing) SyncFolder(string) error { return d.step() }

// buildAt puts the n-th site into public/ of a folder.
func buildAt(d disk, dir string, n int) error {
	s, err := stageReal(d, FolderOptions{Out: filepath.Join(dir, "public"), State: filepath.Join(dir, "state")})
	if err != nil {
		return err
	}
	defer s.Discard()
	for name, text := range siteNumber(n) {
		if err := s.Write(name, []byte(text)); err != nil {
			return err
		}
	}
	return s.Publish()
}

// strewn are files of others that builds carry along.
var strewn = map[string]string{"CNAME": "platform.example.com", ".well-known/security.txt": "contact", "previews/mine/index.html": "mine"}

// scene is a folder with a site and files of others, or without a site.
func scene(t *testing.T, first bool) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range strewn {
		put(t, filepath.Join(dir, "public", filepath.FromSlash(name)), text)
	}
	if !first {
		if err := buildAt(unsynced{}, dir, 1); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// wholeAt returns the number of the site that stands in a folder: 0 for none, and an
// error for what is neither whole nor nothing, or where a file of others is lost.
func wholeAt(dir string) (int, error) {
	for name, text := range strewn {
		data, err := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(name)))
		if err != nil || string(data) != text {
			return 0, fmt.Errorf("%s is lost: %w", name, err)
		}
	}
	files, _, err := readTree(system{}, filepath.Join(dir, "public"))
	if err != nil {
		return 0, err
	}
	if len(files) == len(strewn) {
		return 0, nil
	}
	for n := 1; n <= 9; n++ {
		pages := siteNumber(n)
		same := len(files) == len(pages)+1+len(strewn)
		for name, text := range pages {
			data, err := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(name)))
			same = same && err == nil && string(data) == text
		}
		if same {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no whole site stands there: %v", files)
}

// afterFault holds a folder to the rule after a run that did not end well: a whole
// site stands there, and the next run works and leaves nothing.
func afterFault(t *testing.T, what, dir string) {
	t.Helper()
	old, err := wholeAt(dir)
	if err != nil {
		// Between two renames; the next run heals it.
		if s, bad := stageReal(unsynced{}, FolderOptions{Out: filepath.Join(dir, "public"), State: filepath.Join(dir, "state")}); bad == nil {
			old, err = wholeAt(dir)
			s.Discard()
		}
	}
	if err != nil || old > 5 {
		t.Errorf("%s: site %d, %v", what, old, err)
	}
	if err := buildAt(unsynced{}, dir, 6); err != nil {
		t.Errorf("%s: the next run: %v", what, err)
	}
	if n, err := wholeAt(dir); n != 6 {
		t.Errorf("%s: the next run: site %d, %v", what, n, err)
	}
	for _, pattern := range []string{"*", "state/*", "state/sites/*", "state/sites/.*"} {
		names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.Contains(filepath.Base(name), ".ip3dp-") {
				t.Errorf("%s: the next run left %s", what, name)
			}
		}
	}
}

// stories are the builds that sweeps disturb.
var stories = []struct {
	name            string
	first, twoSteps bool
}{{"a first build", true, false}, {"a second build", false, false}, {"a second build in two renames", false, true}}

// callsOf counts the calls of a build.
func callsOf(t *testing.T, first, twoSteps bool) int {
	t.Helper()
	d := &failing{twoSteps: twoSteps}
	if err := buildAt(d, scene(t, first), 2); err != nil {
		t.Fatal(err)
	}
	return d.calls
}

// TestFullDisk fills the disk at every call of a build: from then on nothing can be
// written, and files can be removed.
func TestFullDisk(t *testing.T) {
	n := 0
	for n < sampled(40, 250) {
		for _, story := range stories {
			calls := callsOf(t, story.first, story.twoSteps)
			for at := 1; at <= calls; at += max(1, 3*calls/sampled(40, 250)) {
				dir := scene(t, story.first)
				d := &failing{at: at, fail: func() error { return syscall.ENOSPC }, twoSteps: story.twoSteps}
				err := buildAt(d, dir, 2)
				what := fmt.Sprintf("%s, full at call %d (%v)", story.name, at, err)
				n++
				afterFault(t, what, dir)
			}
		}
	}
	t.Logf("%d points", n)
}

// TestKilledAnywhere kills a process that builds, at every call.
func TestKilledAnywhere(t *testing.T) {
	n := 0
	for n < sampled(30, 250) {
		for _, story := range stories {
			calls := callsOf(t, story.first, story.twoSteps)
			for at := 1; at <= calls; at += max(1, 3*calls/sampled(30, 250)) {
				dir := scene(t, story.first)
				c := exec.CommandContext(t.Context(), os.Args[0])
				c.Env = append(os.Environ(), "IP3DP_TEST_KILLED_AT="+strconv.Itoa(at), "IP3DP_TEST_FOLDER="+dir)
				if story.twoSteps {
					c.Env = append(c.Env, "IP3DP_TEST_TWO_STEPS=yes")
				}
				if err := c.Run(); err == nil {
					t.Errorf("%s: not killed at call %d of %d", story.name, at, calls)
				}
				n++
				afterFault(t, fmt.Sprintf("%s, killed at call %d", story.name, at), dir)
			}
		}
	}
	t.Logf("%d kills", n)
}

// TestRunsAtOnce lets four runs build into one folder: a whole site of one of them
// stands there in the end, and nothing is left beside it.
func TestRunsAtOnce(t *testing.T) {
	for range sampled(20, 250) {
		dir := scene(t, false)
		var wait sync.WaitGroup
		for n := 2; n <= 5; n++ {
			wait.Go(func() {
				if err := buildAt(unsynced{}, dir, n); err != nil {
					t.Errorf("run %d: %v", n, err)
				}
			})
		}
		wait.Wait()
		if n, err := wholeAt(dir); n < 2 || n > 5 || err != nil {
			t.Errorf("site %d, %v", n, err)
		}
		afterFault(t, "four runs at once", dir)
	}
	t.Logf("%d times four runs", sampled(20, 250))
}

// TestSweep removes temporary files of runs that died, and no others.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	living, err := Replace(filepath.Join(dir, "history.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer living.Discard()
	kept := []string{".history.json", ".history.json.12", ".notes.ip3dp-", ".notes.ip3dp-1a", "notes.ip3dp-12", ".ip3dp-12", filepath.Base(living.Name())}
	for _, name := range append([]string{".history.json.ip3dp-12", ".x.ip3dp-0"}, kept...) {
		if name != filepath.Base(living.Name()) {
			put(t, filepath.Join(dir, name), "")
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".folder.ip3dp-3"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceFile(filepath.Join(dir, "other.json"), func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(kept, ".folder.ip3dp-3", "other.json") {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s was removed", name)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(kept)+2 {
		t.Errorf("%v, %v", entries, err)
	}
}
