package render

import (
	"html/template"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const featuresPath = "features/index.html"

type featuresView struct {
	frame
	Meta     string
	InUse    string
	Features []featureRow
	Launches []featureRow
	Hints    []view.Figure
	Gaps     []string
}

// featureRow is a feature in the list of features.
type featureRow struct {
	view.Link
	Note  string // "default", "draft", "not shipped yet"
	Owner string
	// Predicted is the predicted adoption of a launch.
	Predicted string
	Bar       template.HTML
	Facts     []view.Figure
	Advice    *adviceView
}

func (s *site) buildFeatures() ([]Page, error) {
	p, err := s.newPage("features", featuresPath, func() any { return s.featuresView() })
	if err != nil {
		return nil, err
	}
	pages, err := s.buildFeaturePages()
	return append([]Page{p}, pages...), err
}

func (s *site) featuresView() featuresView {
	v := featuresView{
		frame: s.newFrame(featuresPath, "Features", "Who uses what, what it did, and what to do about it."),
		Meta:  s.metaLine(), InUse: s.inUse(), Gaps: s.gapLines(),
	}
	for i := range s.content.Features {
		f := &s.content.Features[i]
		v.Features = append(v.Features, s.featureRow(v.Root, f))
		if a := s.report.Adoption.Find(f.ID); a != nil && len(a.Launch) > 0 && s.isWatched(f, a) {
			v.Launches = append(v.Launches, s.launchRow(v.Root, a))
		}
	}
	v.Hints = s.unusedFeatures(v.Root)
	return v
}

// launchWatch is the time after general availability that a launch stays on the page, if it has
// no prediction.
const launchWatch = 26 * 7 * 24 * time.Hour

func (s *site) isWatched(f *fact.Feature, a *adoption.Feature) bool {
	return f.Retired.IsZero() && (f.Adoption.Predicted != nil || s.report.AsOf.Sub(a.Shipped) < launchWatch)
}

// inUse returns the share of shipped features that have users.
func (s *site) inUse() string {
	a := &s.report.Adoption
	if a.Shipped == 0 {
		return "No feature is shipped yet."
	}
	verb := "are"
	if a.Used == 1 {
		verb = "is"
	}
	return format.Count(a.Used) + " of the " + format.Things(a.Shipped, "features") + " shipped by " +
		format.Date(s.report.CutOff.Add(-time.Nanosecond)) + " and not retired " + verb + " in use: at least " +
		format.Share(adoption.MinShareInUse) + " of those who could use them did so in the last four weeks."
}

func (s *site) featureRow(root string, f *fact.Feature) featureRow {
	a, r := s.report.Adoption.Find(f.ID), s.findRecommendation(f.ID)
	row := featureRow{
		Link: view.Link{Title: f.Title, Href: root + featurePath(f.ID)}, Owner: f.Owner,
		Note: s.featureNote(f, a),
	}
	if f.Draft {
		return row
	}
	row.Facts = s.factFigures(a, r)
	if a != nil && a.Known && a.Eligible > 0 {
		mark := 0.0
		if r != nil && a.Given == "" {
			mark = r.Operative.AdoptionHigh
		}
		row.Bar = view.DrawShare(a.ActiveShare(), mark)
	}
	if r != nil {
		row.Advice = s.newAdvice(r)
	}
	return row
}

func (s *site) featureNote(f *fact.Feature, a *adoption.Feature) string {
	var notes []string
	switch {
	case f.Draft:
		notes = append(notes, "draft: not counted")
	case !f.Retired.IsZero() && !f.Retired.After(s.report.AsOf):
		notes = append(notes, "switched off "+format.Date(f.Retired))
	case a != nil && a.Shipped.IsZero():
		notes = append(notes, "not generally available yet")
	}
	if a != nil && a.Given != "" {
		notes = append(notes, a.Given)
	}
	return strings.Join(notes, ", ")
}

// launchRow returns a feature's adoption in the weeks after general availability.
func (s *site) launchRow(root string, a *adoption.Feature) featureRow {
	row := featureRow{
		Link: view.Link{Title: a.Title, Href: root + featurePath(a.ID)}, Note: format.Date(a.Shipped),
		Predicted: "nothing", Facts: s.launchFigures(a),
	}
	if p := a.Launch[0].Predicted; p != nil {
		row.Predicted = format.Share(*p)
	}
	return row
}

// launchFigures returns the adoption 4, 8 and 12 weeks after general availability with the
// prediction.
func (s *site) launchFigures(a *adoption.Feature) []view.Figure {
	var out []view.Figure
	for i := range a.Launch {
		c := &a.Launch[i]
		v := view.Figure{Name: view.Link{Title: format.Things(c.Weeks, "weeks")}, Mark: view.Mark{Class: "unknown"}}
		if c.Share != nil {
			v.Value = format.Share(*c.Share)
		}
		switch {
		case c.Share == nil:
			v.Value, v.Mark.Word = "due", format.Date(a.Shipped.AddDate(0, 0, 7*c.Weeks))
		case c.Predicted == nil:
		case *c.Share >= *c.Predicted:
			v.Mark = view.Mark{Word: "as predicted", Class: "better"}
		default:
			v.Mark = view.Mark{Word: "below", Class: "worse"}
		}
		out = append(out, v)
	}
	return out
}
