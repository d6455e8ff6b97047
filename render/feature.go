package render

import (
	"cmp"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

type featureView struct {
	frame
	Heading string
	Claim   claimView // after the name
	Meta    string
	Draft   bool
	Advice  *adviceView
	Stand   string // the strength of the recommendation, or "Decided"
	Waits   string // "not decided"; "" if people decided
	Decided string // by whom and when, or the earlier decision
	Owner   string
	Leave   string // who still has to move, after an accepted deprecation
	Record  *view.Entry
	Tree    *treeNode
	Open    string // the ends that are still possible; "" if there is only one
	Flips   []view.Labelled
	WhatIf  *whatIf
	Leaving *view.Chart // nil without an accepted deprecation
	Settles []view.Tick
	Use     useView
	Effect  effectView
	Counted []view.Tile
	Said    saidView
	Tickets []painRow
	Origin  []view.List[view.Entry] // from a job to be done to the measured results
	Events  []event
	About   view.Prose
	Card    []view.Labelled // a short description
	Links   []view.Link
}

// claimView is a measured claim in a heading: the words before it, the claim and the words after
// it.
type claimView struct{ Before, Text, After, Class string }

// adviceView is a recommendation in words, with the decision about it.
type adviceView struct {
	Title    string // a whole sentence
	Short    string // for places that show the feature's name
	Head     string // the strength
	Class    string // of the badge
	Note     string // the basis of the strength
	Next     string // the next day on which it may change
	Gates    []string
	Decision string // "not decided", "accepted by the product manager on 5 Nov 2024"
	Decided  bool   // the decision is about this recommendation, not about an earlier one
	Reason   string // of the decision
	Deadline string
	Expired  bool
}

func featurePath(id string) string { return "features/" + id + "/index.html" }

func (s *site) buildFeaturePages() ([]Page, error) {
	var pages []Page
	for i := range s.content.Features {
		f := &s.content.Features[i]
		at := featurePath(f.ID)
		p, err := s.newPage("feature", at, func() any { return s.featureView(at, f) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		if c := s.shownEffect(f.ID); c != nil {
			pages = append(pages, chartFile(effectPath(f.ID), c))
		}
		if l := s.findLeaving(f.ID); l != nil && len(l.Points) > 0 {
			pages = append(pages, chartFile(leavingPath(f.ID), leavingChart(l)))
		}
		if series := s.adoptionSeries(f.ID); series != nil {
			if o, a := s.findOutlook(f.ID), s.report.Adoption.Find(f.ID); o != nil && a != nil {
				if line := s.fanChart(o, a); line != nil {
					pages = append(pages, chartFile(outlookPath(f.ID), line))
				}
			}
			pages = append(pages, Page{Path: seriesPath(series), Write: func(w io.Writer) error {
				return chart.WriteCSV(w, chart.NewLine("", series).Records())
			}})
		}
	}
	return pages, nil
}

func (s *site) featureView(at string, f *fact.Feature) featureView {
	a, r := s.report.Adoption.Find(f.ID), s.findRecommendation(f.ID)
	v := featureView{
		Heading: f.Title, Draft: f.Draft, Owner: f.Owner,
		Said: s.saidView(f.ID, r), Tickets: s.themesOf(f.ID), Events: s.featureEvents(at, f.ID),
		About: s.renderProse(at, &f.Item, 3), Card: s.featureCard(f, a), Links: furtherLinks(f.Links),
	}
	v.Meta = s.metaLine() + " · " + availableWords(a, s.report.AsOf)
	description := f.Title + ": who uses it, its effect on delivery, the answers of its users, and the next step."
	if r != nil {
		v.Claim = s.featureClaim(a, r)
		v.Advice, v.Record, v.Tree = s.newAdvice(r), s.newRecord(r), s.newTree(r)
		v.Stand, v.Decided = v.Advice.Head, v.Advice.Decision
		if rest, open := strings.CutPrefix(v.Decided, string(decision.NotDecided)); open {
			v.Waits, v.Decided = string(decision.NotDecided), rest
		}
		if isDecided(r) && r.Decision.State == decision.Accepted {
			v.Stand, v.Leave = "Decided", leaveWords(a, r)
		}
		switch {
		case r.Contradiction:
			v.Open = "No end fits: the figures contradict each other."
		case len(r.Possible) > 1:
			v.Open = "Still possible: " + s.treeWords(r).Possible(r.Possible) + "."
		}
		v.Flips, v.Settles = s.listFlips(r), s.listSettles(r)
		description = v.Advice.Head + ": " + v.Advice.Short + " (" + v.Advice.Decision + ")."
	}
	v.frame = s.newFrame(at, f.Title, description, view.Link{Title: "Features", Href: featuresPath})
	v.Leaving = s.leavingView(v.Root, f)
	v.Use, v.Effect = s.useView(v.Root, f, a, r), s.effectView(v.Root, f.ID, r)
	if r != nil {
		v.WhatIf = s.newWhatIf(v.Root, r)
	}
	v.Counted = s.ownMeasures(v.Root, f)
	v.Origin = s.originStages(v.Root, f, a)
	return v
}

// availableWords returns the day of general availability: "generally available since 22 Apr
// 2024".
func availableWords(a *adoption.Feature, now time.Time) string {
	switch {
	case a != nil && !a.Shipped.IsZero() && a.Shipped.After(now):
		return "general availability planned for " + format.Date(a.Shipped)
	case a != nil && !a.Shipped.IsZero():
		return "generally available since " + format.Date(a.Shipped)
	case a != nil && a.ByUse:
		return "a tenth of those who could used it by " + format.Date(a.Available)
	}
	return "not generally available yet"
}

// featureClaim returns the words after a feature's name: its effect if the verdict is improved or
// worse, else its use and the satisfaction of its users.
func (s *site) featureClaim(a *adoption.Feature, r *decision.Recommendation) claimView {
	f, v := r.Fact(decision.Improved), claimView{Class: "better"}
	if worse := r.Fact(decision.Worse); worse != nil && worse.Truth == decision.True {
		f, v.Class = worse, "worse"
	}
	if f == nil || f.Truth != decision.True || f.Value == nil {
		return useClaim(a, r)
	}
	lower, higher, name := "lower", "higher", format.LowerFirst(s.outcomeTitle(f.Outcome))
	if f.OnDelivery() && cmp.Or(f.Outcome, dora.LeadTime) == dora.LeadTime {
		lower, higher, name = "shorter", "longer", "lead time"
	}
	v.Before, v.After = ": "+name+" ", " for its teams"
	v.Text = format.Share(math.Abs(*f.Value)) + " " + lower
	if *f.Value > 0 {
		v.Text = format.Share(math.Abs(*f.Value)) + " " + higher
	}
	return v
}

// useClaim returns the use of a feature and the answers of its users, as words after its name.
func useClaim(a *adoption.Feature, r *decision.Recommendation) claimView {
	var v claimView
	if a != nil && a.Known && a.Eligible > 0 {
		v.Before = ": " + view.OfUnits(a.Active, a.Eligible, a.Unit) + " use it"
		if a.Given != "" {
			v.Before += " (" + a.Given + ")"
		}
	}
	f := r.Fact(decision.Satisfied)
	if f == nil || f.Value == nil {
		return v
	}
	answers := format.Share(*f.Value) + " of answers are positive"
	v.Before += map[bool]string{true: ": ", false: ", "}[v.Before == ""]
	switch f.Truth {
	case decision.False:
		v.Text, v.Class = answers, "worse"
	case decision.Unknown:
		v.Before += answers + ", "
		v.Text, v.Class = "not sure yet", "unknown"
	default:
		v.Before += answers
	}
	return v
}

// leaveWords returns the units that still have to move after an accepted deprecation: "7 teams to
// move by 30 Jun 2025"; "" without one.
func leaveWords(a *adoption.Feature, r *decision.Recommendation) string {
	d := &r.Decision
	if r.Announced != decision.Deprecate.Leaf() || a == nil || !a.Known || a.Active == 0 {
		return ""
	}
	text := format.Things(a.Active, view.UnitPlural(a.Unit)) + " to move"
	if !d.Deadline.IsZero() {
		text += " by " + format.Date(d.Deadline)
	}
	return text
}

func (s *site) featureOf(id string) *fact.Feature {
	for i := range s.content.Features {
		if s.content.Features[i].ID == id {
			return &s.content.Features[i]
		}
	}
	return nil
}

func (s *site) findRecommendation(id string) *decision.Recommendation {
	for i := range s.report.Recommendations {
		if s.report.Recommendations[i].Feature == id {
			return &s.report.Recommendations[i]
		}
	}
	return nil
}

func (s *site) newAdvice(r *decision.Recommendation) *adviceView {
	d := &r.Decision
	v := adviceView{
		Title: s.adviceTitle(r), Short: s.adviceShort(r), Head: strengthWords(r.Strength),
		Decision: decidedWords(r), Decided: isDecided(r), Reason: d.Reason, Expired: d.Expired,
	}
	v.Class = "provisional"
	if r.Strength == decision.Recommended {
		v.Class = "on"
	}
	v.Next, v.Gates = format.UpperFirst(nextWords(r))+".", s.gateSentences(r)
	if r.Verdict == decision.Investigate && r.Strength == decision.Recommended {
		v.Head, v.Class, v.Short = "Find out", "provisional", s.treeWords(r).FindOut(r) // a question is not recommended
	}
	switch {
	case r.Strength == decision.TooEarly:
		v.Note, v.Next = "Too few facts for any verdict yet.", "" // the title contains it
	case r.HoldsWhatever:
		v.Note = "Holds whatever " + s.treeWords(r).Unknown(r.Missing) + " turns out to be."
	case r.Strength == decision.Leaning:
		v.Note = "The evidence is thin. Not beyond doubt: " + s.treeWords(r).Unknown(r.Missing) + "."
	case len(r.Missing) > 0:
		v.Note = "Not beyond doubt: " + s.treeWords(r).Unknown(r.Missing) + "."
	}
	if next := earliestAnswer(r); next != "" && r.Strength != decision.TooEarly {
		v.Note += " " + format.UpperFirst(next) + "."
	}
	if !d.Deadline.IsZero() {
		v.Deadline = format.Date(d.Deadline)
	}
	return &v
}

// newRecord returns the file of a decision: its path, its text and the command that writes it.
// It returns nil if people have decided.
func (s *site) newRecord(r *decision.Recommendation) *view.Entry {
	if isDecided(r) && !r.Decision.Expired {
		return nil
	}
	on := format.ISO(s.report.AsOf)
	id := on + "-" + r.Feature
	return &view.Entry{
		File: "decisions/" + id + ".md", Name: view.Link{Title: "ip3dp new decision " + id},
		Note: "+++\nfeature = \"" + r.Feature + "\"\nrecommended = \"" + r.Verdict.Leaf() +
			"\"\ndecision = \"accept\"   # accept | reject | postpone\nby = \"product manager\"   # a role, never a " +
			"name\non = " + on +
			"\nreason = \"why, in one sentence\"\n+++\n",
	}
}

// measureWeeks is the number of weeks of each measure on a feature's page. It keeps a page with
// several measures small.
const measureWeeks = 52

// ownMeasures returns the measures that a feature declares and that have values.
func (s *site) ownMeasures(root string, f *fact.Feature) []view.Tile {
	sec := s.report.Section("measures")
	var out []view.Tile
	for _, id := range f.Measures {
		m := sec.Find(measures.MetricID(id), organisation)
		series := sec.FindSeries(measures.MetricID(id), organisation)
		if m == nil || series == nil || !view.HasValue(series) {
			continue
		}
		year := *series
		year.Points = year.Points[max(0, len(year.Points)-measureWeeks):]
		t := s.newTile(m, root)
		title, measure := s.seriesTitle(m, &year)
		t.Spark, t.Chart = "", view.DrawTrend(m, &year, s.phaseMarks(f.ID, &year), chart.FigureOptions{
			Level: 3, Heading: title, Note: measure, Count: t.N, Method: t.How,
		})
		out = append(out, t)
	}
	return out
}

// featureCard returns a short description of the feature.
func (s *site) featureCard(f *fact.Feature, a *adoption.Feature) []view.Labelled {
	var out []view.Labelled
	add := func(label, value string) {
		if value != "" {
			out = append(out, view.Labelled{Label: label, Value: value})
		}
	}
	add("Owner", f.Owner)
	switch {
	case a != nil && !a.Shipped.IsZero() && a.Shipped.After(s.report.AsOf):
		add("Generally available", "planned for "+format.Date(a.Shipped))
	case a != nil && !a.Shipped.IsZero():
		add("Generally available", "since "+format.Date(a.Shipped))
	case a != nil && a.ByUse:
		add("Generally available", "not given; a tenth of those who could used it by "+format.Date(a.Available))
	default:
		add("Generally available", "not yet")
	}
	if a != nil && a.Given != "" {
		add("Its use is", a.Given+", so it is not evidence that it is liked")
	}
	if f.Successor != "" {
		add("Successor", cmp.Or(s.titles["features/"+f.Successor], f.Successor))
	}
	if !f.Retired.IsZero() {
		add("Switched off", format.Date(f.Retired))
	}
	add("Judged differently, because", f.Decision.Because)
	return out
}
