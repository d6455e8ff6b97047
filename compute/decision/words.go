package decision

import (
	"fmt"
	"strings"
)

// Words has the words for the tree of one feature: its questions, their answers, the unknown
// facts and the changes that would change the verdict. Pages, comments and the log of changes
// use it, so that they all have the same words.
type Words struct {
	Title     string // of the feature
	Successor string // title of the feature to move to; "" without one
	Outcome   string // title of the judged outcome; "" is delivery
	Units     string // eligible units, in the plural: "teams"
	// Share, Count and Weeks format numbers: "60 %", "3 teams", "four weeks".
	Share func(share float64) string
	Count func(n int, plural string) string
	Weeks func(n int) string
}

// factWords are the words of one fact. OUTCOME is replaced by the outcome of the effect.
type factWords struct {
	ask     string // question about the fact
	limited string // question with the limit in force; "" for a fact without a limit
	noun    string
}

var wordsOf = [keys]factWords{
	AdoptionHigh: {"is adoption high?", "is adoption at least %s?", "its adoption"},
	AdoptionLow:  {"is adoption low?", "is adoption under %s?", "its adoption"},
	Improved:     {"did OUTCOME improve?", "", "its effect on delivery"},
	Worse:        {"did OUTCOME get worse?", "", "its effect on delivery"},
	Satisfied:    {"are its users satisfied?", "are at least %s of its users satisfied?", "the satisfaction of its users"},
	Successor:    {"is there something better to move to?", "", "its successor"},
}

// Answer returns the truth as the answer to a question.
func (t Truth) Answer() string {
	switch t {
	case True:
		return "yes"
	case False:
		return "no"
	case "":
		return "not asked"
	}
	return "can’t tell yet"
}

// OnDelivery reports whether a fact is about an effect on delivery. An effect without an
// outcome is about lead time.
func (f *Fact) OnDelivery() bool {
	return f.Outcome == "" || strings.HasPrefix(f.Outcome, "dora.")
}

// Ask returns the question about a fact, as part of a sentence: "is adoption high?".
func (w *Words) Ask(k Key) string {
	outcome := "delivery"
	if w.Outcome != "" {
		outcome = "“" + w.Outcome + "”"
	}
	return strings.ReplaceAll(wordsOf[k].ask, "OUTCOME", outcome)
}

// Question returns a question of the tree as a sentence: "Are its users satisfied?".
func (w *Words) Question(s *Step) string {
	parts := make([]string, len(s.Facts))
	for i := range s.Facts {
		outcome := "delivery"
		if !s.Facts[i].OnDelivery() {
			outcome = "its outcome"
		}
		parts[i] = strings.ReplaceAll(wordsOf[s.Facts[i].Key].ask, "OUTCOME", outcome)
	}
	return joinQuestions(parts)
}

// LimitedQuestion returns a question with the limit in force: "Is adoption at least 70 %?". For
// a question outside the tree it returns its name.
func (w *Words) LimitedQuestion(q Question, limit string) string {
	i := indexOf(chosen, q)
	if i < 0 {
		return string(q) + "?"
	}
	parts := make([]string, len(chosen[i].facts))
	for n, k := range chosen[i].facts {
		parts[n] = strings.ReplaceAll(wordsOf[k].ask, "OUTCOME", "delivery")
		if limit != "" && wordsOf[k].limited != "" {
			parts[n] = fmt.Sprintf(wordsOf[k].limited, limit)
		}
	}
	return joinQuestions(parts)
}

