package rice

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Past is the order of the roadmap over time.
type Past struct {
	// Points are the times at which the order changed, oldest first. The first is the oldest
	// recorded order and the last is the present.
	Points []Point `json:"points"`
	// Why is the reason that the past, or a part of it, is missing; "" if it is complete.
	Why string `json:"why,omitempty"`
}

// Point is the order from one time on.
type Point struct {
	At    time.Time `json:"at"`
	Items []Placed  `json:"items"` // in published order
}

// Placed is an initiative's place in the order. Ranks count from 1.
type Placed struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Score float64 `json:"score"`
	Rank  int     `json:"rank"`     // with overrides
	By    int     `json:"by_score"` // rank by score alone
}

// maxPlaced is the largest number of initiatives in the past of a roadmap.
const maxPlaced = 40

// Order returns the order of content's initiatives as Measure publishes it, without the rank
// probabilities, which take most of the time.
func Order(o Options, c fact.Content, asOf time.Time) []Placed {
	var items []Item
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild || in.Status == fact.Done {
			continue
		}
		if item, _, ok := o.scoreItem(in, asOf); ok {
			items = append(items, item)
		}
	}
	for at, i := range rankByScore(items) {
		items[i].ComputedRank = at + 1
	}
	setPublishedRanks(items)
	out := make([]Placed, 0, min(len(items), maxPlaced))
	for i := range items[:min(len(items), maxPlaced)] {
		it := &items[i]
		out = append(out, Placed{
			ID: it.ID, Title: cmp.Or(it.Title, it.ID), Score: roundScore(it.Score),
			Rank: it.PublishedRank, By: it.ComputedRank,
		})
	}
	return out
}

// roundScore rounds a score to six decimals, so that all machines agree.
func roundScore(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// AddPoint adds the order at a later time, unless it equals the last one.
func (p *Past) AddPoint(at time.Time, items []Placed) {
	same := func(a, b Placed) bool { a.Title = b.Title; return a == b }
	if n := len(p.Points); n > 0 && slices.EqualFunc(p.Points[n-1].Items, items, same) {
		return
	}
	p.Points = append(p.Points, Point{At: at, Items: items})
}

// AddPresent adds the present order as the last point, and replaces former IDs and titles of
// initiatives with the present ones.
func (p *Past) AddPresent(at time.Time, items []Placed, initiatives []fact.Initiative) {
	renamed := map[string]string{}
	for i := range initiatives {
		for _, old := range initiatives[i].Formerly {
			renamed[old] = initiatives[i].ID
		}
	}
	titles := map[string]string{}
	for i := range items {
		titles[items[i].ID] = items[i].Title
	}
	for i := range p.Points {
		for k := range p.Points[i].Items {
			it := &p.Points[i].Items[k]
			it.ID = cmp.Or(renamed[it.ID], it.ID)
			it.Title = cmp.Or(titles[it.ID], it.Title)
		}
	}
	if n := len(p.Points); n > 0 && !p.Points[n-1].At.Before(at) {
		p.Points = p.Points[:n-1] // the present files replace the commit of today
	}
	p.Points = append(p.Points, Point{At: at, Items: items})
}

// ListMondays returns the Mondays of the last weeks, oldest first.
func ListMondays(asOf time.Time, weeks int) []time.Time {
	day := asOf.UTC().Truncate(24 * time.Hour)
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	var cuts []time.Time
	for i := weeks; i >= 0; i-- {
		cuts = append(cuts, monday.AddDate(0, 0, -7*i))
	}
	return cuts
}
