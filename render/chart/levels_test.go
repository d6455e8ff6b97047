package chart

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestLimitsAreDrawnAndNamed(t *testing.T) {
	at := time.Date(2024, 10, 7, 0, 0, 0, 0, time.UTC)
	l := Line{
		ID: "l", Title: "Adoption", Unit: metric.Share,
		Points: []metric.Point{{At: at, Figure: metric.Figure{Value: metric.Of(0.1)}}, {At: at.AddDate(0, 0, 7), Figure: metric.Figure{Value: metric.Of(0.2)}}},
		Limits: []Limit{{Value: 0.7, Label: "high from <70 %"}},
	}
	svg := string(l.AppendSVG(nil))
	if !strings.Contains(svg, ">high from &lt;70 %<") {
		t.Error("the limit has no name")
	}
	if _, hi := l.bounds(); hi < 0.7 {
		t.Errorf("the axis ends at %g, below the limit", hi)
	}
	l.Limits = nil
	if _, hi := l.bounds(); hi > 0.7 {
		t.Errorf("without a limit the axis reaches %g", hi)
	}
}

// A label on the right of the last third would leave the picture on a phone.
func TestEventLabelStaysInThePicture(t *testing.T) {
	value := metric.Of(0.1)
	e := Effect{ID: "e", Title: "Effect", Unit: metric.Share, Event: "began to use it"}
	for at := -9; at <= 0; at++ {
		e.Periods = append(e.Periods, Period{At: at, Figure: metric.Figure{Value: value}})
	}
	if svg := string(e.AppendSVG(nil)); !strings.Contains(svg, `text-anchor="end">began to use it`) {
		t.Error("the label leaves the picture")
	}
}
