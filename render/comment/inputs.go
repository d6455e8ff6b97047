package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Limits of the lines about one input, so that they fit on a phone.
const (
	mostKnown   = 3 // numbers with their values
	mostScopes  = 4 // teams, groups and features with counts of numbers
	mostReaders = 3 // conclusions that change
	longTitle   = 40
)

// inputRows returns the lines about a file that only the nightly run reads, at most five.
func (w *words) inputRows(x *diff.Change) []row {
	in := x.Input
	if in == nil {
		return []row{*line("").code(x.What)}
	}
	first := line("").code(x.What)
	for i, k := range in.Keys[:min(len(in.Keys), mostScopes)] {
		first.text([]string{" (", ", "}[min(i, 1)]).code(k)
	}
	if n := len(in.Keys) - mostScopes; n > 0 {
		first.text(" and %d more", n)
	}
	if len(in.Keys) > 0 {
		first.text(")")
	}
	first.text(" was %s", in.Change)
	if in.Before != "" {
		first.text(", it was ").code(in.Before)
	}
	total := len(in.Numbers) + in.More
	switch {
	case w.d.Missing != "":
		return []row{*first.text(".")}
	case total == 0:
		return append([]row{*first.text(": no number moves.")}, readerRows(in)...)
	case total == 1:
		first.text(": 1 number depends on it.")
	default:
		first.text(": %d numbers depend on it.", total)
	}
	out := []row{*first}
	known := slices.DeleteFunc(slices.Clone(in.Numbers), func(n diff.Number) bool { return !n.IsKnown() })
	out = append(out, knownRows(known)...)
	if rest := in.Numbers[min(len(known), mostKnown):]; len(rest)+in.More > 0 {
		out = append(out, *restRow(rest, in.More, len(known) > 0))
	}
	return append(out, readerRows(in)...)
}

// knownRows returns the first numbers with a known result, one in a row.
func knownRows(list []diff.Number) []row {
	var out []row
	for i := range list[:min(len(list), mostKnown)] {
		n := &list[i]
		r := line("%s ", numberName(n)).text("%s → ", cmp.Or(shortText(format.Maybe(n.Now, n.Unit)), "not known"))
		if n.Lost {
			r.strong("not known")
		} else {
			r.strong(shortText(format.Maybe(n.After, n.Unit)))
			if n.From != "" {
				r.text(" (%s)", shortText(n.From))
			}
		}
		out = append(out, *r.text("."))
	}
	return out
}

// numberName returns the name of a number with its scope.
func numberName(n *diff.Number) string {
	name := strings.TrimSuffix(cutText(cmp.Or(n.Title, n.Metric), longTitle), ".")
	if n.Scope.Kind != metric.Organisation {
		name += " of " + scopeName(n)
	}
	return name
}

func scopeName(n *diff.Number) string {
	return shortText(cmp.Or(n.Scope.Title, n.Scope.ID, "the platform"))
}

// restRow returns the other numbers, by name if they are few and else counted by scope.
func restRow(list []diff.Number, more int, also bool) *row {
	r := line("")
	if also {
		r.text("Also ")
	}
	tell := " The next run gives their values."
	if len(list) > 0 && list[0].IsKnown() {
		tell = ""
	}
	if len(list)+more <= mostKnown {
		for i := range list {
			if i > 0 {
				r.text(", ")
			}
			r.text("%s", numberName(&list[i]))
		}
		if len(list) == 1 && tell != "" {
			tell = " The next run gives its value."
		}
		return r.text(".%s", tell)
	}
	counts, order := map[string]int{}, []string{}
	for i := range list {
		name := "the organisation"
		if list[i].Scope.Kind != metric.Organisation {
			name = scopeName(&list[i])
		}
		if counts[name]++; counts[name] == 1 {
			order = append(order, name)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var parts []string
	others := more
	for i, name := range order {
		if i < mostScopes {
			parts = append(parts, fmt.Sprintf("%d of %s", counts[name], name))
		} else {
			others += counts[name]
		}
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("%d others", others))
	}
	return r.text("%s.%s", sentenceList(parts), tell)
}

// readerNouns are the plural nouns of the kinds of readers, in order.
var readerNouns = []struct{ kind, many string }{
	{"recommendation", "recommendations"}, {"goal", "goals"}, {"gate", "criteria of phases"}, {"effect", "expected effects"},
}

// readerRows returns the conclusions that change, and the number of others that read the numbers.
func readerRows(in *diff.MeasuredInput) []row {
	var out []row
	counts := map[string]int{}
	var moved []string
	for i := range in.Readers {
		x := &in.Readers[i]
		if x.Before == x.After || len(moved) == mostReaders {
			counts[x.Kind]++
			continue
		}
		moved = append(moved, fmt.Sprintf("%s of %s: %s → %s", x.Kind, shortText(x.Title), conclusionWords(x.Before),
			conclusionWords(x.After)))
	}
	if len(moved) > 0 {
		out = append(out, *line("").strong(upperFirst(strings.Join(moved, "; ")) + "."))
	}
	var parts []string
	for _, k := range readerNouns {
		if n := counts[k.kind]; n > 0 {
			parts = append(parts, format.Things(n, k.many))
		}
	}
	if len(parts) > 0 {
		stay := ""
		switch {
		case !allKnown(in):
		case len(in.Readers) == len(moved)+1:
			stay = ", which stays"
		default:
			stay = ", which stay"
		}
		out = append(out, *line("Read by %s%s.", sentenceList(parts), stay))
	}
	return out
}

// conclusionWords returns a verdict or a state as the pages have it.
func conclusionWords(s string) string {
	switch s {
	case "":
		return "none"
	case string(goals.CannotTell):
		return "can’t tell"
	case string(goals.MetNotSurely):
		return "met, but not surely"
	}
	return shortText(s)
}

// allKnown reports whether every result of an input is known.
func allKnown(in *diff.MeasuredInput) bool {
	return in.More == 0 && !slices.ContainsFunc(in.Numbers, func(n diff.Number) bool { return !n.IsKnown() })
}

// isGrave reports whether a change of an input belongs near the top.
func isGrave(x *diff.Change) bool {
	return x.Kind == diff.Nightly && x.Input != nil && x.Input.IsGrave()
}

// inputSentence returns a change of an input in one sentence.
func inputSentence(x *diff.Change) string {
	n := len(x.Input.Numbers) + x.Input.More
	verb := "depend"
	if n == 1 {
		verb = "depends"
	}
	return shortText(x.What) + " was " + shortText(x.Input.Change) + ": " + format.Things(n, "numbers") + " " + verb + " on it."
}
