package support

import (
	"cmp"
	"fmt"
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

// LargestShare is the share of tickets above which a theme is too wide to show anything.
const LargestShare = 0.6

// DescribeThemes returns remarks about the rules of themes, from all tickets. It suggests words if
// many tickets have no theme.
func DescribeThemes(c *fact.Content, tickets []fact.Ticket, words []fact.TitleWord, people []string) []string {
	m := measurer{themes: c.Themes}
	counts := make([]int, len(c.Themes)+1)
	titled := 0
	for i := range tickets {
		if tickets[i].Theme == 0 {
			continue
		}
		n := tickets[i].CountTickets()
		titled += n
		k := m.themeIndex(&tickets[i])
		if k < 0 {
			k = len(c.Themes)
		}
		counts[k] += n
	}
	var out []string
	for k := range c.Themes {
		switch n := counts[k]; {
		case titled >= leastSide && n == 0:
			out = append(out, fmt.Sprintf("theme %q matches none of %d tickets", c.Themes[k].Title, titled))
		case titled >= leastSide && float64(n) > LargestShare*float64(titled):
			out = append(out, fmt.Sprintf("theme %q matches %d of %d tickets: split it, or place it last", c.Themes[k].Title,
				n, titled))
		}
	}
	n := counts[len(c.Themes)]
	if float64(n) <= UnmatchedWarning*float64(titled) {
		return out
	}
	out = append(out, fmt.Sprintf("%d of %d tickets match no theme", n, titled))
	var list []string
	for _, w := range suggestWords(words, c, people) {
		list = append(list, fmt.Sprintf("%s (%d)", w.Word, w.Tickets))
	}
	if len(list) > 0 {
		out = append(out, "frequent words of tickets without a theme: "+strings.Join(list, ", "))
	}
	return out
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
