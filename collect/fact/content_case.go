package fact

// Bases of a figure: measured by this tool, reported by a team, or estimated.
const (
	Measured  = "measured"
	Reported  = "reported" // shown as the team's report, never as an effect
	Estimated = "estimated"
)

// Case is a story with a before and an after, also if it had no effect.
type Case struct {
	Item
	Request     string   `toml:"request"`
	Traditional string   `toml:"traditional"` // the usual solution, which was not built
	Findings    []string `toml:"findings"`
	Job         string   `toml:"job"`
	// The work, step by step, per phase of the loop.
	Discovery      []string `toml:"discovery"`
	Prioritisation []string `toml:"prioritisation"`
	Delivery       []Step   `toml:"delivery"`
	Measurement    []string `toml:"measurement"`

	Rice        *RICE    `toml:"rice"`
	Results     []Result `toml:"result"`
	Value       *Value   `toml:"value"`
	Outcome     string   `toml:"outcome"`
	Quotes      []string `toml:"quotes"` // without names
	Features    []string `toml:"features"`
	Research    []string `toml:"research"`
	Initiatives []string `toml:"initiatives"`
}

// Step is one stage of a delivery.
type Step struct {
	Phase string `toml:"phase"`
	Text  string `toml:"text"`
}

// Result is one before and after, a change, or a sentence.
type Result struct {
	Measure string   `toml:"measure"` // measure ID; "" if Text suffices
	Before  *float64 `toml:"before"`  // in the measure's unit
	After   *float64 `toml:"after"`
	Change  *float64 `toml:"change"` // if only the difference is available
	Text    string   `toml:"text"`
	Basis   string   `toml:"basis"` // Measured, Reported or Estimated; "": Measured with Before and After, else Reported
	Because string   `toml:"because"`
}

// Value is the worth of a result in money.
type Value struct {
	SavedPerYear *float64 `toml:"saved_per_year"`
	Currency     string   `toml:"currency"` // ISO 4217
	Basis        string   `toml:"basis"`    // Measured, Reported or Estimated
	Because      string   `toml:"because"`
}
