package tabular

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// convertChoices returns the one answer to a question that has a column for each choice. A cell
// has the choice itself, its number, or a tick. Several answers are joined, so that they are not
// understood as one.
func (c *converter) convertChoices(b *binding, i int, rec *record) (string, error) {
	answer := ""
	var ticked []string
	filled := 0
	for _, p := range b.columns[i] {
		if p >= len(rec.cells) || rec.cells[p] == "" {
			continue
		}
		if err := c.checkShape(rec.cells[p]); err != nil {
			return "", err
		}
		if s := c.cleanCell(rec.cells[p], rec.line); s != "" {
			filled++
			answer = readChoice(b.headers[p].choice, s)
			if tick, err := canonicalBool(s); err != nil || tick == yes {
				ticked = append(ticked, b.headers[p].choice)
			}
		}
	}
	if filled == 1 {
		return c.dropAddress(&b.fields[i], answer), nil
	}
	// Several columns have a cell, so a 0 in the column of the choice 0 means that it is not ticked.
	return strings.Join(ticked, "; "), nil
}

// readChoice returns the answer in the cell of a choice; "" for none. The text of "Other" is an
// answer of its own.
func readChoice(choice, cell string) string {
	if text.Fold(cell) == text.Fold(choice) {
		return choice
	}
	if tick, err := canonicalBool(cell); err == nil {
		if tick == yes {
			return choice
		}
		return ""
	}
	if isCanonicalNumber(cell) {
		return choice // the number of the choice
	}
	return cell
}
