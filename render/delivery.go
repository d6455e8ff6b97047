package render

import (
	"html/template"
	"io"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const deliveryPath = "delivery/index.html"

// seriesIDs are the weekly series of a scope, in the order of the page.
var seriesIDs = headlineIDs

// besidesIDs are the metrics below the headline numbers.
var besidesIDs = []string{dora.RecoveryTime, dora.Rework, dora.JobFailureRate, dora.Automated, dora.WaitingChanges}

// scopeView is the delivery of the organisation or of a team.
type scopeView struct {
	frame
	Heading  string
	Lead     string
	Meta     string
	Headline []view.Tile
	Phases   []view.Figure
	Besides  []view.Tile
	Figures  []template.HTML
	Teams    []teamRow // the organisation's page only
	Columns  []string  // the titles of a team's numbers
	Services []string  // a team's page only
	Evidence string
	Gaps     []string
	Hidden   string
	Declared string // as in teamRow
}

// teamRow is a team in the list of teams, which is sorted by name.
type teamRow struct {
	Title, Group, Href string
	Cells              []view.Figure
	Hidden             string // the reason for hiding its numbers, with the counts that are shown
	Declared           string // the declared number of people; "" if they were counted
}

func (s *site) buildDelivery() ([]Page, error) {
	p, err := s.newPage("delivery", deliveryPath, func() any {
		v := s.scopeView(deliveryPath, organisation)
		v.frame = s.newFrame(deliveryPath, "Delivery", "The four DORA metrics, their parts and the evidence behind them.")
		v.Heading = "Delivery"
		v.Lead = "How often changes reach production, how long they take, how often they fail, and how soon service is back."
		v.Teams = s.teamRows(v.Root)
		for i := range v.Headline {
			v.Columns = append(v.Columns, v.Headline[i].Title)
		}
		return v
	})
	return append([]Page{p}, s.seriesFiles(organisation)...), err
}

func (s *site) buildTeams() ([]Page, error) {
	var pages []Page
	for i := range s.report.Teams {
		t := &s.report.Teams[i]
		at := "teams/" + t.ID + "/index.html"
		p, err := s.newPage("team", at, func() any { return s.teamView(at, t) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		if t.Shown {
			pages = append(pages, s.seriesFiles(metric.Scope{Kind: metric.Team, ID: t.ID})...)
		}
	}
	return pages, nil
}

func (s *site) teamView(at string, t *compute.TeamInfo) scopeView {
	v := s.scopeView(at, metric.Scope{Kind: metric.Team, ID: t.ID})
	v.frame = s.newFrame(at, t.Title, "Delivery of "+t.Title+" against its own history.",
		view.Link{Title: "Delivery", Href: deliveryPath})
	v.Heading, v.Services = t.Title, t.Services
	v.Lead = "This team against its own history. Teams are not ranked: they build different things."
	v.Declared = declaredWords(t)
	if !t.Shown {
		scope := metric.Scope{Kind: metric.Team, ID: t.ID}
		v.Hidden = s.hiddenWords(scope)
		v.Figures, v.Evidence = nil, ""
	}
	return v
}

// hiddenWords returns the reason for hiding a team's numbers and the condition for showing
// them, with the counts and dates of its deployments.
func (s *site) hiddenWords(scope metric.Scope) string {
	text := "Its numbers would be a person's."
	if m := s.report.Section("dora").Find(dora.Frequency, scope); m != nil && m.Why != "" {
		text = format.UpperFirst(m.Why) + "."
		if m.Next != "" {
			text += " Next: " + m.Next + "."
		}
	}
	if facts := ShippedWords(s.report.ShippedBy(scope)); facts != "" {
		text = format.UpperFirst(facts) + ". Its rates and times are not shown. " + text
	}
	return text
}

// scopeView returns the common parts of the organisation's page and a team's page.
func (s *site) scopeView(at string, scope metric.Scope) scopeView {
	f := s.newFrame(at, "", "")
	sec := s.report.Section("dora")
	v := scopeView{
		Meta: s.metaLine(), Gaps: s.gapLines(),
		Headline: s.newTiles(sec, scope, f.Root, headlineIDs...),
		Besides:  s.newTiles(sec, scope, f.Root, besidesIDs...),
		Evidence: f.Root + evidencePath(scope),
	}
	for _, phase := range []string{"coding", "pickup", "review", "deploy"} {
		if m := sec.Find(dora.PhaseID(phase), scope); m != nil {
			v.Phases = append(v.Phases, phaseOf(m, f.Root))
		}
	}
	for _, id := range seriesIDs {
		series := sec.FindSeries(id, scope)
		if series != nil && view.HasValue(series) {
			v.Figures = append(v.Figures, view.DrawSeries(view.Recent(series), f.Root+seriesPath(series),
				"per week; shaded: the likely range, of weeks with six events or more"))
		}
	}
	return v
}

func phaseOf(m *metric.Metric, root string) view.Figure {
	r := view.Figure{
		ID: view.Anchor(m.ID), Name: view.Link{Title: m.Title, Href: root + Methods + "#" + view.Anchor(m.ID)},
		Value: format.Maybe(m.Value, m.Unit), Range: format.Interval(m.Lo, m.Hi, m.Unit), N: format.Counts(m.N),
	}
	if m.Why != "" {
		r.Why = view.Reason(m.Why, m.Next)
	}
	if m.Was != nil {
		r.Was = format.Maybe(m.Was.Value, m.Unit)
	}
	return r
}

func (s *site) teamRows(root string) []teamRow {
	sec := s.report.Section("dora")
	var rows []teamRow
	var column metric.Display // the same as the organisation's number
	if m := sec.Find(dora.Frequency, organisation); m != nil {
		column = m.Display
	}
	for i := range s.report.Teams {
		t := &s.report.Teams[i]
		row := teamRow{Title: t.Title, Group: t.Group, Href: root + "teams/" + t.ID + "/index.html"}
		row.Declared = declaredWords(t)
		if !t.Shown {
			row.Hidden = s.hiddenWords(metric.Scope{Kind: metric.Team, ID: t.ID})
		}
		for _, id := range headlineIDs {
			cell := view.Figure{Value: "n/a"}
			switch m := sec.Find(id, metric.Scope{Kind: metric.Team, ID: t.ID}); {
			case m != nil && m.Value != nil:
				cell.Value = format.Value(*m.Value, column.Shown(m.Unit))
			case m != nil && m.Why != "":
				cell.Why = view.Reason(m.Why, m.Next)
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// declaredWords explains that a team is shown because of its declared number of people; it
// returns "" where authors were counted.
func declaredWords(t *compute.TeamInfo) string {
	if t.Declared == 0 || !t.Shown {
		return ""
	}
	return format.Things(t.Declared, "people") + " as declared: no source names an author"
}

// seriesPath returns the path of the CSV file of a series.
func seriesPath(s *metric.Series) string {
	dir := "data/series/"
	switch s.Scope.Kind {
	case metric.Team:
		dir += "teams/" + s.Scope.ID + "/"
	case metric.Feature:
		dir += "features/" + s.Scope.ID + "/"
	}
	return dir + s.ID + ".csv"
}

// seriesFiles returns the CSV files of a scope's series.
func (s *site) seriesFiles(scope metric.Scope) []Page {
	var pages []Page
	sec := s.report.Section("dora")
	for _, id := range seriesIDs {
		series := sec.FindSeries(id, scope)
		if series == nil || !view.HasValue(series) {
			continue
		}
		pages = append(pages, Page{Path: seriesPath(series), Write: func(w io.Writer) error {
			return chart.WriteCSV(w, chart.NewLine("", series).Records())
		}})
	}
	return pages
}
