package decision

// Verdict is a leaf of the tree, or InsufficientData or Early.
type Verdict string

// The verdicts.
const (
	MakeDefault Verdict = "make default"
	Invest      Verdict = "invest"      // double down, expand adoption
	DoubleDown  Verdict = "double down" // on a default or mandated feature, whose adoption can not be expanded
	Investigate Verdict = "investigate" // certainly no effect: wrong solution, or barriers to adoption?
	Pivot       Verdict = "pivot"       // or sunset
	Deprecate   Verdict = "deprecate"   // in favour of the successor
	// InsufficientData is the verdict if several leaves are possible.
	InsufficientData Verdict = "investigate (insufficient data)"
	// Early is the verdict if a gate prevents another.
	Early Verdict = "too early"
)

// Leaf returns the verdict in the words of decision files: "make default", "invest",
// "investigate", "pivot or sunset" or "deprecate".
func (v Verdict) Leaf() string {
	switch v {
	case DoubleDown:
		return string(Invest)
	case Pivot:
		return "pivot or sunset"
	case InsufficientData, Early:
		return string(Investigate)
	}
	return string(v)
}
