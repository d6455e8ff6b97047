package diff

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

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
	moved := c.movedFiles()
	for i := range c.Head.Findings {
		f := c.Head.Findings[i]
		key := f.key()
		if was, ok := moved[f.File]; ok {
			key.file = was
		}
		if before[key] > 0 {
			before[key]--
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

// movedFiles maps the files of initiatives and features in the head to those in the base, where
// they have another name.
func (c *comparison) movedFiles() map[string]string {
	out := map[string]string{}
	note := func(base, head *fact.Item) {
		if base.File != head.File {
			out[c.filePath(head.File)] = c.filePath(base.File)
		}
	}
	for i := range c.plans {
		if p := &c.plans[i]; p.base != nil && p.head != nil {
			note(&p.base.Item, &p.head.Item)
		}
	}
	for i := range c.features {
		if p := &c.features[i]; p.base != nil && p.head != nil {
			note(&p.base.Item, &p.head.Item)
		}
	}
	return out
}

// dropCovered removes the findings that only repeat a change with a warning, and the fixed
// findings about items that were removed or became drafts.
func (c *comparison) dropCovered() {
	expired, gone := map[string]bool{}, map[string]bool{}
	for i := range c.diff.Changes {
		x := &c.diff.Changes[i]
		if x.Override != nil && x.Warn {
			expired[x.File] = true
		}
		if x.Item != nil && (x.Item.Change == "removed" || x.Item.Change == "drafted") {
			gone[x.File] = true
		}
	}
	c.diff.Changes = slices.DeleteFunc(c.diff.Changes, func(x Change) bool {
		return x.Kind == Found && x.Finding.Rule == "override-expired" && expired[x.File] || x.Kind == Mended && gone[x.File]
	})
}
