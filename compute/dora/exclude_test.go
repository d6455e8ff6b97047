package dora

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Release requests are no changes of their own: they are in no lead time, do not
// wait, decide no lane, and are counted.
func TestReleaseRequestsAreLeftOut(t *testing.T) {
	titled := func(title string) func(*fact.Change) { return func(c *fact.Change) { c.Title = title } }
	labelled := func(labels ...string) func(*fact.Change) { return func(c *fact.Change) { c.Labels = labels } }
	bot := func(c *fact.Change) { c.Author, c.Authors = "renovate[bot]", []string{"renovate[bot]"} }
	h := newHistory()
	h.change(merged("0", "m0", at(0, 7))).deploy("d0", "m0", at(0, 8))
	h.change(merged("1", "m1", at(1, 7))).change(merged("2", "m2", at(1, 8), titled("Release 1.2"))).deploy("d1", "m2", at(1, 9))
	h.change(merged("3", "m3", at(2, 7), bot)).change(merged("4", "m4", at(2, 8), labelled("x", "release"))).deploy("d2", "m4", at(2, 9))
	h.change(merged("5", "m5", at(3, 7), titled("Release 1.3"))).change(merged("6", "m6", at(3, 8)))
	plain := h.link(t)
	want(t, "without the rule", shipped(plain), []string{"d0:", "d1: 1 2", "d2: 3 4"})
	want(t, "waiting without the rule", len(plain.Waiting), 2)
	l := h.linkWith(t, func(o *Options) { o.ExcludeLabel, o.ExcludeTitle = "^release$", "^Release " })
	want(t, "shipped", shipped(l), []string{"d0:", "d1: 1", "d2: 3"})
	want(t, "waiting", len(l.Waiting), 1)
	want(t, "left out", leftOut(l, excludedByRule), 3)
	want(t, "lane", string(l.Deliveries[2].Lane), "automation")
}
