package diff

import (
	"path"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// titles are the titles of items by ID: those of the head or, if an item is gone, of the base.
type titles struct{ features, initiatives, research map[string]string }

// titles returns the titles of both sides.
func (c *comparison) titles() *titles {
	if c.names != nil {
		return c.names
	}
	t := titles{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, side := range []*fact.Content{&c.Base.Content, &c.Head.Content} {
		for i := range side.Features {
			t.features[side.Features[i].ID] = titleOf(&side.Features[i].Item)
		}
		for i := range side.Initiatives {
			t.initiatives[side.Initiatives[i].ID] = titleOf(&side.Initiatives[i].Item)
		}
		for i := range side.Research {
			t.research[side.Research[i].ID] = titleOf(&side.Research[i].Item)
		}
	}
	c.names = &t
	return c.names
}

func titleOf(it *fact.Item) string { return firstOf(it.Title, it.ID) }

// featureTitle returns the title of a feature; the ID if no side has it.
func (c *comparison) featureTitle(id string) string { return firstOf(c.titles().features[id], id) }

// measureTitle returns the title of a declared measure; the ID of anything else.
func (c *comparison) measureTitle(id string) string {
	for _, side := range []*fact.Content{&c.Head.Content, &c.Base.Content} {
		for i := range side.Measures {
			if m := &side.Measures[i]; m.ID == id && m.Title != "" {
				return m.Title
			}
		}
	}
	return id
}

// compareItems lists items that were added, removed or renamed, or became drafts. Decisions and
// activities are reported elsewhere.
func (c *comparison) compareItems() {
	b, h := &c.Base.Content, &c.Head.Content
	plan := func(i *fact.Initiative) *fact.Item { return &i.Item }
	compareList(c, "initiative", b.Initiatives, h.Initiatives, plan, func(i *fact.Initiative) string { return i.Status })
	feature := func(f *fact.Feature) *fact.Item { return &f.Item }
	compareList(c, "feature", b.Features, h.Features, feature, nil)
	research := func(r *fact.Research) *fact.Item { return &r.Item }
	compareList(c, "research", b.Research, h.Research, research, func(r *fact.Research) string { return r.Kind })
	compareList(c, "case", b.Cases, h.Cases, func(x *fact.Case) *fact.Item { return &x.Item }, nil)
	compareList(c, "page", b.Pages, h.Pages, func(p *fact.Page) *fact.Item { return &p.Item }, nil)
}

func compareList[T any](c *comparison, kind string, base, head []T, item func(*T) *fact.Item, status func(*T) string) {
	pairs := pairItems(base, head, item)
	for i := range pairs {
		p := &pairs[i]
		it := item(p.current())
		x := Change{Kind: Listed, Subject: newSubject(kind, it), File: c.filePath(it.File), Item: &Item{}}
		if status != nil && p.head != nil {
			x.Item.Status = status(p.head)
		}
		switch {
		case p.base == nil:
			x.Item.Change, x.Line = "added", it.Line
			if was := findItem(base, it.ID, item); was != nil && was.Draft {
				x.Item.Change = "undrafted"
			}
		case p.head == nil:
			x.Item.Change = "removed"
			if now := findItem(head, it.ID, item); now != nil && now.Draft {
				x.Item.Change, x.File, x.Line = "drafted", c.filePath(now.File), now.LineOf("draft")
			}
			c.describeRemoved(&x, it.ID)
		default:
			was := item(p.base)
			id := formerID(was, it)
			if id == "" && titleOf(was) == titleOf(it) {
				continue
			}
			x.Item.Change, x.Item.Before, x.Line = "renamed", titleOf(was), it.LineOf("title")
			if titleOf(was) == titleOf(it) {
				x.Item.Before, x.Line = "", it.LineOf("formerly")
			}
			x.Item.Swapped = isSwapped(base, was, it, item)
			if x.Item.Swapped || isLost(was, it) {
				x.Item.Lost, x.Warn = was.ID, kind == "feature"
			}
		}
		c.add(x)
	}
}

// isSwapped reports whether an item has an ID that was another item's.
func isSwapped[T any](base []T, was, it *fact.Item, item func(*T) *fact.Item) bool {
	return was.ID != it.ID && findItem(base, it.ID, item) != nil
}

// findItem returns an item by ID, also a draft; nil without one.
func findItem[T any](list []T, id string, item func(*T) *fact.Item) *fact.Item {
	for i := range list {
		if it := item(&list[i]); it.ID == id {
			return it
		}
	}
	return nil
}

// describeRemoved adds what depended on a removed item: the items that refer to it and, of a
// feature, its recommendation and its use. Removing a feature is a warning.
func (c *comparison) describeRemoved(x *Change, id string) {
	it := x.Item
	it.Refers = c.listRefers(x.Subject.Kind, id)
	if x.Subject.Kind != "feature" {
		return
	}
	x.Warn = true
	if c.Missing != "" {
		return
	}
	if r := findRecommendation(&c.Base.Report, id); r != nil {
		advice := adviceOf(r)
		it.Advice = &advice
	}
	if f := c.Base.Report.Adoption.Find(id); f != nil && f.Known {
		it.Active, it.Of, it.Unit = f.Active, f.Eligible, f.Unit
	}
}

// listRefers returns the items of the base that refer to an item, other than drafts.
func (c *comparison) listRefers(kind, id string) []Subject {
	b := &c.Base.Content
	var out []Subject
	add := func(of string, it *fact.Item, lists ...[]string) {
		for _, l := range lists {
			if slices.Contains(l, id) && !it.Draft {
				out = append(out, newSubject(of, it))
				return
			}
		}
	}
	pick := func(of string, list []string) []string {
		if of == kind {
			return list
		}
		return nil
	}
	for i := range b.Initiatives {
		in := &b.Initiatives[i]
		add("initiative", &in.Item, pick("feature", in.Features), pick("research", in.Research), pick("case", in.Cases))
	}
	for i := range b.Features {
		f := &b.Features[i]
		add("feature", &f.Item, pick("feature", []string{f.Successor}), pick("research", f.Research))
	}
	for i := range b.Decisions {
		add("decision", &b.Decisions[i].Item, pick("feature", []string{b.Decisions[i].Feature}))
	}
	for i := range b.Cases {
		x := &b.Cases[i]
		add("case", &x.Item, pick("feature", x.Features), pick("research", x.Research), pick("initiative", x.Initiatives))
	}
	for i := range b.Research {
		add("research", &b.Research[i].Item, pick("feature", b.Research[i].Features))
	}
	for i := range b.Goals {
		if g := &b.Goals[i]; kind == "feature" && g.Kind == fact.GoalFeature && g.For == id && !g.Draft {
			out = append(out, Subject{Kind: "goal", ID: g.Metric, Title: firstOf(g.Title, g.Metric)})
		}
	}
	return out
}

// formerID returns the ID that an item had at the base; "" if it has that still. The base's items
// have the new ID, but the former file.
func formerID(was, now *fact.Item) string {
	switch {
	case was.ID != now.ID:
		return was.ID
	case was.File != "" && was.File != now.File:
		return strings.TrimSuffix(path.Base(was.File), path.Ext(was.File))
	}
	return ""
}
