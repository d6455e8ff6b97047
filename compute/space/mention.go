package space

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Mentions ranks the features and texts that respondents named.
type Mentions struct {
	Of     int       `json:"of"`     // all respondents of the wave
	Ranked []Mention `json:"ranked"` // by count, then label; each with at least five mentions
	// Fewer is the number of features and texts with fewer than five mentions.
	Fewer int `json:"fewer"`
}

// FindTop returns the most mentioned: several in a tie, none without five mentions.
func (m *Mentions) FindTop() []Mention {
	if m == nil || len(m.Ranked) == 0 {
		return nil
	}
	n := 1
	for n < len(m.Ranked) && m.Ranked[n].N == m.Ranked[0].N {
		n++
	}
	return m.Ranked[:n]
}

// Mention is a feature that respondents named; each respondent counts once.
type Mention struct {
	Feature string `json:"feature,omitempty"` // ID; "" for the text of an unknown feature
	// Label is the name if all used the same one, else the feature's title. For an unknown
	// feature it is the text as written.
	Label        string  `json:"label"`
	N            int     `json:"n"`
	Share        float64 `json:"share"` // of all respondents, 0 to 1
	metric.Range         // Wilson, 95 %
	// Names are the declared names in use with at least five mentions each, if several were
	// used.
	Names []Named `json:"names,omitempty"`
}

// Named counts the respondents who used a name.
type Named struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// names finds features by the names that people use.
type names struct {
	byName map[string]known // by folded name
	titles map[string]string
	ids    []string // of features that are not drafts, sorted
}

// known is a declared name and its feature.
type known struct{ feature, spelling string }

// newNames indexes features by ID, title, labels and former IDs. A name belongs to the first
// feature that has it.
func newNames(features []fact.Feature) names {
	n := names{byName: map[string]known{}, titles: map[string]string{}}
	for i := range features {
		f := &features[i]
		if f.Draft {
			continue
		}
		title := cmp.Or(f.Title, f.ID)
		n.titles[f.ID] = title
		n.ids = append(n.ids, f.ID)
		for _, name := range slices.Concat([]string{title}, f.Labels, []string{f.ID}, f.Formerly) {
			if key := text.Fold(name); key != "" && n.byName[key].feature == "" {
				n.byName[key] = known{f.ID, name}
			}
		}
	}
	slices.Sort(n.ids)
	return n
}

// maxLabel bounds the length, in runes, of a label that people typed.
const maxLabel = 80

// count holds the mentions of one feature or text in a wave.
type count struct {
	feature string
	n       int
	names   map[string]int
}

// rankMentions ranks the texts that of returns for each answer. It returns nil if the survey
// has no such column and no answer has a text. It adds the mentions of unknown features to
// unknown.
func (m *measurer) rankMentions(answers []answer, column string, of func(answer) []string, unknown *int) *Mentions {
	counts := map[string]*count{}
	asked := column != ""
	for _, a := range answers {
		seen := map[string]bool{}
		once := func(key string) bool {
			again := seen[key]
			seen[key] = true
			return !again
		}
		for _, word := range of(a) {
			key := text.Fold(word)
			if key == "" {
				continue
			}
			asked = true
			k := m.names.byName[key]
			id := cmp.Or(k.feature, "as written: "+key)
			if counts[id] == nil {
				counts[id] = &count{feature: k.feature, names: map[string]int{}}
			}
			if once(id) {
				counts[id].n++
				if k.feature == "" {
					*unknown++
				}
			}
			spelling := k.spelling
			if k.feature == "" {
				spelling = strings.Join(strings.Fields(word), " ")
			}
			if once("name " + id + " " + spelling) {
				counts[id].names[spelling]++
			}
		}
	}
	if !asked {
		return nil
	}
	out := &Mentions{Of: len(answers)}
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		if counts[id].n < minAnswers {
			out.Fewer++
			continue
		}
		out.Ranked = append(out.Ranked, m.newMention(counts[id], len(answers)))
	}
	slices.SortStableFunc(out.Ranked, func(a, b Mention) int {
		return cmp.Or(-cmp.Compare(a.N, b.N), cmp.Compare(a.Label, b.Label))
	})
	return out
}

func (m *measurer) newMention(c *count, of int) Mention {
	iv := stat.Wilson(c.n, of, confidence)
	out := Mention{Feature: c.feature, N: c.n, Share: float64(c.n) / float64(of), Range: metric.Range(iv)}
	used := slices.SortedFunc(maps.Keys(c.names), func(a, b string) int {
		return cmp.Or(-cmp.Compare(c.names[a], c.names[b]), cmp.Compare(a, b))
	})
	if len(used) == 1 || c.feature == "" {
		out.Label = shortenLabel(used[0])
		return out
	}
	out.Label = m.names.titles[c.feature]
	for _, name := range used {
		if c.names[name] >= minAnswers {
			out.Names = append(out.Names, Named{Name: name, N: c.names[name]})
		}
	}
	return out
}

func shortenLabel(s string) string {
	if r := []rune(s); len(r) > maxLabel {
		return string(r[:maxLabel-1]) + "…"
	}
	return s
}
