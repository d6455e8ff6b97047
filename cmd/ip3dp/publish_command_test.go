package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// put writes a file and the folders to it.
func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPushToken(t *testing.T) {
	for _, tt := range []struct {
		name, remote, server, want string
		code                       exit.Code
	}{
		{"", "https://github.com/a/b.git", "", "job", exit.Complete},
		{"", "https://GitHub.com/a/b.git", "", "job", exit.Complete},
		{"", "https://github.com.evil.example/a.git", "", "", exit.Complete},
		{"", "http://github.com/a/b.git", "", "", exit.Complete},
		{"", "https://ghe.example/a/b.git", "https://ghe.example", "job", exit.Complete},
		{"", "https://github.com/a/b.git", "https://ghe.example", "", exit.Complete},
		{"", "", "", "", exit.Complete},
		{"OTHER", "https://gitlab.example/a.git", "", "other", exit.Complete},
		{"MISSING", "https://gitlab.example/a.git", "", "", exit.Credentials},
		{"ghp_abc", "https://gitlab.example/a.git", "", "", exit.Configuration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &program{env: console.Environment{"GITHUB_TOKEN=job", "OTHER=other"}}
			if tt.server != "" {
				p.env = append(p.env, "GITHUB_SERVER_URL="+tt.server)
			}
			got, err := p.pushToken(tt.name, tt.remote)
			if got != tt.want || err != nil != (tt.code != exit.Complete) || err != nil && exit.FindCode(err) != tt.code {
				t.Errorf("%q for %q: %q, %v", tt.name, tt.remote, got, err)
			}
			if err != nil && strings.Contains(err.Error(), "ghp_") {
				t.Errorf("the error repeats what may be a token: %v", err)
			}
		})
	}
}

func TestBucketTarget(t *testing.T) {
	keys := console.Environment{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=secretsecret"}
	for to, want := range map[string]string{
		"s3://sites":               "s3://sites",
		"s3://sites/a/b/":          "s3://sites/a/b",
		"s3://sites/a?region=eu-1": "s3://sites/a",
		"s3://sites?endpoint=https://minio.example:9000": "s3://sites",
	} {
		t.Run(to, func(t *testing.T) {
			target, err := (&program{env: keys}).bucketTarget(to, false)
			if err != nil || target.String() != want {
				t.Errorf("%s: %v, %v", to, target, err)
			}
		})
	}
	for _, to := range []string{
		"s3://", "s3:///a", "s3://key:secretsecret@sites", "s3://sites/../x", "s3://sites/a//b", "s3://sites?secret=secretsecret",
		"s3://sites?endpoint=ftp://x", "s3://sites?endpoint=https://u:secretsecret@x", "s3://sites?endpoint=x", "s3://sites/%2e%2e",
	} {
		if _, err := (&program{env: keys}).bucketTarget(to, false); err == nil || exit.FindCode(err) != exit.Configuration || strings.Contains(err.Error(), "secretsecret") {
			t.Errorf("%s: %v", to, err)
		}
	}
	if _, err := (&program{}).bucketTarget("s3://sites", false); exit.FindCode(err) != exit.Credentials {
		t.Errorf("without keys: %v", err)
	}
}

// planFile is an initiative with a score and a phase whose criterion is not met.
func planFile(title, effort, beta string) string {
	return `+++
title = "` + title + `"
status = "active"
[rice]
reach = 200
impact = "high"
confidence = 70
effort = ` + effort + `
estimated = 2025-03-01
[[phase]]
name = "alpha"
status = "active"
criteria = [{ text = "Searches work" }]
[[phase]]
name = "beta"
status = "` + beta + `"
criteria = [{ text = "Ten teams use it" }]
+++
`
}
