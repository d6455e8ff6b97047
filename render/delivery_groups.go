package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

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
