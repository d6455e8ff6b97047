package tickets

import (
	"bytes"
	"cmp"
	_ "embed"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

//go:embed stopwords.txt
var stopFile []byte

// stopWords are the words that describe no subject.
var stopWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range bytes.Lines(stopFile) {
		if bytes.HasPrefix(line, []byte("#")) {
			continue
		}
		for word := range bytes.FieldsSeq(line) {
			words[text.Fold(string(word))] = true
		}
	}
	return words
})

const (
	// maxWords is the number of words of a file that are kept. Twice as many are counted at a
	// time; then the rarest are forgotten.
	maxWords = 4096
	// shortestWord and longestWord are the lengths of words that are counted, in letters.
	shortestWord, longestWord = 3, 24
	// longestAcronym is the longest word in capitals that is no shouted word.
	longestAcronym = 5
	// titleBytes is the part of a title that is searched for words.
	titleBytes = 500
)

// wordCounter counts the words of titles in bounded memory (Manku and Motwani's lossy counting).
type wordCounter struct {
	words map[string]*fact.TitleWord
	rare  int // words with as many tickets were forgotten
}

// count counts the words of the title of a ticket, each once.
func (c *wordCounter) count(title, id, team string) {
	if c.words == nil {
		c.words = map[string]*fact.TitleWord{}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	ticket := h.Sum64()
	if len(title) > titleBytes {
		title = strings.ToValidUTF8(title[:titleBytes], "")
	}
	seen := map[string]bool{}
	for i, token := range strings.Fields(title) {
		word, plain, ok := cleanWord(token, i == 0)
		if !ok || seen[word] || stopWords()[word] {
			continue
		}
		seen[word] = true
		w := c.words[word]
		if w == nil {
			w = &fact.TitleWord{Word: word}
			c.words[word] = w
		}
		if slices.Contains(w.IDs, ticket) {
			continue
		}
		w.Tickets++
		if plain {
			w.Plain++
		}
		if len(w.IDs) < fact.MostWordIDs {
			w.IDs = append(w.IDs, ticket)
		}
		if team != "" && len(w.Teams) < fact.MostWordTeams && !slices.Contains(w.Teams, team) {
			w.Teams = append(w.Teams, team)
		}
	}
	for len(c.words) > 2*maxWords {
		c.rare++
		maps.DeleteFunc(c.words, func(_ string, w *fact.TitleWord) bool { return w.Tickets <= c.rare })
	}
}

// cleanWord returns a token in lower case without punctuation around it, and whether it is plain:
// in lower case, or a short one in capitals. The first word of a title begins with a capital in
// any case, so it is plain only in lower case. A token with digits or signs inside may be an ID,
// an address, a path or a secret, and one with an @ names a person: it is no word.
func cleanWord(token string, first bool) (word string, plain, ok bool) {
	if strings.Contains(token, "@") || len(token) > longestWord*utf8.UTFMax {
		return "", false, false
	}
	token = strings.TrimFunc(token, func(r rune) bool {
		return unicode.IsPunct(r) || unicode.IsSymbol(r)
	})
	n, upper := 0, 0
	for _, r := range token {
		if r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return "", false, false
		}
		if unicode.IsUpper(r) || unicode.IsTitle(r) {
			upper++
		}
		n++
	}
	if n < shortestWord || n > longestWord {
		return "", false, false
	}
	return text.Fold(token), upper == 0 || !first && upper == n && n <= longestAcronym, true
}

// list returns the most frequent words, and forgets them.
func (c *wordCounter) list() []fact.TitleWord {
	list := make([]fact.TitleWord, 0, len(c.words))
	for _, w := range c.words {
		list = append(list, *w)
	}
	c.words, c.rare = nil, 0
	slices.SortFunc(list, func(a, b fact.TitleWord) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Word, b.Word))
	})
	return slices.Clip(list[:min(len(list), maxWords)])
}
