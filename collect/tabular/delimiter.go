package tabular

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// delimiters in order of preference, if two fit equally well.
var delimiters = [...]rune{',', ';', '\t', '|'}

// sniffRecords is the number of records that decide the delimiter.
const sniffRecords = 25

// findDelimiter finds the delimiter: declared, in a "sep=;" line (which it consumes as line 1
// of the file), or the one that cuts the first records into equally many cells. It consumes skip
// lines before the header. skipped is the number of lines consumed.
func (t *textFile) findDelimiter(declared rune, skip int) (comma rune, skipped int, err error) {
	head, _ := t.Peek(sampleSize) // a short file is valid; a broken one fails when it is read
	sep, size := parseSeparatorLine(head)
	if size > 0 {
		_, _ = t.Discard(size)
		skipped = 1
	}
	for range skip {
		if err := t.skipLine(); err != nil {
			return 0, skipped, fmt.Errorf("skip_rows is %d, and the file has fewer lines", skip)
		}
		skipped++
	}
	if declared = cmp.Or(declared, sep); declared != 0 {
		return declared, skipped, nil
	}
	head, _ = t.Peek(sampleSize)
	best, bestScore := ',', 0.0
	for _, candidate := range delimiters {
		if score := scoreDelimiter(head, candidate); score > bestScore {
			best, bestScore = candidate, score
		}
	}
	if best != ',' {
		t.notes = append(t.notes, "delimiter "+formatDelimiter(best)+" (detected)")
	}
	return best, skipped, nil
}

// skipLine consumes a line.
func (t *textFile) skipLine() error {
	for {
		_, err := t.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
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
	var widths []int
	for len(widths) < sniffRecords {
		record, err := r.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				widths = append(widths, 0)
			}
			break
		}
		widths = append(widths, len(record))
	}
	width, same, total := findTableWidth(widths), 0, len(widths)
	for _, n := range widths {
		if n == width {
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

// findTableWidth returns the number of cells of the first record, or of most records if the
// first is a title.
func findTableWidth(widths []int) int {
	if len(widths) == 0 {
		return 0
	}
	if widths[0] > 1 {
		return widths[0]
	}
	count := map[int]int{}
	usual := 0
	for _, n := range widths {
		if count[n]++; n > 1 && (usual == 0 || count[n] > count[usual] || count[n] == count[usual] && n > usual) {
			usual = n
		}
	}
	return usual
}
