package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/merge"
)

// idFindings reads the exports of the configuration and returns what is worth a
// look about the ids in them. What cannot be read is told by a build, and no
// finding: exports come and go with the night.
func (p *program) idFindings(ctx context.Context, w *workspace) ([]content.Finding, error) {
	if len(w.problems) > 0 {
		return nil, nil
	}
	list, err := sources(w)
	if err != nil {
		return nil, err
	}
	var exports []source
	for _, s := range list {
		if origin(s.kind) == merge.Export {
			exports = append(exports, s)
		}
	}
	if len(exports) == 0 {
		return nil, nil
	}
	gathered, err := p.gather(ctx, w, exports)
	if err != nil {
		return nil, err
	}
	_, found := w.merged(gathered)
	findings := make([]content.Finding, 0, len(found))
	for _, f := range found {
		level := content.Warning
		if f.Usual {
			level = content.Note
		}
		findings = append(findings, content.Finding{Level: level, Rule: "ids", Problem: content.Problem{
			File: filepath.ToSlash(w.file), Text: fmt.Sprintf("source %s: %s", f.Source, f.Text), Next: f.Next,
		}})
	}
	return findings, nil
}
