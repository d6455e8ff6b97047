package fact

import "time"

// Feature is something the platform offers.
type Feature struct {
	Item
	Owner     string    `toml:"owner"`     // team or role of the platform that is responsible for it
	Successor string    `toml:"successor"` // ID of the feature that its users should move to
	Labels    []string  `toml:"labels"`    // names for it in surveys and tickets; the title always counts
	Shipped   time.Time `toml:"shipped"`   // general availability; zero: not shipped, or the date of its initiative
	Retired   time.Time `toml:"retired"`   // switched off; zero: in service
	Research  []string  `toml:"research"`  // why it exists
	Measures  []string  `toml:"measures"`  // measure IDs shown on its page

	Parts    []Part     `toml:"part"`
	Adoption Adoption   `toml:"adoption"`
	Decision Thresholds `toml:"decision"`
}

// Part is a part of a feature with a count of its own, such as Backstage's docs.
type Part struct {
	ID     string   `toml:"id"`
	Title  string   `toml:"title"`  // defaults to ID
	Labels []string `toml:"labels"` // names for it in usage exports
}

// Adoption describes the possible users of a feature and the evidence of use.
type Adoption struct {
	Unit       string    `toml:"unit"`        // "developer", "team" or "service"
	Eligible   int       `toml:"eligible"`    // how many units could use it; 0: all of the platform
	EligibleOn time.Time `toml:"eligible_on"` // when they were counted
	Source     string    `toml:"source"`      // "usage", "rule" or "list"
	// The adoption of Default and Mandated features is not evidence of value, from that date on
	// if there is one.
	Default      bool      `toml:"default"`
	DefaultSince time.Time `toml:"default_since"`
	Mandated     bool      `toml:"mandated"`
	MandatedOn   time.Time `toml:"mandated_on"`
	// Predicted is the expected share of eligible units, in percent. Pages compare it with
	// adoption 4, 8 and 12 weeks after general availability.
	Predicted        *float64     `toml:"predicted"`
	PredictedBecause string       `toml:"predicted_because"`
	Rule             AdoptionRule `toml:"rule"`
	Uses             []ListedUse  `toml:"use"` // with source "list"
}

// AdoptionRule finds users of a feature among collected facts: a repository's owners use it if
// every given part matches. At least one part is given if the source is "rule".
type AdoptionRule struct {
	Pipeline    string `toml:"pipeline"`    // glob over workflow file paths of a repository
	Deployed    string `toml:"deployed"`    // regular expression over the source that reported a deployment
	Creator     string `toml:"creator"`     // regular expression over who created the deployment
	Environment string `toml:"environment"` // regular expression over the deployment's environment
}

// ListedUse declares that a unit uses a feature.
type ListedUse struct {
	Unit  string    `toml:"unit"`  // team ID, service or any opaque key
	From  time.Time `toml:"from"`  // first day of use; zero: from the beginning
	Until time.Time `toml:"until"` // first day without use; zero: until now
}

// Thresholds are a feature's own limits for the decision tree, in percent. Nil: the platform's.
type Thresholds struct {
	Satisfied    *float64 `toml:"satisfied"`
	AdoptionHigh *float64 `toml:"adoption_high"`
	AdoptionLow  *float64 `toml:"adoption_low"`
	// Outcome is the metric or measure that shows an improvement of delivery, such as
	// "dora.lead_time"; "" is lead time.
	Outcome string `toml:"outcome"`
	Because string `toml:"because"` // reason for other limits
}
