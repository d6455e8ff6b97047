package diff

import "slices"

// findingKey identifies findings by their text, not by their line, because an edit above them
// moves lines.
type findingKey struct{ file, rule, level, text string }

func (f *Finding) key() findingKey { return findingKey{f.File, f.Rule, f.Level, f.Text} }

// compareFindings reports errors and notes that are new, and those that are gone.
func (c *comparison) compareFindings() {
	before := map[findingKey]int{}
	listed, of := 0, map[string]int{} // errors, also by file
	for i := range c.Base.Findings {
		before[c.Base.Findings[i].key()]++
	}
	for i := range c.Head.Findings {
		f := c.Head.Findings[i]
		if before[f.key()] > 0 {
			before[f.key()]--
			if f.Level == levelError {
				c.diff.Old++
			}
			continue
		}
		if c.Base.ReportOnly && f.Level != levelError {
			continue // the base has no finding to compare with
		}
		x := Change{Kind: Found, File: f.File, Line: f.Line, Finding: &f}
		if f.Level == levelError {
			x.Kind, x.Failed = Broken, true
			if listed++; listed > mostErrors || of[f.File] >= mostOfFile {
				c.diff.More++
				continue
			}
			of[f.File]++
		}
		c.add(x)
	}
	for i := range c.Base.Findings {
		f := c.Base.Findings[i]
		if before[f.key()] > 0 {
			before[f.key()]--
			f.Line = 0 // the line is one of the base
			c.add(Change{Kind: Mended, File: f.File, Finding: &f})
		}
	}
}

// Limits of the errors that are listed, so that a broken request gives a readable diff.
const (
	mostErrors = 1000
	mostOfFile = 20
)

// levelError is the level of a finding that makes content unusable.
const levelError = "error"

// dropCovered removes the findings that only repeat a change with a warning.
func (c *comparison) dropCovered() {
	expired := map[string]bool{}
	for i := range c.diff.Changes {
		if x := &c.diff.Changes[i]; x.Override != nil && x.Warn {
			expired[x.File] = true
		}
	}
	c.diff.Changes = slices.DeleteFunc(c.diff.Changes, func(x Change) bool {
		return x.Kind == Found && x.Finding.Rule == "override-expired" && expired[x.File]
	})
}
