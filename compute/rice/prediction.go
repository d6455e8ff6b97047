package rice

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Prediction is the expected effort of an initiative, as it was when its approval was recorded in
// git, and the effort it really took.
type Prediction struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Approved time.Time `json:"approved"` // as the file says now
	Done     bool      `json:"done"`
	Effort   float64   `json:"effort"` // predicted, in the unit of the plan; 0: none was written
	metric.Range
	Assumed bool     `json:"assumed,omitempty"` // the range is assumed, not given
	Spent   *float64 `json:"spent"`             // nil before the initiative has ended
	Score   float64  `json:"score"`
	Record
	// Since are the later changes of the prediction's numbers, the oldest first.
	Since []Edit `json:"changed_since,omitempty"`
}

// Edit is a change after a prediction was recorded.
type Edit struct {
	At     time.Time `json:"at"`
	Commit string    `json:"commit,omitempty"` // "": not committed yet
	// Request means that a pull request, which has no commit yet, makes the change.
	Request bool    `json:"request,omitempty"`
	Effort  float64 `json:"effort"` // 0: none is written
	metric.Range
	Score    float64   `json:"score"`
	Approved time.Time `json:"approved"`
}

// Hit reports whether the effort spent is within the predicted range.
func (p *Prediction) Hit() bool { return p.Spent != nil && *p.Spent >= p.Lo && *p.Spent <= p.Hi }

// listPredictions lists the predictions of approved initiatives in the order of content.
func (o Options) listPredictions(c fact.Content, asOf time.Time) []Prediction {
	var out []Prediction
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Rice == nil || in.Rice.Approved.IsZero() {
			continue
		}
		p := Prediction{ID: in.ID, Title: in.Title, Approved: in.Rice.Approved, Done: in.Status == fact.Done, Spent: in.Spent}
		versions := c.Recorded.InitiativeVersions(in.ID)
		first := fact.UnbrokenSince(versions, isApproved)
		if first < 0 {
			versions, first = []fact.Version[fact.Initiative]{{Item: in}}, 0
		}
		p.Record = newRecord(c.Recorded, &versions[first], in.Rice.Approved, asOf)
		p.WithResult = p.Unchecked == "" && versions[first].Item.Spent != nil
		was := o.newEdit(&versions[first])
		p.Effort, p.Range, p.Assumed, p.Score = was.Effort, was.Range, was.assumed, was.Score
		for k := first + 1; k < len(versions); k++ {
			now := o.newEdit(&versions[k])
			if now.Effort != was.Effort || now.Range != was.Range && !(now.assumed && was.assumed) || now.Score != was.Score ||
				!now.Approved.Equal(was.Approved) {
				now.Request = now.Commit == "" && c.Recorded.Request
				p.Since = append(p.Since, now.Edit)
			}
			was = now
		}
		if p.Effort > 0 || len(p.Since) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func isApproved(in *fact.Initiative) bool { return in.Rice != nil && !in.Rice.Approved.IsZero() }

// assumedEdit is an edit, and whether its range is assumed.
type assumedEdit struct {
	Edit
	assumed bool
}

// newEdit returns the numbers of a version, on the scale of its configuration.
func (o Options) newEdit(v *fact.Version[fact.Initiative]) assumedEdit {
	if v.Scale != nil {
		o = Options(*v.Scale)
	}
	e := assumedEdit{Edit: Edit{At: v.At, Commit: v.Commit, Approved: v.Item.Rice.Approved}}
	if f, inputs, ok := o.newFactors(v.Item.Rice, stageFactor(v.Item, v.Item.Rice.Approved)); ok {
		e.Effort, e.Range, e.Score = f.Effort.Point, metric.Range{Lo: f.Effort.Lo, Hi: f.Effort.Hi}, f.Score().Median
		e.assumed = inputs[3].Assumed
	}
	return e
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
	// Late is the number of finished ones that do not count, because they were not written down in
	// time.
	Late int
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
		if !p.Counts() {
			c.Late++
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
