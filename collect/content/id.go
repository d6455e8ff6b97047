package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const maxID = 80

// validID reports whether id consists of lower-case letters, digits and the given marks, begins
// with a letter or digit, and has at most 80 characters.
func validID(id, marks string) bool {
	if id == "" || len(id) > maxID || strings.ContainsRune(marks, rune(id[0])) {
		return false
	}
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(marks, c) {
			return false
		}
	}
	return true
}

// isReserved reports whether Windows reserves the name for a device, with any ending. IDs
// become folders and files, and Windows could not check them out.
func isReserved(id string) bool {
	switch id {
	case "con", "prn", "aux", "nul":
		return true
	}
	port, isPort := strings.CutPrefix(id, "com")
	if !isPort {
		port, isPort = strings.CutPrefix(id, "lpt")
	}
	return isPort && len(port) == 1 && port[0] >= '0' && port[0] <= '9'
}

// wrongID describes the mistake in an ID and how to fix it; "" if there is none.
func wrongID(id, marks string) (text, next string) {
	switch {
	case !validID(id, marks):
		return fmt.Sprintf("%q is not a valid ID", id), "use lower-case letters, digits and dashes, at most 80"
	case isReserved(id):
		return fmt.Sprintf("%q is a name that file systems reserve for a device",
			id), fmt.Sprintf("choose another ID, such as %q", id+"-1")
	}
	return "", ""
}

// makeSlug turns a title into an ID: letters and digits in lower case, one dash for everything
// else.
func makeSlug(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == maxID {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// humanise turns an ID into a title: "custom-helm-charts" becomes "Custom helm charts".
func humanise(id string) string {
	text := strings.ReplaceAll(id, "-", " ")
	first, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[n:]
}

func sortByID[T any](items []T, id func(*T) string) {
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(id(&a), id(&b)) })
}

// setTitles derives the titles of items without one from their IDs.
func setTitles(c *fact.Content) {
	for i := range c.Research {
		x := &c.Research[i]
		x.Title = cmp.Or(x.Title, x.Job, x.Request, humanise(x.ID))
	}
	for i := range c.Features {
		c.Features[i].Title = cmp.Or(c.Features[i].Title, humanise(c.Features[i].ID))
	}
	for i := range c.Initiatives {
		c.Initiatives[i].Title = cmp.Or(c.Initiatives[i].Title, humanise(c.Initiatives[i].ID))
	}
	for i := range c.Cases {
		c.Cases[i].Title = cmp.Or(c.Cases[i].Title, humanise(c.Cases[i].ID))
	}
	for i := range c.Decisions {
		c.Decisions[i].Title = cmp.Or(c.Decisions[i].Title, humanise(c.Decisions[i].ID))
	}
	for i := range c.Pages {
		c.Pages[i].Title = cmp.Or(c.Pages[i].Title, humanise(c.Pages[i].ID))
	}
}
