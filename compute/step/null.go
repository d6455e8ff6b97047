package step

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	// around is the number of weeks whose median is the level of the week in their middle.
	around = 13
	// largestRho is the largest correlation of neighbouring weeks that is assumed.
	largestRho = 0.8
	// margin ÷ √(number of weeks), about one standard error, is added to the estimated correlation, because too small a
	// correlation finds steps where none are.
	margin = 1
)

// estimate estimates the correlation of neighbouring weeks and what is new in each week. Both
// come from the weeks around each week, so that steps and slow changes have little influence.
func (x *sample) estimate() {
	n := len(x.values)
	one, two := x.meanSquareOver(1), x.meanSquareOver(2)
	if one <= 0 {
		return
	}
	x.rho = math.Min(math.Max(two/one-1+margin/math.Sqrt(float64(n)), 0), largestRho)
	r := x.residuals()
	e := make([]float64, n)
	mean := 0.0
	for t := range e {
		if e[t] = r[t]; t > 0 {
			e[t] -= x.rho * r[t-1]
		}
		mean += e[t] / float64(n)
	}
	squares := 0.0
	for t := range e {
		e[t] -= mean
		squares += e[t] * e[t] / float64(n)
	}
	// Residuals from a running median are a little too small. Differences of neighbours are not.
	if want := one * (1 + x.rho) / 2; squares > 0 && want > squares {
		for t := range e {
			e[t] *= math.Sqrt(want / squares)
		}
	}
	x.innovations = e
}

// meanSquareOver returns the mean square of the differences of values that are lag apart, less
// their usual drift. It leaves out the largest differences, so that steps have no influence.
func (x *sample) meanSquareOver(lag int) float64 {
	d := make([]float64, len(x.values)-lag)
	for t := range d {
		d[t] = x.values[t+lag] - x.values[t]
	}
	drift := middle(d)
	for t := range d {
		d[t] = math.Abs(d[t] - drift)
	}
	slices.Sort(d)
	d = d[:len(d)-int(largest*float64(len(d)))]
	sum := 0.0
	for _, v := range d {
		sum += v * v
	}
	return sum / float64(len(d)) / smallerSquares
}

const (
	// largest is the share of the differences that is left out: a step is in one difference of
	// neighbours, a dip of two weeks in two. smallerSquares is the mean square of the others for
	// normal numbers of variance 1.
	largest        = 0.15
	smallerSquares = 0.5205
)

// residuals returns the difference of each week and the median of the weeks around it.
func (x *sample) residuals() []float64 {
	r := make([]float64, len(x.values))
	var sorted []float64
	for t := range r {
		from := min(max(0, t-around/2), len(x.values)-around)
		sorted = append(sorted[:0], x.values[from:from+around]...)
		slices.Sort(sorted)
		r[t] = x.values[t] - sorted[around/2]
	}
	return r
}

// place finds the place of each week among the weeks of the page.
func (x *sample) place(weeks int, first time.Time) {
	x.index = make([]int, weeks)
	for i := range x.index {
		x.index[i] = -1
	}
	for i, at := range x.at {
		x.index[int(at.Sub(first)/week)] = i
	}
}

// rebuild computes the contrasts of a series with the same innovations in another order.
func (x *sample) rebuild(permutation int, order []int) {
	t, last := 0, 0.0
	for _, w := range order {
		i := x.index[w]
		if i < 0 {
			continue
		}
		e := x.innovations[i]
		if t == 0 {
			last = e / math.Sqrt(1-x.rho*x.rho)
		} else {
			last = x.rho*last + e
		}
		x.again[t] = last
		t++
	}
	n := len(x.observed)
	x.contrast(x.again, x.null[permutation*n:(permutation+1)*n])
}

// contrast computes, for each candidate week, the mean of the weeks from it on less the mean of
// the weeks before it.
func (x *sample) contrast(values, into []float64) {
	n := len(values)
	for t, v := range values {
		x.sums[t+1] = x.sums[t] + v
	}
	for k := range into {
		at := k + least
		g, h := min(reach, at), min(reach, n-at)
		into[k] = (x.sums[at+h]-x.sums[at])/float64(h) - (x.sums[at]-x.sums[at-g])/float64(g)
	}
}

// standardise computes the spread of each candidate's contrast over the permutations, and how
// much more the observed contrasts of usual weeks spread. An autoregression can explain too
// little of how long weeks resemble each other; the usual weeks of the series itself cannot.
func (x *sample) standardise() {
	n := len(x.observed)
	x.spread = make([]float64, n)
	for b := range permutations {
		for k, c := range x.null[b*n : (b+1)*n] {
			x.spread[k] += c * c
		}
	}
	seen := make([]float64, n)
	x.removeDrift(seen)
	for k := range x.spread {
		x.spread[k] = math.Sqrt(x.spread[k] / permutations)
		seen[k] = math.Abs(x.observed[k]) / x.spread[k]
	}
	slices.Sort(seen)
	x.wider = math.Max(1, stat.Quantile(seen, 0.5)/normalMedian)
}

// normalMedian is the median of the size of a standard normal number.
const normalMedian = 0.6745

// removeDrift subtracts the usual drift from the observed contrasts: a series that falls a
// little every week has no step. slopes is working space for a slope of each contrast.
func (x *sample) removeDrift(slopes []float64) {
	apart := func(k int) float64 { // the middles of both sides
		at := k + least
		return float64(min(reach, at)+min(reach, len(x.values)-at)) / 2
	}
	for k, c := range x.observed {
		slopes[k] = c / apart(k)
	}
	slices.Sort(slopes)
	usual := stat.Quantile(slopes, 0.5)
	for k := range x.observed {
		x.observed[k] -= usual * apart(k)
	}
}
