package stat_test

import (
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// A median of lead times, in hours, with the interval that order statistics give.
func ExampleQuantileInterval() {
	hours := []float64{31, 2, 5, 8, 3, 12, 4, 6, 9, 7, 5, 48}
	slices.Sort(hours)
	median, iv := stat.QuantileInterval(hours, 0.5, 0.95)
	fmt.Printf("%.1f h, likely %.0f to %.0f h\n", median, iv.Lo, iv.Hi)
	// Output: 6.5 h, likely 4 to 12 h
}

// Eight failed deployments of 45, and three of 40: the interval of the difference
// contains 0, so the data do not support a claim of change.
func ExampleNewcombe() {
	iv := stat.Newcombe(8, 45, 3, 40, 0.95)
	fmt.Printf("%+.0f to %+.0f points\n", 100*iv.Lo, 100*iv.Hi)
	// Output: -5 to +25 points
}
