package tabular

import (
	"errors"
	"hash/maphash"
	"strconv"
	"strings"
	"time"
)

// Witness counts the cells that show something, with the line of the first.
type Witness struct{ Count, Line int }

func (w *Witness) add(line int) {
	if w.Count++; w.Count == 1 {
		w.Line = line
	}
}

// Word is a short text with the number of its cells and the line of the first.
type Word struct {
	Text string
	Witness
}

// Column has the evidence of one column. Filled, the dates and the whole numbers are counted over
// all rows that were read, everything else over the first 4,000.
type Column struct {
	Position int    // from 0
	Title    string // as written, cleaned
	Question string // the title, or for one choice of a question the question
	Choice   string // the choice; "" if the column is not one
	Personal bool   // its header or its cells name people or machines: it must not be quoted

	Filled   int
	Examined int // filled cells that were examined in every way
	Distinct int // different cells among them

	Dates     int
	Zoneless  Witness // dates with a time of day and without a zone
	Epochs    int     // dates that are written as one number; also IDs may look like that
	Ambiguous Witness // dates that may be day/month or month/day
	DayFirst  Witness // dates that prove the day before the month
	MonthLed  Witness // dates that prove the month before the day

	Wholes    int     // whole numbers, also with a label, such as "10 - Extremely likely"
	Labelled  int     // of them: those with a label
	Min, Max  float64 // of the numbers
	Fractions Witness // numbers that are not whole
	Grouped   Witness // numbers such as 1,234: a thousand or a fraction
	YesNo     int
	Addresses int // cells that are nothing but an e-mail or IP address
	Links     int // web addresses
	Hashes    int // 7 to 40 hexadecimal digits
	Prose     int // texts of five words and more

	// Words are the different short texts, at most 200. They are cells of people: for comparing,
	// and only to be shown if they are words of a known list.
	Words []Word
}

// IsUnique reports whether no two examined cells are equal and all rows have one.
func (c *Column) IsUnique(rows int) bool {
	return c.Distinct == c.Examined && c.Filled == rows && rows > 1
}

// IsDate reports whether nearly all cells are dates that are not single numbers.
func (c *Column) IsDate() bool { return c.Filled > 0 && 10*(c.Dates-c.Epochs) >= 9*c.Filled }

// IsWhole reports whether nearly all cells are whole numbers.
func (c *Column) IsWhole() bool { return c.Filled > 0 && 10*c.Wholes >= 9*c.Filled }

// IsNumber reports whether nearly all examined cells are numbers.
func (c *Column) IsNumber() bool {
	return c.Examined > 0 && 10*(c.Wholes-c.Labelled+c.Fractions.Count) >= 9*min(c.Filled, c.Examined)
}

// Shown returns the title for a message, or the position if the title may name a person.
func (c *Column) Shown() string {
	if c.Personal && !identityKeys[normaliseKey(c.Title)] || c.Title == "" {
		return formatColumn(c.Position)
	}
	return quoteTitle(c.Title)
}

// examined is a column while its cells are read.
type examined struct {
	Column
	zone  *time.Location
	words map[string]int // of Words
	seen  map[uint64]struct{}
	seed  maphash.Seed
}

func newExamined(h *header, position int) *examined {
	c := &examined{
		zone: h.zone, words: map[string]int{}, seen: map[uint64]struct{}{}, seed: maphash.MakeSeed(),
		Column: Column{Position: position, Title: h.title, Question: h.questionOf(), Choice: h.choice},
	}
	for _, k := range h.keys {
		c.Personal = c.Personal || isIdentifying(k)
	}
	return c
}

// add counts one cell that is not blank.
func (c *examined) add(cell string, line int, whole bool) {
	if cell == "" {
		return
	}
	c.Filled++
	if !whole {
		c.addLater(cell, line)
		return
	}
	c.Examined++
	c.seen[maphash.String(c.seed, cell)] = struct{}{}
	if i, known := c.words[cell]; known {
		c.Words[i].Count++
	} else if len(c.Words) < keptWords && len(cell) <= longestWord {
		c.words[cell] = len(c.Words)
		c.Words = append(c.Words, Word{cell, Witness{1, line}})
	}
	c.addDate(cell, line)
	c.addNumber(cell, line)
	if _, err := canonicalBool(cell); err == nil {
		c.YesNo++
	}
	switch {
	case isAddress(cell):
		c.Addresses++
	case strings.HasPrefix(cell, "https://") || strings.HasPrefix(cell, "http://"):
		c.Links++
	case isHash(cell):
		c.Hashes++
	case strings.Count(cell, " ") >= 4:
		c.Prose++
	}
}

