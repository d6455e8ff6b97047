package discovery

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Input is all that discovery rests on. Slices may be in any order.
type Input struct {
	Content  fact.Content
	Calendar org.Calendar
	Goals    Goals
	Adoption []Adoption
	Themes   []Theme // in the order of the rules
	Tickets  int     // tickets of the current four weeks; 0 if none were collected
	Gates    []Gate
	Copied   Copied // what CopiedPipelines found
	// Recommendations is how many features have one that is more than to find out.
	Recommendations int
}

// Goals are the levels aimed at.
type Goals struct {
	Interviews     int     `json:"interviews"`      // per quarter of 12 weeks
	DiscoveryShare float64 `json:"discovery_share"` // of person-days, 0 to 1
}

// DefaultGoals are the concept's: start with ten interviews, spend a fifth of the
// time on discovery.
func DefaultGoals() Goals { return Goals{Interviews: 10, DiscoveryShare: 0.2} }

// Adoption is who uses a feature now.
type Adoption struct {
	Feature  string // ID
	Known    bool   // false: nothing says who uses it
	Active   int    // units
	Eligible int
	Shipped  time.Time // general availability; zero: not shipped
	Parts    []FeaturePart
}

// FeaturePart is the use of a part of a feature.
type FeaturePart struct {
	ID     string
	Title  string
	Active int // of the feature's eligible units
}

// computeShare is active ÷ eligible; ok is false if it is not known.
func (a *Adoption) computeShare() (computeShare float64, ok bool) {
	if !a.Known || a.Eligible <= 0 {
		return 0, false
	}
	return float64(a.Active) / float64(a.Eligible), true
}

// Theme is what part of the tickets is about.
type Theme struct {
	ID     string
	N      int     // tickets of the current four weeks
	Before int     // of the four weeks three months earlier
	Share  float64 // of all tickets, 0 to 1
	Rising bool    // beyond chance more than three months ago
}

// Gate says whether a criterion that names a measure holds. What people wrote in
// its met key is in content.
type Gate struct {
	Initiative string
	Phase      string // name
	Criterion  int    // place in the phase's list, from 0
	Met        bool
}
