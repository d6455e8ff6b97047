package console

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
)

// maxAnnotations is how many annotations of one kind GitHub shows of one step.
const maxAnnotations = 10

// levelCommands are the workflow commands for each level.
var levelCommands = map[content.Level]string{
	content.Error: "error", content.Warning: "warning", content.Note: "notice",
}

// WriteAnnotations writes findings as workflow commands of GitHub Actions, which shows
// them at the lines of a pull request. dir is where the findings' files lie, as
// seen from the repository's root. Only the first ten of each level would be
// shown: the rest is counted in the last one.
func WriteAnnotations(w io.Writer, dir string, findings []content.Finding) {
	findings = sortWorstFirst(findings)
	total := map[content.Level]int{}
	for _, f := range findings {
		total[f.Level]++
	}
	written := map[content.Level]int{}
	for _, f := range findings {
		n := total[f.Level]
		if written[f.Level]++; written[f.Level] > maxAnnotations {
			continue
		}
		text := cmp.Or(text.Join("; ", f.Text, f.Next), "problem")
		if written[f.Level] == maxAnnotations && n > maxAnnotations {
			text += fmt.Sprintf(" (and %d more like this: see the log)", n-maxAnnotations)
		}
		place := "file=" + escapeProperty(path.Join(dir, f.File))
		if f.Line > 0 {
			place += fmt.Sprintf(",line=%d", f.Line)
		}
		fmt.Fprintf(w, "::%s %s::%s\n", levelCommands[f.Level], place, escapeData(text)) // see tagged
	}
}

// sortWorstFirst returns findings with errors first and notes last.
func sortWorstFirst(findings []content.Finding) []content.Finding {
	rank := []content.Level{content.Error, content.Warning, content.Note}
	return slices.SortedStableFunc(slices.Values(findings), func(a, b content.Finding) int {
		return cmp.Compare(slices.Index(rank, a.Level), slices.Index(rank, b.Level))
	})
}

// Escapes of workflow commands, from actions/toolkit, packages/core/src/command.ts:
// data ends with its line, a property with a colon or comma as well.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }

// Annotate prints findings as annotations of GitHub Actions, and does nothing elsewhere. Paths
// are relative to the repository, which may begin above the working directory.
func (c *Console) Annotate(findings []content.Finding) {
	if c.actions {
		WriteAnnotations(c.W, c.AnnotationRoot(), findings)
	}
}

// AnnotationRoot returns the working directory as seen from the repository's root.
func (c *Console) AnnotationRoot() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(c.repository, here)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}
