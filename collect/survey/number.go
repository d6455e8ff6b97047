package survey

import (
	"regexp"
	"strconv"
	"strings"
)

// number is an answer in figures, alone or with a label before or after it: "9", "9.0",
// "10 - Extremely likely", "Not at all likely (0)".
type number struct {
	value float64
	label string // folded; "" for a figure alone
	// loose means that only a space is between figure and label, as in a sentence.
	loose bool
}

var (
	plainNumber = regexp.MustCompile(`^[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?$`)
	numberFirst = regexp.MustCompile(`^([+-]?[0-9]{1,3})(?:[.,]0+)?( ?[-:=)]+ ?|\. | ?\(| )(.+?)\)?$`)
	numberLast  = regexp.MustCompile(`^(.+?)( ?[-:=]+ ?| ?\(| )([0-9]{1,3})(?:[.,]0+)?\)?$`)
)

// longestLabel is the most bytes of an answer with a label.
const longestLabel = 80

// parseNumber reads a folded cell. A text with several different figures, such as "7-8", is not
// a number.
func parseNumber(cell string) (number, bool) {
	if plainNumber.MatchString(cell) {
		v, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
		return number{value: v}, err == nil
	}
	if len(cell) > longestLabel {
		return number{}, false
	}
	figure, between, label := "", "", ""
	if m := numberFirst.FindStringSubmatch(cell); m != nil {
		figure, between, label = m[1], m[2], m[3]
	} else if m := numberLast.FindStringSubmatch(cell); m != nil {
		figure, between, label = m[3], m[2], m[1]
	}
	if figure == "" {
		return number{}, false
	}
	if label == figure { // "3 (3)"
		label = ""
	}
	if strings.ContainsAny(label, "0123456789") {
		return number{}, false
	}
	v, err := strconv.ParseFloat(figure, 64)
	return number{value: v, label: foldWord(strings.Trim(label, "-:=() ")), loose: between == " "}, err == nil
}

// isWhole reports whether a number has no fraction.
func (n number) isWhole() bool { return n.value == float64(int(n.value)) }
