package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// ChartsFolder is the folder of a preview with the charts that a change moves.
const ChartsFolder = "charts"

// mostPictures is the largest number of charts of a change. A changed threshold moves those of
// all features.
const mostPictures = 60

// ChangedCharts returns the files with the charts that differ between two sides, before and
// after, and a page that shows them side by side. It returns none if all charts are the same.
// Both sides must be decided on the same numbers.
func ChangedCharts(o Options, before, after *diff.Side) ([]Page, error) {
	was, err := newSite(o, before.Report, before.Content, nil)
	if err != nil {
		return nil, err
	}
	is, err := newSite(o, after.Report, after.Content, nil)
	if err != nil {
		return nil, err
	}
	axis := scoreAxis(was, is)
	v := view.Figures{Title: "Charts before and after", Note: is.report.Platform.Name}
	var pages []Page
	hidden := 0
	for _, pair := range pairPictures(was.pictures(is, axis), is.pictures(was, axis)) {
		var files [2][]byte
		for i, p := range pair {
			if p != nil {
				files[i] = p.AppendSVG(nil)
			}
		}
		switch {
		case bytes.Equal(files[0], files[1]):
			continue
		case len(v.Rows) == mostPictures:
			hidden++
			continue
		}
		var row view.Figure
		for i, end := range []string{"-before.svg", "-after.svg"} {
			if pair[i] == nil {
				continue
			}
			name := pair[i].Name + end
			row.Name.Title = pair[i].Title
			if i == 0 {
				row.Was = name
			} else {
				row.Value = name
			}
			pages = append(pages, newFile(name, files[i]))
		}
		v.Rows = append(v.Rows, row)
	}
	if len(v.Rows) == 0 {
		return nil, nil
	}
	if hidden > 0 {
		v.More = format.Things(hidden, "more charts") + " changed: the pages of the preview have them."
	}
	sheet, err := fs.ReadFile(o.Assets, "site.css")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	index, err := is.newPage("charts", ChartsFolder+"/index.html", func() any { return v })
	return append(pages, newFile("charts.css", sheet), index), err
}

// newFile returns a file of the folder of charts.
func newFile(name string, data []byte) Page {
	return Page{Path: ChartsFolder + "/" + name, Write: func(w io.Writer) error {
		_, err := clean{w}.Write(data)
		return err
	}}
}

// pairPictures pairs the pictures of two sides by name, in the order of the second. One of a pair
// may be nil.
func pairPictures(before, after []*chart.Picture) [][2]*chart.Picture {
	var pairs [][2]*chart.Picture
	at := map[string]int{}
	for _, p := range after {
		at[p.Name] = len(pairs)
		pairs = append(pairs, [2]*chart.Picture{nil, p})
	}
	for _, p := range before {
		if i, ok := at[p.Name]; ok {
			pairs[i][0] = p
		} else {
			pairs = append(pairs, [2]*chart.Picture{p, nil})
		}
	}
	return pairs
}

// scoreAxis returns the axis for the scores of both sides, so that an initiative without a change
// has the same picture on both.
func scoreAxis(sides ...*site) chart.Gauge {
	lo, hi := 0.0, 0.0
	for _, s := range sides {
		for i := range s.report.Plan.Ranked {
			it := &s.report.Plan.Ranked[i]
			if least := min(it.Lo, it.Score); lo == 0 || least < lo {
				lo = least
			}
			hi = max(hi, it.Hi, it.Score)
		}
	}
	return chart.NewLogAxis(lo, hi)
}

// pictures returns the charts of one side: the order and the plan of the roadmap, and those of
// each initiative and feature. They have the axes of both sides.
func (s *site) pictures(other *site, axis chart.Gauge) []*chart.Picture {
	tokens := s.styleTokens()
	var out []*chart.Picture
	add := func(name, title, note string, fill func(*chart.Picture)) {
		p := &chart.Picture{Name: name, Title: title, Note: note, Tokens: tokens}
		if fill(p); !p.IsEmpty() {
			out = append(out, p)
		}
	}
	add("roadmap-order", "The order of the roadmap", "Score and its 90 % range", func(p *chart.Picture) {
		ranked := s.report.Plan.Ranked
		for i := range ranked {
			addScore(p, format.Count(ranked[i].PublishedRank)+". "+ranked[i].Title, &ranked[i], axis)
		}
		if len(ranked) > 0 {
			p.AddRow("", nil, "", 22, chart.AppendLogLabels(nil, &axis))
		}
	})
	add("roadmap-plan", "The plan of the roadmap", "", func(p *chart.Picture) {
		plan, _ := s.newGantt()
		theirs, _ := other.newGantt()
		plan.Besides = theirs.Window()
		s.addPlan(p, plan)
	})
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if !in.Draft && in.Status != fact.WontBuild {
			add("initiative-"+in.ID, in.Title, format.UpperFirst(statusWords(in.Status)), func(p *chart.Picture) {
				s.addInitiative(p, other, in, axis)
			})
		}
	}
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		add("feature-"+r.Feature, s.adviceTitle(r), "", func(p *chart.Picture) { s.addQuestions(p, s.newTree(r)) })
	}
	return out
}

