//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// installWorkflow installs ip3dp, looks for it, and stops there.
const installWorkflow = `name: Install
on: push
permissions: {}
jobs:
  install:
    runs-on: ubuntu-24.04
    steps:
      - uses: ./
        with: { command: none, version: "VERSION" }
      - run: command -v ip3dp && ip3dp --version
`

// TestInstall: a release is verified, and a wrong checksum is never gone around;
// without a release the source is built.
func TestInstall(t *testing.T) {
	t.Parallel()
	archive := "ip3dp_" + releaseOfTests[1:] + "_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	lost := func(files map[string][]byte) { delete(files, archive) }
	for name, test := range map[string]struct {
		version string
		spoil   func(map[string][]byte)
		noGo    bool
		ok      bool
		built   bool
		says    string
	}{
		"release":   {version: releaseOfTests, ok: true},
		"no Go":     {version: releaseOfTests, noGo: true, ok: true},
		"no list":   {version: releaseOfTests, spoil: func(f map[string][]byte) { delete(f, "checksums.txt") }, ok: true, built: true},
		"lost":      {version: releaseOfTests, spoil: lost, ok: true, built: true, says: "building from source"},
		"lost, too": {version: releaseOfTests, spoil: lost, noGo: true, says: "::error::no release was given or found, and Go is not installed"},
		"source":    {ok: true, built: true},
		"tampered": {
			version: releaseOfTests, spoil: func(f map[string][]byte) { f[archive] = append(f[archive], "more"...) },
			says: "::error::" + archive + " does not have the checksum of the release",
		},
		"unlisted": {
			version: releaseOfTests, spoil: func(f map[string][]byte) { f["checksums.txt"] = []byte("\n") },
			says: "has no line for " + archive,
		},
		"other's checksum": {version: releaseOfTests, spoil: func(f map[string][]byte) {
			f["checksums.txt"] = []byte(strings.ReplaceAll(string(f["checksums.txt"]), "  ip3dp", "  x-ip3dp"))
		}, says: "has no line for " + archive},
		"path":    {version: "v1.2.3/../../other", says: "::error::the input version is not a release"},
		"command": {version: "v1.2.3;touch here", says: "::error::the input version is not a release"},
		"branch":  {version: "main", says: "::error::the input version is not a release"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHosted(t, map[string]string{"README.md": "A platform\n"})
			h.runner["IP3DP_RELEASES"] = serveReleases(t, programOfTests(t), test.spoil)
			if test.noGo {
				h.hide("go")
			}
			workflow := strings.Replace(installWorkflow, "VERSION", test.version, 1)
			j := h.start([]byte(workflow), "push", map[string]any{}, "main").jobs["install"]
			if (j.result == "success") != test.ok || !strings.Contains(j.log, test.says) {
				t.Errorf("%s, want success %v and %q:\n%s", j.result, test.ok, test.says, j.log)
			}
			_, err := os.Stat(filepath.Join(h.bin, "built"))
			if built := err == nil; built != test.built {
				t.Errorf("built from source: %v, want %v:\n%s", built, test.built, j.log)
			}
			if _, err := os.Stat(filepath.Join(j.workspace, "here")); err == nil {
				t.Error("the version was run as a command")
			}
		})
	}
}
