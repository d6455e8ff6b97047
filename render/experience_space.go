package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// stateCount counts the measures of the five sides by their states. A metric on two sides
// counts on both.
type stateCount struct {
	good, bad, same            int
	untested, unclear, untaken int  // not tested yet, can't tell, without a value
	noTarget                   int  // neither a target nor a wanted direction
	unsure, noRange            int  // of the good ones
	twice                      bool // a metric is on two sides
}

// countStates counts the rows of all sides.
func countStates(sides []space.Dimension) stateCount {
	var n stateCount
	seen := map[string]bool{}
	for i := range sides {
		for k := range sides[i].Rows {
			r := &sides[i].Rows[k]
			n.add(r)
			n.twice = n.twice || seen[r.Metric]
			seen[r.Metric] = true
		}
	}
	return n
}

func (n *stateCount) add(r *space.DimensionMetric) {
	if r.Value == nil {
		n.untaken++
		return
	}
	switch r.State {
	case space.Met, space.AsWanted:
		n.good++
		if r.State == space.Met && !r.Sure {
			if r.Lo == nil {
				n.noRange++
			} else {
				n.unsure++
			}
		}
	case space.NotMet, space.NotAsWanted:
		n.bad++
	case space.Same:
		n.same++
	case space.NotTested:
		n.untested++
	case space.NoTarget:
		n.noTarget++
	default:
		n.unclear++
	}
}

// all returns the number of measures with a value and something to compare it with.
func (n *stateCount) all() int { return n.good + n.bad + n.same + n.untested + n.unclear }

// openWords lists the measures that may go either way: "6 are not tested yet".
func (n *stateCount) openWords() []string {
	var out []string
	if n.untested > 0 {
		out = append(out, format.Count(n.untested)+" "+format.Is(n.untested)+" not tested yet")
	}
	if n.unclear > 0 {
		out = append(out, format.Count(n.unclear)+" cannot be judged yet")
	}
	return out
}

// headline returns the page in a sentence: the certain part, then the part that is open.
func (n *stateCount) headline() (certain, open string) {
	if n.all() == 0 {
		return "No measure of developer experience can be judged yet.", ""
	}
	certain = format.Count(n.good) + " of " + format.Things(n.all(), "measures") + " of developer experience " +
		format.Is(n.good) + " as wanted"
	if n.bad > 0 {
		certain += ", " + format.Count(n.bad) + " " + format.Is(n.bad) + " not"
	}
	if n.same > 0 {
		certain += ", " + format.Count(n.same) + " " + format.Is(n.same) + " about the same"
	}
	if words := n.openWords(); len(words) > 0 {
		return certain + "; ", strings.Join(words, ", ") + "."
	}
	return certain + ".", ""
}

