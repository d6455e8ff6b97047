package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/hosting"
)

var publishDay = time.Date(2024, 11, 11, 6, 0, 0, 0, time.UTC)

func builtSite(t *testing.T, files ...string) *hosting.Site {
	t.Helper()
	dir := t.TempDir()
	for _, file := range append(files, marker+"="+`{"tool":"ip3dp","as_of":"2024-11-11T00:00:00Z"}`) {
		name, text, _ := strings.Cut(file, "=")
		writeTo(t, filepath.Join(dir, name), text)
	}
	site, err := hosting.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() }) //nolint:errcheck // read only
	return site
}

func writeTo(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// standing lists the files of a folder with what they say.
func standing(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		text := string(data)
		if strings.HasPrefix(text, "{") {
			text = "{}"
		}
		out = append(out, filepath.ToSlash(rel)+"="+text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestFolderTarget(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	f := folderTarget{dir}
	do := func(prefix string, now time.Time, files ...string) {
		t.Helper()
		if _, err := f.Publish(t.Context(), builtSite(t, files...), prefix, now); err != nil {
			t.Fatal(err)
		}
	}
	// A preview may come first; the host's own files and previews by hand stay.
	do("previews/pr-1", publishDay.AddDate(0, 0, -20), "index.html=p1")
	do("previews/pr-2", publishDay.AddDate(0, 0, -2), "index.html=p2")
	writeTo(t, filepath.Join(dir, "CNAME"), "example.com")
	writeTo(t, filepath.Join(dir, "previews", "mine", "index.html"), "mine")
	do("", publishDay, "index.html=one", "old.html=old")
	do("", publishDay, "index.html=two")
	want := "CNAME=example.com data/run.json={} index.html=two previews/mine/index.html=mine " +
		"previews/pr-1/.ip3dp-published.json={} previews/pr-1/data/run.json={} previews/pr-1/index.html=p1 " +
		"previews/pr-2/.ip3dp-published.json={} previews/pr-2/data/run.json={} previews/pr-2/index.html=p2"
	if got := standing(t, dir); got != want {
		t.Errorf("there is %s", got)
	}
	// A preview is replaced alone.
	do("previews/pr-2", publishDay, "index.html=p2b")
	if got := standing(t, dir); got != strings.Replace(want, "=p2", "=p2b", 1) {
		t.Errorf("there is %s", got)
	}
	got, err := f.Prune(t.Context(), publishDay.AddDate(0, 0, -14), publishDay)
	if err != nil || strings.Join(got.Previews, " ") != "previews/pr-1" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = f.Remove(t.Context(), "previews/pr-2", publishDay); err != nil || len(got.Previews) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = f.Remove(t.Context(), "previews/pr-2", publishDay); err != nil || len(got.Previews) != 0 {
		t.Errorf("again: %+v, %v", got, err)
	}
	if _, err = f.Remove(t.Context(), "previews/mine", publishDay); err == nil {
		t.Error("what a person put there was removed")
	}
	if got := standing(t, dir); got != "CNAME=example.com data/run.json={} index.html=two previews/mine/index.html=mine" {
		t.Errorf("there is %s", got)
	}
}

// Of another's folder nothing is touched; a run that ends half-way leaves the site.
func TestFolderTargetLeaves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	writeTo(t, filepath.Join(dir, "precious.txt"), "x")
	writeTo(t, filepath.Join(dir, "previews", "a", "index.html"), "y")
	f := folderTarget{dir}
	if _, err := f.Publish(t.Context(), builtSite(t, "index.html=new"), "", publishDay); err == nil || codeOf(err) != configuration {
		t.Errorf("another's folder: %v", err)
	}
	if _, err := f.Publish(t.Context(), builtSite(t, "index.html=new"), "previews/a", publishDay); err == nil {
		t.Error("another's preview was replaced")
	}
	if got := standing(t, dir); got != "precious.txt=x previews/a/index.html=y" {
		t.Errorf("there is %s", got)
	}
	ours := folderTarget{filepath.Join(t.TempDir(), "site")}
	if _, err := ours.Publish(t.Context(), builtSite(t, "index.html=old"), "", publishDay); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ours.Publish(ended, builtSite(t, "index.html=new"), "", publishDay); codeOf(err) != interrupted {
		t.Errorf("an ended run: %v", err)
	}
	if got := standing(t, ours.dir); got != "data/run.json={} index.html=old" {
		t.Errorf("there is %s", got)
	}
	entries, err := os.ReadDir(filepath.Dir(ours.dir))
	if err != nil || len(entries) != 2 { // the site and its lock
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestPushToken(t *testing.T) {
	for _, tt := range []struct {
		name, remote, server, want string
		code                       exit
	}{
		{"", "https://github.com/a/b.git", "", "job", complete},
		{"", "https://GitHub.com/a/b.git", "", "job", complete},
		{"", "https://github.com.evil.example/a.git", "", "", complete},
		{"", "http://github.com/a/b.git", "", "", complete},
		{"", "https://ghe.example/a/b.git", "https://ghe.example", "job", complete},
		{"", "https://github.com/a/b.git", "https://ghe.example", "", complete},
		{"", "", "", "", complete},
		{"OTHER", "https://gitlab.example/a.git", "", "other", complete},
		{"MISSING", "https://gitlab.example/a.git", "", "", credentials},
		{"ghp_abc", "https://gitlab.example/a.git", "", "", configuration},
	} {
		p := &program{env: environment{"GITHUB_TOKEN=job", "OTHER=other"}}
		if tt.server != "" {
			p.env = append(p.env, "GITHUB_SERVER_URL="+tt.server)
		}
		got, err := p.pushToken(tt.name, tt.remote)
		if got != tt.want || err != nil != (tt.code != complete) || err != nil && codeOf(err) != tt.code {
			t.Errorf("%q for %q: %q, %v", tt.name, tt.remote, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "ghp_") {
			t.Errorf("the error repeats what may be a token: %v", err)
		}
	}
}

func TestBucketTarget(t *testing.T) {
	keys := environment{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=secretsecret"}
	for to, want := range map[string]string{
		"s3://sites":               "s3://sites",
		"s3://sites/a/b/":          "s3://sites/a/b",
		"s3://sites/a?region=eu-1": "s3://sites/a",
		"s3://sites?endpoint=https://minio.example:9000": "s3://sites",
	} {
		target, err := (&program{env: keys}).bucketTarget(to)
		if err != nil || target.String() != want {
			t.Errorf("%s: %v, %v", to, target, err)
		}
	}
	for _, to := range []string{
		"s3://", "s3:///a", "s3://key:secretsecret@sites", "s3://sites/../x", "s3://sites/a//b", "s3://sites?secret=secretsecret",
		"s3://sites?endpoint=ftp://x", "s3://sites?endpoint=https://u:secretsecret@x", "s3://sites?endpoint=x", "s3://sites/%2e%2e",
	} {
		if _, err := (&program{env: keys}).bucketTarget(to); err == nil || codeOf(err) != configuration || strings.Contains(err.Error(), "secretsecret") {
			t.Errorf("%s: %v", to, err)
		}
	}
	if _, err := (&program{}).bucketTarget("s3://sites"); codeOf(err) != credentials {
		t.Errorf("without keys: %v", err)
	}
}