// joinQuestions joins questions about several facts in a sentence. The answer is yes if one
// fact is true.
func joinQuestions(parts []string) string {
	text := strings.ReplaceAll(strings.Join(parts, ", or "), "?, or ", ", or ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// Unknown returns the names of unknown facts, each once: "its effect on delivery and the
// satisfaction of its users".
func (w *Words) Unknown(list []Key) string {
	var words []string
	for _, k := range list {
		if noun := wordsOf[k].noun; len(words) == 0 || words[len(words)-1] != noun {
			words = append(words, noun)
		}
	}
	return joinWords(words, "and")
}

// askFirst is the order of the facts to ask about: people can answer soon, so satisfaction is
// first.
var askFirst = [...]Key{Satisfied, AdoptionHigh, AdoptionLow, Improved, Worse}

// FindOut returns the question to find out: about the contradiction, about the flat result, or
// about the fact that would settle the recommendation.
func (w *Words) FindOut(r *Recommendation) string {
	if r.Contradiction {
		return "why do the figures of " + w.Title + " contradict each other?"
	}
	if r.Verdict == Investigate {
		if f := r.Fact(Satisfied); f != nil && f.Truth == False {
			return "what keeps users of " + w.Title + " from being satisfied?"
		}
		return "is " + w.Title + " the wrong solution, or does something keep people from it?"
	}
	for _, list := range [...][]Key{r.Settle, r.Missing} {
		for _, k := range askFirst {
			for _, have := range list {
				if have == k {
					return w.askAbout(k)
				}
			}
		}
	}
	return "what does " + w.Title + " do for its users?"
}

func (w *Words) askAbout(k Key) string {
	switch {
	case k == Satisfied:
		return "are users of " + w.Title + " satisfied?"
	case k == AdoptionHigh || k == AdoptionLow:
		return "who uses " + w.Title + "?"
	case w.Outcome != "":
		return "is there an effect of " + w.Title + " on “" + w.Outcome + "”?"
	}
	return "does " + w.Title + " speed teams up?"
}

// Words returns the verdict in a few words: "pivot or sunset".
func (v Verdict) Words() string {
	switch v {
	case "":
		return "no recommendation"
	case Pivot:
		return "pivot or sunset"
	case InsufficientData:
		return "find out"
	}
	return string(v)
}

// Leaf returns the text of a leaf: "invest: expand adoption".
func (w *Words) Leaf(v Verdict) string {
	switch v {
	case MakeDefault:
		return "make default for all new services"
	case Deprecate:
		return v.Words() + w.InFavour()
	case Invest:
		return "invest: expand adoption"
	case Early:
		return "too early to judge"
	case InsufficientData:
		return "find out first"
	}
	return v.Words()
}

// InFavour returns " in favour of" the successor; "" without one.
func (w *Words) InFavour() string {
	if w.Successor == "" {
		return ""
	}
	return " in favour of " + w.Successor
}

// Possible returns the list of possible verdicts: "invest: expand adoption or investigate".
func (w *Words) Possible(list []Verdict) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = w.Leaf(v)
	}
	return joinWords(words, "or")
}

// Flip returns the change that would change the verdict: "3 teams start using it", "delivery
// improves beyond doubt".
func (w *Words) Flip(f *Flip) string {
	switch f.Of {
	case Satisfied:
		if f.From > 0 {
			return "at least " + w.Share(f.From) + " of its users are satisfied"
		}
		return "fewer than " + w.Share(f.To) + " of its users are satisfied"
	case AdoptionHigh:
		return w.adoptionFlip(f)
	case Successor:
		if f.Is == string(True) {
			return "a successor is named"
		}
		return "nothing better is left to move to"
	}
	subject := "delivery"
	if w.Outcome != "" {
		subject = "its outcome"
	}
	switch f.Is {
	case EffectImproved:
		return subject + " improves beyond doubt"
	case EffectWorse:
		return subject + " gets worse beyond doubt"
	}
	return subject + " turns out not to have changed by anything that matters"
}

func (w *Words) adoptionFlip(f *Flip) string {
	if f.Units == nil || *f.Units == 0 {
		return w.FlipLimit(f)
	}
	n, verb := *f.Units, "start"
	if n < 0 {
		n, verb = -n, "stop"
	}
	if n == 1 {
		verb += "s"
	}
	return w.Count(n, w.Units) + " " + verb + " using it"
}

// FlipLimit returns the adoption that a flip requires: "adoption of at least 70 % for four
// weeks".
func (w *Words) FlipLimit(f *Flip) string {
	stop := f.Units != nil && *f.Units < 0
	limit := "adoption under " + w.Share(f.To)
	switch {
	case f.To >= 1 || f.Units != nil && *f.Units > 0:
		limit = "adoption of at least " + w.Share(f.From)
	case f.From > 0 && !stop:
		limit = "adoption between " + w.Share(f.From) + " and " + w.Share(f.To)
	}
	if f.Weeks > 0 {
		limit += " for " + w.Weeks(f.Weeks)
		if f.Weeks < Hold {
			limit += " more"
		}
	}
	return limit
}

// HasNearer reports whether a flip with a smaller change of users has the same verdict.
func (f *Flip) HasNearer(all []Flip) bool {
	if f.Of != AdoptionHigh || f.Units == nil {
		return false
	}
	for i := range all {
		o := &all[i]
		if o.Of == f.Of && o.Changes && o.Verdict == f.Verdict && o.Units != nil && *o.Units**f.Units > 0 &&
			max(*o.Units, -*o.Units) < max(*f.Units, -*f.Units) {
			return true
		}
	}
	return false
}

// Fact returns the fact of a key; nil if the tree does not ask for it, or r is nil.
func (r *Recommendation) Fact(k Key) *Fact {
	if r == nil {
		return nil
	}
	for i := range r.Path {
		for j := range r.Path[i].Facts {
			if f := &r.Path[i].Facts[j]; f.Key == k {
				return f
			}
		}
	}
	return nil
}

// joinWords joins words with a conjunction before the last: "a, b and c".
func joinWords(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + conjunction + " " + words[n]
}
