package demo

import (
	"math/rand/v2"
	"slices"
	"time"
)

// epoch is Monday 1 January 2018, the start of the first period of four weeks.
var epoch = time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// mondayBefore returns the Monday 00:00 UTC at or before t.
func mondayBefore(t int64) int64 { return epoch + floorDiv(t-epoch, week)*week }

// periodAt returns the number of the period of four weeks that contains t.
func periodAt(t int64) int { return int(floorDiv(t-epoch, block)) }

func periodStart(p int) int64 { return epoch + int64(p)*block }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func timeAt(t int64) time.Time { return time.Unix(t, 0).UTC() }

// The working day, in seconds after midnight UTC.
const (
	dayBegins = 7 * 60 * 60
	dayEnds   = 19 * 60 * 60
	// apart is the usual distance between two deployments of a service: a pipeline takes longer
	// than the merge of the next change.
	apart = 25 * 60
	// busiest is the highest number of deployments of a service on one day.
	busiest = 24
)

// weekdays are the relative amounts of work, Monday first.
var weekdays = [7]float64{1, 1.1, 1.1, 1.05, .75, .05, .04}

// workloadOn returns the relative amount of work on the day that begins at t.
func workloadOn(t int64) float64 {
	w := weekdays[floorDiv(t-epoch, day)%7]
	switch d := timeAt(t); {
	case d.Month() == time.December && d.Day() >= 23, d.Month() == time.January && d.Day() <= 2:
		return .25 * w // the holidays
	}
	return w
}

// toWorkTime moves a time out of nights and weekends, always to an earlier time.
func toWorkTime(t int64) int64 {
	if s := floorDiv(t-epoch, day)*day + epoch; t-s < dayBegins || t-s >= dayEnds {
		t -= day / 2
	}
	if weekday := floorDiv(t-epoch, day) % 7; weekday >= 5 {
		t -= 2 * day
	}
	return t
}

// drawTimes draws n times of work in the span, in order: at most limit a day, and at least
// apart from each other unless the day is too full.
func drawTimes(r *rand.Rand, s span, n, limit int) []int64 {
	first := floorDiv(s.from-epoch, day)*day + epoch
	days := int((s.to - first + day - 1) / day)
	perDay := shareDays(r, first, days, min(n, days*limit), limit)
	out := make([]int64, 0, n)
	for d, k := range perDay {
		out = appendDay(r, out, first+int64(d)*day, k)
	}
	for len(out) > 0 && out[len(out)-1] >= s.to { // the last day may end early
		out = out[:len(out)-1]
	}
	return out
}

// shareDays draws the number of times on each day. n must fit into the days.
func shareDays(r *rand.Rand, first int64, days, n, limit int) []int {
	cumulative := make([]float64, days)
	sum := 0.0
	for d := range days {
		sum += workloadOn(first + int64(d)*day)
		cumulative[d] = sum
	}
	perDay := make([]int, days)
	for range n {
		d, _ := slices.BinarySearch(cumulative, r.Float64()*sum)
		for perDay[d%days] >= limit {
			d++
		}
		perDay[d%days]++
	}
	return perDay
}

// appendDay appends k times of the day that begins at midnight.
func appendDay(r *rand.Rand, out []int64, midnight int64, k int) []int64 {
	if k == 0 {
		return out
	}
	length := int64(dayEnds - dayBegins - apart)
	gap := min(apart, length/int64(k))
	free := length - gap*int64(k-1)
	begin := len(out)
	for range k { // the mean of two draws: most work is done around noon
		out = append(out, midnight+dayBegins+drawBetween(r, 0, free/2)+drawBetween(r, 0, free-free/2))
	}
	slices.Sort(out[begin:])
	for i := range out[begin:] {
		out[begin+i] += int64(i) * gap
	}
	return out
}
