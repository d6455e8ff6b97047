package public

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// notPublished replaces the words of a talk.
const notPublished = "A problem that is not published"

// isTalk reports whether research of a kind has the words of developers.
func isTalk(kind string) bool {
	switch kind {
	case fact.Interview, fact.Shadowing, fact.OfficeHours, fact.Retrospective, fact.Conversation:
		return true
	}
	return false
}

// talkTitle returns the title of a talk: its kind.
func talkTitle(kind string) string {
	words := strings.ReplaceAll(kind, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// talkNames maps the IDs of talks, which may name a team, to numbered IDs.
type talkNames map[string]string

// newTalkNames numbers talks by kind and date. The IDs of other research are not used again.
func newTalkNames(list []fact.Research) talkNames {
	taken := map[string]bool{}
	var talks []*fact.Research
	for i := range list {
		if isTalk(list[i].Kind) {
			talks = append(talks, &list[i])
		} else {
			taken[list[i].ID] = true
		}
	}
	slices.SortStableFunc(talks, func(a, b *fact.Research) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.Date.Compare(b.Date), cmp.Compare(a.ID, b.ID))
	})
	names := talkNames{}
	n := map[string]int{}
	for _, r := range talks {
		id := ""
		for id == "" || taken[id] {
			n[r.Kind]++
			id = "talk-" + r.Kind + "-" + strconv.Itoa(n[r.Kind])
		}
		names[r.ID] = id
	}
	return names
}

// find returns the published ID of research.
func (t talkNames) find(id string) string { return cmp.Or(t[id], id) }

func (t talkNames) findAll(ids []string) []string {
	ids = slices.Clone(ids)
	for i := range ids {
		ids[i] = t.find(ids[i])
	}
	return ids
}

// newTitles returns the titles of initiatives and cases, and their own answers to requests.
func newTitles(c *fact.Content) map[string]string {
	out := map[string]string{}
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		out["initiative/"+in.ID], out["answer/initiative/"+in.ID] = in.Title, cmp.Or(in.Answer, in.Reason)
	}
	for i := range c.Cases {
		out["case/"+c.Cases[i].ID], out["answer/case/"+c.Cases[i].ID] = c.Cases[i].Title, c.Cases[i].Outcome
	}
	return out
}

// reduceContent returns content without teams, groups and the words of developers.
func reduceContent(c fact.Content, names talkNames) fact.Content {
	hide := newTeamWords(&c)
	c.Failures, c.Credentials = nil, nil
	c.Surveys = slices.Clone(c.Surveys)
	for i := range c.Surveys {
		c.Surveys[i].Teams = nil
	}
	c.Goals = slices.DeleteFunc(slices.Clone(c.Goals), func(g fact.Goal) bool {
		return g.Kind == fact.GoalTeam || g.Kind == fact.GoalGroup
	})
	for i := range c.Goals {
		c.Goals[i].Owner = hide(c.Goals[i].Owner)
	}
	c.Research = reduceResearch(c.Research, names)
	c.Features = slices.Clone(c.Features)
	for i := range c.Features {
		f := &c.Features[i]
		f.Owner, f.Research, f.Adoption.Uses = hide(f.Owner), names.findAll(f.Research), nil
	}
	c.Initiatives = slices.Clone(c.Initiatives)
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		in.Owner, in.Research = hide(in.Owner), names.findAll(in.Research)
	}
	c.Cases = slices.Clone(c.Cases)
	for i := range c.Cases {
		c.Cases[i].Quotes, c.Cases[i].Research = nil, names.findAll(c.Cases[i].Research)
	}
	c.Themes = slices.Clone(c.Themes)
	for i := range c.Themes {
		c.Themes[i].Research = names.findAll(c.Themes[i].Research)
	}
	c.Teams, c.Groups = nil, nil
	return c
}

// newTeamWords returns a function that removes the name of a team or group from a field that may
// also have a role.
func newTeamWords(c *fact.Content) func(string) string {
	of := map[string]bool{}
	for i := range c.Teams {
		t := &c.Teams[i]
		for _, name := range append([]string{t.ID, t.Title}, t.Formerly...) {
			of[text.Fold(name)] = true
		}
	}
	for i := range c.Groups {
		of[text.Fold(c.Groups[i].ID)], of[text.Fold(c.Groups[i].Title)] = true, true
	}
	return func(owner string) string {
		if owner != "" && of[text.Fold(owner)] {
			return "a team"
		}
		return owner
	}
}

// reduceResearch returns research in order of its published IDs. Of a talk only its kind, its day
// and its links stay.
func reduceResearch(list []fact.Research, names talkNames) []fact.Research {
	list = slices.Clone(list)
	for i := range list {
		r := &list[i]
		r.Teams, r.Says = nil, ""
		r.Research, r.Jobs = names.findAll(r.Research), names.findAll(r.Jobs)
		if !isTalk(r.Kind) {
			continue
		}
		*r = fact.Research{
			Item: fact.Item{ID: names.find(r.ID), Title: talkTitle(r.Kind), Draft: r.Draft}, Kind: r.Kind, Date: r.Date,
			People: r.People, PersonDays: r.PersonDays, Minutes: r.Minutes, Features: r.Features, Initiatives: r.Initiatives,
			Jobs: r.Jobs, Research: r.Research, Theme: r.Theme, EveryWeeks: r.EveryWeeks,
		}
	}
	slices.SortFunc(list, func(a, b fact.Research) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
