package view

import (
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// minutes is the end of the title of a column whose cells are minutes.
const minutes = ", min"

// ReadableEvidence returns columns and rows with durations in fitting units: "329 days" in place of
// 473623.8 minutes. It does not change its arguments.
func ReadableEvidence(columns []string, rows []metric.Row) ([]string, []metric.Row) {
	named := make([]string, len(columns))
	durations := false
	for i, c := range columns {
		of, ok := strings.CutSuffix(c, minutes)
		named[i], durations = of, durations || ok
	}
	if !durations {
		return columns, rows
	}
	out := make([]metric.Row, len(rows))
	for n, r := range rows {
		out[n] = r
		out[n].Cells = make([]string, len(r.Cells))
		for i, cell := range r.Cells {
			if i < len(columns) && strings.HasSuffix(columns[i], minutes) {
				cell = readableMinutes(cell)
			}
			out[n].Cells[i] = cell
		}
	}
	return named, out
}

// readableMinutes returns a number of minutes in a fitting unit. A sign before it stays, and so
// does a text without a number.
func readableMinutes(cell string) string {
	sign, number, signed := strings.Cut(cell, " ")
	if !signed {
		sign, number = "", cell
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return cell
	}
	return text.Join(" ", sign, format.Duration(60*v))
}
