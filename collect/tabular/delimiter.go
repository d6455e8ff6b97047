package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// delimiters in order of preference, if two fit equally well.
var delimiters = [...]rune{',', ';', '\t', '|'}

// sniffRecords is the number of records that decide the delimiter.
const sniffRecords = 25

// findDelimiter finds the delimiter: declared, in a "sep=;" line (which it consumes as line 1
// of the file), or the one that cuts the first records into equally many cells. skipped is the
// number of lines consumed.
func (t *text) findDelimiter(declared rune) (comma rune, skipped int) {
	head, _ := t.Peek(sampleSize) // a short file is valid; a broken one fails when it is read
	if sep, size := parseSeparatorLine(head); size > 0 {
		_, _ = t.Discard(size)
		head, skipped = head[size:], 1
		if declared == 0 {
			return sep, skipped
		}
	}
	if declared != 0 {
		return declared, skipped
	}
	best, bestScore := ',', 0.0
	for _, candidate := range delimiters {
		if score := scoreDelimiter(head, candidate); score > bestScore {
			best, bestScore = candidate, score
		}
	}
	if best != ',' {
		t.notes = append(t.notes, "delimiter "+formatDelimiter(best)+" (detected)")
	}
	return best, skipped
}

func formatDelimiter(r rune) string {
	if r == '\t' {
		return "tab"
	}
	return "'" + string(r) + "'"
}

// parseSeparatorLine reads the line that declares the delimiter for Excel.
func parseSeparatorLine(head []byte) (sep rune, size int) {
	line, _, found := bytes.Cut(head, []byte("\n"))
	text := strings.Trim(string(line), "\r\"")
	if !found || len(text) < 5 || !strings.EqualFold(text[:4], "sep=") {
		return 0, 0
	}
	r, width := utf8.DecodeRuneInString(text[4:])
	if 4+width != len(text) || r == utf8.RuneError {
		return 0, 0
	}
	return r, len(line) + 1
}

// scoreDelimiter returns the share of the first records with as many cells as the header, plus
// a little for every cell: 0 if nothing is cut.
func scoreDelimiter(head []byte, comma rune) float64 {
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = comma, -1, true, true
	width, same, total := 0, 0, 0
	for total < sniffRecords {
		record, err := r.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				total++
			}
			break
		}
		total++
		if width == 0 {
			width = len(record)
		}
		if len(record) == width {
			same++
		}
	}
	if width < 2 {
		return 0
	}
	// The last record of a long sample is cut off, so it does not count.
	if len(head) == sampleSize && total > 1 && total < sniffRecords {
		total--
		same = min(same, total)
	}
	return float64(same)/float64(total) + float64(min(width, 100))/1000
}
