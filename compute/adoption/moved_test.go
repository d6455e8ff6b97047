package adoption

import (
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestHasMoved(t *testing.T) {
	series := func(n ...int) *metric.Series {
		s := &metric.Series{}
		for _, v := range n {
			s.Points = append(s.Points, metric.Point{N: v})
		}
		return s
	}
	for _, c := range []struct {
		name     string
		of       *metric.Series
		eligible int
		want     bool
	}{
		{"no series", nil, 60, false},
		{"no week", series(), 60, false},
		{"nobody is eligible", series(10, 20, 40), 0, false},
		{"one team more", series(40, 40, 41), 60, false},
		{"one of three left", series(3, 3, 2), 3, false},
		{"most teams came", series(10, 20, 40), 60, true},
		{"most teams left", series(40, 20, 10), 60, true},
		{"it began within the weeks", series(45), 60, true},
		{"more active than eligible", series(70, 70, 70), 60, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := HasMoved(c.of, c.eligible, 2); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
