package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestWoodruffByHand(t *testing.T) {
	// Six deployments: the first four hold 1 change each, the others 2 and 4.
	values := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	cluster := []int{0, 1, 2, 3, 4, 4, 5, 5, 5, 5}
	// Median 5.5; a − m/2 = ½, ½, ½, ½, 0, −2, so Σ² = 5 and the standard error
	// is √(6/5·5)/10 = 0.245; t₅ = 2.571 makes 0.630: wider than the sample.
	median, iv, ok := WoodruffMedian(values, cluster, 0.95)
	if median != 5.5 || !ok || iv.Lo != 0 || !math.IsInf(iv.Hi, 1) {
		t.Errorf("got %v %v %v", median, iv, ok)
	}
	// At 50 % t₅ = 0.7267 and F = 0.5 ± 0.178: ranks 3 and 8.
	if _, iv, _ := WoodruffMedian(values, cluster, 0.5); iv != (Interval{3, 8}) {
		t.Errorf("50 %%: %v", iv)
	}
}

func TestWoodruffNeedsSixClusters(t *testing.T) {
	values := []float64{1, 2, 3, 4, 5, 6}
	if _, iv, ok := WoodruffMedian(values, []int{1, 2, 3, 4, 5, 5}, 0.95); ok || !math.IsInf(iv.Hi, 1) {
		t.Errorf("five clusters: %v %v", iv, ok)
	}
	if _, _, ok := WoodruffMedian(values, []int{1, 2, 3, 4, 5, 6}, 0.95); !ok {
		t.Error("six clusters are enough")
	}
	if median, _, ok := WoodruffMedian(nil, nil, 0.95); ok || !math.IsNaN(median) {
		t.Errorf("nothing: %v %v", median, ok)
	}
}

// clusteredDesign draws deployments of several changes whose log lead times
// share a part; its true median is 1.
type clusteredDesign struct {
	name                  string
	clusters, mean        int
	between, within       float64 // standard deviations of the logarithm
	wholesale, skewedSize bool    // changes of a deployment alike; few large deployments
}

var clusteredDesigns = []clusteredDesign{
	{name: "independent", clusters: 40, mean: 1, within: 1},
	{name: "shared wait", clusters: 30, mean: 5, between: 1, within: 0.5},
	{name: "few deployments", clusters: 12, mean: 5, between: 0.7, within: 0.7},
	{name: "weak clustering", clusters: 30, mean: 4, between: 0.2, within: 1},
	{name: "identical within", clusters: 25, mean: 6, between: 1, wholesale: true},
	{name: "skewed sizes", clusters: 30, mean: 5, between: 0.8, within: 0.6, skewedSize: true},
	{name: "many", clusters: 150, mean: 4, between: 1, within: 1},
}

func (d clusteredDesign) draw(r *rand.Rand) (values []float64, cluster []int) {
	for c := range d.clusters {
		size := 1 + r.IntN(2*d.mean-1)
		if d.skewedSize && r.IntN(6) == 0 {
			size *= 4
		}
		shared := d.between * r.NormFloat64()
		for range size {
			own := d.within * r.NormFloat64()
			if d.wholesale {
				own = 0
			}
			values = append(values, math.Exp(shared+own))
			cluster = append(cluster, c)
		}
	}
	return values, cluster
}

func (d clusteredDesign) coverage(runs int) float64 {
	r := rand.New(rand.NewPCG(1, uint64(d.clusters)))
	hits := 0
	for range runs {
		values, cluster := d.draw(r)
		if _, iv, ok := WoodruffMedian(values, cluster, 0.95); ok && iv.Contains(1) {
			hits++
		}
	}
	return float64(hits) / float64(runs)
}

// With 600 runs the standard error is under one point, so a true 93 % passes 90 %.
func TestWoodruffCovers(t *testing.T) {
	for _, d := range clusteredDesigns {
		if got := d.coverage(600); got < 0.90 {
			t.Errorf("%s: covers %.3f", d.name, got)
		}
	}
}

// BenchmarkWoodruffCoverage reports the coverage of each design: at least 93 %.
func BenchmarkWoodruffCoverage(b *testing.B) {
	for _, d := range clusteredDesigns {
		b.Run(d.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(100*d.coverage(4000), "%covered")
			}
		})
	}
}
