package render

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const featuresPath = "features/index.html"

type featuresView struct {
	frame
	Meta     string
	Heading  string
	InUse    string
	Groups   []view.List[featureRow] // by what they wait for
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
	Facts     []view.Figure
	Basis     string // ranges and numbers of the facts
	Advice    *adviceView
	Tag       view.Mark
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
		Meta:  s.metaLine(), Heading: "Features", InUse: s.inUse(), Gaps: s.gapLines(),
	}
	if a := &s.report.Adoption; a.Shipped > 0 {
		v.Heading = format.Count(a.Used) + " of " + format.Things(a.Shipped, "shipped features") + " " +
			format.Is(a.Used) + " in use"
	}
	groups := featureGroups()
	for i := range s.content.Features {
		f := &s.content.Features[i]
		g := &groups[groupOf(f, s.findRecommendation(f.ID))]
		g.Rows = append(g.Rows, s.featureRow(v.Root, f))
		if a := s.report.Adoption.Find(f.ID); a != nil && len(a.Launch) > 0 && s.isWatched(f, a) {
			v.Launches = append(v.Launches, s.launchRow(v.Root, a))
		}
	}
	for i := range groups {
		if len(groups[i].Rows) > 0 {
			v.Groups = append(v.Groups, groups[i])
		}
	}
	v.Hints = s.unusedFeatures(v.Root)
	return v
}

// The groups of the list of features.
const (
	toDecide = iota
	toFindOut
	decidedGroup
	notJudged
)

// featureGroups returns the groups of the list of features, without features.
func featureGroups() []view.List[featureRow] {
	return []view.List[featureRow]{
		toDecide:     {ID: "waiting", Title: "Waits for a decision", Note: "People decide; this is advice"},
		toFindOut:    {ID: "open", Title: "To find out first", Note: "The facts do not settle it yet"},
		decidedGroup: {ID: "decided", Title: "Decided"},
		notJudged:    {ID: "unjudged", Title: "Not judged"},
	}
}

// groupOf returns the group of a feature. r may be nil.
func groupOf(f *fact.Feature, r *decision.Recommendation) int {
	switch {
	case f.Draft || r == nil:
		return notJudged
	case isDecided(r) && !r.Decision.Expired:
		return decidedGroup
	case isQuestion(r.Verdict):
		return toFindOut
	}
	return toDecide
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
	var basis []string
	for i := range row.Facts {
		if text := joinParts(row.Facts[i].Range, row.Facts[i].N); text != "" {
			basis = append(basis, text)
		}
	}
	row.Basis = strings.Join(basis, " · ")
	if r != nil {
		row.Advice, row.Tag = s.newAdvice(r), adviceTag(r)
	}
	return row
}

// adviceTag returns the tag of a recommendation.
func adviceTag(r *decision.Recommendation) view.Mark {
	switch {
	case isDecided(r) && !r.Decision.Expired && r.Decision.State == decision.Accepted:
		return view.Mark{Icon: view.Good, Word: "Decided", Class: "ok"}
	case isDecided(r) && !r.Decision.Expired:
		return view.Mark{Word: format.UpperFirst(string(r.Decision.State)), Class: "no"}
	case r.Strength != decision.Recommended:
		return view.Mark{Word: strengthWords(r.Strength), Class: "unknown"}
	case isQuestion(r.Verdict):
		return view.Mark{Word: "Find out", Class: "unknown"}
	}
	return view.Mark{Word: "Recommended"}
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
