package org

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Unmatched counts rows of one kind that name an unknown thing.
type Unmatched struct {
	Rows string `json:"rows"` // plural noun: "rows of usage", "incidents"
	Kind string `json:"kind"` // kind of the name: "feature", "team", "service", "repository"
	// Name is the first spelling, or "" for names that are not shown and for the rest after the
	// most frequent.
	Name string `json:"name,omitempty"`
	Near string `json:"near,omitempty"` // the nearest known name, or ""
	N    int    `json:"n"`
	// Aside is true if no number depends on the rows.
	Aside bool `json:"aside,omitempty"`
}

// Nameless is the Kind of incidents that name neither a service nor a repository.
const Nameless = "no service"

// Reason describes the problem with the rows and the next step.
func (u *Unmatched) Reason() string {
	switch {
	case u.Kind == Nameless:
		return "name no service and no repository: they count for the organisation only"
	case u.Name == "" && u.Kind == "repository":
		return "of further repositories that no team owns"
	case u.Name == "":
		return "name an unknown " + u.Kind + ", under other names"
	case u.Kind == "repository":
		return u.addHint(fmt.Sprintf("of %q, which no team owns", u.Name))
	}
	return u.addHint(fmt.Sprintf("name an unknown %s: %q", u.Kind, u.Name))
}

func (u *Unmatched) addHint(said string) string {
	if u.Near != "" {
		said += fmt.Sprintf("; did you mean %q?", u.Near)
	}
	return said
}

// LeftOut returns the rows in the form that pages list.
func (u *Unmatched) LeftOut() metric.LeftOut {
	return metric.LeftOut{What: u.Rows, Reason: u.Reason(), N: u.N}
}

// Limits of the list of unknown names. It has the most frequent ones that look like names,
// because mixed-up columns may contain addresses.
const (
	maxUnmatched = 5
	maxPairs     = 50000 // compared pairs of an unknown and a declared name
)

// stray is one unknown name.
type stray struct {
	first string // first spelling in alphabetical order
	n     int
}

// strays counts unknown names by their folded form.
type strays map[string]*stray

func (s strays) add(key, name string) { s.addRows(key, name, 1) }

func (s strays) addRows(key, name string, n int) {
	x := s[key]
	if x == nil {
		x = &stray{first: name}
		s[key] = x
	}
	x.n += n
	x.first = min(x.first, name)
}

// listUnmatched lists the unknown names: those near a declared name first, then by frequency.
func (s strays) listUnmatched(rows, kind string, known *finder) []Unmatched {
	var all []Unmatched
	rest := Unmatched{Rows: rows, Kind: kind}
	compared := len(s)*len(known.declared) <= maxPairs
	for key, x := range s {
		if key == "" || !text.IsName(strings.TrimSpace(x.first)) {
			rest.N += x.n
			continue
		}
		u := Unmatched{Rows: rows, Kind: kind, Name: x.first, N: x.n}
		if compared {
			u.Near = known.findNear(key)
		}
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unmatched) int {
		if (a.Near == "") != (b.Near == "") {
			return cmp.Compare(b.Near, a.Near)
		}
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	if len(all) > maxUnmatched {
		for _, u := range all[maxUnmatched:] {
			rest.N += u.N
		}
		all = all[:maxUnmatched]
	}
	for i := range all {
		if !compared {
			all[i].Near = known.findNear(text.Fold(all[i].Name))
		}
	}
	if rest.N > 0 {
		all = append(all, rest)
	}
	return all
}
