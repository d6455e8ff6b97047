package metric

// Change is how far a value lies from the earlier value that is printed beside it. Whether
// anything changed, only a Trend shows: its estimate may be of something else, such as the
// typical team.
type Change struct {
	// Value is relative for ratios (0.30 is +30 %), a difference in the metric's
	// unit otherwise.
	Value    float64 `json:"value"`
	Relative bool    `json:"relative"`
	// Lo and Hi are on the scale of Value; nil where no limit exists.
	Limits
}

// Opposed reports whether the tested change and that of the printed values have
// different signs: then neither size may be printed without confusion.
func (m *Metric) Opposed() bool {
	return m.Change != nil && m.Trend != nil && m.Change.Value*m.Trend.Change < 0
}
