package importer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Target is where a proposal is written to.
type Target struct {
	Name string // of the source, or the ID of the wave
	// File is the export as the configuration names it: relative to its folder, or for a survey
	// to the folder of exports.
	File string
	// Surveys is the folder of exports to declare in [surveys]; "" if there is one, or none is
	// needed.
	Surveys string
	// First and Last are the days of the first and the last answer of a survey.
	First, Last time.Time
	Title       string // of a survey
}

// table returns the table of config.toml for a kind.
func table(kind string) string {
	switch kind {
	case Tickets, Usage, Measures, Tasks:
		return kind
	}
	return "events"
}

// FormatTable returns the table for config.toml, with comments.
func (p *Proposal) FormatTable(in *tabular.Inspection, t Target) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", p.describeFile(in))
	for _, f := range p.Fields {
		if f.ByName {
			fmt.Fprintf(&b, "#   %s: %s\n", f.Field, strings.Join(showColumns(in, f.Columns), ", "))
		}
	}
	fmt.Fprintf(&b, "[[%s]]\nname = %s\n", table(p.Kind), config.Quote(t.Name))
	if table(p.Kind) == "events" {
		fmt.Fprintf(&b, "kind = %s\n", config.Quote(p.Kind))
	}
	fmt.Fprintf(&b, "file = %s\n", config.Quote(t.File))
	writeSettings(&b, p.Settings)
	var columns []Setting
	for _, f := range p.Fields {
		if f.ByName {
			continue
		}
		var titles []string
		for _, c := range f.Columns {
			if title := config.Quote(in.Columns[c].Title); !slices.Contains(titles, title) {
				titles = append(titles, title)
			}
		}
		columns = append(columns, Setting{f.Field, "[" + strings.Join(titles, ", ") + "]", f.Why})
	}
	if len(columns) > 0 {
		fmt.Fprintf(&b, "[%s.columns]\n", table(p.Kind))
		writeSettings(&b, columns)
	}
	return b.String()
}

// describeFile returns a line about a file for a comment.
func (p *Proposal) describeFile(in *tabular.Inspection) string {
	what := p.Kind
	if p.Tool != plain().name {
		what += " of " + p.Tool
	}
	return fmt.Sprintf("%s, written by ip3dp import: %s", strings.ToUpper(what[:1])+what[1:], describeDialect(in))
}

// writeSettings writes keys with the reasons for their values.
func writeSettings(b *strings.Builder, list []Setting) {
	for _, s := range list {
		why := ""
		if s.Why != "" {
			why = " # " + text.OneLine(s.Why)
		}
		fmt.Fprintf(b, "%s = %s%s\n", s.Key, s.Value, why)
	}
}

// FormatWave returns the file of a wave for surveys/, with comments.
func (p *Proposal) FormatWave(in *tabular.Inspection, t Target) string {
	var b strings.Builder
	w := p.Survey
	fmt.Fprintf(&b, "# %s\n", p.describeFile(in))
	fmt.Fprintf(&b, "title = %s\n", config.Quote(t.Title))
	fmt.Fprintf(&b, "file = %s # in the folder of exports that config.toml names\n", config.Quote(t.File))
	if p.Dialect != "" {
		fmt.Fprintf(&b, "dialect = %s\n", config.Quote(p.Dialect))
	}
	fmt.Fprintf(&b, "sent = %s # the first answer: correct it if it was sent before\n", t.First.Format(time.DateOnly))
	fmt.Fprintf(&b, "# closed = %s # the last answer; without the key the survey closes 14 days after it\n", t.Last.Format(time.DateOnly))
	b.WriteString("# invited = 250 # without it there is no response rate\n")
	if w.NPS != "" {
		fmt.Fprintf(&b, "nps = %s # %s\n", config.Quote(w.NPS), p.whyOf("nps"))
	}
	writeSettings(&b, p.Settings)
	if len(w.Columns) > 0 {
		b.WriteString("\n[columns]\n")
		writeSettings(&b, w.Columns)
	}
	if len(w.NPSWords) > 0 {
		b.WriteString("\n[nps_words]\n")
		writeSettings(&b, w.NPSWords)
	}
	for _, f := range w.Features {
		fmt.Fprintf(&b, "\n[[feature]]\nfeature = %s\nquestion = %s # %s\n", config.Quote(f.Feature), config.Quote(f.Question),
			p.whyOf("feature "+f.Feature))
	}
	for i := range w.Items {
		w.Items[i].write(&b)
	}
	b.WriteString("\n# Reasons in free text become counts:\n# [[code]]\n# name = \"too complex\"\n# match = [\"complex\", \"complicated\"]\n")
	return b.String()
}

func (p *Proposal) whyOf(field string) string {
	for _, f := range p.Fields {
		if f.Field == field {
			return text.OneLine(f.Why)
		}
	}
	return ""
}

// write writes the table of an item.
func (i *Item) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n[[item]]\nid = %s\nquestion = %s # %s\n", config.Quote(i.ID), config.Quote(i.Question), text.OneLine(i.Why))
	switch proposal, isProposal := strings.CutPrefix(i.Source, "# "); {
	case isProposal:
		fmt.Fprintf(b, "# dimension = %s # proposed by its words\n", config.Quote(proposal))
	case i.Dimension == "":
		b.WriteString("# dimension = \"efficiency\" # of SPACE; without one it is shown on its own\n")
	default:
		fmt.Fprintf(b, "dimension = %s\n", config.Quote(i.Dimension))
	}
	if i.Min != 0 || i.Max != 0 {
		fmt.Fprintf(b, "min = %d\nmax = %d\n", i.Min, i.Max)
	}
	if i.Reversed {
		b.WriteString("reversed = true # a high answer is bad\n")
	}
	if len(i.Words) > 0 {
		words := make([]string, 0, len(i.Words))
		for w, v := range i.Words {
			words = append(words, fmt.Sprintf("%s = %g", config.Quote(w), v))
		}
		slices.Sort(words)
		fmt.Fprintf(b, "words = { %s }\n", strings.Join(words, ", "))
	}
	if i.Source != "" && !strings.HasPrefix(i.Source, "# ") {
		fmt.Fprintf(b, "source = %s\n", config.Quote(i.Source))
	}
}

func showColumns(in *tabular.Inspection, columns []int) []string {
	var list []string
	for _, c := range columns {
		if s := in.Columns[c].Shown(); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
