package space

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// SuccessID returns the ID of the success rate of a task.
func SuccessID(task string) string { return TaskSuccess + "." + formatSlug(task) }

// MinutesID returns the ID of the time that a task takes.
func MinutesID(task string) string { return TaskMinutes + "." + formatSlug(task) }

// formatSlug returns the name of a task as part of an ID.
func formatSlug(task string) string {
	words := strings.FieldsFunc(strings.ToLower(task), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return cmp.Or(strings.Join(words, "-"), "unnamed")
}

// attempts holds the attempts at a task in a window.
type attempts struct {
	tried, unaided int       // attempts that record whether they needed help
	seconds        []float64 // length of completed attempts, ascending
}

// measureTasks returns the metrics of all tasks together and of each task, by ID: the current
// four weeks against the four before.
func (m *measurer) measureTasks(list []fact.Task) (out []metric.Metric, left []metric.LeftOut) {
	by := map[string][]fact.Task{}
	slugs := map[string]string{}
	for _, t := range list {
		id, ok := slugs[t.Task]
		if !ok {
			id = formatSlug(t.Task)
			slugs[t.Task] = id
		}
		by[id] = append(by[id], t)
	}
	now, unclear := countAttempts(list, m.cal.WithoutBreaks().Current())
	before, _ := countAttempts(list, m.cal.WithoutBreaks().Before())
	all := m.measureSuccess(TaskSuccess, m.specs.Find(TaskSuccess).Title, now, before)
	if len(list) == 0 {
		all.Next = "connect an export of task attempts in config.toml"
	}
	out = append(out, all)
	rare := 0
	for _, task := range slices.Sorted(maps.Keys(by)) {
		if len(by[task]) < minAnswers {
			rare += len(by[task])
			continue
		}
		now, _ := countAttempts(by[task], m.cal.WithoutBreaks().Current())
		before, _ := countAttempts(by[task], m.cal.WithoutBreaks().Before())
		title := strings.ReplaceAll(task, "-", " ")
		out = append(out,
			m.measureSuccess(TaskSuccess+"."+task, "Completed without help: "+title, now, before),
			m.measureMinutes(TaskMinutes+"."+task, "Time to "+title, now, before))
	}
	return out, dropEmpty(
		metric.LeftOut{What: "task attempts", Reason: "do not record whether they needed help", N: unclear},
		metric.LeftOut{What: "task attempts", Reason: fmt.Sprintf("at tasks that were tried fewer than %d times; they "+
			"count for all tasks together only", minAnswers), N: rare},
	)
}

func countAttempts(list []fact.Task, w metric.Window) (a attempts, unclear int) {
	for i := range list {
		t := &list[i]
		if !w.Contains(t.At) {
			continue
		}
		switch {
		case !t.Done:
			a.tried++
		case t.Unaided == nil:
			unclear++
		default:
			a.tried++
			if *t.Unaided {
				a.unaided++
			}
		}
		if t.Done && t.Minutes != nil && *t.Minutes >= 0 && !math.IsInf(*t.Minutes, 0) {
			a.seconds = append(a.seconds, *t.Minutes*time.Minute.Seconds())
		}
	}
	slices.Sort(a.seconds)
	return a, unclear
}

// markTooFew marks a metric with too few attempts as not available.
func markTooFew(mt *metric.Metric, what string) {
	mt.State = metric.NotAvailable
	mt.Why = fmt.Sprintf("fewer than %d %s in these weeks", minAnswers, what)
}

func (m *measurer) measureSuccess(id, title string, now, before attempts) metric.Metric {
	mt := m.newMetric(TaskSuccess, metric.Scope{Kind: metric.Organisation})
	mt.ID, mt.Title, mt.Window = id, title, m.cal.WithoutBreaks().Current()
	if now.tried < minAnswers {
		markTooFew(&mt, "attempts")
		return mt
	}
	iv := stat.Wilson(now.unaided, now.tried, confidence)
	mt.Figure = metric.NewFigure(now.successRate(), iv)
	mt.N = now.listCounts()
	if before.tried >= minAnswers {
		iv := stat.Wilson(before.unaided, before.tried, confidence)
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: metric.Of(before.successRate()), Lo: metric.Of(iv.Lo), Hi: metric.Of(iv.Hi)},
			N:      before.listCounts(), Window: m.cal.WithoutBreaks().Before(),
		}
	}
	return mt
}

func (a *attempts) successRate() float64 { return float64(a.unaided) / float64(a.tried) }

func (a *attempts) listCounts() []metric.Count {
	return []metric.Count{{What: "completed without help", N: a.unaided}, {What: "attempts", N: a.tried}}
}

func (m *measurer) measureMinutes(id, title string, now, before attempts) metric.Metric {
	mt := m.newMetric(TaskMinutes, metric.Scope{Kind: metric.Organisation})
	mt.ID, mt.Title, mt.Window = id, title, m.cal.WithoutBreaks().Current()
	if len(now.seconds) < minAnswers {
		markTooFew(&mt, "completed attempts")
		return mt
	}
	mt.Value, mt.Lo, mt.Hi = computeMedian(now.seconds)
	mt.N = []metric.Count{{What: "completed attempts", N: len(now.seconds)}}
	if len(before.seconds) >= minAnswers {
		v, lo, hi := computeMedian(before.seconds)
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: v, Lo: lo, Hi: hi},
			N:      []metric.Count{{What: "completed attempts", N: len(before.seconds)}}, Window: m.cal.WithoutBreaks().Before(),
		}
	}
	return mt
}

// computeMedian returns the median of ascending seconds and its interval; hi is nil without an
// upper limit.
func computeMedian(seconds []float64) (v, lo, hi *float64) {
	at, iv := stat.QuantileInterval(seconds, 0.5, confidence)
	if !math.IsInf(iv.Hi, 0) {
		hi = metric.Of(iv.Hi)
	}
	return metric.Of(at), metric.Of(iv.Lo), hi
}
