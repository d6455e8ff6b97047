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
// environment, so that a message may quote it: at most 40 characters and four words, and not an
// address. A message must not quote what people wrote, in case columns were mixed up.
func IsName(cell string) bool {
	const longest, mostWords = 40, 4
	first, _ := utf8.DecodeRuneInString(cell)
	return (unicode.IsLetter(first) || unicode.IsDigit(first)) && utf8.RuneCountInString(cell) <= longest &&
		len(strings.Fields(cell)) <= mostWords &&
		!strings.ContainsAny(cell, "@,;!?\"\n\t") && !HasSecret(cell)
}

// FormatCount returns a number with commas between thousands: "1,204".
func FormatCount(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
