package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote returns a word of a file in quotes for a message, cut to 40 characters.
func Quote(word string) string {
	const longest = 40
	if runes := []rune(word); len(runes) > longest {
		word = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", word)
}

// IsName reports whether a cell looks like the name of a thing, such as a team or an
// environment, and may be told where it is unknown: at most 40 characters and four
// words, and no address. Columns get mixed up, and a message must not tell what people
// wrote in another one.
func IsName(cell string) bool {
	const longest, mostWords = 40, 4
	first, _ := utf8.DecodeRuneInString(cell)
	return (unicode.IsLetter(first) || unicode.IsDigit(first)) && utf8.RuneCountInString(cell) <= longest &&
		len(strings.Fields(cell)) <= mostWords &&
		!strings.ContainsAny(cell, "@,;!?\"\n\t") && !HasSecret(cell)
}

// Count returns a number with commas between thousands: "1,204".
func Count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
