package impact

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Event is the effect a number of periods after adoption, or before it if negative. All events
// have the same base.
type Event struct {
	Periods     int
	ATT         float64
	Interval    stat.Interval // 95 %, of this point alone
	Adopters    int           // teams observed that long after adoption
	Comparators int           // teams that they are compared with
}

// eventTest is one event with its values under permutations.
type eventTest struct {
	event Event
	cells []int
	noise []float64
}

// newEventTests lists the events by periods since adoption.
func newEventTests(observed *tally, labels []int) []*eventTest {
	tests := map[int]*eventTest{}
	for _, i := range observed.design.cellsInSet(sharedBase) {
		if !observed.isEstimable(i) {
			continue
		}
		c := observed.design.cells[i]
		e := tests[c.t-c.g]
		if e == nil {
			e = &eventTest{event: Event{Periods: c.t - c.g}}
			tests[c.t-c.g] = e
		}
		e.cells = append(e.cells, i)
	}
	out := slices.SortedFunc(maps.Values(tests), func(a, b *eventTest) int {
		return cmp.Compare(a.event.Periods, b.event.Periods)
	})
	for _, e := range out {
		e.event.ATT, _ = observed.meanEffect(e.cells)
		compared := map[int]bool{}
		for _, i := range e.cells {
			for u, label := range labels {
				switch {
				case !observed.hasPeriods(u, i):
				case observed.design.isTreated(label, i):
					e.event.Adopters++
				case observed.design.isCompared(label, i):
					compared[u] = true
				}
			}
		}
		e.event.Comparators = len(compared)
	}
	return out
}

// addPermutation records the event under one permutation.
func (e *eventTest) addPermutation(t *tally) {
	if value, ok := t.meanEffect(e.cells); ok {
		e.noise = append(e.noise, value)
	}
}

// toEvent returns the event with its interval.
func (e *eventTest) toEvent(unlike float64) Event {
	out := e.event
	out.Interval = stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	if len(e.noise) > 1 {
		slices.Sort(e.noise)
		const tail = (1 - confidence) / 2
		out.Interval = stat.Interval{
			Lo: out.ATT - unlike*math.Max(0, stat.Quantile(e.noise, 1-tail)),
			Hi: out.ATT - unlike*math.Min(0, stat.Quantile(e.noise, tail)),
		}
	}
	return out
}
