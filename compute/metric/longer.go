package metric

// Longer is the same rate over a longer window, for a metric whose own window has few events.
// Pages print it beside the value and never compare it.
type Longer struct {
	Figure         // in the metric's unit
	N      []Count `json:"n"`
	// Window ends with the metric's window.
	Window Window `json:"window"`
	Weeks  int    `json:"weeks"`
	// Dispersion is the ratio of the variance of weekly counts to that of a Poisson process (φ,
	// at least 1), from up to 52 weeks.
	Dispersion float64 `json:"dispersion"`
}
