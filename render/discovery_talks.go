package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// addDebt adds the gaps of the research: teams without a talk, initiatives without a request,
// and jobs and pains without work.
func (s *site) addDebt(v *discoveryView) {
	d := &s.report.Discovery.Debt
	if n := d.CountUnspoken(); n > 0 {
		v.Unspoken = format.Count(n) + " of " + format.Things(d.Teams, "teams")
	}
	var unrequested []view.Link
	for _, i := range d.NotAsked {
		unrequested = append(unrequested, s.linkTo(v.Root, "roadmap", i.ID, i.Title))
	}
	v.Unrequested = view.Fold(unrequested, mostDebts, "initiatives")
	var rows []painRow
	for _, p := range d.NotWorked {
		row := painRow{Figure: view.Figure{
			Name: view.Link{Title: p.Title, Href: "#" + researchAnchor(p.ID)}, Note: strings.ReplaceAll(p.Kind, "-", " "),
		}}
		if p.Kind == discovery.PainTheme {
			row.Name = view.Link{Title: "“" + p.Title + "”", Href: "#tickets"}
			row.Note = format.Things(p.Tickets, "tickets")
		}
		rows = append(rows, row)
	}
	v.NotWorked = view.Fold(rows, mostDebts, "pains")
}

// journeyView is the time of an initiative from request to production.
type journeyView struct {
	Name              view.Link
	Status            string
	Requested         string
	ToPrototype, ToGA string
	Ticks             []view.Tick
}

func (s *site) journeyViews(root string) []journeyView {
	var out []journeyView
	for i := range s.report.Discovery.Journeys {
		j := &s.report.Discovery.Journeys[i]
		if j.Status == fact.WontBuild || (j.Requested.IsZero() && j.GA.IsZero() && j.Prototype.IsZero()) {
			continue
		}
		v := journeyView{
			Name: s.linkTo(root, "roadmap", j.ID, j.Title), Status: statusWords(j.Status), Requested: "not recorded",
			ToPrototype: daysOr(j.ToPrototype, "not yet"), ToGA: daysOr(j.ToGA, "not yet"),
			Ticks: []view.Tick{
				{Name: "discovered", Done: j.Ticks.Discovered},
				{Name: "validated", Done: j.Ticks.Validated},
				{Name: "measured", Done: j.Ticks.Measured},
				{Name: "iterated", Done: j.Ticks.Iterated},
			},
		}
		if !j.Requested.IsZero() {
			v.Requested = format.Date(j.Requested)
		}
		if j.ToPrototype == nil && !j.Prototype.IsZero() {
			v.ToPrototype = "began " + format.Date(j.Prototype)
		}
		if j.ToGA == nil && !j.GA.IsZero() {
			v.ToGA = "since " + format.Date(j.GA)
		}
		out = append(out, v)
	}
	return out
}

func daysOr(n *int, otherwise string) string {
	if n == nil {
		return otherwise
	}
	return format.Things(*n, "days")
}

// methodsInWords are the concept's methods of discovery.
var methodsInWords = map[string]string{
	"interviews": "no interview yet: ip3dp new interview NAME",
	"shadowing":  "nobody was watched at work yet: ip3dp new shadowing NAME",
	"surveys":    "no survey was sent yet: ip3dp new survey NAME",
	"analytics":  "the use of features is unknown: give features/NAME.md an [adoption] source",
	"tickets":    "no tickets were collected yet: connect a ticket export in config.toml",
}

// toldByDelivery are the dimensions that deployments measure. They need no survey.
var toldByDelivery = map[string]bool{"performance": true, "activity": true}

// triedWords returns the number of uses of each method of discovery.
func (s *site) triedWords() []string {
	words := map[string]string{
		"interviews": "interviews", "surveys": "surveys", "analytics": "features with known use", "tickets": "tickets in four weeks",
	}
	var out []string
	for _, m := range s.report.Discovery.Questions.Methods {
		switch plural := words[m.Name]; {
		case m.N == 0:
		case m.Name == "shadowing":
			out = append(out, format.Count(m.N)+" × shadowing")
		case m.Name == "analytics" && m.N == 1:
			out = append(out, "1 feature with known use")
		case m.Name == "tickets":
			out = append(out, format.Things(m.N, "tickets")+" in four weeks")
		default:
			out = append(out, format.Things(m.N, plural))
		}
	}
	return out
}

