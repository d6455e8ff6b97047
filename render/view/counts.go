package view

import (
	"html/template"

	"github.com/ip3dp/ip3dp/render/chart"
)

// DrawShift returns a number before and now as a ring and a dot on an axis from 0 to top.
func DrawShift(before, now, top int) template.HTML {
	return template.HTML(chart.AppendShift(nil, before, now, top)) // numbers only
}

// DrawCounted returns a number of teams as circles, or as a bar of their share of all.
func DrawCounted(n, all int) template.HTML {
	return template.HTML(chart.AppendCounted(nil, n, all)) // numbers only
}

// DrawTickets returns a number of tickets as a bar; top is the largest number on the page.
func DrawTickets(n, top int) template.HTML {
	return template.HTML(chart.AppendTickets(nil, n, top)) // numbers only
}

// DrawReached returns all teams as circles or as a bar, with those that were reached marked.
func DrawReached(reached, all int, name string) template.HTML {
	return template.HTML(chart.AppendReached(nil, reached, all, name)) // chart escapes every text
}

// DrawGoal returns a value as a bar with a stroke at its goal.
func DrawGoal(value, goal float64, words string) template.HTML {
	return template.HTML(chart.AppendGoal(nil, value, goal, words)) // chart escapes every text
}
