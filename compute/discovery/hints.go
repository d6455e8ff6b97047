package discovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

const (
	// UnusedBelow is the share of eligible units under which a feature is unused.
	UnusedBelow = 0.2
	// UnusedAfterWeeks is how long it may take: half a year.
	UnusedAfterWeeks = 26
)

// Hints are where data say that it is worth asking.
type Hints struct {
	Unused []Unused    `json:"unused"`
	Copied Copied      `json:"copied"`
	Themes []ThemeHint `json:"themes"` // with a hint, or rising; rising ones first, then the most frequent
}

// Unused is a feature, or a part of one, that few use half a year after shipping.
type Unused struct {
	Feature  string    `json:"feature"`
	Title    string    `json:"title"`
	Part     string    `json:"part,omitempty"` // the title of the part; "" is the whole feature
	Active   int       `json:"active"`
	Eligible int       `json:"eligible"`
	Shipped  time.Time `json:"shipped"`
}

// ThemeHint is a ticket theme worth a look.
type ThemeHint struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Hint    string  `json:"hint,omitempty"`
	Feature string  `json:"feature,omitempty"`
	N       int     `json:"n"`
	Before  int     `json:"before"`
	Share   float64 `json:"share"`
	Rising  bool    `json:"rising"`
}

func (g *graph) findHints() Hints {
	return Hints{Unused: g.findUnused(), Copied: g.in.Copied, Themes: g.listThemeHints()}
}

// isSettled reports whether the feature has had its time: shipped half a year before
// the cut-off, and not retired.
func (g *graph) isSettled(feature string) bool {
	f, a := g.featureByID[feature], g.adoption[feature]
	if f == nil || a == nil || a.Shipped.IsZero() || !f.Retired.IsZero() && !f.Retired.After(g.asOf) {
		return false
	}
	return !a.Shipped.Add(UnusedAfterWeeks * org.Week).After(g.in.Calendar.CutOff())
}

func (g *graph) findUnused() []Unused {
	var list []Unused
	for _, f := range g.features {
		a := g.adoption[f.ID]
		if !g.isSettled(f.ID) {
			continue
		}
		share, known := a.computeShare()
		if !known {
			continue
		}
		u := Unused{Feature: f.ID, Title: f.Title, Active: a.Active, Eligible: a.Eligible, Shipped: a.Shipped}
		if share < UnusedBelow {
			list = append(list, u)
			continue
		}
		for _, p := range a.Parts {
			if float64(p.Active) < UnusedBelow*float64(a.Eligible) {
				u.Part, u.Active = cmp.Or(p.Title, p.ID), p.Active
				list = append(list, u)
			}
		}
	}
	return list
}

func (g *graph) listThemeHints() []ThemeHint {
	var list []ThemeHint
	for i := range g.in.Content.Themes {
		t := &g.in.Content.Themes[i]
		counted := Theme{}
		if c := g.themes[t.ID]; c != nil {
			counted = *c
		}
		if t.Hint == "" && !counted.Rising {
			continue
		}
		list = append(list, ThemeHint{
			ID: t.ID, Title: t.Title, Hint: t.Hint, Feature: t.Feature,
			N: counted.N, Before: counted.Before, Share: counted.Share, Rising: counted.Rising,
		})
	}
	slices.SortStableFunc(list, func(a, b ThemeHint) int {
		if a.Rising != b.Rising {
			if a.Rising {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
	})
	return list
}
