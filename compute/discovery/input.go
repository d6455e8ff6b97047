package discovery

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Input is the input of the family. Slices may be in any order.
type Input struct {
	Content  fact.Content
	Calendar org.Calendar
	Goals    Goals
	Adoption []Adoption
	Themes   []Theme // in the order of the rules
	Tickets  int     // tickets of the current four weeks; 0 if none were collected
	Gates    []Gate
	Copied   Copied // result of FindCopiedPipelines
	// Recommendations is the number of features with a recommendation other than to find out.
	Recommendations int
}

// Goals are the target levels.
type Goals struct {
	Interviews     int     `json:"interviews"`      // per quarter of 12 weeks
	DiscoveryShare float64 `json:"discovery_share"` // of person-days, 0 to 1
}

// DefaultGoals returns the goals of the concept: ten interviews, and a fifth of the time for
// discovery.
func DefaultGoals() Goals { return Goals{Interviews: 10, DiscoveryShare: 0.2} }

// Adoption is the current use of a feature.
type Adoption struct {
	Feature  string // ID
	Known    bool   // false: no data on its use
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

// computeShare returns active ÷ eligible; ok is false if it is unknown.
func (a *Adoption) computeShare() (share float64, ok bool) {
	if !a.Known || a.Eligible <= 0 {
		return 0, false
	}
	return float64(a.Active) / float64(a.Eligible), true
}

// Theme counts the tickets of one theme.
type Theme struct {
	ID     string
	N      int     // tickets of the current four weeks
	Before int     // of the four weeks three months earlier
	Share  float64 // of all tickets, 0 to 1
	Rising bool    // significantly more than three months ago
}

// Gate is the measured result of a criterion that names a measure. The dates that people write
// in its met key are in content.
type Gate struct {
	Initiative string
	Phase      string // name
	Criterion  int    // index in the phase's list
	Met        bool
}
