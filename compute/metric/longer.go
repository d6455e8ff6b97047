package metric

// Longer is the same rate over a longer window than the metric's, for where that holds few
// events. Pages print it beside the value and never compare it.
type Longer struct {
	Figure         // in the metric's unit
	N      []Count `json:"n"`
	// Window ends with the metric's.
	Window Window `json:"window"`
	Weeks  int    `json:"weeks"`
	// Dispersion is how much more the weeks vary than those of a Poisson process
	// (φ, at least 1), from up to 52 weeks.
	Dispersion float64 `json:"dispersion"`
}
