package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// side is which way a tested change went.
type side int

const (
	worse  side = -1
	same   side = 0
	better side = 1
)

// sideOf says which way a metric went; known is false unless a test says so.
func sideOf(m *metric.Metric) (s side, known bool) {
	switch {
	case m == nil || m.Trend == nil:
		return same, false
	case m.Trend.Verdict() == "better":
		return better, true
	case m.Trend.Verdict() == "worse":
		return worse, true
	}
	return same, m.Trend.Outcome == metric.AboutTheSame
}

// What may be claimed of a metric, by the way it went, and how its doubt is asked.
type wording struct {
	claim map[side]string
	doubt string
}

// The two halves of the sentence about delivery. Speed and failures stand
// together: either alone can be bought with the other.
var (
	speedWords   = wording{map[side]string{better: "is faster", same: "is as fast as before", worse: "is slower"}, "whether delivery is faster"}
	failureWords = wording{map[side]string{better: "fails less often", same: "fails no more often", worse: "fails more often"}, "whether it fails more often"}
)

// What else is said, if it is worth a headline.
var (
	frequencyWords = wording{map[side]string{better: "teams deploy more often", worse: "teams deploy less often"}, ""}
	restoreWords   = wording{map[side]string{better: "incidents are over sooner", worse: "incidents last longer"}, ""}
	happyWords     = wording{map[side]string{better: "developers are happier", worse: "developers are less happy"}, "whether developers are happier"}
)

// headline is the site's first sentence, made of supported claims only, and what
// cannot be claimed.
func (s *site) headline(sec *metric.Section, nps *metric.Metric) (claim, doubt string) {
	if len(s.report.Changes.Missing) == len(headlineIDs) {
		return "Nothing is measured yet.", "Connect a source of deployments to see how delivery does."
	}
	if last, stopped := lastDeployment(sec); stopped {
		return "No deployment in the last four weeks" + last + ".", "If tags are not your deployments, set deployments = \"branch\" in config.toml."
	}
	if len(s.report.Changes.Untested) > 0 && len(s.report.Changes.Untested)+len(s.report.Changes.Missing) == len(headlineIDs) {
		return levels(sec), "Not tested yet: whether that is better than four weeks before. The earlier values stand beside each number."
	}
	lead, fail := sec.Find(dora.LeadTime, organisation), sec.Find(dora.FailRate, organisation)
	var doubts []string
	for _, d := range []string{speedWords.doubtAbout(lead), failureWords.doubtAbout(fail), happyWords.doubtAbout(nps)} {
		if d != "" {
			doubts = append(doubts, d)
		}
	}
	if len(doubts) > 0 {
		doubt = "Not sure yet: " + strings.Join(doubts, "; ") + "."
	}
	claims := deliveryClaims(lead, fail)
	for _, x := range []struct {
		words wording
		of    *metric.Metric
		only  side // 0: either way
	}{
		{frequencyWords, sec.Find(dora.Frequency, organisation), worse},
		{restoreWords, sec.Find(dora.RestoreTime, organisation), worse},
		{happyWords, nps, 0},
	} {
		if at, known := sideOf(x.of); known && at != same && (x.only == 0 || at == x.only || len(claims) == 0) {
			claims = append(claims, x.words.claim[at])
		}
	}
	if len(claims) == 0 {
		claims = []string{"nothing in delivery has changed beyond chance"}
	}
	return upperFirst(strings.Join(claims, "; ")) + ".", doubt
}

// lastDeployment reports whether nothing was deployed in the last four weeks, and
// says when something was: "; the last was in the week of 1 Dec 2025".
func lastDeployment(sec *metric.Section) (last string, stopped bool) {
	m := sec.Find(dora.Frequency, organisation)
	if m == nil || m.Value == nil || *m.Value > 0 {
		return "", false
	}
	if series := sec.FindSeries(dora.Frequency, organisation); series != nil {
		for _, p := range slices.Backward(series.Points) {
			if p.Value != nil && *p.Value > 0 && p.At.Before(m.Window.From) {
				return "; the last was in the week of " + format.Date(p.At), true
			}
		}
	}
	return "", true
}

// deliveryClaims is the sentence about speed and failures, or nothing.
func deliveryClaims(lead, fail *metric.Metric) []string {
	speed, isFaster := sideOf(lead)
	failures, isFailing := sideOf(fail)
	switch {
	case isFaster && isFailing:
		joint := " and "
		if speed*failures < 0 {
			joint = " but "
		}
		return []string{"delivery " + speedWords.claim[speed] + joint + failureWords.claim[failures]}
	case isFaster:
		return []string{"delivery " + speedWords.claim[speed]}
	case isFailing:
		return []string{"delivery " + failureWords.claim[failures]}
	}
	return nil
}

// doubtAbout asks what the data cannot tell, with the number that may be chance.
func (w *wording) doubtAbout(m *metric.Metric) string {
	if m == nil || m.Value == nil {
		return ""
	}
	if _, known := sideOf(m); known {
		return ""
	}
	if m.Trend != nil {
		c := format.Moved(m)
		if m.Trend.Change == 0 {
			return w.doubt + " (no change is seen, but the data are too few to be sure)"
		}
		return w.doubt + " (" + strings.TrimSpace(c.Size+" "+c.Word) + ")"
	}
	if m.Was != nil && m.Was.Value != nil {
		return w.doubt + " (was " + format.Value(*m.Was.Value, m.Unit) + ", not tested yet)"
	}
	return ""
}

// levels states the first two headline numbers that there are, without a change.
func levels(sec *metric.Section) string {
	var parts []string
	for _, id := range headlineIDs {
		if m := sec.Find(id, organisation); m != nil && m.Value != nil && len(parts) < 2 {
			if p := levelWords(m); p != "" {
				parts = append(parts, p)
			}
		}
	}
	return upperFirst(strings.Join(parts, "; ")) + "."
}

// levelWords says a level in a sentence.
func levelWords(m *metric.Metric) string {
	v := format.Value(*m.Value, m.Unit)
	switch m.ID {
	case dora.Frequency:
		if m.Unit == metric.PerDayPer {
			n, _ := format.Parts(*m.Value, m.Unit)
			return "teams deploy " + n + " times a day each"
		}
		if m.Unit == metric.PerWeekPer {
			n, _ := format.Parts(*m.Value, m.Unit)
			return "teams deploy " + n + " times a week each"
		}
		return format.Things(m.N[0].N, "deployments") + " in four weeks"
	case dora.LeadTime:
		return "half of all changes reach production within " + v
	case dora.FailRate:
		if m.Unsettled {
			return format.Interval(m.Lo, m.Hi, m.Unit) + " of deployments fail"
		}
		return v + " of deployments fail"
	case dora.RestoreTime:
		return "half of all incidents are over within " + v
	}
	return ""
}
