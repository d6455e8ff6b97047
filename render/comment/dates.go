package comment

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

// datesSentence returns the moved dates in a few words.
func datesSentence(x *diff.Change) string {
	s := &x.Dates[0]
	name := phaseName(s.Name)
	if x.Subject.Kind == "activity" {
		name = "it"
	}
	b, a := s.Before, s.After
	switch {
	case s.Was != "":
		return phaseName(s.Was) + " is called " + name + " now"
	case len(x.Dates) > 1:
		return format.Things(len(x.Dates), "phases") + " moved"
	case b.Gone && x.Subject.Kind == "activity":
		return "a new activity"
	case a.Gone && x.Subject.Kind == "activity":
		return "the activity is gone"
	case b.Gone:
		return "a new phase, " + name
	case a.Gone:
		return "the phase " + name + " is gone"
	case b.State != a.State && a.State != "":
		return name + " is " + shortText(a.State) + " now"
	case b.From.IsZero() != a.From.IsZero():
		return "the dates of " + name + " changed"
	case !b.From.Equal(a.From):
		return name + " begins " + daysMoved(b.From, a.From)
	case !b.To.IsZero() && !a.To.IsZero() && !b.To.Equal(a.To):
		return name + " ends " + daysMoved(b.To, a.To)
	}
	return "the dates of " + name + " changed"
}

func dateRows(x *diff.Change) []row {
	out := make([]row, 0, len(x.Dates))
	for i := range x.Dates {
		s := &x.Dates[i]
		r := line("").strong(phaseName(s.Name)).text(": ")
		switch {
		case s.Before.Gone:
			r.text("new, %s", whenWords(s.After))
		case s.After.Gone:
			r.text("gone, it was %s", whenWords(s.Before))
		case s.Before == s.After:
			r.text("%s", whenWords(s.After))
		default:
			r.text("%s → %s", whenWords(s.Before), whenWords(s.After))
		}
		if i == 0 {
			r.addPlace(x.File, x.Line)
		}
		out = append(out, *r)
	}
	return out
}

// whenWords returns the dates of a phase and its declared state.
func whenWords(d diff.Dates) string {
	text := "no date"
	switch {
	case !d.From.IsZero() && !d.To.IsZero():
		text = format.Span(d.From, d.To)
	case !d.From.IsZero():
		text = "from " + format.Date(d.From)
	}
	if d.State != "" {
		text += ", " + shortText(d.State)
	}
	return text
}

const (
	// mostBars is the largest number of bars in a readable diagram.
	mostBars = 12
	// mostYears is the longest time that a diagram covers, in years.
	mostYears = 5
)

// drawGantt returns a small diagram of the moved dates; "" if there are none. Forges draw it
// from text. Names keep only letters, digits and blanks.
func drawGantt(d *diff.Diff) string {
	var b strings.Builder
	bars := 0
	var from, to time.Time
	for i := range d.Changes {
		x := &d.Changes[i]
		section := false
		for k := range x.Dates {
			s := &x.Dates[k]
			for _, bar := range []struct {
				word string
				diff.Dates
			}{{"was", s.Before}, {"now", s.After}} {
				if bar.From.IsZero() || !bar.To.After(bar.From) || bars == mostBars || s.Before.From.Equal(s.After.From) &&
					s.Before.To.Equal(s.After.To) {
					continue
				}
				if from.IsZero() || bar.From.Before(from) {
					from = bar.From
				}
				if bar.To.After(to) {
					to = bar.To
				}
				if !section {
					fmt.Fprintf(&b, "    section %s\n", label(subjectTitle(x.Subject)))
					section = true
				}
				tag := ""
				if bar.word == "was" {
					tag = "done, "
				}
				fmt.Fprintf(&b, "    %s %s :%s%s, %s\n", bar.word, label(s.Name), tag, format.ISO(bar.From), format.ISO(bar.To))
				bars++
			}
		}
	}
	if bars == 0 || to.Sub(from) > mostYears*366*24*time.Hour {
		return ""
	}
	return "gantt\n    dateFormat YYYY-MM-DD\n    axisFormat %d %b\n" + b.String()
}

// label returns a name in the form that mermaid accepts.
func label(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, cutText(s, 40))
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "untitled"
	}
	return s
}

// drawSpark returns shares from 0 to 1 as a line of block characters.
func drawSpark(shares []float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range shares {
		n := math.Round(min(max(v, 0), 1) * float64(len(blocks)-1))
		b.WriteRune(blocks[int(n)])
	}
	return b.String()
}