// listUnasked lists open questions by kind.
func (s *site) listUnasked() []view.List[string] {
	q := &s.report.Discovery.Questions
	var out []view.List[string]
	add := func(what string, list []string) {
		if len(list) > 0 {
			out = append(out, view.List[string]{Title: what, Rows: list})
		}
	}
	var list []string
	for _, m := range q.Methods {
		if words, ok := methodsInWords[m.Name]; ok && m.N == 0 {
			list = append(list, words)
		}
	}
	add("Ways of finding out that were not tried", list)
	list = nil
	for _, d := range q.Dimensions {
		if d.Items == 0 && d.Measures == 0 && !toldByDelivery[d.Name] {
			list = append(list, format.UpperFirst(d.Name))
		}
	}
	add("Dimensions of developer experience without data", list)
	list = nil
	for _, f := range q.Features {
		list = append(list, f.Title)
	}
	add("Features in use whose users were never asked whether they are satisfied", list)
	list = nil
	for _, o := range q.Open {
		list = append(list, o.Question+" ("+o.Title+")")
	}
	add("Questions without an answer", list)
	list = nil
	for _, d := range q.Items {
		if d.Wave == "" {
			list = append(list, d.Question)
		}
	}
	add("Survey questions that are written but were never sent", list)
	list = nil
	for _, d := range q.Items {
		if d.Wave != "" {
			list = append(list, d.Question+" (last in "+d.Wave+")")
		}
	}
	add("Survey questions that the latest wave no longer asks", list)
	return out
}

// mostQuotes is the largest number of quotes at the top. The talks below have all quotes.
const mostQuotes = 6

// listQuotes returns the first quotes of the talks, without names.
func (s *site) listQuotes() []view.Entry {
	var out []view.Entry
	for i := range s.report.Discovery.Talks {
		t := &s.report.Discovery.Talks[i]
		for _, text := range t.Quotes {
			if len(out) < mostQuotes {
				out = append(out, view.Entry{Note: text, Name: view.Link{Title: t.Title, Href: "#" + researchAnchor(t.ID)}})
			}
		}
	}
	return out
}

func (s *site) talkViews(root string) []researchView {
	var out []researchView
	for i := range s.report.Discovery.Talks {
		t := &s.report.Discovery.Talks[i]
		v := researchView{
			ID: researchAnchor(t.ID), Title: t.Title, Kind: strings.ReplaceAll(t.Kind, "-", " "),
			When: whenAndWho(t.Date.IsZero(), format.Date(t.Date), t.Teams), Problem: t.Problem, Questions: t.Questions,
			Text: s.researchProse(t.ID), Leads: s.leadLinks(&t.Links, root),
		}
		if t.Minutes > 0 {
			v.When += " · " + format.Duration(t.Minutes*60)
		}
		for _, l := range []view.List[string]{
			{Title: "Seen", Rows: t.Observations},
			{Title: "Said", Rows: quoteAll(t.Quotes)},
			{Title: "Asked", Rows: t.Topics},
			{Title: "Worked", Rows: nonEmpty(t.Worked)},
			{Title: "Did not", Rows: nonEmpty(t.DidNot)},
			{Title: "We change", Rows: nonEmpty(t.Change)},
		} {
			if len(l.Rows) > 0 {
				v.Lists = append(v.Lists, l)
			}
		}
		out = append(out, v)
	}
	return out
}

func quoteAll(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, "“"+s+"”")
	}
	return out
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// researchFindings returns the search entries of all research.
func (s *site) researchFindings() []finding {
	at := s.pageLink("", discoveryPath)
	if at == "" {
		return nil
	}
	var out []finding
	for i := range s.content.Research {
		if r := &s.content.Research[i]; !r.Draft && (!s.isPublic() || r.Finding != "" || r.Job != "") {
			out = append(out, finding{
				Title: r.Title, Path: at + "#" + researchAnchor(r.ID),
				Text: strings.TrimSpace(r.Request + " " + r.Job),
			})
		}
	}
	return out
}
