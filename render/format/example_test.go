package format_test

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Values come in the unit that compute stores; the package chooses the scale.
func ExampleValue() {
	for _, text := range []string{
		format.Value(2520, metric.Seconds),
		format.Value(200_000, metric.Seconds),
		format.Value(0.083, metric.Share),
		format.Count(8736),
	} {
		fmt.Println(strings.ReplaceAll(text, format.Space, " "))
	}
	// Output:
	// 42 min
	// 2.3 days
	// 8 %
	// 8,736
}
