package tickets

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// endings counts the rows whose status and date do not agree.
type endings struct {
	undated  int            // closed without a date
	reopened int            // open with a date
	unclear  map[string]int // without a date, by the status that was not understood
	unread   map[string]int // with a date, by the status that was not understood
}

// setEnding sets how a ticket ended. The status decides whether it is open: with the time of an
// earlier resolution, an open ticket was opened again. If the status is missing or not
// understood, the time decides; without either, the ending is unclear.
func (x *reader) setEnding(t *fact.Ticket, r *row) {
	state, unknown := x.statuses.statusOf(r)
	switch {
	case state == Open && !t.Resolved.IsZero():
		t.Resolved, t.Reopened = time.Time{}, max(t.Reopened, 1)
		x.counts.reopened++
	case state == Closed && t.Resolved.IsZero():
		t.Ending = fact.Undated
		x.counts.undated++
	case unknown != "" && t.Resolved.IsZero():
		t.Ending = fact.Doubtful
		countWord(&x.counts.unclear, unknown)
	case unknown != "":
		countWord(&x.counts.unread, unknown)
	}
	if !t.Resolved.IsZero() || t.Ending == fact.Undated {
		t.Unsolved = cmp.Or(findUnsolved(r.Resolution), findUnsolved(r.Status), findUnsolved(r.State))
	}
}

// maxStatusWords limits the number of words that are counted each; shownStatusWords is the
// number in a note.
const maxStatusWords, shownStatusWords = 200, 5

func countWord(words *map[string]int, word string) {
	if *words == nil {
		*words = map[string]int{}
	}
	if !text.IsName(word) {
		word = ""
	}
	if _, known := (*words)[word]; !known && len(*words) >= maxStatusWords {
		word = ""
	}
	(*words)[strings.Clone(word)]++
}

// notes returns the notes of an import about the rows whose ending is not as usual.
func (c *endings) notes() []string {
	var out []string
	if c.undated > 0 {
		out = append(out, fmt.Sprintf("%s closed without a date: not open, and in no resolution time",
			text.Plural(c.undated, "ticket")))
	}
	if c.reopened > 0 {
		out = append(out, fmt.Sprintf("%s open by the status, with the date of an earlier resolution: opened again",
			text.Plural(c.reopened, "ticket")))
	}
	if n, words := sumWords(c.unclear); n > 0 {
		out = append(out, fmt.Sprintf("%s with a status that is not understood%s, and no date: neither open nor "+
			"resolved; define it in statuses", text.Plural(n, "ticket"), words))
	}
	if n, words := sumWords(c.unread); n > 0 {
		out = append(out, fmt.Sprintf("%s with a status that is not understood%s: resolved by the date",
			text.Plural(n, "ticket"), words))
	}
	return out
}

// sumWords returns the number of rows, and their most frequent words in brackets.
func sumWords(words map[string]int) (n int, shown string) {
	list := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(cmp.Compare(words[b], words[a]), cmp.Compare(a, b))
	})
	var quoted []string
	for _, word := range list {
		n += words[word]
		if word != "" && len(quoted) < shownStatusWords {
			quoted = append(quoted, fmt.Sprintf("%s ×%s", text.Quote(word), text.FormatCount(words[word])))
		}
	}
	if len(quoted) > 0 {
		shown = " (" + strings.Join(quoted, ", ") + ")"
	}
	return n, shown
}
