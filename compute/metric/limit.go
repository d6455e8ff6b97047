package metric

// limitUnits are the units that people write limits in, beside the stored unit of
// a metric: which stored unit each fits, and how much of it one is.
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

// Scale returns how much of the stored unit one of the written unit is; false if
// the two do not fit. "" and the stored unit itself scale by 1.
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
