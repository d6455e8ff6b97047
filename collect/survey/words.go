package survey

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/unicode/norm"
)

//go:embed words/*.toml
var wordFiles embed.FS

// language is a file of words.
type language struct {
	DoesNotApply []string `toml:"does_not_apply"`
	Summary      []string `toml:"summary"`
	Ends         struct {
		Lowest  []string `toml:"lowest"`
		Highest []string `toml:"highest"`
	} `toml:"ends"`
	Scales map[string][][]string `toml:"scales"`
}

// vocabulary has the words of all languages, folded by foldWord.
type vocabulary struct {
	doesNotApply map[string]bool // answers of people whom a question does not concern
	summary      map[string]bool // labels of rows of totals
	// lowest and highest are the labels of the ends of the question from 0 to 10, with the
	// languages that have them.
	lowest, highest map[string][]string
	scales          []scale // by name
}

// scale has the words of one scale in all languages.
type scale struct {
	name  string
	size  int
	point map[string]int // of a word, from 0
}

// readWords reads the embedded files of words.
func readWords() (*vocabulary, error) {
	files, err := fs.Glob(wordFiles, "words/*.toml")
	if err != nil {
		return nil, err
	}
	v := &vocabulary{
		doesNotApply: map[string]bool{}, summary: map[string]bool{}, lowest: map[string][]string{},
		highest: map[string][]string{},
	}
	byName := map[string]*scale{}
	for _, file := range files {
		var l language
		if _, err := toml.DecodeFS(wordFiles, file, &l); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if err := v.addLanguage(strings.TrimSuffix(path.Base(file), ".toml"), &l, byName); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		v.scales = append(v.scales, *byName[name])
	}
	return v, nil
}

// addLanguage adds the words of one language. A word that is at two points of a scale, or a
// scale with another number of points than in the languages before, is an error.
func (v *vocabulary) addLanguage(id string, l *language, byName map[string]*scale) error {
	for _, word := range l.DoesNotApply {
		v.doesNotApply[foldWord(word)] = true
	}
	for _, word := range l.Summary {
		v.summary[foldWord(word)] = true
	}
	for _, word := range l.Ends.Lowest {
		v.lowest[foldWord(word)] = append(v.lowest[foldWord(word)], id)
	}
	for _, word := range l.Ends.Highest {
		v.highest[foldWord(word)] = append(v.highest[foldWord(word)], id)
	}
	for name, points := range l.Scales {
		s := byName[name]
		if s == nil {
			s = &scale{name: name, size: len(points), point: map[string]int{}}
			byName[name] = s
		}
		if s.size != len(points) {
			return fmt.Errorf("scale %s has %d points, and %d in another language", name, len(points), s.size)
		}
		for point, words := range points {
			for _, word := range words {
				key := foldWord(word)
				if other, known := s.point[key]; known && other != point {
					return fmt.Errorf("scale %s: %q is at two points", name, word)
				}
				s.point[key] = point
			}
		}
	}
	return nil
}

// typographic replaces characters that tools and editors write in several ways.
var typographic = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "´", "'", "ʼ", "'", "“", `"`, "”", `"`, "„", `"`,
	"«", `"`, "»", `"`, "–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "ß", "ss", "。", ".")

// foldWord returns a form that is equal for two spellings of one answer: without case, accents,
// surplus blanks, quotes around it and a mark at its end, and with plain quotes and dashes.
func foldWord(s string) string {
	if isFoldedWord(s) {
		return s
	}
	s = strings.ToLower(norm.NFKC.String(typographic.Replace(s)))
	s = norm.NFC.String(strings.Map(func(r rune) rune {
		const firstAccent, lastAccent = 0x300, 0x36f
		if r >= firstAccent && r <= lastAccent || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
	s = strings.Join(strings.Fields(s), " ")
	if trimmed := strings.TrimRight(strings.Trim(s, `"' `), ".!;: "); trimmed != "" {
		return trimmed
	}
	return s
}

// isFoldedWord reports whether foldWord would return s unchanged: lower-case ASCII letters and
// digits, with single spaces.
func isFoldedWord(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != ' ' || blank) {
			return false
		}
		blank = c == ' '
	}
	return !blank
}
