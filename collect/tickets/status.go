package tickets

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/ip3dp/ip3dp/collect/text"
)

// The states of a ticket that a word in statuses may stand for.
const (
	Open   = "open"
	Closed = "closed"
)

//go:embed statuses.txt
var statusFile string

// knownStatuses maps the words of statuses.txt, in letters and digits only, to Open or Closed.
// A word of one column has the name of the column before it: "state 6".
var knownStatuses = sync.OnceValue(func() map[string]string {
	words, state := map[string]string{}, ""
	for line := range strings.Lines(statusFile) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			state, _, _ = strings.Cut(name, "]")
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		_, list, _ := strings.Cut(line, ":")
		for word := range strings.SplitSeq(list, ",") {
			column, number, ok := strings.Cut(strings.TrimSpace(word), "=")
			if ok {
				words[column+" "+number] = state
				continue
			}
			words[lettersOf(word)] = state
		}
	}
	return words
})

// lettersOf returns a word in lower case with letters and digits only.
func lettersOf(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, text.Fold(word))
}

// CheckStatuses returns an error if a word of the configuration stands for another state than
// open and closed.
func CheckStatuses(words map[string]string) error {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if state := words[word]; state != Open && state != Closed {
			return fmt.Errorf("status %q is %q, not %q or %q", word, state, Open, Closed)
		}
	}
	return nil
}

// statuses reads the columns that describe whether a ticket is open.
type statuses struct {
	own    map[string]string    // words of the configuration → state
	cached map[[2]string]string // column and cell → state, "" if not understood
}

// maxCachedStatuses limits the cache, in case a file has a status of its own for each row.
const maxCachedStatuses = 1000

func newStatuses(own map[string]string) *statuses {
	s := &statuses{own: map[string]string{}, cached: map[[2]string]string{}}
	for word, state := range own {
		s.own[lettersOf(word)] = state
	}
	return s
}

// find returns the state of a cell of a column ("status", "state"); "" if it is not understood.
func (s *statuses) find(column, cell string) string {
	state, known := s.cached[[2]string{column, cell}]
	if known {
		return state
	}
	letters := lettersOf(cell)
	if state = s.own[letters]; state == "" {
		if state = knownStatuses()[letters]; state == "" {
			state = knownStatuses()[column+" "+letters]
		}
		if state == "" && findUnsolved(cell) != "" {
			state = Closed
		}
	}
	if len(s.cached) < maxCachedStatuses {
		s.cached[[2]string{column, strings.Clone(cell)}] = state
	}
	return state
}

// statusOf returns the state of a row: open, closed, or "" without an understood status. The
// word is the one that was not understood, if no column was.
func (s *statuses) statusOf(r *row) (state, unknown string) {
	for _, c := range [...]struct{ column, cell string }{
		{"category", r.Category}, {"status", r.Status}, {"state", r.State}, {"active", r.Active},
	} {
		if c.cell == "" {
			continue
		}
		if state = s.find(c.column, c.cell); state != "" {
			return state, ""
		}
		if unknown == "" {
			unknown = c.cell
		}
	}
	return "", unknown
}
