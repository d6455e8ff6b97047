package render

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	spelling "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// mostMultiples is the largest number of teams that a page draws. A page of more teams draws
// their groups, or lists the teams.
const mostMultiples = 80

// member is a team or group on the page of a larger whole.
type member struct {
	scope metric.Scope
	link  view.Link
	team  *compute.TeamInfo // nil for a group
	group string            // the title of a team's group
	note  string            // next to its name
	shown bool
}

// addTeams adds the groups and teams of the organisation, or of the group with that ID, to its
// page. Nothing is ranked: groups are in the order of teams.toml, teams in the order of their
// names.
func (s *site) addTeams(v *scopeView, at, id string) {
	root := strings.Repeat("../", strings.Count(at, "/"))
	v.Beside = "Each team beside its own past"
	groups := s.groupsIn(id)
	teams := s.teamsBelow(root, id)
	s.addUnshown(v, teams)
	for _, g := range groups {
		if href := s.pageLink(root, groupPath(g.ID)); href != "" {
			v.Groups = append(v.Groups, view.Link{Title: g.Title, Href: href})
		}
	}
	var lists []view.List[member]
	own := slices.DeleteFunc(slices.Clone(teams), func(m member) bool { return m.team.Group != id })
	switch {
	case len(teams) == 0:
		return
	case id == "" && len(teams) <= mostMultiples:
		lists = s.listByGroup(root, teams)
	case len(groups) > 0 && !s.NoGroupPages && s.haveNumbers(groups):
		cells := view.List[member]{}
		v.Beside, v.Groups = "Each group beside its own past", nil // the pictures have the links
		for _, g := range groups {
			cells.Rows = append(cells.Rows, s.groupMember(root, g))
		}
		lists = append(lists, cells)
		if len(own) > 0 && len(own) <= mostMultiples {
			lists[0].Title = "Groups"
			lists = append(lists, view.List[member]{Title: "Teams", Rows: own})
		} else if len(own) > 0 {
			s.addTable(v, own)
		}
		if id == "" {
			v.Names = linksByGroup(teams)
		}
	case len(teams) <= mostMultiples:
		lists = append(lists, view.List[member]{Rows: teams})
	default:
		s.addTable(v, teams)
	}
	v.Find = s.findScript(root, len(teams))
	s.addMultiples(v, lists)
}

// fewToFind is the number of teams from which a page has a field to find one.
const fewToFind = 12

func (s *site) findScript(root string, teams int) string {
	if at, ok := s.assets["find.js"]; ok && teams >= fewToFind {
		return root + at
	}
	return ""
}

// teamsBelow returns the teams of a group and of the groups in it, by name; all teams for "".
func (s *site) teamsBelow(root, id string) []member {
	inside := map[string]bool{id: true}
	var mark func(id string)
	mark = func(id string) {
		for _, g := range s.groupsIn(id) {
			inside[g.ID] = true
			mark(g.ID)
		}
	}
	mark(id)
	var out []member
	for i := range s.report.Teams {
		t := &s.report.Teams[i]
		if id != "" && !inside[t.Group] {
			continue
		}
		m := member{
			team: t, scope: metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, shown: t.Shown, note: declaredWords(t),
			link: view.Link{Title: t.Title, Href: s.pageLink(root, teamPath(t.ID))}, group: s.groupTitle(t.Group),
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b member) int {
		return cmp.Compare(spelling.Fold(a.link.Title), spelling.Fold(b.link.Title))
	})
	return out
}

// listByGroup returns the teams by group, groups in the order of teams.toml. Teams without a
// group follow.
func (s *site) listByGroup(root string, teams []member) []view.List[member] {
	of := map[string][]member{}
	var order []string
	for i := range s.content.Groups {
		order = append(order, s.content.Groups[i].ID)
	}
	for _, m := range teams {
		id := m.team.Group
		if of[id] = append(of[id], m); id != "" && !slices.Contains(order, id) {
			order = append(order, id) // not declared
		}
	}
	var lists []view.List[member]
	for _, id := range append(order, "") {
		if len(of[id]) == 0 {
			continue
		}
		l := view.List[member]{Rows: of[id]}
		if id != "" {
			l.ID, l.Title, l.More, l.Note = id, s.groupTitle(id), s.pageLink(root, groupPath(id)), sizeWords(of[id])
		} else if len(of) > 1 {
			l.Title = "Without a group"
		}
		lists = append(lists, l)
	}
	return lists
}

