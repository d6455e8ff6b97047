package text

import (
	"fmt"
	"strconv"
)

// Quote returns a word of a file in quotes for a message, cut to 40 characters.
func Quote(word string) string {
	const longest = 40
	if runes := []rune(word); len(runes) > longest {
		word = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", word)
}

// Count returns a number with commas between thousands: "1,204".
func Count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
