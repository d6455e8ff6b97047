package chart

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteCSV writes records, the header first, as RFC 4180. Every cell is guarded, because a
// spreadsheet must not run the title of a ticket as a formula.
func WriteCSV(w io.Writer, records [][]string) error {
	out := csv.NewWriter(w)
	var row []string
	for _, r := range records {
		row = row[:0]
		for _, cell := range r {
			row = append(row, GuardCell(cell))
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write csv: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// GuardCell returns a cell that spreadsheets do not take for a formula. If a cell begins, after
// spaces, with = + - @, a tab, a line break or a full-width form of those signs, it gets a
// leading apostrophe. Plain numbers do not change, even negative ones. (OWASP, CSV injection.)
func GuardCell(cell string) string {
	trimmed := strings.TrimLeft(cell, " \u00a0\u200b\ufeff")
	if trimmed == "" || isNumber(cell) {
		return cell
	}
	if first, _ := utf8.DecodeRuneInString(trimmed); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// isNumber reports whether s is a decimal number in the form of strconv.
func isNumber(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.-eE+", r) }) {
		return false
	}
	if strings.HasPrefix(s, "+") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// rawNumber returns a value for data files: in the stored unit, with 9 significant digits; ""
// if there is none.
func rawNumber(p *float64) string {
	v, ok := finiteValue(p)
	if !ok {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 9, 64)
}