// sizeWords counts teams and their developers: "6 teams, 25 developers".
func sizeWords(teams []member) string {
	people := 0
	for _, m := range teams {
		people += m.team.Developers
	}
	words := format.Things(len(teams), "teams")
	if people > 0 {
		words += ", " + format.Things(people, "developers")
	}
	return words
}

// addUnshown adds the teams whose numbers are not shown, with the reason.
func (s *site) addUnshown(v *scopeView, teams []member) {
	for _, m := range teams {
		switch {
		case !m.shown:
			v.Unshown = append(v.Unshown, view.Entry{Name: m.link, Note: s.hiddenWords(m.scope)})
		case m.note != "":
			v.Unshown = append(v.Unshown, view.Entry{Name: m.link, Note: "Shown as a team of " + m.note + "."})
		}
	}
}

// metricAnchors are the IDs of the parts of a page about each of the four metrics.
var metricAnchors = map[string]string{
	dora.Frequency: "m-deployments", dora.LeadTime: "m-lead", dora.FailRate: "m-failures", dora.RestoreTime: "m-restore",
}

// addMultiples adds the small multiples of all members, one part for each metric, and a table
// with their numbers.
func (s *site) addMultiples(v *scopeView, lists []view.List[member]) {
	if len(lists) == 0 {
		return
	}
	x := s.indexDelivery()
	for _, id := range headlineIDs {
		column := x.columnOf(id)
		part := view.List[view.List[view.Figure]]{ID: metricAnchors[id], Title: column.title}
		for _, l := range lists {
			out := view.List[view.Figure]{Title: l.Title, More: l.More, Note: l.Note}
			for _, m := range l.Rows {
				out.Rows = append(out.Rows, x.multiple(id, m, column))
			}
			if m := x.metrics[newRateKey(id, metric.Scope{Kind: metric.Group, ID: l.ID})]; l.ID != "" && m != nil && m.Value != nil {
				out.None = groupNumber(m)
			}
			part.Rows = append(part.Rows, out)
		}
		part.Note = x.describeColumn(id, lists, column)
		part.Title += ": " + x.claimOf(id, v.scope, lists)
		v.Measures = append(v.Measures, view.Link{Title: column.title, Href: "#" + part.ID})
		v.Multiples = append(v.Multiples, part)
	}
	if v.Table == "" {
		v.Table, v.TableTitle = x.newTable(lists), "Data: each beside its own past"
	}
}

// groupNumber returns the number of a group beside its teams: "715 deployments, was 593".
func groupNumber(m *metric.Metric) string {
	now := format.Value(*m.Value, m.Shown(m.Unit))
	if m.Was != nil && m.Was.Value != nil {
		return now + ", was " + format.Value(*m.Was.Value, m.Shown(m.Unit))
	}
	return now
}

// addTable adds a plain list of teams with their numbers, for a page with too many of them to
// draw.
func (s *site) addTable(v *scopeView, teams []member) {
	x := s.indexDelivery()
	v.Table = x.newTable([]view.List[member]{{Rows: teams}})
	if n := x.looks[rateKey{dora.Frequency, string(metric.Team)}]; n > 0 {
		v.Note = "In the order of their names. Change: the likely range of the change of each team, corrected for " +
			format.Things(n, "looks") + "."
	}
}

// linksByGroup returns the links of all teams by the title of their group.
func linksByGroup(teams []member) []view.List[view.Link] {
	var out []view.List[view.Link]
	at := map[string]int{}
	for _, m := range teams {
		i, ok := at[m.group]
		if !ok {
			i = len(out)
			at[m.group] = i
			out = append(out, view.List[view.Link]{Title: m.group})
		}
		out[i].Rows = append(out[i].Rows, m.link)
	}
	slices.SortStableFunc(out, func(a, b view.List[view.Link]) int {
		return cmp.Compare(spelling.Fold(a.Title), spelling.Fold(b.Title))
	})
	return out
}

// deliveryIndex finds the delivery metrics of many teams and groups.
type deliveryIndex struct {
	current metric.Window
	metrics map[rateKey]*metric.Metric
	series  map[rateKey]*metric.Series
	ranges  map[rateKey]*metric.Range // of changes, corrected for the number of looks
	looks   map[rateKey]int           // by metric and kind of scope
	axes    map[rateKey]chart.ChangeAxis
}

