package publish

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const measuredPath = "data/measured.json"

// TestBranchReadFiles reads a published branch: from the remote, from what a clone fetched last,
// from a clone without a remote.
func TestBranchReadFiles(t *testing.T) {
	r := newRemote(t)
	b := r.branch(t, nil)
	names := []string{measuredPath, "data/none.json"}
	if _, _, err := b.ReadFiles(t.Context(), names, 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a branch: %v", err)
	}
	publish := func(text string) {
		t.Helper()
		if _, err := b.Publish(t.Context(), open(t, map[string]string{measuredPath: text}), "", day); err != nil {
			t.Fatal(err)
		}
	}
	check := func(name string, b *Branch, want string, wantStale bool) {
		t.Helper()
		files, stale, err := b.ReadFiles(t.Context(), names, 100)
		if err != nil || string(files[measuredPath]) != want || len(files) != 1 || stale != wantStale {
			t.Errorf("%s: %q, stale %v, %v, want %q", name, files, stale, err, want)
		}
	}
	publish("one")
	check("the remote", b, "one", false)
	clone := filepath.Join(t.TempDir(), "clone")
	git := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	git("clone", "-q", "--branch", "gh-pages", r.dir, clone)
	publish("two")
	inClone := func() *Branch {
		return r.branch(t, func(o *GitOptions) { o.Remote, o.Clone, o.Local = "", clone, true })
	}
	check("the remote of a clone", inClone(), "two", false)
	if err := os.Rename(r.dir, r.dir+"2"); err != nil {
		t.Fatal(err)
	}
	check("a remote that is gone", inClone(), "one", true)
	git("-C", clone, "remote", "remove", "origin")
	check("a clone without a remote", inClone(), "one", false)
	if _, _, err := b.ReadFiles(t.Context(), names, 100); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a remote that is gone, without a clone: %v", err)
	}
}

// TestBranchReadsFilesOnly refuses links and files that are too large.
func TestBranchReadsFilesOnly(t *testing.T) {
	r := newRemote(t)
	r.commit(measuredPath, strings.Repeat("x", 101))
	if _, _, err := r.branch(t, nil).ReadFiles(t.Context(), []string{measuredPath}, 100); err == nil ||
		!strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: %v", err)
	}
	blob := r.git("/etc/passwd", "hash-object", "-w", "--stdin")
	t.Setenv("GIT_INDEX_FILE", filepath.Join(t.TempDir(), "index"))
	r.git("", "update-index", "--add", "--cacheinfo", "120000,"+blob+","+measuredPath)
	r.git("", "update-ref", "refs/heads/gh-pages", r.git("", "commit-tree", r.git("", "write-tree"), "-m", "link"))
	os.Unsetenv("GIT_INDEX_FILE")
	if _, _, err := r.branch(t, nil).ReadFiles(t.Context(), []string{measuredPath}, 100); err == nil ||
		!strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a link: %v", err)
	}
}

func TestBucketReadFile(t *testing.T) {
	s := newFakeS3(t)
	b := s.bucket(t, "x/site")
	if _, err := b.ReadFile(t.Context(), measuredPath, 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing published: %v", err)
	}
	if _, err := b.Publish(t.Context(), open(t, map[string]string{measuredPath: "one"}), "", day); err != nil {
		t.Fatal(err)
	}
	if data, err := b.ReadFile(t.Context(), measuredPath, 100); err != nil || string(data) != "one" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := b.ReadFile(t.Context(), measuredPath, 2); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: %v", err)
	}
	other := *b.objects.o
	other.AccessKey = "wrong"
	refused, err := NewBucket(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := refused.ReadFile(t.Context(), measuredPath, 100); err == nil || errors.Is(err, fs.ErrNotExist) ||
		strings.Contains(err.Error(), "secret") {
		t.Errorf("a wrong key: %v", err)
	}
}

func TestParseBucket(t *testing.T) {
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "secretsecret"}
	for _, tt := range []struct{ text, want, fault string }{
		{"s3://sites/x?endpoint=https://store.example.com&region=eu", "store.example.com sites x eu", ""},
		{"s3://sites", "s3.amazonaws.com sites  us-east-1", ""},
		{"s3://", "", "names no bucket"},
		{"s3://me:secretsecret@sites/", "", "holds credentials"},
		{"s3://sites/../x", "", "not a folder of a bucket"},
		{"s3://sites?key=1", "", `"key" is unknown`},
		{"s3://sites?endpoint=ftp://x", "", "not an address of a server"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			o, err := ParseBucket(tt.text, func(name string) string { return keys[name] })
			got := strings.Join([]string{o.Endpoint, o.Bucket, o.Folder, o.Region}, " ")
			switch {
			case tt.fault == "" && (err != nil || got != tt.want):
				t.Errorf("%q, %v", got, err)
			case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault) || strings.Contains(err.Error(), "secret")):
				t.Errorf("%q, %v, want %q", got, err, tt.fault)
			}
		})
	}
	if _, err := ParseBucket("s3://sites", func(string) string { return "" }); !errors.Is(err, ErrKeys) {
		t.Errorf("without keys: %v", err)
	}
}
