package proof_test

import (
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestStatic holds the program to what releases promise: it asks for no loader and no
// library, and works in a root that holds nothing else.
func TestStatic(t *testing.T) {
	file, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // it was only read
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a segment %s: build it with CGO_ENABLED=0 and without PIE", p.Type)
		}
	}
	if libraries, err := file.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("the program asks for %s", strings.Join(libraries, ", "))
	}
	root := t.TempDir()
	copyProgram(t, filepath.Join(root, "ip3dp"))
	for _, args := range [][]string{{"--version"}, {"init", "--yes", "--ci", "none", "/platform"}, {"build", "--config", "/platform/config.toml"}} {
		cmd := exec.Command("/ip3dp", args...)
		cmd.Dir, cmd.Env = "/", []string{"HOME=/", "IP3DP_NOW=2025-04-01T03:00:00Z"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
		if uid := os.Getuid(); uid != 0 { // who is not root is so in a namespace
			cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("ip3dp %s in an empty root: %v\n%s", args[0], err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "platform", "public", "index.html")); err != nil {
		t.Error(err)
	}
}

// copyProgram copies the program under test.
func copyProgram(t *testing.T, to string) {
	t.Helper()
	from, err := os.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()                                          // it was only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o700) // a program
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, from); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
