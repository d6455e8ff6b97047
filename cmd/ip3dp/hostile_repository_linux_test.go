//go:build !race

// What is tested here is what a process opens and asks, where the race detector finds
// nothing that other tests do not.

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/compute"
)

var hostileRepositories = flag.Int("repositories", 10, "how many hostile repositories diff and preview are run on")

// canary stands in every file outside of a repository.
const canary = "canary-4711"

// outside is what no configuration of a request may lead to: a folder whose files
// are watched, and an address that counts its connections.
type outside struct {
	dir, address string
	asked        atomic.Int64
	watch        int // inotify
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{dir: filepath.Join(t.TempDir(), "outside")}
	note := "+++\ntitle = \"" + canary + "\"\n+++\n" + canary + "\n"
	for name, text := range map[string]string{
		"config.toml": "[platform]\nname = \"" + canary + "\"\n", "teams.toml": "[[team]]\nid = \"" + canary + "\"\n",
		"features/canary.md": note, "roadmap/canary.md": note, "pages/canary.md": note,
		"tickets/themes.toml": "# " + canary + "\n", "data/measured.json": `{"version": 1, "name": "` + canary + `"}`,
		"data/report.json": `{"name": "` + canary + `"}`, "measured.json": canary, "canary.csv": canary + "\n", "surveys/canary.csv": canary + "\n",
		"layouts/base.html": canary, ".git/config": "[user]\nname = " + canary + "\n", ".git/HEAD": "ref: refs/heads/" + canary + "\n",
	} {
		put(t, filepath.Join(o.dir, filepath.FromSlash(name)), text)
	}
	if err := syscall.Mkfifo(filepath.Join(o.dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() }) // nothing was written
	o.address = listener.Addr().String()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			o.asked.Add(1)
			c.Close() // nothing was written
		}
	}()
	if o.watch, err = syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(o.watch) }) // nothing was written
	err = filepath.WalkDir(o.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_, err = syscall.InotifyAddWatch(o.watch, name, syscall.IN_OPEN|syscall.IN_ACCESS|syscall.IN_CREATE|syscall.IN_MODIFY|syscall.IN_DELETE)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.opened() // the walk itself opens folders
	return o
}

// opened lists the files that were opened, read or changed since the last call; ""
// is a folder itself.
func (o *outside) opened() []string {
	var names []string
	buffer := make([]byte, 1<<16)
	for {
		n, err := syscall.Read(o.watch, buffer)
		if err != nil || n <= 0 {
			return names
		}
		for at := 0; at+syscall.SizeofInotifyEvent <= n; {
			size := int(binary.NativeEndian.Uint32(buffer[at+int(unsafe.Offsetof(syscall.InotifyEvent{}.Len)):]))
			name := buffer[at+syscall.SizeofInotifyEvent : at+syscall.SizeofInotifyEvent+size]
			names = append(names, string(bytes.TrimRight(name, "\x00")))
			at += syscall.SizeofInotifyEvent + size
		}
	}
}