// sureWords returns what is not certain about the measures that are as wanted; "" if all are.
func (n *stateCount) sureWords() string {
	var parts []string
	if n.unsure > 0 {
		parts = append(parts, format.Count(n.unsure)+" "+format.Is(n.unsure)+" not surely so")
	}
	if n.noRange > 0 {
		has := "have"
		if n.noRange == 1 {
			has = "has"
		}
		parts = append(parts, format.Count(n.noRange)+" "+has+" no range")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Of the " + format.Count(n.good) + " as wanted, " + format.List(parts, "and") + "."
}

// restWords returns the measures that the headline leaves out, and those it counts twice.
func (n *stateCount) restWords() string {
	var parts []string
	if n.untaken > 0 {
		parts = append(parts, format.Count(n.untaken)+" more "+format.Is(n.untaken)+" not measured.")
	}
	if n.noTarget > 0 {
		parts = append(parts, format.Count(n.noTarget)+" more without a target or a wanted direction.")
	}
	if n.twice {
		parts = append(parts, "A measure on two sides counts on both.")
	}
	return strings.Join(parts, " ")
}

func dimensionOf(d *space.Dimension) view.Figures {
	v := view.Figures{ID: "space-" + d.ID, Title: d.Title}
	var n stateCount
	for i := range d.Rows {
		v.Rows = append(v.Rows, spaceRowOf(&d.Rows[i]))
		n.add(&d.Rows[i])
	}
	switch {
	case !d.HasData:
		v.Note, v.More = "not asked", "not asked"
	case n.all() == 0:
		v.Note, v.More = "can’t tell", "can’t tell"
	default:
		v.More = format.Count(n.good) + " of " + format.Count(n.all())
		v.Note = v.More + " as wanted"
		if n.untested > 0 {
			v.Note += ", " + format.Count(n.untested) + " not tested yet"
		}
		if n.unclear > 0 {
			v.Note += ", " + format.Count(n.unclear) + " can’t tell"
		}
		if n.unsure > 0 {
			v.Note += ", " + format.Count(n.unsure) + " of them not surely"
		}
		if n.noRange > 0 {
			v.Note += ", " + format.Count(n.noRange) + " of them without a range"
		}
	}
	return v
}

// stateWords has the word, the class and the sign of each state.
var stateWords = map[space.State]view.Mark{
	space.Met:         {Icon: "✓", Word: "met", Class: "better"},
	space.NotMet:      {Icon: "✗", Word: "not met", Class: "worse"},
	space.Unknown:     {Icon: "?", Word: "can’t tell", Class: "unknown"},
	space.AsWanted:    {Icon: "✓", Word: "moves as wanted", Class: "better"},
	space.NotAsWanted: {Icon: "✗", Word: "moves the wrong way", Class: "worse"},
	space.Same:        {Icon: "→", Word: "about the same", Class: "same"},
	space.CannotTell:  {Icon: "?", Word: "can’t tell", Class: "unknown"},
	space.NotTested:   {Icon: "?", Word: "not tested yet", Class: "unknown"},
	space.NoTarget:    {Icon: "", Word: "no target", Class: "unknown"},
}

// homeAnchor returns the anchor of a metric that the experience page explains: a metric of
// surveys or a declared measure. The table also has metrics of other pages, such as
// deployments; they have no anchor here.
func homeAnchor(id string) string {
	if strings.HasPrefix(id, "space.") || strings.HasPrefix(id, "measure.") {
		return view.Anchor(id)
	}
	return ""
}

// brought marks the name of a measure that the team brought.
const brought = "*"

func spaceRowOf(r *space.DimensionMetric) view.Figure {
	v := view.Figure{ID: homeAnchor(r.Metric), Name: view.Link{Title: r.Title}, Value: "n/a", Mark: stateWords[r.State]}
	switch {
	case strings.HasPrefix(r.Metric, space.TaskMinutes):
		v.Note = "from task attempts"
	case strings.HasPrefix(r.Metric, "measure."):
		v.Name.Title += brought
	}
	if r.Target != nil {
		v.Aim, v.From = format.Target(r.Target, targetUnit(r)), r.Target.From
	} else if r.Wanted != "" {
		v.Aim = map[metric.Direction]string{metric.Up: "should rise", metric.Down: "should fall"}[r.Wanted]
	}
	if r.Value == nil {
		v.Mark = view.Mark{Word: "not measured", Class: "unknown"}
		v.Why = r.Why
		if r.Next != "" {
			v.Why += ". Next: " + r.Next
		}
		return v
	}
	v.Value, v.N = format.Value(*r.Value, r.Shown(r.Unit)), format.Counts(r.N)
	v.Range = format.Interval(r.Lo, r.Hi, r.Shown(r.Unit))
	if r.Was != nil {
		v.Was = format.Value(*r.Was, r.Shown(r.Unit))
	}
	if r.Target != nil && !r.Sure && r.Lo != nil && (r.State == space.Met || r.State == space.NotMet) {
		v.Mark.Word, v.Mark.Class, v.Unsure = v.Mark.Word+", but not surely", "unknown", true
	}
	if r.Target != nil && r.Lo == nil && (r.State == space.Met || r.State == space.NotMet) {
		v.Mark = view.Mark{Icon: v.Mark.Icon, Word: v.Mark.Word + noRange, Class: "unknown"}
	}
	return v
}

// noRange marks a target that is compared with a figure without a range.
const noRange = " (no range)"

// targetUnit returns the unit of a target: the unit of the metric, even without a value.
func targetUnit(r *space.DimensionMetric) metric.Unit {
	if r.Unit != "" || !strings.HasPrefix(r.Metric, space.TaskMinutes) {
		return r.Shown(r.Unit)
	}
	return metric.Seconds
}

// measureOf returns a measure that the team brought, with its target.
func measureOf(m *measures.Standing) view.Figure {
	v := view.Figure{
		Name: view.Link{Title: m.Title + brought}, Value: format.Maybe(m.Value, m.Unit), Was: format.Maybe(m.Before, m.Unit),
		Aim: format.Target(m.Target, m.Unit), Mark: view.Mark{Word: m.State, Class: "unknown"},
	}
	if m.State == measures.Met || m.State == measures.NotMet {
		v.Mark.Word += noRange
	}
	return v
}
