package tickets

import (
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// sums are the tickets whose ID no other row has: one by one, or summed.
type sums struct {
	one    tabular.Chunks[fact.Ticket]
	list   []fact.Ticket
	places map[sumKey]int32 // in list
}

// sumKey is shared by the tickets of one sum.
type sumKey struct {
	week          int32
	theme         int16
	duplicate     bool
	team, feature string
}

// add adds a ticket without an ID, as one or to its sum.
func (s *sums) add(t *fact.Ticket, oneByOne bool) {
	if oneByOne || t.Opened.Unix() < 0 { // weeks are counted from 1970 on
		one := *t
		one.Rows = 1
		s.one.Add(one)
		return
	}
	duplicate := t.Unsolved == fact.Duplicate
	key := sumKey{fact.NewUseWeek(t.Opened, 0).Week, t.Theme, duplicate, t.Team, t.Feature}
	place, known := s.places[key]
	if !known {
		s.places[key] = int32(len(s.list))
		sum := fact.Ticket{Source: t.Source, Team: t.Team, Feature: t.Feature, Opened: t.Opened, Theme: t.Theme, Rows: 1}
		if duplicate {
			sum.Unsolved = fact.Duplicate
		}
		s.list = append(s.list, sum)
		return
	}
	sum := &s.list[place]
	sum.Rows++
	if t.Opened.Before(sum.Opened) {
		sum.Opened = t.Opened
	}
}

// joinTickets returns the tickets: those with an ID first.
func (x *reader) joinTickets() []fact.Ticket {
	x.sums.places = nil
	for i := range x.sums.list {
		x.sums.one.Add(x.sums.list[i])
	}
	x.sums.list = nil
	list := x.single.Join()
	if len(list) == 0 {
		return x.sums.one.Join() // without another copy
	}
	return append(list, x.sums.one.Join()...)
}