// hostileTricks are what a request can change to have something else opened or
// asked. Each gets the folder of the work tree, and returns lines of configuration.
func hostileTricks(t *testing.T, o *outside, r *rand.Rand) []func(dir string) string {
	link := func(to string, names ...string) func(string) string {
		return func(dir string) string {
			name := filepath.Join(dir, filepath.FromSlash(names[r.Intn(len(names))]))
			os.RemoveAll(name)                     // a temporary folder
			os.MkdirAll(filepath.Dir(name), 0o755) // the link would fail
			if err := os.Symlink(to, name); err != nil && !os.IsExist(err) && !strings.Contains(err.Error(), "not a directory") {
				t.Fatal(err)
			}
			return ""
		}
	}
	line := func(format string, values ...string) func(string) string {
		return func(string) string { return fmt.Sprintf(format, values[r.Intn(len(values))]) + "\n" }
	}
	sites := []string{"http://" + o.address + "/", "https://" + o.address + "/", "http://localhost:" + o.address[strings.LastIndex(o.address, ":")+1:] + "/data/measured.json"}
	files := []string{o.dir, o.dir + "/measured.json", o.dir + "/pipe", "../outside", "../outside/measured.json", "../outside/pipe", "link", "link/measured.json", "inner/../link", ".git/../link"}
	exports := []string{o.dir + "/canary.csv", o.dir + "/*.csv", "../outside/*", "link/canary.csv", o.dir + "/pipe", "link/*"}
	return []func(string) string{
		line("[history]\nfrom = %q", append(slices.Clone(sites), files...)...),
		line("[site]\nbase_url = %q", sites...),
		line("[site]\nout = %q", files...),
		line("content = %q", "link", "link/roadmap", "inner/link", "../outside", o.dir, ".git", "inner/dots"),
		line("[surveys]\nfolder = %q", o.dir+"/surveys", "../outside/surveys", "link/surveys"),
		line("[[events]]\nkind = \"deployments\"\nfile = %q", exports...),
		line("[[usage]]\nfile = %q", exports...),
		line("[[tickets]]\nfile = %q", exports...),
		line("[[measures]]\nfile = %q", exports...),
		line("[[tasks]]\nfile = %q", exports...),
		line("[[git]]\npath = %q", o.dir, "link", "../outside"),
		line("[[github]]\nrepositories = [\"a/b\"]\nbase_url = %q", sites[:2]...),
		line("[[gitlab]]\nprojects = [\"a/b\"]\nbase_url = %q", sites[:2]...),
		line("[[sql]]\ndsn = %q", "postgres://"+o.address+"/x", "file:"+o.dir+"/measured.json"),
		line("[notify]\nwebhook_env = %q", "PATH"),
		link(o.dir+"/config.toml", "config.toml"),
		link("../outside/config.toml", "config.toml"),
		link(o.dir, "inner", "link", "roadmap", "features", "pages", "surveys", "tickets", "public", "preview", "templates", "data"),
		link("../outside", "inner/link", "link", "roadmap", "public", "cases", "decisions", "research"),
		link(o.dir+"/measured.json", "public/data/measured.json", "data/measured.json", "measured.json"),
		link(o.dir+"/pipe", "public/data/measured.json", "config.toml", "teams.toml", "roadmap/x.md", "features/x.md", "inner"),
		link(o.dir+"/teams.toml", "teams.toml", "measures.toml", "failures.toml", "roadmap/activities.toml", "tickets/themes.toml"),
		link(o.dir+"/roadmap/canary.md", "roadmap/canary.md", "features/canary.md", "pages/canary.md"),
		link("../.git", "inner/dots", "roadmap", "inner/roadmap"),
		func(dir string) string { // a pipe where a file is read
			name := filepath.Join(dir, []string{"teams.toml", "roadmap/pipe.md", "public/data/measured.json"}[r.Intn(3)])
			os.RemoveAll(name)                     // a temporary folder
			os.MkdirAll(filepath.Dir(name), 0o755) // the pipe is not made then
			syscall.Mkfifo(name, 0o600)            // behind a link that leads out
			return ""
		},
		func(dir string) string { // a clone among the files
			for name, text := range map[string]string{
				"HEAD": "ref: refs/heads/main\n", "objects/info/alternates": o.dir + "\n", "refs/heads/main": strings.Repeat("1", 40) + "\n",
				"config":      "[core]\n\tbare = true\n\tfsmonitor = touch " + o.dir + "/ran\n[include]\n\tpath = " + o.dir + "/.git/config\n",
				".gitmodules": "[submodule \"x\"]\n\tpath = inner\n\turl = http://" + o.address + "/x.git\n", ".gitattributes": "* export-subst filter=x\n",
			} {
				put(t, filepath.Join(dir, filepath.FromSlash(name)), text)
			}
			return ""
		},
	}
}

