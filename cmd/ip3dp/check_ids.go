package main

import (
	"fmt"
	"path/filepath"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/merge"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// idFindings returns what is worth a look about the ids in exports.
func idFindings(w *workspace.Workspace, found []merge.Finding) []content.Finding {
	findings := make([]content.Finding, 0, len(found))
	for _, f := range found {
		level := content.Warning
		if f.Usual {
			level = content.Note
		}
		findings = append(findings, content.Finding{Level: level, Rule: "ids", Problem: content.Problem{
			File: filepath.ToSlash(w.File), Text: fmt.Sprintf("source %s: %s", f.Source, f.Text), Next: f.Next,
		}})
	}
	return findings
}
