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

// What is taken is drawn in full, what is open dashed, the rest grey.
func TestTreeTellsOpenFromTaken(t *testing.T) {
	tree := Tree{ID: "t", Title: "Why", Root: TreeNode{Text: "Satisfied?", Taken: true, Branches: []TreeNode{
		{Answer: "yes", Text: "Taken", Taken: true},
		{Answer: "no", Text: "Open", Open: true, Detail: "still possible"},
		{Answer: "no", Text: "Grey", Detail: "never shown"},
	}}}
	svg := string(tree.AppendSVG(nil))
	for class, edges := range map[string]int{`class="l"`: 1, `class="l d"`: 1, `class="g"`: 1} {
		t.Run(class, func(t *testing.T) {
			if n := strings.Count(svg, "<path "+class); n != edges {
				t.Errorf("%d edges of %s, want %d", n, class, edges)
			}
		})
	}
	if !strings.Contains(svg, "still possible") || strings.Contains(svg, "never shown") {
		t.Error("details stand with what is taken or open, and nowhere else")
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
