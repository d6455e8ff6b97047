package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/compute/diff"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/text"
)

// writeDiff writes a diff in one form to standard output or a file.
func (p *program) writeDiff(d diff.Diff, o diffOutput, f diffFlags) error {
	write := func(out io.Writer) error { return p.encodeDiff(out, d, o.format, f) }
	if o.file == "" {
		if err := write(p.stdout); err != nil {
			return exit.Fail("", fmt.Errorf("diff: %w", err))
		}
		if o.format == "text" { // the form for people brings the lines of the pull request
			p.err.Annotate(annotations(d))
		}
		return nil
	}
	if err := publish.ReplaceFile(o.file, write); err != nil {
		return exit.Fail("choose another file with --format", fmt.Errorf("diff: %w", err))
	}
	p.err.Printf("%s: %s", o.file, summaryOf(d))
	return nil
}

func (p *program) encodeDiff(out io.Writer, d diff.Diff, format string, f diffFlags) error {
	switch format {
	case "json":
		return console.WriteJSON(out, d)
	case "annotations":
		console.WriteAnnotations(out, p.err.AnnotationRoot(), annotations(d))
		return nil
	case "codequality":
		return console.WriteJSON(out, codeQuality(annotations(d)))
	}
	_, err := io.WriteString(out, bodyOf(d, format, f))
	return err
}

// quality is one entry of GitLab's Code Quality report:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type quality struct {
	Description string          `json:"description"`
	Check       string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    qualityLocation `json:"location"`
}

type qualityLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// codeQuality is a report for GitLab, which shows it at the lines of a merge
// request. A fingerprint tells findings apart by what they say, not by their line.
func codeQuality(list []content.Finding) []quality {
	severity := map[content.Level]string{content.Error: "critical", content.Warning: "minor", content.Note: "info"}
	out := make([]quality, 0, len(list))
	for i := range list {
		f := &list[i]
		q := quality{
			Description: console.OneLine(text.Join("; ", f.Text, f.Next)), Check: checkName(f), Severity: severity[f.Level],
			Location: qualityLocation{Path: f.File},
		}
		q.Location.Lines.Begin = max(f.Line, 1)
		sum := sha256.Sum256([]byte(f.File + "\x00" + q.Check + "\x00" + f.Text))
		q.Fingerprint = hex.EncodeToString(sum[:16])
		out = append(out, q)
	}
	return out
}
