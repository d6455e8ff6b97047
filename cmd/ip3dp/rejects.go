package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/chart"
)

// writeRejects writes the rows that are not counted to a CSV file; "" writes none. No site contains
// the file.
func (p *program) writeRejects(name string, list []sources.Gathered) error {
	if name == "" {
		return nil
	}
	if err := publish.ReplaceFile(name, func(out io.Writer) error { return formatRejects(out, list) }); err != nil {
		return exit.BadInput("name a file in a folder that is writable", "--rejects: %w", err)
	}
	return nil
}

// formatRejects writes a line for each row that is not counted, up to fact.MaxLines of a source.
// The last column is the number of rows: rows beyond the limit, and rows that were left out after
// reading, whose lines are not known, have one line for each reason. So its sum is the number of
// rows that are not counted. No cell of an export is written, and no cell is a formula.
func formatRejects(out io.Writer, list []sources.Gathered) error {
	w := csv.NewWriter(out)
	write := func(im *fact.Import, line int, r fact.RejectedLine, n int) {
		at := ""
		if line > 0 {
			at = strconv.Itoa(line)
		}
		w.Write([]string{
			chart.GuardCell(im.Source), chart.GuardCell(im.File), at, string(r.Class), chart.GuardCell(r.Reason),
			chart.GuardCell(r.Column), strconv.Itoa(n),
		}) // the error is that of Flush
	}
	w.Write([]string{"source", "file", "line", "class", "reason", "column", "rows"})
	written := map[string]int{}
	for i := range list {
		for k := range list[i].Events.Imports {
			im := &list[i].Events.Imports[k]
			rest := map[fact.RejectedLine]int{}
			for _, r := range im.Rejected {
				rest[fact.RejectedLine{Reason: r.Reason, Class: r.Class}] += r.Count
			}
			for _, r := range im.Lines {
				of := fact.RejectedLine{Reason: r.Reason, Class: r.Class}
				if rest[of] == 0 {
					of.Reason = "other reasons"
				}
				if written[im.Source] == fact.MaxLines || rest[of] == 0 {
					continue
				}
				written[im.Source]++
				rest[of]--
				write(im, r.Line, r, 1)
			}
			for _, r := range im.Rejected {
				of := fact.RejectedLine{Reason: r.Reason, Class: r.Class}
				if rest[of] > 0 {
					write(im, 0, of, rest[of])
					rest[of] = 0
				}
			}
		}
	}
	w.Flush()
	return w.Error()
}
