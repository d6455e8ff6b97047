package comment

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// The levels of findings.
const levelError, levelWarning, levelNote = "error", "warning", "note"

// Annotations returns the findings for the changes with a line in a file. If the changed lines
// are known, only these are annotated, and no file that the request does not change.
func Annotations(d diff.Diff) []diff.Finding {
	var out []diff.Finding
	sentences := Sentences(d)
	for i := range d.Changes {
		x := &d.Changes[i]
		if x.File == "" || x.Kind == diff.Mended || d.Tracked && x.Touched <= 0 {
			continue
		}
		place := x.Line
		if d.Tracked {
			place = x.Touched
		}
		f := diff.Finding{File: x.File, Line: place, Rule: string(x.Kind), Level: levelNote, Text: sentences[i]}
		switch {
		case x.Finding != nil:
			f.Text, f.Next, f.Level, f.Rule = x.Finding.Text, x.Finding.Next, x.Finding.Level, x.Finding.Rule
		case x.Failed:
			f.Level = levelError
		case x.Warn || x.Kind == diff.Gated || isGrave(x) && x.Line > 0:
			f.Level = levelWarning
		case x.Kind == diff.Verdicts || x.Kind == diff.Ranked || x.Kind == diff.Refused || x.Kind == diff.Overridden ||
			x.Kind == diff.Aimed || x.Kind == diff.Conditions || x.Kind == diff.Decided:
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// Quality is one entry of GitLab's Code Quality report:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type Quality struct {
	Description string          `json:"description"`
	Check       string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    QualityLocation `json:"location"`
}

// QualityLocation is the line of an entry.
type QualityLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// CodeQuality returns a report for GitLab, which shows it at the lines of a merge request. A
// fingerprint depends on the text of a finding and not on its line.
func CodeQuality(d diff.Diff) []Quality {
	severity := map[string]string{levelError: "critical", levelWarning: "minor", levelNote: "info"}
	list := Annotations(d)
	out := make([]Quality, 0, len(list))
	for i := range list {
		f := &list[i]
		q := Quality{
			Description: text.OneLine(text.Join("; ", f.Text, f.Next)), Check: cmp.Or(f.Rule, "content"),
			Severity: severity[f.Level], Location: QualityLocation{Path: f.File},
		}
		q.Location.Lines.Begin = max(f.Line, 1)
		sum := sha256.Sum256([]byte(f.File + "\x00" + q.Check + "\x00" + f.Text))
		q.Fingerprint = hex.EncodeToString(sum[:16])
		out = append(out, q)
	}
	return out
}
