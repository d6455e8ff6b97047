package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// findLeaving returns the way of the units out of a feature; nil if nobody decided to deprecate
// it, or if its use is unknown.
func (s *site) findLeaving(feature string) *compute.Leaving {
	for i := range s.report.Leavings {
		if s.report.Leavings[i].Feature == feature {
			return &s.report.Leavings[i]
		}
	}
	return nil
}

func leavingPath(feature string) string { return "data/leaving/" + feature + ".csv" }

// leavingView returns the section about an accepted deprecation; nil without one.
func (s *site) leavingView(root string, f *fact.Feature) *view.Chart {
	l := s.findLeaving(f.ID)
	if l == nil {
		return nil
	}
	claim := leavingClaim(l)
	v := view.Chart{Words: leftWords(l), Note: leavingNote(l)}
	if claim != "" {
		v.Words += "; " + claim
	}
	picture := leavingChart(l)
	if picture == nil {
		return &v
	}
	o := chart.FigureOptions{
		Heading: v.Words, Level: 2, CSV: root + leavingPath(f.ID), Method: root + Methods + "#adoption-share",
		Note: format.UpperFirst(view.UnitPlural(l.Unit)) + " that used it in the four weeks before, by week",
		Count: format.Things(l.At, view.UnitPlural(l.Unit)) + " at the decision, " + format.Count(l.Moved) + " moved in " +
			format.Weeks(l.Weeks),
	}
	if words := endWords(l); words != "" {
		o.Change, o.Class = words, "unknown"
	}
	v.Figure = view.Draw(picture, o)
	return &v
}

// leftWords returns the units that are left: "4 of 7 teams left".
func leftWords(l *compute.Leaving) string {
	units := view.UnitPlural(l.Unit)
	switch {
	case l.Left == 0:
		return "No " + strings.TrimSuffix(units, "s") + " is left"
	case len(l.Points) == 0:
		return format.Things(l.Left, units) + " to move"
	case l.Left > l.At:
		return format.Things(l.Left, units) + " use it, " + format.Count(l.At) + " at first"
	}
	return view.OfUnits(l.Left, l.At, l.Unit) + " left"
}

// leavingClaim returns the claim about the end; "" if there is nothing to claim.
func leavingClaim(l *compute.Leaving) string {
	switch risk := l.Risk(); {
	case l.Doubt != "" && len(l.Points) > 0:
		return "not sure, because usage data are missing"
	case l.Left == 0 || len(l.Points) == 0 && !l.Expired:
		return ""
	case l.Expired:
		return "the deadline has passed"
	case l.Moved == 0:
		return "no " + strings.TrimSuffix(view.UnitPlural(l.Unit), "s") + " has moved yet"
	case risk == compute.EndBefore:
		return "the end is likely before the deadline"
	case risk == compute.EndAfter:
		return "the end is likely after the deadline"
	case risk == compute.EndMaybe:
		return "the end may come after the deadline"
	}
	return ""
}

// endWords returns the likely range of the end: "end likely 18 May–7 Sep 2025"; "" without a
// forecast.
func endWords(l *compute.Leaving) string {
	switch {
	case !l.Forecast:
		return ""
	case l.Early.IsZero():
		return "no end likely within two years"
	case l.Late.IsZero():
		return "end likely from " + format.Date(l.Early) + " to more than two years ahead"
	}
	return "end likely " + format.Span(l.Early, l.Late.AddDate(0, 0, 1))
}

// leavingNote returns the deadline, the meaning of the numbers and the basis of the forecast.
func leavingNote(l *compute.Leaving) string {
	unit := strings.TrimSuffix(view.UnitPlural(l.Unit), "s")
	var out []string
	switch {
	case l.Deadline.IsZero():
		out = append(out, "No deadline is set.")
	case l.Expired:
		out = append(out, "The deadline was "+format.Date(l.Deadline)+".")
	default:
		out = append(out, "The deadline is "+format.Date(l.Deadline)+".")
	}
	out = append(out, "A "+unit+" counts as moved once it has not used it for four weeks.")
	if l.Joined > 0 {
		out = append(out, "The number rose by "+format.Count(l.Joined)+" in some weeks; such a rise is not a move.")
	}
	switch {
	case len(l.Points) == 0:
		out = append(out, "The decision is less than a whole week old, so moves cannot be counted yet.")
	case l.Forecast:
		out = append(out, "The end is the week after which nobody is left. Its range holds it 19 times in 20 if "+
			view.UnitPlural(l.Unit)+" go on to move at the rate so far ("+format.Count(l.Moved)+" in "+format.Weeks(l.Weeks)+
			"); they may hurry before a deadline.")
	case l.Doubt != "":
		out = append(out, "A forecast is not possible, because a "+unit+" may only seem to have moved: "+l.Doubt+".")
	case l.Left > 0:
		out = append(out, "A forecast needs a move.")
	}
	return strings.Join(out, " ")
}

// leavingChart returns the units left by week; nil without a whole week since the decision.
func leavingChart(l *compute.Leaving) *chart.Leaving {
	if len(l.Points) == 0 {
		return nil
	}
	c := &chart.Leaving{
		ID: "leaving-chart", Title: format.UpperFirst(view.UnitPlural(l.Unit)) + " left", Units: view.UnitPlural(l.Unit),
		Points: l.Points, Deadline: l.Deadline,
	}
	c.Desc = format.Count(l.At) + " at the decision, " + format.Count(l.Left) + " now"
	if !l.Deadline.IsZero() {
		c.Desc += "; deadline " + format.Date(l.Deadline)
	}
	if words := endWords(l); words != "" {
		c.Desc += "; " + words
		c.Early, c.Late, c.Words = l.Early, l.Late, words
		if !l.Early.IsZero() && l.Late.IsZero() {
			c.Words = "end likely " + format.Date(l.Early) + " or later"
		}
	}
	return c
}
