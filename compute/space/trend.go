package space

import (
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// CompareScores tests the change of a net promoter score between two waves as that of two
// independent samples. points is the smallest change worth acting on.
func CompareScores(before, after stat.Answers, points float64) *metric.Trend {
	change, p, iv := stat.NPSChange(before, after, confidence)
	t := trend.Difference(change, iv, p, points, metric.Up)
	describeTrend(t, before, after)
	return t
}

// describeTrend adds the method and the counts to a trend.
func describeTrend(t *metric.Trend, before, after stat.Answers) {
	if t != nil {
		t.Method = "difference of two adjusted trinomial samples, normal approximation"
		t.N = []metric.Count{{What: "answers before", N: sumAnswers(before)}, {What: "answers now", N: sumAnswers(after)}}
	}
}

func sumAnswers(a stat.Answers) int { return a.Promoters + a.Passives + a.Detractors }
