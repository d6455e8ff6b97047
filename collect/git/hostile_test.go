package git_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/git"
)

// TestHostileClone plants programs wherever a clone can name one, and shows that
// plain git would have run one of them.
func TestHostileClone(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.git("checkout", "-q", "main")
	marker := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(r.dir, "evil.sh")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho \"$0\" >> "+marker+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	signed := r.rawCommit("author A <a@x> 1704110400 +0000\ncommitter A <a@x> 1704110400 +0000\n"+
		"gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nsigned\n", r.head())
	r.git("update-ref", "refs/heads/main", signed)
	for key, value := range map[string]string{
		"core.fsmonitor": evil, "core.pager": evil, "pager.log": "true", "core.hooksPath": r.dir, "core.sshCommand": evil,
		"log.showSignature": "true", "gpg.program": evil, "diff.external": evil, "diff.x.textconv": evil, "diff.x.command": evil,
		"color.ui": "always", "log.decorate": "full", "log.date": "relative", "log.showRoot": "false", "diff.orderFile": "/nowhere",
		"alias.log": "!" + evil, "core.attributesFile": filepath.Join(r.dir, "attributes"),
		"remote.origin.promisor": "true", "remote.origin.url": "ext::" + evil, "protocol.ext.allow": "always", "core.repositoryFormatVersion": "1",
		"extensions.partialClone": "origin",
	} {
		r.git("config", key, value)
	}
	r.write("attributes", "* diff=x\n")
	e := r.collectAll(git.Options{Paths: true})
	if len(e.Commits) != 2 {
		t.Errorf("%d commits, want 2", len(e.Commits))
	}
	// An object that is missing must not be fetched by a program either.
	r.git("tag", "v1.0.0")
	if err := os.WriteFile(filepath.Join(r.dir, ".git/refs/tags/v2.0.0"), []byte(strings.Repeat("1", 40)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := git.New("local", git.Options{Path: r.dir}).Collect(context.Background(), window); err == nil {
		t.Error("a missing commit goes unnoticed")
	}
	if ran, err := os.ReadFile(marker); err == nil {
		t.Errorf("the clone ran %s", ran)
	}
	plain := exec.Command("git", "log", "-1")
	plain.Dir = r.dir
	if out, err := plain.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(marker); err != nil {
		t.Error("plain git ran none of the programs either: this test shows nothing")
	}
}

func TestReplacementRefsAreIgnored(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.commit(2, "two")
	r.git("replace", "--graft", "HEAD")
	if got := len(r.collectAll(git.Options{}).Commits); got != 2 {
		t.Errorf("%d commits, want the 2 that were pushed", got)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.flush()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	start := time.Now()
	e, err := git.New("local", git.Options{Path: r.dir}).Collect(ctx, window)
	if !errors.Is(err, context.Canceled) || len(e.Gaps) != 1 {
		t.Errorf("got %v, gaps %+v", err, e.Gaps)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("took %s to stop", took)
	}
}