// addLater counts a cell of a later row by the kind of its column.
func (c *examined) addLater(cell string, line int) {
	if 2*c.Dates > c.Examined {
		c.addDate(cell, line)
	} else if 2*c.Wholes > c.Examined {
		c.addNumber(cell, line)
	}
}

// addDate counts a cell that is a date, and the order of day and month that it proves.
func (c *examined) addDate(cell string, line int) {
	const longest = 60
	if len(cell) < 6 || len(cell) > longest || !strings.ContainsAny(cell, "0123456789") {
		return
	}
	if isDigits(cell) {
		if _, ok := parseEpoch(cell); ok {
			c.Dates++
			c.Epochs++
		}
		return
	}
	err := c.parseAs(cell, Undeclared)
	switch {
	case errors.Is(err, errAmbiguous):
		err = c.parseAs(cell, DayFirst)
		c.Ambiguous.add(line)
	case err == nil || errors.Is(err, errNoZone):
		if cell[0] >= '0' && cell[0] <= '9' && (len(cell) < 5 || cell[4] != '-') {
			c.addProof(cell, line)
		}
	default:
		return
	}
	c.Dates++
	if errors.Is(err, errNoZone) {
		c.Zoneless.add(line)
	}
}

// addProof records which of two orders a date rules out.
func (c *examined) addProof(cell string, line int) {
	day, month := c.parseAs(cell, DayFirst), c.parseAs(cell, MonthFirst)
	isRead := func(err error) bool { return err == nil || errors.Is(err, errNoZone) }
	switch {
	case isRead(day) && !isRead(month):
		c.DayFirst.add(line)
	case isRead(month) && !isRead(day):
		c.MonthLed.add(line)
	}
}

func (c *examined) parseAs(cell string, order DateOrder) error {
	d := dates{order: order}
	_, err := d.parseDate(cell, c.zone)
	return err
}

// addNumber counts a cell that is a number, alone or with a label.
func (c *examined) addNumber(cell string, line int) {
	value, err := strconv.ParseFloat(cell, 64)
	isWhole := err == nil && value == float64(int64(value))
	switch {
	case err == nil && isWhole:
	case err == nil:
		c.Fractions.add(line)
	case isGrouped(cell):
		c.Grouped.add(line)
		return
	default:
		if value, isWhole = parseLabelledNumber(cell); !isWhole {
			return
		}
		c.Labelled++
	}
	if isWhole {
		c.Wholes++
	}
	if c.Wholes+c.Fractions.Count == 1 {
		c.Min, c.Max = value, value
	}
	c.Min, c.Max = min(c.Min, value), max(c.Max, value)
}

// parseLabelledNumber reads a number of at most two digits with a label before or after it.
func parseLabelledNumber(cell string) (value float64, ok bool) {
	words := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" -:=–—()\t\u00a0", r) })
	if len(words) < 2 || !strings.Contains(cell, " ") || strings.ContainsAny(cell, "/,.") {
		return 0, false
	}
	for _, w := range [...]string{words[0], words[len(words)-1]} {
		if len(w) <= 2 && isDigits(w) {
			n, err := strconv.Atoi(w)
			rest := strings.Replace(cell, w, "", 1)
			return float64(n), err == nil && !strings.ContainsAny(rest, "0123456789")
		}
	}
	return 0, false
}

// isGrouped reports whether a comma precedes exactly three digits at the end of a number.
func isGrouped(cell string) bool {
	whole, rest, found := strings.Cut(strings.TrimPrefix(cell, "-"), ",")
	return found && len(whole) <= 3 && isDigits(whole) && len(rest) == 3 && isDigits(rest)
}

// isHash reports whether a cell is the hash of a commit, whole or shortened.
func isHash(cell string) bool {
	const shortest, longest = 7, 64
	if len(cell) < shortest || len(cell) > longest || isDigits(cell) {
		return false
	}
	return strings.Trim(cell, "0123456789abcdefABCDEF") == ""
}

// finish returns the evidence. A column of addresses is personal whatever its header.
func (c *examined) finish() Column {
	c.Distinct = len(c.seen)
	c.Personal = c.Personal || c.Examined > 0 && 10*c.Addresses >= c.Examined
	return c.Column
}
