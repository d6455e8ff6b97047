package rice

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Prediction is the expected effort of an initiative, as it was at approval, and the effort it
// really took.
type Prediction struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Approved time.Time `json:"approved"`
	Done     bool      `json:"done"`
	Effort   float64   `json:"effort"` // predicted, in the unit of the plan
	metric.Range
	Assumed bool     `json:"assumed,omitempty"` // the range is assumed, not given
	Spent   *float64 `json:"spent"`             // nil before the initiative has ended
	Score   float64  `json:"score"`
}

// Hit reports whether the effort spent is within the predicted range.
func (p *Prediction) Hit() bool { return p.Spent != nil && *p.Spent >= p.Lo && *p.Spent <= p.Hi }

// listPredictions lists the predictions of approved initiatives in the order of content.
func (o Options) listPredictions(c fact.Content) []Prediction {
	var out []Prediction
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Rice == nil || in.Rice.Approved.IsZero() {
			continue
		}
		f, inputs, ok := o.newFactors(in.Rice, stageFactor(in, in.Rice.Approved))
		if !ok {
			continue
		}
		out = append(out, Prediction{
			ID: in.ID, Title: in.Title, Approved: in.Rice.Approved, Done: in.Status == fact.Done,
			Effort: f.Effort.Point, Range: metric.Range{Lo: f.Effort.Lo, Hi: f.Effort.Hi}, Assumed: inputs[3].Assumed,
			Spent: in.Spent, Score: f.Score().Median,
		})
	}
	return out
}

// Calibration shows how accurate predictions of effort were, over finished initiatives.
type Calibration struct {
	N    int
	Hits int
	// Share is the share of ranges that contain the effort spent, with Wilson's 95 % interval.
	// For good predictions it is 90 %.
	Share  float64
	Likely stat.Interval
	// Bias is the geometric mean of spent ÷ predicted: 1.3 means 30 % more than predicted.
	Bias float64
	// Winkler is the mean interval score of the ranges on logarithms: see the function Winkler.
	Winkler float64
}

// minCalibration is the fewest finished predictions for a calibration; with fewer they are only
// listed.
const minCalibration = 5

// Calibrate judges finished predictions; ok is false with fewer than five.
func Calibrate(list []Prediction) (c Calibration, ok bool) {
	logs, winkler := 0.0, 0.0
	for i := range list {
		p := &list[i]
		if p.Spent == nil || *p.Spent <= 0 || p.Effort <= 0 {
			continue
		}
		c.N++
		logs += math.Log(*p.Spent / p.Effort)
		if p.Lo > 0 {
			winkler += Winkler(math.Log(p.Lo), math.Log(p.Hi), math.Log(*p.Spent), rangeConfidence)
		}
		if p.Hit() {
			c.Hits++
		}
	}
	if c.N < minCalibration {
		return c, false
	}
	c.Share = float64(c.Hits) / float64(c.N)
	c.Likely = stat.Wilson(c.Hits, c.N, 0.95)
	c.Bias, c.Winkler = math.Exp(logs/float64(c.N)), winkler/float64(c.N)
	return c, true
}
