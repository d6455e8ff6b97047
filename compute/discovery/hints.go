package discovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

const (
	// UnusedBelow is the share of eligible units below which a feature counts as unused.
	UnusedBelow = 0.2
	// UnusedAfterWeeks is the time that a feature has to find users: half a year.
	UnusedAfterWeeks = 26
)

// Hints are data that suggest questions to ask.
type Hints struct {
	Unused []Unused    `json:"unused"`
	Copied Copied      `json:"copied"`
	Themes []ThemeHint `json:"themes"` // with a hint, or rising; rising ones first, then the most frequent
}

// Unused is a feature, or a part of one, with few users half a year after shipping.
type Unused struct {
	Feature  string    `json:"feature"`
	Title    string    `json:"title"`
	Part     string    `json:"part,omitempty"` // title of the part; "" is the whole feature
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

// settledShare returns active ÷ eligible of a feature that was shipped half a year before the
// cut-off and is not retired. ok is false for other features, and if the share is unknown.
func (g *graph) settledShare(feature string) (share float64, ok bool) {
	f, a := g.featureByID[feature], g.adoption[feature]
	if f == nil || a == nil || a.Shipped.IsZero() || !f.Retired.IsZero() && !f.Retired.After(g.asOf) ||
		a.Shipped.Add(UnusedAfterWeeks*org.Week).After(g.in.Calendar.CutOff()) {
		return 0, false
	}
	return a.computeShare()
}

func (g *graph) findUnused() []Unused {
	var list []Unused
	for _, f := range g.features {
		share, ok := g.settledShare(f.ID)
		if !ok {
			continue
		}
		a := g.adoption[f.ID]
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
