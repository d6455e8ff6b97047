package workflowtest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

// releaseOfTests is the release that workflows of the tests install.
const releaseOfTests = "v1.2.3"

// newHosted is a GitHub with a repository of these files, whose workflows install
// a release that the fake release server has.
func newHosted(t *testing.T, files map[string]string) *hosted {
	t.Helper()
	h := &hosted{
		t: t, forge: newFakeGitHub(t), repo: t.TempDir(), base: t.TempDir(), bin: t.TempDir(),
		caches: map[string]string{}, runs: map[string]map[string]string{}, vars: map[string]string{}, secrets: map[string]string{},
	}
	h.forge.artifacts = h.listArtifacts
	program := programOfTests(t)
	releases := serveReleases(t, program, nil)
	h.runner = map[string]string{"IP3DP_RELEASES": releases}
	h.fakeGo(program)
	h.write(files)
	h.git(h.repo, "init", "-q", "-b", "main")
	h.git(h.repo, "config", "uploadpack.allowAnySHA1InWant", "true")
	h.commit("First")
	return h
}

// listArtifacts lists what a run has left, in the form of the API.
func (h *hosted) listArtifacts(run string) []map[string]any {
	list := []map[string]any{}
	for i, name := range slices.Sorted(maps.Keys(h.runs[run])) {
		list = append(list, map[string]any{"id": 500 + i, "name": name, "expired": false}, map[string]any{"id": 900 + i, "name": name, "expired": true})
	}
	return list
}

// fakeGo puts a go on the PATH of jobs that builds and runs nothing but ip3dp, and
// leaves a file "built" beside it.
func (h *hosted) fakeGo(program string) {
	h.t.Helper()
	script := `#!/bin/sh
program='` + program + `'
case "$1 $2" in
"run ./cmd/ip3dp") shift 2; exec "$program" "$@" ;;
build\ *)
  test -f cmd/ip3dp/main.go || exit 1
  : > "${0%/*}/built"
  while [ "$1" != -o ]; do shift; done
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" > "$2" && chmod 755 "$2" ;;
*) echo "go $*: not known" >&2; exit 1 ;;
esac
`
	h.check(os.WriteFile(filepath.Join(h.bin, "go"), []byte(script), 0o700)) // a program
}

// hide makes a program one that jobs do not have.
func (h *hosted) hide(name string) { h.hidden = append(h.hidden, name) }

// path is the PATH of jobs: without ip3dp, which they are to install, and without
// what is hidden. What a folder with such a program has besides is linked.
func (h *hosted) path() []string {
	h.t.Helper()
	list := []string{h.bin}
	if slices.Contains(h.hidden, "go") {
		h.check(os.RemoveAll(filepath.Join(h.bin, "go")))
	}
	for i, dir := range filepath.SplitList(os.Getenv("PATH")) {
		hidden := slices.ContainsFunc(append([]string{"ip3dp"}, h.hidden...), func(name string) bool {
			_, err := os.Stat(filepath.Join(dir, name))
			return err == nil
		})
		if !hidden {
			list = append(list, dir)
			continue
		}
		entries, err := os.ReadDir(dir)
		h.check(err)
		links := filepath.Join(h.base, fmt.Sprint("path-", i))
		list = append(list, links)
		if _, err := os.Stat(links); err == nil {
			continue // made for an earlier step
		}
		h.check(os.Mkdir(links, 0o755))
		for _, e := range entries {
			if name := e.Name(); name != "ip3dp" && !slices.Contains(h.hidden, name) {
				h.check(os.Symlink(filepath.Join(dir, name), filepath.Join(links, name)))
			}
		}
	}
	return list
}

// write changes files of the repository; "" removes one.
func (h *hosted) write(files map[string]string) {
	h.t.Helper()
	for name, text := range files {
		file := filepath.Join(h.repo, filepath.FromSlash(name))
		if text == "" {
			h.check(os.Remove(file))
			continue
		}
		h.check(os.MkdirAll(filepath.Dir(file), 0o755))
		h.check(os.WriteFile(file, []byte(text), 0o600))
	}
}

// commit commits everything and returns the commit.
func (h *hosted) commit(message string) string {
	h.t.Helper()
	h.git(h.repo, "add", "-A")
	h.git(h.repo, "commit", "-q", "--allow-empty", "-m", message)
	return h.git(h.repo, "rev-parse", "HEAD")
}

// scaffold is the pipeline that init of a release writes.
func scaffoldOfTests() scaffold.Pipeline {
	p := scaffold.NewPipeline("", ".", scaffold.Release{Version: "devel"})
	p.Version = releaseOfTests
	p.Action = scaffold.Home + "@" + strings.Repeat("ab", 20) + " # " + releaseOfTests
	p.PinnedAction = p.Action
	return p
}

// programFolder has the program that tests run; TestMain removes it.
var programFolder string

// TestMain runs the tests, and removes the program that they have built.
func TestMain(m *testing.M) {
	code := m.Run()
	if programFolder != "" {
		os.RemoveAll(programFolder) // a temporary folder
	}
	os.Exit(code)
}

// buildProgram builds ip3dp once.
var buildProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ip3dp")
	if err != nil {
		return "", err
	}
	programFolder = dir
	name := filepath.Join(dir, "ip3dp")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", name, "../../ip3dp").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return name, nil
})

// programOfTests returns the path of ip3dp.
func programOfTests(t *testing.T) string {
	t.Helper()
	if name := os.Getenv("IP3DP_TEST_PROGRAM"); name != "" {
		return name
	}
	name, err := buildProgram()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// serveReleases serves one release whose archive holds a program that runs ours.
// spoil may change its files, by name.
func serveReleases(t *testing.T, program string, spoil func(files map[string][]byte)) string {
	t.Helper()
	var archive bytes.Buffer
	packed := gzip.NewWriter(&archive)
	w := tar.NewWriter(packed)
	script := "#!/bin/sh\nexec '" + program + "' \"$@\"\n"
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(w.WriteHeader(&tar.Header{Name: "LICENSE", Mode: 0o644}))
	check(w.WriteHeader(&tar.Header{Name: "ip3dp", Mode: 0o755, Size: int64(len(script))}))
	_, err := w.Write([]byte(script))
	check(err)
	check(w.Close())
	check(packed.Close())
	name := fmt.Sprintf("ip3dp_%s_%s_%s.tar.gz", releaseOfTests[1:], runtime.GOOS, runtime.GOARCH)
	sum := fmt.Sprintf("%x", sha256.Sum256(archive.Bytes()))
	files := map[string][]byte{
		name:            archive.Bytes(),
		"checksums.txt": []byte(strings.Repeat("0", 64) + "  other_" + name + "\n" + sum + "  " + name + "\n"),
	}
	if spoil != nil {
		spoil(files)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/"+releaseOfTests+"/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write(data) // the other end is a test
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// copyExample copies the example's configuration and content into the repository.
func (h *hosted) copyExample() {
	h.t.Helper()
	h.check(os.WriteFile(filepath.Join(h.repo, "config.toml"), fileOfRepository(h.t, "config.toml"), 0o600))
	h.check(os.CopyFS(filepath.Join(h.repo, "site"), os.DirFS(filepath.Join(top, "site"))))
}
