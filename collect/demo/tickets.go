package demo

import (
	"math"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// load is the support load in one block: tickets a week, and hours to a resolution.
type load struct {
	perWeek      int
	median, mean float64
}

// loads count back from the last mature block; the first is for the time after it, the last for
// all earlier blocks.
var loads = []load{
	{12, 3.84, 4.2}, {12, 3.84, 4.2}, {14, 4.2, 4.6}, {17, 4.5, 4.9}, {20, 4.8, 5.3}, {21, 4.9, 5.4}, {22, 5.0, 5.5},
}

// unevenness is the difference of each week of a block: small, as in a queue.
var unevenness = [4]int{0, -1, 1, 0}

// subject is a theme of tickets with its share. All but the last are in the order of the example's
// tickets/themes.toml, and none of those matches the titles of the last.
type subject struct {
	share  float64
	labels []string
	titles []string
}

var subjects = []subject{
	{.40, []string{"question", "deployment"}, []string{
		"How do I deploy to production?", "How to deploy my service to production", "Cannot deploy to production after merge",
		"Who may deploy to production on Fridays?",
	}},
	{.25, []string{"build"}, []string{"My build is slow", "Slow build since this morning", "Build is very slow on main"}},
	{.10, []string{"vault"}, []string{"Vault secret is gone after rotation", "Secret rotation broke my service"}},
	{.07, []string{"access"}, []string{"Permission denied in my namespace", "Need access to the registry"}},
	{.06, []string{"observability"}, []string{"Where are my logs?", "Dashboard shows no data"}},
	{.12, nil, []string{
		"Question about quotas", "Which Node version is supported?", "DNS name for a new service",
		"Feedback on the new page",
	}},
}

// generateTickets returns the support requests of a platform with that many developers.
func (g *generator) generateTickets(developers int) []fact.Ticket {
	r := newRand(g.Seed, "tickets")
	scale := float64(developers) / 250
	var out []fact.Ticket
	g.titles = nil
	for _, sp := range g.cutSpans() {
		l := loads[min(max(sp.back, 0), len(loads)-1)]
		begin := len(out)
		for k := int64(0); sp.from+k*week < sp.to; k++ {
			from := sp.from + k*week
			n := max(roundShare(scale, l.perWeek+unevenness[k%4]), 0)
			for _, opened := range drawTimes(r, span{from: from, to: min(from+week, sp.to)}, n, n) {
				t := fact.Ticket{
					Source: source, ID: "T-" + strconv.Itoa(len(out)+1), Opened: timeAt(opened),
					Team: g.teams[r.IntN(len(g.teams))].id,
				}
				if r.IntN(25) == 0 {
					t.Reopened = 1
				}
				out = append(out, t)
			}
		}
		g.titles = append(g.titles, make([]string, len(out)-begin)...)
		g.resolveTickets(sp, l, out[begin:])
		g.assignSubjects(sp, out[begin:], g.titles[begin:])
	}
	return out
}

// resolveTickets gives each ticket its time to resolution: quantiles of a log-normal
// distribution in random order, stretched above the median to hit the mean.
func (g *generator) resolveTickets(sp span, l load, ts []fact.Ticket) {
	r := newRand(g.Seed, "resolution", timeAt(sp.from).Format(time.DateOnly))
	n := len(ts)
	hours := make([]float64, n)
	below, excess := 0.0, 0.0
	for i := range hours {
		z := math.Sqrt2 * math.Erfinv(2*(float64(i)+.5)/float64(n)-1)
		hours[i] = l.median * math.Exp(.45*z)
		if hours[i] > l.median {
			excess += hours[i] - l.median
			below += l.median
		} else {
			below += hours[i]
		}
	}
	stretch := 1.0
	if excess > 0 {
		stretch = (l.mean*float64(n) - below) / excess
	}
	for k, i := range r.Perm(n) {
		h := hours[i]
		if h > l.median {
			h = l.median + (h-l.median)*stretch
		}
		ts[k].Resolved = ts[k].Opened.Add(time.Duration(h * float64(time.Hour))).Truncate(time.Second)
		if !ts[k].Resolved.Before(g.AsOf) || sp.back <= 0 && r.IntN(6) == 0 {
			ts[k].Resolved = time.Time{}
		}
	}
}

// assignSubjects gives each ticket of a block a subject, and a title about it.
func (g *generator) assignSubjects(sp span, ts []fact.Ticket, titles []string) {
	r := newRand(g.Seed, "subjects", timeAt(sp.from).Format(time.DateOnly))
	weights := make([]float64, len(subjects))
	for i, s := range subjects {
		weights[i] = s.share
	}
	order := r.Perm(len(ts))
	k := 0
	for i, n := range apportion(len(ts), weights, nil) {
		for range n {
			t := &ts[order[k]]
			titles[order[k]], t.Labels = pick(r, subjects[i].titles), subjects[i].labels
			if t.Theme = int16(i + 1); i == len(subjects)-1 {
				t.Theme = fact.Unthemed
			}
			k++
		}
	}
}
