package tabular

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// monthNames are the months in the languages of common exports, without accents. A prefix of at
// least three letters counts too. Other short forms come last.
var monthNames = [12][]string{
	{"january", "januar", "janvier", "enero", "janeiro", "gennaio", "januari"},
	{"february", "februar", "fevrier", "febrero", "fevereiro", "febbraio", "februari"},
	{"march", "marz", "mars", "marzo", "marco", "maart", "maerz", "mrz", "mrt"},
	{"april", "avril", "abril", "aprile"},
	{"may", "mai", "mayo", "maio", "maggio", "mei"},
	{"june", "juni", "juin", "junio", "junho", "giugno"},
	{"july", "juli", "juillet", "julio", "julho", "luglio"},
	{"august", "aout", "agosto", "augustus"},
	{"september", "septembre", "septiembre", "setembro", "settembre"},
	{"october", "oktober", "octobre", "octubre", "outubro", "ottobre"},
	{"november", "novembre", "noviembre", "novembro"},
	{"december", "dezember", "decembre", "diciembre", "dezembro", "dicembre"},
}

// findMonth returns 1 to 12 for a month's name or short form in English, German, French,
// Spanish, Portuguese, Italian or Dutch; 0 for any other word, and for a prefix that several
// months share.
func findMonth(word string) int {
	word = dropAccents(word)
	if len(word) < 3 {
		return 0
	}
	found := 0
	for i, names := range monthNames {
		for _, name := range names {
			if !strings.HasPrefix(name, word) {
				continue
			}
			if found > 0 && found != i+1 {
				return 0
			}
			found = i + 1
		}
	}
	return found
}

// dropAccents returns a word in lower case without its accents: "März" gives "marz".
func dropAccents(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(word))
}