// column is one metric of all teams, in one unit.
type column struct {
	title, unit string
	metric.Display
}

// indexDelivery corrects the ranges of all teams for the number of teams, and those of groups
// for the number of groups: a team has the same range on every page.
func (s *site) indexDelivery() *deliveryIndex {
	s.deliveryOnce.Do(func() { s.delivery = newDeliveryIndex(s.report.Section("dora"), s.report.Current) })
	return s.delivery
}

func newDeliveryIndex(sec *metric.Section, current metric.Window) *deliveryIndex {
	x := &deliveryIndex{
		current: current,
		metrics: map[rateKey]*metric.Metric{}, series: map[rateKey]*metric.Series{}, ranges: map[rateKey]*metric.Range{},
		looks: map[rateKey]int{}, axes: map[rateKey]chart.ChangeAxis{},
	}
	for i := range sec.Metrics {
		x.metrics[newRateKey(sec.Metrics[i].ID, sec.Metrics[i].Scope)] = &sec.Metrics[i]
	}
	for i := range sec.Series {
		x.series[newRateKey(sec.Series[i].ID, sec.Series[i].Scope)] = &sec.Series[i]
	}
	for _, id := range headlineIDs {
		for _, kind := range []metric.ScopeKind{metric.Team, metric.Group} {
			x.correct(sec, id, kind)
		}
	}
	return x
}

// correct corrects the ranges of one metric and kind of scope.
func (x *deliveryIndex) correct(sec *metric.Section, id string, kind metric.ScopeKind) {
	var keys []rateKey
	var trends []*metric.Trend
	for i := range sec.Metrics {
		if m := &sec.Metrics[i]; m.ID == id && m.Scope.Kind == kind {
			keys, trends = append(keys, newRateKey(id, m.Scope)), append(trends, m.Trend)
		}
	}
	ranges := trend.Simultaneous(trends)
	whole := rateKey{id, string(kind)}
	relative := true
	for i, r := range ranges {
		if r != nil {
			x.ranges[keys[i]] = r
			x.looks[whole]++
			relative = trends[i].Relative
		}
	}
	x.axes[whole] = chart.NewChangeAxis(relative, ranges)
}

// columnOf returns the title and the unit of a metric for many teams.
func (x *deliveryIndex) columnOf(id string) column {
	c := column{title: id}
	if m := x.metrics[newRateKey(id, organisation)]; m != nil {
		c.title, c.Display = m.Title, m.Display
	}
	if id == dora.Frequency {
		c.unit = "a day"
		if c.Rare {
			c.unit = "a week"
		}
	}
	return c
}

// multiple returns a team or group with its number, the number before, and its picture.
func (x *deliveryIndex) multiple(id string, of member, c column) view.Figure {
	f := view.Figure{Name: of.link, Note: of.note}
	if of.scope.Kind == metric.Team {
		f.Note = ""
	}
	key := newRateKey(id, of.scope)
	m := x.metrics[key]
	switch {
	case !of.shown:
		f.Why = "too small to show"
		return f
	case m == nil || m.Value == nil:
		f.Value = "n/a"
	default:
		f.Value = c.format(*m.Value, m.Unit)
		if m.Was != nil && m.Was.Value != nil {
			f.Was = c.format(*m.Was.Value, m.Unit)
		}
		if v := m.Trend.Verdict(); v != "" {
			f.Mark = view.Mark{Icon: format.Moved(m).Icon, Word: v, Class: v}
		}
	}
	f.Bar = view.DrawMultiple(x.series[key], x.current, x.axes[rateKey{id, string(of.scope.Kind)}], x.ranges[key])
	return f
}

// format returns a value in the unit of the column, without that unit if the page names it once.
func (c column) format(v float64, u metric.Unit) string {
	if c.unit == "" {
		return format.Value(v, c.Shown(u))
	}
	number, _ := format.Parts(v, c.Shown(u))
	return number
}

// describeColumn returns the words about the pictures of a metric: its unit, the weeks, and the
// meaning of the bars.
func (x *deliveryIndex) describeColumn(id string, lists []view.List[member], c column) string {
	words := format.UpperFirst(format.Things(view.MultipleWeeks, "weeks"))
	if c.unit != "" {
		words = c.title + " " + c.unit + "; " + format.Things(view.MultipleWeeks, "weeks")
	}
	words += ", each on its own scale from zero; shaded: the current window."
	for _, kind := range []metric.ScopeKind{metric.Group, metric.Team} {
		whole := rateKey{id, string(kind)}
		if n := x.looks[whole]; n > 0 && draws(lists, kind) {
			words += " Bar: the likely range of the change of a " + string(kind) + ", corrected for " +
				format.Things(n, "looks") + ", " + x.axes[whole].Words() + "; stroke: no change."
		}
	}
	return words
}