// TestHostileRepositories: diff and preview on what a stranger has changed ask no
// address, and open no file outside of the repository.
func TestHostileRepositories(t *testing.T) {
	o := newOutside(t)
	if _, err := os.ReadFile(filepath.Join(o.dir, "measured.json")); err != nil || len(o.opened()) == 0 {
		t.Fatal("what is opened goes unnoticed: this test shows nothing")
	}
	site := bareMeasured(t)
	ended := map[exit.Code]int{}
	for seed := range *hostileRepositories {
		r := rand.New(rand.NewSource(int64(seed)))
		dir := filepath.Join(filepath.Dir(o.dir), fmt.Sprint("repository-", seed))
		put(t, filepath.Join(dir, "config.toml"), "[platform]\nname = \"Shop\"\n")
		put(t, filepath.Join(dir, "roadmap", "search.md"), planFile("Search", "4", "planned"))
		put(t, filepath.Join(dir, ".gitignore"), "public\n")
		gitIn(t, dir, "init", "-q", "-b", "main")
		gitIn(t, dir, "add", "-A")
		gitIn(t, dir, "commit", "-q", "-m", "base")
		gitIn(t, dir, "branch", "base")
		if r.Intn(2) == 0 {
			put(t, filepath.Join(dir, "public", "data", "measured.json"), string(site))
		}
		put(t, filepath.Join(dir, "roadmap", "search.md"), planFile("Search", "2", "planned"))
		tricks := hostileTricks(t, o, r)
		r.Shuffle(len(tricks), func(i, k int) { tricks[i], tricks[k] = tricks[k], tricks[i] })
		config := ""
		for _, trick := range tricks[:1+r.Intn(5)] {
			config = trick(dir) + config // content stands before the tables
		}
		if info, err := os.Lstat(filepath.Join(dir, "config.toml")); config != "" && err == nil && info.Mode().IsRegular() {
			put(t, filepath.Join(dir, "config.toml"), config)
		}
		if r.Intn(2) == 0 {
			gitIn(t, dir, "add", "-A", "-f", "--ignore-errors")
			gitIn(t, dir, "commit", "-q", "-m", "request")
		}
		o.opened() // git has looked at its links
		o.run(t, seed, dir, ended)
		if n := o.asked.Load(); n != 0 {
			t.Fatalf("repository %d: %d connections; its configuration:\n%s", seed, n, config)
		}
		os.RemoveAll(dir) // a temporary folder
	}
	t.Logf("%d repositories; runs by exit code: %v", *hostileRepositories, ended)
}

// run runs every form of diff and preview on a repository.
func (o *outside) run(t *testing.T, seed int, dir string, ended map[exit.Code]int) {
	t.Helper()
	output := t.TempDir()
	for n, args := range [][]string{
		{"diff", "--base", "commit:base", "--format", "text", "--format", "json=" + filepath.Join(output, "diff.json")},
		{"diff"},
		{"diff", "--base", "base"},
		{"preview", "--base", "commit:base", "--out", filepath.Join(output, "one")},
		{"preview", "--out", filepath.Join(output, "two")},
	} {
		var out bytes.Buffer
		p := newProgram([]string{"IP3DP_NOW=2024-11-11"}, nil, &out, &out)
		ended[p.execute(t.Context(), append(args, "--config", filepath.Join(dir, "config.toml")))]++
		if names := o.opened(); len(names) > 0 {
			t.Errorf("repository %d: %v opened %q outside\n%s", seed, args, names, &out)
		}
		if strings.Contains(out.String(), canary) {
			t.Errorf("repository %d: run %d says the canary:\n%s", seed, n, &out)
		}
	}
	err := filepath.WalkDir(output, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if bytes.Contains(data, []byte(canary)) {
			t.Errorf("repository %d: the canary is in %s", seed, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// bareMeasured is a measured.json of the version before checksums.
func bareMeasured(t *testing.T) []byte {
	t.Helper()
	m := compute.Measured{Version: state.MeasuredForm.Bare, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
