package fact

import "time"

// Feature is something the platform offers.
type Feature struct {
	Item
	Owner     string    `toml:"owner"`     // team or role of the platform that answers for it
	Successor string    `toml:"successor"` // feature ID its users should move to
	Labels    []string  `toml:"labels"`    // names for it in surveys and tickets; the title always counts
	Shipped   time.Time `toml:"shipped"`   // general availability; zero: not shipped, or as its initiative says
	Retired   time.Time `toml:"retired"`   // switched off; zero: alive
	Research  []string  `toml:"research"`  // why it exists
	Measures  []string  `toml:"measures"`  // measure IDs shown on its page

	Parts    []Part     `toml:"part"`
	Adoption Adoption   `toml:"adoption"`
	Decision Thresholds `toml:"decision"`
}

// Part is a part of a feature whose use is counted apart, such as Backstage's docs.
type Part struct {
	ID     string   `toml:"id"`
	Title  string   `toml:"title"`  // defaults to ID
	Labels []string `toml:"labels"` // names for it in usage exports
}

// Adoption says who could use a feature and how use is known.
type Adoption struct {
	Unit       string    `toml:"unit"`        // "developer", "team" or "service"
	Eligible   int       `toml:"eligible"`    // how many units could use it; 0: all of the platform
	EligibleOn time.Time `toml:"eligible_on"` // when they were counted
	Source     string    `toml:"source"`      // "usage", "rule" or "list"
	// Default and Mandated features flag their adoption as no evidence of value,
	// since that date if one is given.
	Default      bool      `toml:"default"`
	DefaultSince time.Time `toml:"default_since"`
	Mandated     bool      `toml:"mandated"`
	MandatedOn   time.Time `toml:"mandated_on"`
	// Predicted is the share of eligible units expected, in percent, that
	// adoption 4, 8 and 12 weeks after general availability is held against.
	Predicted        *float64     `toml:"predicted"`
	PredictedBecause string       `toml:"predicted_because"`
	Rule             AdoptionRule `toml:"rule"`
	Uses             []ListedUse  `toml:"use"` // with source "list"
}

// AdoptionRule finds users of a feature among collected facts: a repository's
// owners use it when every given part matches. At least one part is given when
// the source is "rule".
type AdoptionRule struct {
	Pipeline    string `toml:"pipeline"`    // glob over workflow file paths of a repository
	Deployed    string `toml:"deployed"`    // regular expression over the source that reported a deployment
	Creator     string `toml:"creator"`     // regular expression over who created the deployment
	Environment string `toml:"environment"` // regular expression over the deployment's environment
}

// ListedUse declares that a unit uses a feature.
type ListedUse struct {
	Unit  string    `toml:"unit"`  // team ID, service or any opaque key
	From  time.Time `toml:"from"`  // first day of use; zero: since ever
	Until time.Time `toml:"until"` // first day not used any more; zero: until now
}

// Thresholds are a feature's own limits for the decision tree, in percent. Nil
// takes the platform's.
type Thresholds struct {
	Satisfied    *float64 `toml:"satisfied"`
	AdoptionHigh *float64 `toml:"adoption_high"`
	AdoptionLow  *float64 `toml:"adoption_low"`
	// Outcome is the metric or measure whose change says whether delivery
	// improved, such as "dora.lead_time"; "" is lead time.
	Outcome string `toml:"outcome"`
	Because string `toml:"because"` // why this feature is judged differently
}
