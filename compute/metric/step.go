package metric

import "time"

// Step is a lasting change of the level of a weekly series: it begins in one week, stays, and is
// beyond chance among all weeks of all series of its page.
type Step struct {
	Week time.Time `json:"week"` // start of the first week on the new level
	// Before and After are the levels of the weeks around it, in the unit of the series.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// P is corrected for every week and every series of the page.
	P float64 `json:"p"`
}

// Rises reports whether the level after the step is the higher one.
func (s *Step) Rises() bool { return s.After > s.Before }
