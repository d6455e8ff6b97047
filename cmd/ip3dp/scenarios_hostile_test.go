package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"
)

// hostileEdits are requests that try to crash a comparison, to make it read elsewhere or to write
// something of their own into the comment.
var hostileEdits = []struct {
	name string
	edit func(r *request)
	not  []string // texts that the comment must not have
}{
	{"links to outside", func(r *request) {
		for i := range 50 {
			r.link("/etc/passwd", fmt.Sprintf("site/features/link-%d.md", i))
		}
	}, []string{"root:"}},
	{"a circle of links", func(r *request) {
		r.link("a.md", "site/features/b.md")
		r.link("b.md", "site/features/a.md")
	}, nil},
	{"a folder behind a link", func(r *request) {
		r.remove("site/roadmap")
		r.link("/etc", "site/roadmap")
	}, []string{"passwd"}},
	{"100 MB", func(r *request) {
		r.put(autoDeploy, "")
		if err := os.Truncate(r.path(autoDeploy), 100<<20); err != nil {
			r.tb.Fatal(err)
		}
	}, nil},
	{"100 MB of configuration", func(r *request) {
		if err := os.Truncate(r.path(settings), 100<<20); err != nil {
			r.tb.Fatal(err)
		}
	}, nil},
	{"3,000 broken files", func(r *request) {
		for i := range 3000 {
			r.put(fmt.Sprintf("site/features/f%d.md", i), "+++\nx = 1\n+++\n")
		}
	}, nil},
	{"deep TOML", func(r *request) {
		r.put(helm, "+++\nx = "+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"\n+++\n")
	}, nil},
	{"deep keys", func(r *request) { r.put(teamsOf, strings.Repeat("a.", 100_000)+"a = 1\n") }, nil},
	{"control characters and turned text", func(r *request) {
		r.put("site/features/\u202egpj.md", "+++\n+++\n")
		r.put("site/features/a\nb.md", "+++\n+++\n")
		r.put(helm, "+++\n\"\x1b[31m\u202e\" = 1\n\"a\\n::error::b\" = 2\n+++\n")
	}, []string{"\x1b", "\u202e", "\n::error"}},
	{"markup in names", func(r *request) {
		r.put("site/features/<img src=x> @ann **b**.md", "+++\n+++\n")
		r.put(helm, "+++\n\"<script>`x` [a](http://b)\" = 1\n+++\n")
	}, []string{"](http://b)", " <script"}},
	{"a file named like the base", func(r *request) {
		r.put("base", "x")
		r.put("site/base/config.toml", "x")
	}, nil},
	{"content in .git", replace(settings, `path = "site" `, `path = ".git" `), nil},
	{"content outside", replace(settings, `path = "site" `, `path = "/etc" `), nil},
	{"content that is a file", replace(settings, `path = "site" `, `path = "config.toml" `), nil},
	{"a circle of successors", replace(packs, "owner = ", "successor = \"custom-helm-charts\"\nowner = "), nil},
	{"former IDs of everything", func(r *request) {
		r.put("site/features/thief.md", "+++\nformerly = [\"buildpacks\", \"vault\", \"gitops\", \"thief\"]\n+++\n")
	}, nil},
}

// TestHostileRequests: a hostile request gets a comment with errors that is short, names the
// files, and shows no consequence that it has not.
func TestHostileRequests(t *testing.T) {
	newRequest := newRequests(t)
	for _, x := range hostileEdits {
		t.Run(x.name, func(t *testing.T) {
			head, base := newRequest(t)
			x.edit(head)
			d, _, code := head.compare(base)
			text := comment.Markdown(d, comment.Options{})
			if x.name != "a file named like the base" && (code != exit.Configuration || !d.Has(diff.Broken)) {
				t.Errorf("ends with %d\n%s", code, text)
			}
			for _, kind := range []diff.Kind{diff.Ranked, diff.Displaced, diff.Verdicts, diff.Gated, diff.Listed, diff.Refused, diff.Mended} {
				if d.Has(kind) {
					t.Errorf("%s is reported\n%s", kind, text)
				}
			}
			for _, part := range x.not {
				if strings.Contains(text, part) {
					t.Errorf("the comment has %q\n%s", part, text)
				}
			}
			if n := strings.Count(text, "\n"); n > 15 || len(text) > 8000 {
				t.Errorf("the comment has %d lines and %d bytes\n%s", n, len(text), text)
			}
			if strings.Contains(text, filepath.Dir(head.dir)+"/head") {
				t.Errorf("the comment has a path of this machine\n%s", text)
			}
		})
	}
}
