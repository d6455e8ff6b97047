package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/render/digest"
)

// digestsOfExample are the digests of exampleSite by format, once that was called; "chat" is what
// a webhook got.
var digestsOfExample map[string]string

// writeDigests returns the digest of a built platform in each format.
func writeDigests(file string) (map[string]string, error) {
	out := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a test compares it
		out["chat"] = string(body) + "\n"
	}))
	defer server.Close()
	run := func(args ...string) (string, error) {
		var stdout, stderr bytes.Buffer
		args = append([]string{"digest", "--config", file, "--site", "https://platform.example.com/"}, args...)
		code := start(args, []string{"CHAT=" + server.URL}, strings.NewReader(""), &stdout, &stderr)
		if code != exit.Complete {
			return "", fmt.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
		return stdout.String(), nil
	}
	var err error
	for _, format := range digest.Formats {
		if out[format], err = run("--month", "--format", format); err != nil {
			return nil, err
		}
	}
	if out["quiet"], err = run("--month", "2024-02"); err != nil {
		return nil, err
	}
	_, err = run("--post", "--webhook-env", "CHAT")
	return out, err
}

// TestDigestOfTheExample holds the digest of the example to its golden files: a month in each
// format, a month without events, and the message of a chat.
func TestDigestOfTheExample(t *testing.T) {
	if _, err := exampleSite(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		digest.HTML: "digest.html", digest.Markdown: "digest.md", digest.Text: "digest.txt", digest.Mail: "digest.eml",
		"quiet": "quiet.txt", "chat": "chat.json",
	} {
		t.Run(name, func(t *testing.T) {
			golden := filepath.Join("testdata", "digest", file)
			if *updateGolden {
				put(t, golden, digestsOfExample[name])
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), digestsOfExample[name]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestDigestRefuses: a month that is none, a second month, an unknown format and a site that is
// not built are errors with a next step.
func TestDigestRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.toml")
	put(t, file, "[platform]\nname = \"Acme\"\nas_of = 2024-11-11\n")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--month=2024-13"}, `--month "2024-13" is not a month`},
		{[]string{"--month", "2025-01"}, "is in the future"},
		{[]string{"2024-09", "--month=2024-10"}, "name two months"},
		{[]string{"--format", "pdf"}, `--format "pdf" is unknown`},
		{nil, "nothing to digest"},
		{[]string{"--post"}, "no webhook is configured"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			var out bytes.Buffer
			code := start(append([]string{"digest", "--config", file}, tt.args...), nil, strings.NewReader(""), &out, &out)
			if code != exit.Configuration || !strings.Contains(out.String(), tt.want) || !strings.Contains(out.String(), "next: ") {
				t.Errorf("exit code %d:\n%s", code, out.String())
			}
		})
	}
}