// draws reports whether any of the lists has members of a kind.
func draws(lists []view.List[member], kind metric.ScopeKind) bool {
	return slices.ContainsFunc(lists, func(l view.List[member]) bool {
		return slices.ContainsFunc(l.Rows, func(m member) bool { return m.scope.Kind == kind })
	})
}

// claimOf counts the members that changed beyond chance, and adds the change of all of them
// together.
func (x *deliveryIndex) claimOf(id string, whole metric.Scope, lists []view.List[member]) string {
	kind, moved, of := metric.Group, 0, 0
	if !draws(lists, kind) {
		kind = metric.Team
	}
	for _, l := range lists {
		for _, m := range l.Rows {
			if m.scope.Kind != kind || !m.shown {
				continue
			}
			of++
			if n := x.metrics[newRateKey(id, m.scope)]; n != nil && n.Trend.Verdict() != "" {
				moved++
			}
		}
	}
	claim := format.Count(moved) + " of " + format.Things(of, string(kind)+"s") + " changed beyond chance"
	if moved == 0 {
		claim = "no " + string(kind) + " alone has changed beyond chance"
	}
	if m := x.metrics[newRateKey(id, whole)]; m != nil && m.Trend.Verdict() != "" {
		if c := format.Moved(m); c.Size != "" {
			claim += "; all together " + c.String()
		}
	}
	return claim
}

// newTable returns the numbers of all members: the four metrics, each with its earlier value and
// the range of its change.
func (x *deliveryIndex) newTable(lists []view.List[member]) template.HTML {
	columns := []string{"Name"}
	grouped := slices.ContainsFunc(lists, func(l view.List[member]) bool {
		return slices.ContainsFunc(l.Rows, func(m member) bool { return m.group != "" })
	})
	if grouped {
		columns = append(columns, "Group")
	}
	for _, id := range headlineIDs {
		c := x.columnOf(id)
		title := c.title
		if c.unit != "" {
			title += ", " + c.unit
		}
		columns = append(columns, title, "was", "change, likely")
	}
	var rows []metric.Row
	for _, l := range lists {
		for _, m := range l.Rows {
			cells := []string{m.link.Title}
			if grouped {
				cells = append(cells, m.group)
			}
			for _, id := range headlineIDs {
				cells = append(cells, x.tableCells(id, m)...)
			}
			rows = append(rows, metric.Row{URL: m.link.Href, Cells: cells})
		}
	}
	return evidenceTable(columns, rows)
}

// tableCells returns the value of a metric in a table, the value before, and the range of the
// change.
func (x *deliveryIndex) tableCells(id string, of member) []string {
	c, key := x.columnOf(id), newRateKey(id, of.scope)
	value, was, change := "", "", ""
	switch m := x.metrics[key]; {
	case !of.shown:
		value = "too small to show"
	case m == nil:
	case m.Value == nil:
		value = spelling.Join(": ", "n/a", m.Why)
	default:
		value = c.format(*m.Value, m.Unit)
		if m.Was != nil && m.Was.Value != nil {
			was = c.format(*m.Was.Value, m.Unit)
		}
		if r := x.ranges[key]; r != nil {
			change = describeChange(*r, m.Trend.Relative)
		}
	}
	return []string{value, was, change}
}

// describeChange returns a range of a change: "−20 to +150 %".
func describeChange(r metric.Range, relative bool) string {
	if relative {
		return format.RelativeRange(&r.Lo, &r.Hi)
	}
	return format.Signed(math.Round(1000*r.Lo)/10) + " to " + format.Signed(math.Round(1000*r.Hi)/10) + " points"
}

// haveNumbers reports whether any of the groups has a delivery metric.
func (s *site) haveNumbers(groups []groupInfo) bool {
	x := s.indexDelivery()
	return slices.ContainsFunc(groups, func(g groupInfo) bool {
		return x.metrics[newRateKey(dora.Frequency, metric.Scope{Kind: metric.Group, ID: g.ID})] != nil
	})
}
