package support

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Suggestion is a word that many tickets without a theme have.
type Suggestion struct {
	Word    string `json:"word"`
	Tickets int    `json:"tickets"`
}

const (
	// leastWordTickets and leastWordTeams are the fewest tickets and, where teams are known,
	// teams that a word is suggested from: what fewer asked may be about a person.
	leastWordTickets, leastWordTeams = fact.MostWordIDs, fact.MostWordTeams
	// mostSuggestions is the largest number of suggested words.
	mostSuggestions = 12
)

// suggestWords returns the most frequent words of titles without a theme. A word that is always
// written like a name is left out, unless the content has it; so is every part of a person's
// login or address.
func suggestWords(words []fact.TitleWord, c *fact.Content, people []string) []Suggestion {
	type sum struct {
		tickets, plain int
		ids            map[uint64]bool
		teams          map[string]bool
	}
	sums := map[string]*sum{}
	for i := range words {
		w := &words[i]
		s := sums[w.Word]
		if s == nil {
			s = &sum{ids: map[uint64]bool{}, teams: map[string]bool{}}
			sums[w.Word] = s
		}
		s.tickets, s.plain = s.tickets+w.Tickets, s.plain+w.Plain
		for _, id := range w.IDs {
			s.ids[id] = true
		}
		for _, team := range w.Teams {
			s.teams[text.Fold(team)] = true
		}
	}
	known, names := contentWords(c), nameParts(people)
	var out []Suggestion
	for _, word := range slices.Sorted(maps.Keys(sums)) {
		s := sums[word]
		switch {
		case len(s.ids) < leastWordTickets, len(s.teams) > 0 && len(s.teams) < leastWordTeams:
		case s.plain < leastWordTickets && !known[word], names[word] && !known[word]:
		default:
			out = append(out, Suggestion{word, s.tickets})
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Tickets, a.Tickets) })
	return out[:min(len(out), mostSuggestions)]
}

// contentWords returns the words of the names of features: products, not people.
func contentWords(c *fact.Content) map[string]bool {
	words := map[string]bool{}
	for i := range c.Features {
		f := &c.Features[i]
		for _, name := range append([]string{f.ID, f.Title}, f.Labels...) {
			addWords(words, name)
		}
	}
	return words
}

// nameParts returns the words of logins and addresses.
func nameParts(people []string) map[string]bool {
	words := map[string]bool{}
	for _, who := range people {
		local, _, _ := strings.Cut(who, "@")
		addWords(words, local)
	}
	return words
}

func addWords(words map[string]bool, s string) {
	for word := range strings.FieldsFuncSeq(text.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		words[word] = true
	}
}
