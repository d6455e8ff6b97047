package render

import (
	"cmp"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
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

// scopeView is the delivery of the organisation, a group or a team.
type scopeView struct {
	frame
	scope      metric.Scope
	Heading    string
	Claim      string // what has changed, in a sentence
	Doubt      string // what the data do not decide
	Lead       string
	Meta       string
	Panels     []view.Tile
	Remarks    []view.Labelled // counts, longer rates and warnings of the four numbers
	Parts      []partRow
	Tiers      string // the source of the tiers; "" without any
	Phases     []view.Figure
	PhaseEnd   string                              // the end of the axis of the phases
	Beside     string                              // the title of the part about teams and groups
	Note       string                              // about a long list of teams
	Measures   []view.Link                         // to the parts of Multiples
	Multiples  []view.List[view.List[view.Figure]] // one for each metric
	Groups     []view.Link
	Table      template.HTML // the numbers of the multiples, or of a long list of teams
	TableTitle string
	Names      []view.List[view.Link] // all teams, where they have no multiple
	Find       string                 // the script of the field that finds a team; "" without the field
	Unshown    []view.Entry           // teams whose numbers are not shown, with the reason
	Services   []string               // a team's page only
	Evidence   string
	Gaps       []string
	Public     string // a note of a public site
	Hidden     string // the reason for hiding the numbers
	Declared   string // the declared number of people; "" if they were counted
}

func (s *site) buildDelivery() ([]Page, error) {
	p, err := s.newPage("delivery", deliveryPath, func() any {
		v := s.scopeView(deliveryPath, organisation)
		v.frame = s.newFrame(deliveryPath, "Delivery", "The four DORA metrics, their parts and the evidence behind them.")
		v.Heading = v.Claim
		v.Lead = "How often changes reach production, how long they take, how often they fail, and how soon service is back."
		s.addTeams(&v, deliveryPath, "")
		v.Public = s.publicNote("numbers of teams and groups, and the events behind the numbers, are left out.")
		return v
	})
	return append([]Page{p}, s.seriesFiles(organisation)...), err
}

func (s *site) buildTeams() ([]Page, error) {
	if s.NoTeamPages {
		return nil, nil
	}
	var pages []Page
	for i := range s.report.Teams {
		t := &s.report.Teams[i]
		at := teamPath(t.ID)
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

func teamPath(id string) string { return "teams/" + id + "/index.html" }

func (s *site) teamView(at string, t *compute.TeamInfo) scopeView {
	scope := metric.Scope{Kind: metric.Team, ID: t.ID}
	v := s.scopeView(at, scope)
	v.frame = s.newFrame(at, t.Title, "Delivery of "+t.Title+" against its own history.", s.crumbsOf(t.Group)...)
	v.Heading, v.Services = t.Title, t.Services
	v.Lead = "This team against its own history. Teams are not ranked: they build different things."
	v.Declared = declaredWords(t)
	if !t.Shown {
		v.hide(s.hiddenWords(scope))
	}
	return v
}

// hide removes the numbers of a scope, and gives the reason.
func (v *scopeView) hide(why string) {
	v.Hidden, v.Claim, v.Doubt, v.Evidence = why, "", "", ""
	v.Panels, v.Remarks, v.Parts, v.Phases = nil, nil, nil, nil
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

// scopeView returns the common parts of the pages of the organisation, a group and a team.
func (s *site) scopeView(at string, scope metric.Scope) scopeView {
	root := strings.Repeat("../", strings.Count(at, "/"))
	sec := s.report.Section("dora")
	v := scopeView{scope: scope, Meta: s.metaLineOf(scope), Gaps: s.gapsOf(scope), Evidence: s.pageLink(root, evidencePath(scope))}
	v.Claim, v.Doubt = deliveryClaim(sec, scope)
	for _, id := range headlineIDs {
		if m := sec.Find(id, scope); m != nil {
			v.Panels = append(v.Panels, s.newPanel(m, root))
			v.Remarks = append(v.Remarks, s.remarksAbout(m)...)
		}
	}
	for _, id := range slices.Concat(headlineIDs, besidesIDs) {
		if m := sec.Find(id, scope); m != nil {
			row := s.newPartRow(m, root)
			if slices.ContainsFunc(v.Panels, func(t view.Tile) bool { return t.ID == row.ID && t.Chart != "" }) {
				row.Change.Range, row.Change.Test = "", "" // the panel has them
			}
			v.Parts = append(v.Parts, row)
			if m.Tier != nil {
				v.Tiers = m.Tier.Source
			}
		}
	}
	for _, id := range besidesIDs {
		if m := sec.Find(id, scope); m != nil {
			v.Remarks = append(v.Remarks, s.remarksAbout(m)...)
		}
	}
	v.Phases, v.PhaseEnd = phasesOf(sec, scope, root)
	return v
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
	case metric.Team, metric.Group, metric.Feature:
		dir += string(s.Scope.Kind) + "s/" + s.Scope.ID + "/"
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

type groupInfo = fact.Group

func groupPath(id string) string { return "groups/" + id + "/index.html" }

// groupsIn returns the groups that are part of a group, in the order of teams.toml; those that
// are part of none for "". It leaves out groups without a team.
func (s *site) groupsIn(id string) []groupInfo {
	var out []groupInfo
	for i := range s.content.Groups {
		if g := &s.content.Groups[i]; g.Parent == id && s.report.Group(g.ID).Teams > 0 {
			out = append(out, *g)
		}
	}
	return out
}

// findGroup returns the group with that ID, or nil.
func (s *site) findGroup(id string) *groupInfo {
	i := slices.IndexFunc(s.content.Groups, func(g groupInfo) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &s.content.Groups[i]
}

// groupTitle returns the title of a group, or the ID of one that is not declared.
func (s *site) groupTitle(id string) string {
	if g := s.findGroup(id); g != nil {
		return cmp.Or(g.Title, g.ID)
	}
	return id
}

// crumbsOf returns the links to the page of delivery and to a group with those that it is part
// of.
func (s *site) crumbsOf(id string) []view.Link {
	var chain []view.Link
	for g := s.findGroup(id); g != nil && len(chain) < len(s.content.Groups); g = s.findGroup(g.Parent) {
		if s.paths[groupPath(g.ID)] {
			chain = append(chain, view.Link{Title: s.groupTitle(g.ID), Href: groupPath(g.ID)})
		}
	}
	slices.Reverse(chain)
	return append([]view.Link{{Title: "Delivery", Href: deliveryPath}}, chain...)
}

func (s *site) buildGroups() ([]Page, error) {
	if s.NoGroupPages {
		return nil, nil
	}
	var pages []Page
	for i := range s.content.Groups {
		g := &s.content.Groups[i]
		if s.report.Group(g.ID).Teams == 0 {
			continue
		}
		at := groupPath(g.ID)
		p, err := s.newPage("group", at, func() any { return s.groupView(at, g) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		pages = append(pages, s.seriesFiles(metric.Scope{Kind: metric.Group, ID: g.ID})...)
	}
	return pages, nil
}

func (s *site) groupView(at string, g *groupInfo) scopeView {
	scope := metric.Scope{Kind: metric.Group, ID: g.ID}
	title := s.groupTitle(g.ID)
	v := s.scopeView(at, scope)
	v.frame = s.newFrame(at, title, "Delivery of the teams of "+title+" against their own history.",
		s.crumbsOf(g.Parent)...)
	v.Heading = title
	v.Lead = s.groupLead(v.Root, g.ID)
	if m := s.report.Section("dora").Find(dora.Frequency, scope); m != nil && m.State == metric.NotAvailable &&
		s.report.Group(g.ID).Small == s.report.Group(g.ID).Teams && s.report.Group(g.ID).Merged == 0 {
		v.hide(format.UpperFirst(view.Reason(m.Why, m.Next)))
	}
	s.addTeams(&v, at, g.ID)
	return v
}

// groupLead counts the teams of a group, and describes those that are too small to show.
func (s *site) groupLead(root, id string) string {
	c := s.report.Group(id)
	parts := []string{sizeWords(s.teamsBelow(root, id)) + ". Teams are not ranked: they build different things."}
	switch left := c.Small - c.Merged; {
	case c.Small == 0:
	case left == 0:
		parts = append(parts, format.UpperFirst(format.Things(c.Merged, "teams"))+" too small to show "+
			format.Is(c.Merged)+" counted in the group's numbers, merged.")
	default:
		parts = append(parts, format.UpperFirst(format.Things(left, "teams"))+" too small to show "+
			format.Is(left)+" counted in the organisation's numbers only.")
		if c.Merged > 0 {
			parts = append(parts, format.UpperFirst(format.Things(c.Merged, "more"))+" "+
				format.Is(c.Merged)+" counted in the group's numbers, merged.")
		}
	}
	return strings.Join(parts, " ")
}

// groupMember returns a group as a member of a larger whole.
func (s *site) groupMember(root string, g groupInfo) member {
	return member{
		scope: metric.Scope{Kind: metric.Group, ID: g.ID, Title: g.Title}, shown: true,
		link: view.Link{Title: s.groupTitle(g.ID), Href: s.pageLink(root, groupPath(g.ID))},
		note: format.Things(s.report.Group(g.ID).Teams, "teams"),
	}
}
