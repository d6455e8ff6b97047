package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const decisionsPath = "decisions/index.html"

type decisionsView struct {
	frame
	Meta    string
	Lead    string
	Now     []featureRow
	Changed []changeRow
	Events  []event
	Asked   []askedRow
}

// askedRow is a request with its answer.
type askedRow struct {
	view.Link // the request, with the page that describes it
	Answer, State, Class,
	Asked, Days string
}

func (s *site) buildDecisions() ([]Page, error) {
	p, err := s.newPage("decisions", decisionsPath, func() any { return s.decisionsView() })
	return []Page{p, s.feedPage()}, err
}

func (s *site) decisionsView() decisionsView {
	v := decisionsView{
		frame: s.newFrame(decisionsPath, "Decisions", "What is recommended, what people decided and why, and what became "+
			"of requests."),
		Meta: s.metaLine(), Events: newestFirst(s.decisionEvents(decisionsPath, "")),
	}
	v.Lead = s.decisionsLead()
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		to := view.Link{Title: r.Title, Href: v.Root + featurePath(r.Feature)}
		facts := strings.Join(s.factsInWords(s.report.Adoption.Find(r.Feature), r), " · ")
		v.Now = append(v.Now, featureRow{Link: to, Note: facts, Advice: s.newAdvice(r)})
		if r.Decision.Stale {
			v.Changed = append(v.Changed, changeRow{
				Link: to, When: string(r.Decision.State) + " on " + format.Date(r.Decision.On), From: r.Decision.Recommended,
				To: strengthWords(r.Strength) + ": " + s.adviceShort(r),
			})
		}
	}
	for i := range s.report.Discovery.Asked {
		v.Asked = append(v.Asked, s.askedRow(v.Root, &s.report.Discovery.Asked[i]))
	}
	return v
}

// decisionsLead returns the number of decisions that are waiting.
func (s *site) decisionsLead() string {
	sure, open := 0, 0
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		if r.Strength != decision.Recommended {
			continue
		}
		sure++
		if !isDecided(r) {
			open++
		}
	}
	lead := "Data recommend, people decide. "
	switch {
	case len(s.report.Recommendations) == 0:
		return lead + "No feature has a recommendation yet."
	case sure == 0:
		return lead + "Nothing is recommended beyond doubt now."
	case open == 0:
		return lead + "Nobody waits: " + format.Things(sure, "recommendations") + " beyond doubt, all decided."
	}
	return lead + format.Count(open) + " of " + format.Things(sure, "recommendations") + " beyond doubt " +
		format.Is(open) + " not decided."
}

func (s *site) askedRow(root string, a *discovery.Asked) askedRow {
	row := askedRow{
		Link: view.Link{Title: a.Request}, Answer: a.Answer, State: string(a.State), Class: "unknown",
		Days: "not recorded",
	}
	if row.Title == "" {
		row.Title = a.Title
	}
	for _, from := range []struct {
		folder string
		ids    []string
	}{{"cases", a.Cases}, {"roadmap", a.Initiatives}, {"research", a.Research}} {
		for _, l := range s.namedLinks(root, from.folder, from.ids) {
			if row.Href == "" {
				row.Href = l.Href
			}
		}
	}
	if a.Instead != "" && a.Instead != a.Answer {
		row.Answer = strings.TrimSuffix(a.Answer, ".") + "; instead: " + a.Instead
	}
	if !a.Revisit.IsZero() {
		row.State += ", looked at again on " + format.Date(a.Revisit)
	}
	switch a.State {
	case discovery.Built:
		row.Class = "better"
	case discovery.Open:
		row.State = "no answer yet"
	}
	if !a.Asked.IsZero() {
		row.Asked = format.Date(a.Asked)
	}
	if a.Days != nil {
		row.Days = format.Things(*a.Days, "days")
	}
	return row
}

// changeRow compares two states of a thing: a recommendation when people decided about it and
// now, a definition, a published value and the same value by today's facts, or a figure of a
// source and ours.
type changeRow struct {
	view.Link
	When, N  string
	From, To string
	ToN      string // the count behind To, where N is the count behind From
	Since    string // the date of the first run that gave To
}
