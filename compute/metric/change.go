package metric

// Change is the difference between a value and the earlier value printed beside it. It does not
// claim that anything changed: only a Trend does, and a Trend may estimate something else, such
// as the change of a typical team.
type Change struct {
	// Value is relative for ratios (0.30 is +30 %), and otherwise a difference in the metric's
	// unit.
	Value    float64 `json:"value"`
	Relative bool    `json:"relative"`
	// Lo and Hi are on the scale of Value; nil means no limit on that side.
	Limits
}

// Opposed reports whether the tested change and the printed change have different signs. A page
// then prints the size of neither, because together they would confuse.
func (m *Metric) Opposed() bool {
	return m.Change != nil && m.Trend != nil && m.Change.Value*m.Trend.Change < 0
}