// styleTokens returns the colours and fonts of the site's style sheet.
func (s *site) styleTokens() string {
	data, err := fs.ReadFile(s.Assets, "site.css")
	if err != nil {
		return ""
	}
	_, tokens, _ := strings.Cut(string(data), "*/\n")
	tokens, _, _ = strings.Cut(tokens, "/* base */")
	return tokens
}

// addScore adds the score of an initiative with its range.
func addScore(p *chart.Picture, name string, it *rice.Item, axis chart.Gauge) {
	score := scoreOf(it.Score, it.Lo, it.Hi, &axis)
	words := "score " + score.Value
	if score.Range != "" {
		words += ", likely " + score.Range
	}
	if it.ComputedRank != it.PublishedRank {
		words += ", " + formatOrdinal(it.ComputedRank) + " by score"
	}
	p.AddRow(name, []string{words}, "", 28, append(chart.AppendLogGrid(nil, &axis), score.Bar...))
}

// addPlan adds the rows of a plan over time.
func (s *site) addPlan(p *chart.Picture, g *chart.Gantt) {
	for i := range g.Sections {
		for k := range g.Sections[i].Rows {
			row := &g.Sections[i].Rows[k]
			if i+k == 0 {
				p.AddRow("", nil, "", 22, g.AppendAxis(nil))
			}
			words, class := []string{barWords(row, currentBar(row.Bars), s.report.AsOf)}, ""
			if late := lateBar(row.Bars); late != nil {
				words, class = append(words, late.Late), "worse"
			}
			p.AddRow(row.Title, words, class, 40, g.AppendRow(nil, row))
		}
	}
}

// addInitiative adds the score, the phases and the measured criteria of an initiative.
func (s *site) addInitiative(p *chart.Picture, other *site, in *fact.Initiative, axis chart.Gauge) {
	for i := range s.report.Plan.Ranked {
		if it := &s.report.Plan.Ranked[i]; it.ID == in.ID {
			addScore(p, "Score", it, axis)
		}
	}
	if g := s.phasePlan(in); len(g.Sections[0].Rows[0].Bars) > 0 {
		for i := range other.content.Initiatives {
			if theirs := &other.content.Initiatives[i]; theirs.ID == in.ID {
				g.Besides = other.phasePlan(theirs).Window()
			}
		}
		s.addPlan(p, g)
	}
	for n := range in.Phases {
		ph := &in.Phases[n]
		for k := range ph.Criteria {
			if t := s.criterionOf(in, ph, k); t.Bar != "" {
				p.AddRow(format.Phase(ph.Name)+": "+t.Name, []string{t.State}, "", 24, []byte(t.Bar))
			}
		}
	}
}

// phasePlan returns the plan of one initiative.
func (s *site) phasePlan(in *fact.Initiative) *chart.Gantt {
	row := s.initiativeRow(in)
	row.Title = "Phases"
	return &chart.Gantt{Today: s.report.AsOf, Sections: []chart.GanttSection{{Rows: []chart.GanttRow{row}}}}
}

// addQuestions adds the questions of a decision tree on the way that the recommendation takes, or
// may take, with the figures that answer them.
func (s *site) addQuestions(p *chart.Picture, n *treeNode) {
	switch {
	case n == nil || strings.HasPrefix(n.Class, "un"):
		return
	case n.Number != "":
		p.AddRow(n.Text, []string{joinParts(n.Answer.Word, n.Reason)}, n.Answer.Class, 0, nil)
	case n.Tag != nil:
		p.AddRow("→ "+n.Text, []string{n.Tag.Word}, n.Tag.Class, 0, nil)
	default:
		p.AddRow("→ "+n.Text, nil, "", 0, nil)
	}
	for i := range n.Facts {
		f := &n.Facts[i]
		p.AddRow(cmp.Or(joinParts(f.Name.Title, f.Value), f.Why), []string{f.Note, f.Aim}, "", 44, []byte(f.Bar))
	}
	for _, next := range n.Nodes {
		s.addQuestions(p, next)
	}
}
