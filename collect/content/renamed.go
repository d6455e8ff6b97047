package content

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// nameable is an ID with the former ones.
type nameable struct {
	what     kind
	id       *string
	formerly *[]string
	file     string
}

// listNameable returns everything of content that may have former IDs.
func listNameable(c *fact.Content) []nameable {
	var all []nameable
	items := func(what kind, n int, at func(int) *fact.Item) {
		for i := range n {
			it := at(i)
			all = append(all, nameable{what, &it.ID, &it.Formerly, it.File})
		}
	}
	items(features, len(c.Features), func(i int) *fact.Item { return &c.Features[i].Item })
	items(initiatives, len(c.Initiatives), func(i int) *fact.Item { return &c.Initiatives[i].Item })
	items(research, len(c.Research), func(i int) *fact.Item { return &c.Research[i].Item })
	items(cases, len(c.Cases), func(i int) *fact.Item { return &c.Cases[i].Item })
	items(decisions, len(c.Decisions), func(i int) *fact.Item { return &c.Decisions[i].Item })
	items(pages, len(c.Pages), func(i int) *fact.Item { return &c.Pages[i].Item })
	for i := range c.Teams {
		all = append(all, nameable{teams, &c.Teams[i].ID, &c.Teams[i].Formerly, ""})
	}
	return all
}

// findRenames returns the things of the base that the head has under another ID, with that ID.
func findRenames(head, base *fact.Content) map[reference]string {
	now, before := map[reference]bool{}, map[reference]bool{}
	for _, n := range listNameable(head) {
		now[reference{n.what, *n.id}] = true
	}
	for _, n := range listNameable(base) {
		before[reference{n.what, *n.id}] = true
	}
	out := map[reference]string{}
	for _, n := range listNameable(head) {
		for _, old := range *n.formerly {
			at := reference{n.what, old}
			if before[at] && !now[at] && !before[reference{n.what, *n.id}] && out[at] == "" {
				out[at] = *n.id
				break
			}
		}
	}
	return out
}

// HasRenames reports whether the head has a thing of the base under another ID.
func HasRenames(head, base *fact.Content) bool { return len(findRenames(head, base)) > 0 }

// renameAll gives things other IDs. The old ones become former IDs, so that links lead to them.
// Items are in order of their IDs, as they are read.
func renameAll(c *fact.Content, renamed map[reference]string) {
	if len(renamed) == 0 {
		return
	}
	for _, n := range listNameable(c) {
		if now := renamed[reference{n.what, *n.id}]; now != "" {
			*n.formerly = append(slices.Clone(*n.formerly), *n.id)
			*n.id = now
		}
	}
	sortByID(c.Features, func(f *fact.Feature) string { return f.ID })
	sortByID(c.Initiatives, func(i *fact.Initiative) string { return i.ID })
	sortByID(c.Research, func(r *fact.Research) string { return r.ID })
	sortByID(c.Cases, func(x *fact.Case) string { return x.ID })
	sortByID(c.Decisions, func(d *fact.Decision) string { return d.ID })
	sortByID(c.Pages, func(p *fact.Page) string { return p.ID })
}

// listMoved returns the files whose things have the same ID and another file at the head.
func listMoved(head, base *fact.Content) map[string]string {
	at := map[reference]string{}
	for _, n := range listNameable(head) {
		at[reference{n.what, *n.id}] = n.file
	}
	out := map[string]string{}
	for _, n := range listNameable(base) {
		if now := at[reference{n.what, *n.id}]; now != "" && now != n.file {
			out[n.file] = now
		}
	}
	return out
}
