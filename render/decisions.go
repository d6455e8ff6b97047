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
	Claim   string // the number of decisions that wait
	Groups  []view.List[featureRow]
	Changed []changeRow
	Events  view.List[event]
	Asked   view.List[askedRow]
	Ask     view.Link
}

// askedRow is a request with its answer.
type askedRow struct {
	view.Link // the request, with the page that describes it
	Answer, State, Class,
	Again, // when it is looked at again
	Asked, Days string
}

// These are the largest numbers of rows in view. The others are behind a disclosure.
const (
	mostWaiting  = 9
	mostEvents   = 12
	mostRequests = 10
)

func (s *site) buildDecisions() ([]Page, error) {
	p, err := s.newPage("decisions", decisionsPath, func() any { return s.decisionsView() })
	return []Page{p, s.feedPage()}, err
}

func (s *site) decisionsView() decisionsView {
	v := decisionsView{
		frame: s.newFrame(decisionsPath, "Decisions", "What is recommended, what people decided and why, and what became "+
			"of requests."),
		Meta: s.metaLine(), Claim: s.decisionsClaim(),
	}
	v.Ask = s.askLink(v.Root)
	v.Events = view.Fold(newestFirst(s.decisionEvents(decisionsPath, "")), mostEvents, "decisions")
	v.Groups = s.decisionGroups(v.Root)
	for i := range s.report.Recommendations {
		if r := &s.report.Recommendations[i]; r.Decision.Stale {
			v.Changed = append(v.Changed, changeRow{
				Link: view.Link{Title: r.Title, Href: v.Root + featurePath(r.Feature)},
				When: string(r.Decision.State) + " on " + format.Date(r.Decision.On), From: r.Decision.Recommended,
				To: adviceHead(r) + ": " + s.adviceShort(r),
			})
		}
	}
	var asked []askedRow
	for i := range s.report.Discovery.Asked {
		asked = append(asked, s.askedRow(v.Root, &s.report.Discovery.Asked[i]))
	}
	v.Asked = view.Fold(asked, mostRequests, "requests")
	return v
}

// waitingGroup is the ID of the group of features that wait for a decision.
const waitingGroup = "now"

// decisionGroups returns the features with a recommendation: those that wait for a decision,
// those whose advice is a question or not beyond doubt, and those that were decided. A question
// is not a recommendation to do something, and a decision does not answer it.
func (s *site) decisionGroups(root string) []view.List[featureRow] {
	var waiting, open, decided []featureRow
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		row := featureRow{
			Link:   view.Link{Title: r.Title, Href: root + featurePath(r.Feature)},
			Note:   strings.Join(s.factsInWords(s.report.Adoption.Find(r.Feature), r), " · "),
			Advice: s.newAdvice(r),
		}
		row.Advice.Class, row.Advice.Head = "unknown", adviceHead(r)
		switch {
		case isDecided(r) && !isQuestion(r.Verdict):
			row.Advice.Class = "ok"
			row.Title, row.Advice.Short = row.Advice.Title, ""
			decided = append(decided, row)
		case r.Strength == decision.Recommended && !isQuestion(r.Verdict):
			row.Advice.Class = ""
			row.Title, row.Advice.Short = row.Advice.Title, ""
			waiting = append(waiting, row)
		default:
			open = append(open, row)
		}
	}
	var out []view.List[featureRow]
	for _, g := range []struct {
		id, title, note string
		rows            []featureRow
	}{
		{waitingGroup, "Waiting for a decision", "A recommendation is not a plan until people decide", waiting},
		{"find-out", "Not beyond doubt yet", "A question is not a recommendation", open},
		{"decided", "Decided", "People decided about what is recommended now", decided},
	} {
		if len(g.rows) == 0 {
			continue
		}
		list := view.Fold(g.rows, mostWaiting, "features")
		list.ID, list.Title, list.Note = g.id, g.title, g.note
		out = append(out, list)
	}
	return out
}

// adviceHead returns the heading of a recommendation. A question has another one than a
// recommendation to do something.
func adviceHead(r *decision.Recommendation) string {
	if r.Strength == decision.Recommended && isQuestion(r.Verdict) {
		return "Find out"
	}
	return strengthWords(r.Strength)
}

// decisionsClaim returns the number of decisions that are waiting.
func (s *site) decisionsClaim() string {
	sure, open := 0, 0
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		if r.Strength != decision.Recommended || isQuestion(r.Verdict) {
			continue
		}
		sure++
		if !isDecided(r) {
			open++
		}
	}
	switch {
	case len(s.report.Recommendations) == 0:
		return "No feature has a recommendation yet"
	case sure == 0:
		return "Nothing is recommended beyond doubt now"
	case open == 0:
		return "Nobody waits: " + format.Things(sure, "recommendations") + " beyond doubt, all decided"
	}
	return format.Count(open) + " of " + format.Things(sure, "recommendations") + " beyond doubt " +
		format.Is(open) + " not decided"
}

// askLink returns the place where developers can ask for something: the address of the
// configuration, else the next office hours. Its title is "" without either.
func (s *site) askLink(root string) view.Link {
	if ask := s.report.Platform.Ask; ask != "" {
		if address, ok := strings.CutPrefix(ask, "mailto:"); ok {
			return view.Link{Title: "Ask the platform team: " + address, Href: ask}
		}
		if at := safeURL(ask); at != "" {
			return view.Link{Title: "Ask for something", Href: at}
		}
	}
	if hours, _ := s.officeHours(root); hours != nil {
		title := "Ask at the next office hours, " + hours.On
		if hours.Text != "" {
			title += ": " + hours.Text
		}
		return view.Link{Title: title, Href: hours.Feature.Href}
	}
	return view.Link{}
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
	switch a.State {
	case discovery.Built:
		row.Class = "ok"
	case discovery.Refused, discovery.NotThisQuarter:
		row.Class = "no"
	case discovery.Open:
		row.State = "no answer yet"
	}
	if !a.Revisit.IsZero() {
		row.Again = "looked at again on " + format.Date(a.Revisit)
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
