package metric

// limitUnits lists the units that people may use for limits, besides the stored unit of a metric: the stored unit that each fits, and the factor between them.
var limitUnits = map[string]struct {
	of   Unit
	each float64
}{
	"%":       {Share, 0.01},
	"seconds": {Seconds, 1},
	"minutes": {Seconds, 60},
	"hours":   {Seconds, 3600},
	"days":    {Seconds, 86400},
}

// Scale returns how much of the stored unit one written unit is. ok is false if the two units
// do not fit. "" and the stored unit itself have the factor 1.
func Scale(written string, stored Unit) (each float64, ok bool) {
	if written == "" || written == string(stored) {
		return 1, true
	}
	u, known := limitUnits[written]
	if !known || u.of != stored {
		return 0, false
	}
	return u.each, true
}
