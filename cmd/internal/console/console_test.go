package console

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
)

func TestAnnotate(t *testing.T) {
	tests := []struct {
		name string
		in   content.Finding
		want string
	}{
		{
			"plain",
			content.Finding{Problem: content.Problem{File: "a.md", Line: 3, Text: "bad", Next: "mend it"}, Level: content.Error},
			"::error file=site/a.md,line=3::bad; mend it\n",
		},
		{
			"no line",
			content.Finding{Problem: content.Problem{File: "a.md", Text: "bad"}, Level: content.Warning},
			"::warning file=site/a.md::bad\n",
		},
		{
			"data escaped",
			content.Finding{Problem: content.Problem{File: "a.md", Text: "100 %\r\n::error::x"}, Level: content.Note},
			"::notice file=site/a.md::100 %25%0D%0A::error::x\n",
		},
		{
			"properties escaped",
			content.Finding{Problem: content.Problem{File: "a,line=9::b%\n.md", Line: 1, Text: "x: y, z"}, Level: content.Error},
			"::error file=site/a%2Cline=9%3A%3Ab%25%0A.md,line=1::x: y, z\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			WriteAnnotations(&b, "site", []content.Finding{tt.in})
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAnnotateWorstFirst: GitHub shows ten of a kind.
func TestAnnotateWorstFirst(t *testing.T) {
	var findings []content.Finding
	for i := range 12 {
		findings = append(findings,
			content.Finding{Problem: content.Problem{File: "n", Line: i + 1, Text: "note"}, Level: content.Note},
			content.Finding{Problem: content.Problem{File: "e", Line: i + 1, Text: "bad"}, Level: content.Error})
	}
	var b bytes.Buffer
	WriteAnnotations(&b, "", findings)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 20 || lines[0] != "::error file=e,line=1::bad" || lines[10] != "::notice file=n,line=1::note" {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	if want := "::error file=e,line=10::bad (and 2 more like this: see the log)"; lines[9] != want {
		t.Errorf("tenth line %q, want %q", lines[9], want)
	}
}

func TestColours(t *testing.T) {
	var b bytes.Buffer
	c := &Console{W: &b, colour: true}
	c.Tagf(Red, "error", "bad \x1b[0m name")
	if want := "\x1b[31merror\x1b[0m: bad [0m name\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	if New(&b, nil).colour {
		t.Error("colours for what is no terminal")
	}
}

func TestEnvironment(t *testing.T) {
	env := Environment{"A=1", "AB=2", "A=3=4", "EMPTY="}
	for name, want := range map[string]string{"A": "3=4", "AB": "2", "EMPTY": "", "B": ""} {
		t.Run(name, func(t *testing.T) {
			if got := env.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		})
	}
}
