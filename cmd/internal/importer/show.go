package importer

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// describeDialect returns the dialect of a file and the part that was read.
func describeDialect(in *tabular.Inspection) string {
	parts := []string{in.Format}
	if in.Encoding != "" {
		parts = append(parts, in.Encoding)
	}
	if in.Delimiter != 0 {
		parts = append(parts, "delimiter "+nameDelimiter(in.Delimiter))
	}
	if in.HeaderRows > 0 {
		parts = append(parts, text.Plural(in.HeaderRows, "header row"))
	}
	rows := formatRows(in.Rows)
	if in.Format == "CSV" {
		rows += fmt.Sprintf(" from line %d", in.FirstLine)
	}
	if !in.Whole {
		rows = "the first " + rows + " read"
	}
	return strings.Join(append(parts, rows), ", ")
}

func formatRows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return text.FormatCount(n) + " rows"
}

func nameDelimiter(r rune) string {
	if name, ok := map[rune]string{',': "comma", ';': "semicolon", '\t': "tab", '|': "bar"}[r]; ok {
		return name
	}
	return text.Quote(string(r))
}

// describeCells returns the evidence of a column in words, without a cell of it.
func describeCells(words *survey.Words, in *tabular.Inspection, c *tabular.Column) string {
	rows := in.Rows - in.Unusable
	share := fmt.Sprintf("%s of %s", text.FormatCount(c.Filled), text.FormatCount(rows))
	if c.Filled == 0 {
		return "blank"
	}
	switch {
	case c.Personal:
		return share + ", not shown: it may identify a person"
	case c.IsDate():
		return describeDates(c, rows)
	case c.Examined > 0 && 10*c.Links >= 9*c.Examined:
		return share + ", web addresses"
	case c.IsWhole() && c.Distinct == c.Examined && c.Filled == rows && c.Max > 10:
		return share + ", whole numbers, all different"
	case c.IsWhole():
		what := "whole numbers"
		if c.Labelled > 0 {
			what = "numbers with labels"
		}
		return fmt.Sprintf("%s, %s from %g to %g", share, what, c.Min, c.Max)
	case c.IsNumber():
		return fmt.Sprintf("%s, numbers from %g to %g", share, c.Min, c.Max)
	case 10*c.YesNo >= 9*c.Examined:
		return share + ", yes or no"
	case 10*c.Hashes >= 9*c.Examined:
		return share + ", hashes of commits"
	}
	if s := words.FindScale(c.Words); s.Points > 0 && 2*s.Known >= c.Examined {
		return fmt.Sprintf("%s, words of a scale of %d points", share, s.Points)
	}
	switch {
	case c.Distinct == c.Examined && c.Filled == rows:
		return share + ", texts, all different"
	case 4*c.Prose > c.Examined:
		return share + ", free text"
	}
	more := ""
	if c.Examined < c.Filled {
		more = " in the first " + text.FormatCount(c.Examined)
	}
	return fmt.Sprintf("%s, %s%s", share, text.Plural(c.Distinct, "different text"), more)
}

func describeDates(c *tabular.Column, rows int) string {
	line := fmt.Sprintf("dates %s of %s", text.FormatCount(c.Dates), text.FormatCount(rows))
	if c.Ambiguous.Count > 0 {
		switch {
		case c.DayFirst.Count > 0 && c.MonthLed.Count > 0:
			line += fmt.Sprintf(", of two orders (lines %d and %d)", c.DayFirst.Line, c.MonthLed.Line)
		case c.DayFirst.Count > 0:
			line += fmt.Sprintf(", the day first as line %d proves", c.DayFirst.Line)
		case c.MonthLed.Count > 0:
			line += fmt.Sprintf(", the month first as line %d proves", c.MonthLed.Line)
		default:
			line += ", day and month in doubt"
		}
	}
	if c.Zoneless.Count > 0 {
		line += ", no zone"
	}
	return line
}

// Show prints what is believed about a file.
func (p *Proposal) Show(out *console.Console, in *tabular.Inspection, name string) {
	out.Printf("%s: %s", name, describeDialect(in))
	if in.Unusable > 0 {
		out.Printf("  %s blank, broken or longer than the header", formatRows(in.Unusable))
	}
	for _, note := range in.Notes {
		out.Printf("  %s", note)
	}
	kind := "kind: open"
	if p.Kind != "" {
		kind = fmt.Sprintf("kind: %s, %s", p.Kind, p.Why)
	}
	out.Printf("  tool: %s; %s", p.Tool, kind)
	out.Printf("  columns:")
	field := map[int]string{}
	for _, f := range p.Fields {
		for _, c := range f.Columns {
			field[c] = f.Field
		}
	}
	width := 0
	for _, f := range p.Fields {
		width = max(width, min(len(f.Field), 32))
	}
	for i := range in.Columns {
		if p.isHidden(in, i, field) {
			continue
		}
		c := &in.Columns[i]
		out.Printf("    %-*s  %s: %s", width, cmpOr(field[i], "-"), c.Shown(), describeCells(p.words, in, c))
	}
	if n := p.countHidden(in, field); n > 0 {
		out.Printf("    %-*s  and %s without a meaning here", width, "-", text.Plural(n, "column"))
	}
	for _, note := range p.Notes {
		out.Printf("  %s", note)
	}
}

// mostUnread is the number of columns without a meaning that are listed.
const mostUnread = 12

// isHidden reports whether a column is left out of the list: one without a meaning, after many
// others.
func (p *Proposal) isHidden(in *tabular.Inspection, column int, field map[int]string) bool {
	if field[column] != "" {
		return false
	}
	before := 0
	for i := range column {
		if field[i] == "" {
			before++
		}
	}
	return before >= mostUnread || in.Columns[column].Title == "" && in.Columns[column].Filled == 0
}

func (p *Proposal) countHidden(in *tabular.Inspection, field map[int]string) int {
	n := 0
	for i := range in.Columns {
		if p.isHidden(in, i, field) {
			n++
		}
	}
	return n
}

// ShowOpen prints the questions without an answer.
func (p *Proposal) ShowOpen(out *console.Console) {
	if len(p.Open) == 0 {
		return
	}
	out.Printf("left open:")
	for _, q := range p.Open {
		line := q.Text
		if len(q.Choices) > 0 {
			line += " (" + strings.Join(q.Choices, ", ") + ")"
		}
		end := "optional: " + cmpOr(q.Without, "nothing is taken")
		if q.Required {
			end = "required"
		}
		out.Printf("  %s: %s [%s]", q.Key, line, end)
	}
}

// ShowBlock prints a text that is or would be written, without the marks of a line.
func ShowBlock(out *console.Console, block string) {
	for line := range strings.Lines(strings.TrimRight(block, "\n")) {
		out.Printf("%s", strings.TrimRight("  "+line, " \n"))
	}
}
