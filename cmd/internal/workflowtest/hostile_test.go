//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/render/comment"
)

// TestHostileArtifacts: what a pull request leaves for the job that may write is
// refused, or made harmless; nothing of it is run.
func TestHostileArtifacts(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	r, _ := p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	good, err := os.ReadFile(filepath.Join(r.artifact(p.hosted, "ip3dp-diff"), "diff.json"))
	p.check(err)
	evil := "#!/bin/sh\necho OWNED\n"
	file := func(data []byte) func(dir string) {
		return func(dir string) { p.check(os.WriteFile(filepath.Join(dir, "diff.json"), data, 0o600)) }
	}
	secret := filepath.Join(t.TempDir(), "secret.json")
	p.check(os.WriteFile(secret, bytes.ReplaceAll(good, []byte("Search"), []byte("SECRET")), 0o600))
	for _, test := range []struct {
		name  string
		leave func(dir string)
		says  string // in the log; "": the comment is written
	}{
		{"a link to a file of the runner", func(dir string) { p.check(os.Symlink(secret, filepath.Join(dir, "diff.json"))) }, "is not a regular file"},
		{"a folder", func(dir string) { p.check(os.Mkdir(filepath.Join(dir, "diff.json"), 0o755)) }, "is not a regular file"},
		{"nothing of that name", func(dir string) { p.check(os.WriteFile(filepath.Join(dir, "other.json"), good, 0o600)) }, "no such file"},
		{"10 MB of JSON", file([]byte(`{"version": 2, "base": "` + strings.Repeat("a", 10<<20) + `"}`)), "more than"},
		{"deep JSON", file([]byte(strings.Repeat("[", 1<<19))), "is no JSON of ours"},
		{"no JSON", file([]byte("<script>alert(1)</script>")), "is no JSON of ours"},
		{"a newer version", file(bytes.Replace(good, []byte(`"version": 2`), []byte(`"version": 99`), 1)), "has version 99"},
		{"the number of another request", file(bytes.Replace(good, []byte("{"), []byte(`{"number": 1,`), 1)), "is no JSON of ours"},
		{"a key twice", file(bytes.Replace(good, []byte("{"), []byte(`{"version": 2,`), 1)), "repeats a key"},
		{"a key in other case", file(bytes.Replace(good, []byte(`"changes"`), []byte(`"Changes"`), 1)), "no such file has"},
		{"programs that lead out of its folder", func(dir string) {
			file(good)(dir)
			for _, name := range []string{"../ip3dp-bin/ip3dp", "../ip3dp", "../../workspace/ip3dp", "../step.sh", "../../workspace/action.yml", "../../workspace/.github/action/install.sh"} {
				p.check(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
				p.check(os.WriteFile(filepath.Join(dir, name), []byte(evil), 0o700)) // a program is what is tested
			}
		}, ""},
		{"script, HTML, mentions, markers, commands", file(bytes.ReplaceAll(good, []byte(`"Search"`),
			[]byte(`"<script>alert(1)</script> @acme/all #1 <!-- ip3dp:diff --> ![x](https://evil.example/x.png) | [y](javascript:z) \n::set-output name=x::y\n::error::forged ${{ github.token }} $(id)"`))), ""},
		{"more than a comment holds", file(crowd(t, good)), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.forge.comments = nil
			p.left = test.leave
			j := p.say(r, "success")
			p.left = nil
			if strings.Contains(j.log, "OWNED") || strings.Contains(j.log, "canary") || regexp.MustCompile(`(?m)^::(set-output|error::forged)`).MatchString(j.log) {
				t.Errorf("the log:\n%s", j.log)
			}
			if test.says != "" {
				if j.result != "failure" || len(p.forge.comments) != 0 || !strings.Contains(j.log, test.says) {
					t.Errorf("%s, comments %v, want %q in the log:\n%.2000s", j.result, p.forge.comments, test.says, j.log)
				}
				return
			}
			if j.result != "success" || len(p.forge.comments) != 1 || p.forge.comments[0].Number != 7 {
				t.Fatalf("%s, comments %v:\n%.2000s", j.result, p.forge.comments, j.log)
			}
			harmless(t, p.forge.comments[0].Body, r.id)
		})
	}
}

// crowd is a diff with more changes than a comment has room for.
func crowd(t *testing.T, good []byte) []byte {
	t.Helper()
	m := regexp.MustCompile(`(?s)^(.*"changes": \[\s*)(.*)(\s*\](?:,\s*"[a-z]+": [a-z0-9]+)*\s*\}\s*)$`).FindSubmatch(good)
	if m == nil {
		t.Fatalf("no list of changes in %s", good)
	}
	one := m[2]
	all := append(bytes.Repeat(append(bytes.Clone(one), ','), 900_000/len(one)), one...)
	return append(append(append([]byte{}, m[1]...), all...), m[3]...)
}

// harmless fails if a comment holds anything that a stranger's text must not.
func harmless(t *testing.T, body, run string) {
	t.Helper()
	if len(body) > comment.MaxComment {
		t.Errorf("a comment of %d bytes", len(body))
	}
	if strings.Count(body, "<!--") != 1 {
		t.Errorf("more than our own marker:\n%s", body)
	}
	active := regexp.MustCompile(`\\[[:punct:]]`).ReplaceAllString(body, "") // what is escaped is text
	for _, bad := range []string{"<script", "@acme", "![", "](javascript", "SECRET", "#1 "} {
		if strings.Contains(active, bad) {
			t.Errorf("%q stands in the comment:\n%.3000s", bad, body)
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(active, -1) {
		if at := "https://github.com/acme/platform/actions/runs/" + run; m[1] != at && !strings.HasPrefix(m[1], at+"/artifacts/") {
			t.Errorf("a link to %s", m[1])
		}
	}
	if len(body) > 60_000 && !strings.Contains(body, "not shown here") {
		t.Error("a comment that is cut does not say so")
	}
}
