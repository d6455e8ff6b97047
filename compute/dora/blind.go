package dora

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// fixSigns records which signs of fixes the facts of a scope contain.
type fixSigns struct {
	commits bool // deployments with a commit
	titles  bool // changes with a title, or reverts that sources found in titles
	marks   bool // branches or labels of requests, or a ref that was rolled out
}

// findSigns returns the signs in a scope's facts and remembers them.
func (r *rules) findSigns(p *pool) *fixSigns {
	if p.signs != nil {
		return p.signs
	}
	p.signs = &fixSigns{}
	change := func(c *org.Change) {
		p.signs.titles = p.signs.titles || c.Title != "" || c.Reverts != ""
		p.signs.marks = p.signs.marks || c.HeadBranch != "" || len(c.Labels) > 0 || r.hotfixTitle != nil && c.Title != ""
	}
	for _, d := range p.deliveries {
		p.signs.commits = p.signs.commits || d.Commit != ""
		p.signs.marks = p.signs.marks || d.Ref != "" && !d.Release
		for i := range d.Changes {
			change(d.Changes[i].Change)
		}
		for _, c := range d.unmeasured {
			change(c)
		}
	}
	return p.signs
}

// findBlindSpots returns the kinds of fixes that count but that the facts cannot show, each
// with its reason, and the next step for the first.
func (r *rules) findBlindSpots(p *pool) (kinds []string, next string) {
	saw := r.findSigns(p)
	for _, k := range []struct {
		class      Evidence
		seen       bool
		what, next string
	}{
		{Rollback, saw.commits, "rollbacks (no deployment names its commit)", "map deployed versions to commits"},
		{
			Revert, saw.titles, "reverts (no deployment contains a change with a title)",
			"collect changes with their titles, and the commits of deployments",
		},
		{
			Hotfix, saw.marks || r.hotfixBranch == nil && r.hotfixLabel == nil,
			"hotfixes (no deployed change names its branch or a label)", "collect branches and labels of requests, or " +
				"set dora.hotfix_title",
		},
	} {
		if r.uses(k.class) && !k.seen {
			if kinds = append(kinds, k.what); next == "" {
				next = k.next
			}
		}
	}
	return kinds, next
}

// qualifyFixRate makes a rate of fixes n/a if the facts cannot show some kinds of fixes and
// show no other. If they show others, it makes the rate provisional: there may be more.
func (r *rules) qualifyFixRate(mt *metric.Metric, p *pool, fixes int) {
	kinds, next := r.findBlindSpots(p)
	switch {
	case len(kinds) == 0:
	case fixes == 0:
		mt.Figure = metric.Figure{}
		mt.Why, mt.Next = "none was seen, and the facts could not show "+strings.Join(kinds, ", "), next
	default:
		mt.State = metric.Provisional
		mt.Warnings = append(mt.Warnings, "there may be more: the facts could not show "+strings.Join(kinds, ", "))
	}
}
