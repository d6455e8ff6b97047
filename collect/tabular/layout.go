package tabular

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// lookahead is the number of rows that decide the layout of a file.
const lookahead = 24

// findPreamble returns the index of the row that is the header after a report's title and date;
// 0 if the first row is.
func findPreamble(rows [][]string) int {
	usual := findUsualWidth(rows)
	if usual < 2 {
		return 0
	}
	most := 0
	for i, row := range rows {
		filled := countFilled(row)
		wide := filled >= 2 && filled > most && filled*2 >= usual && len(row) >= usual
		if wide && !hasData(row) {
			return i
		}
		if filled > 2 {
			return 0
		}
		most = max(most, filled)
	}
	return 0
}

// findUsualWidth returns the most common number of cells, the larger of two.
func findUsualWidth(rows [][]string) int {
	count := map[int]int{}
	usual := 0
	for _, row := range rows {
		n := len(row)
		if count[n]++; count[n] > count[usual] || count[n] == count[usual] && n > usual {
			usual = n
		}
	}
	return usual
}

func countFilled(cells []string) int {
	n := 0
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

func hasData(row []string) bool {
	for _, cell := range row {
		if looksLikeData(cell) {
			return true
		}
	}
	return false
}

// footer is a row that a tool writes after the rows of data.
var footer = &rejection{"total or footer, not a row of data", fact.ByRule}

// totals are the first cells of a row of sums or means.
var totals = map[string]bool{
	"total": true, "totals": true, "grandtotal": true, "subtotal": true, "sum": true, "average": true, "avg": true,
	"mean": true, "median": true, "count": true, "summe": true, "gesamt": true, "insgesamt": true, "gesamtsumme": true,
	"gesamtergebnis": true, "durchschnitt": true, "mittelwert": true, "totalgénéral": true, "somme": true, "moyenne": true,
	"totalgeneral": true, "promedio": true, "media": true, "média": true, "totale": true, "totaal": true,
	"gemiddelde": true, "合計": true, "平均": true,
}

// closing matches a line below the rows of data.
var closing = regexp.MustCompile(`^(?i:` +
	`(?:generated|exported|created|printed|downloaded|report run|run) (?:by|on|at|from|with|using)\b|` +
	`(?:erstellt|exportiert|gedruckt) (?:von|am|mit)\b|(?:généré|exporté|créé) (?:par|le)\b|` +
	`(?:rows?|records?|results?|entries|number of \w+|zeilen|datensätze|lignes|filas|linhas)(?: \w+)?\s*[:=]\s*[\d.,' ]+$|` +
	`\(?\d[\d.,' ]*\s+(?:rows?|records?|results?|entries|zeilen|datensätze|lignes)(?: \w+)?\)?\.?$|` +
	`copyright\b|©|\(c\) ?\d|confidential\b|vertraulich\b|confidentiel\b|end of (?:report|file|export|data)\b|` +
	`page \d+ of \d+|source: |note: )`)

// isFooter reports whether a row is a total or a line below the data, such as "Rows: 12".
func (s *csvSource) isFooter(cells []string) bool {
	width := len(s.heads)
	first := strings.TrimSpace(cells[0])
	if first == "" || len(first) > 200 || width < 2 {
		return false
	}
	filled := countFilled(cells)
	switch {
	case filled == width && width > 1:
		return false
	case !s.ownTotals && totals[normaliseKey(strings.TrimRight(first, ":"))]:
		return !hasDate(cells[1:])
	case filled <= 2 && closing.MatchString(first):
		return true
	}
	return width >= 4 && filled == 1 && (s.afterBlank || s.afterFooter) && !looksLikeData(first)
}

func hasDate(cells []string) bool {
	for _, cell := range cells {
		if _, _, err := readNumber(strings.TrimSpace(cell), 0); err != nil && looksLikeData(cell) {
			return true
		}
	}
	return false
}

// checkSwallowed refuses a record with a cell over several lines that look like rows of the
// file: a stray quote joined them. Fewer rows would look like a complete file.
func checkSwallowed(cells []string, width int, comma rune, line int) error {
	for i, cell := range cells {
		if strings.IndexByte(cell, '\n') < 0 {
			continue
		}
		lines := strings.Split(cell, "\n")
		if width < 2 || !fitsRows(lines, i, len(cells)-1-i, width, comma) {
			continue
		}
		const narrow = 6 // a text may have as many commas
		if width <= narrow && shapeOf(firstCell(lines[1], comma)) != shapeOf(cells[0]) {
			continue
		}
		return atLine(line, fmt.Errorf("a cell has %d lines that look like rows of the file: a quote may be missing "+
			"or too many; correct it, or take the text out of the export", len(lines)))
	}
	return nil
}

// fitsRows reports whether the lines of a cell continue a record with before cells in front of
// them and after cells behind them to whole rows.
func fitsRows(lines []string, before, after, width int, comma rune) bool {
	for k, line := range lines {
		n := strings.Count(line, string(comma))
		if n > 0 && n == strings.Count(line, string(comma)+" ") {
			return false // a sentence
		}
		if k == 0 {
			n += before
		}
		if k == len(lines)-1 {
			n += after
		}
		if n != width-1 {
			return false
		}
	}
	return true
}

func firstCell(line string, comma rune) string {
	cell, _, _ := strings.Cut(line, string(comma))
	return strings.Trim(cell, "\" \r")
}

// shapeOf replaces runs of letters and digits by one of them: PLAT-12 is a-0.
func shapeOf(s string) string {
	var b strings.Builder
	last := byte(0)
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c = '0'
		case isLetter(c) || c >= 0x80:
			c = 'a'
		}
		if c != last || c != '0' && c != 'a' {
			b.WriteByte(c)
		}
		last = c
	}
	return b.String()
}
