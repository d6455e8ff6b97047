package adoption

import (
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// HasMoved reports whether the number of active units changed beyond chance in the last weeks
// of a feature's series. The units are a census, but whether a unit is active in four weeks is
// partly chance, so the two shares are compared as independent samples. That is cautious,
// because the same units are counted twice. Before the first use the share is 0.
func HasMoved(s *metric.Series, eligible, weeks int) bool {
	if s == nil || len(s.Points) == 0 || eligible <= 0 {
		return false
	}
	before := 0
	if at := len(s.Points) - 1 - weeks; at >= 0 {
		before = s.Points[at].N
	}
	now := s.Points[len(s.Points)-1].N
	change := stat.Newcombe(min(now, eligible), eligible, min(before, eligible), eligible, 0.95)
	return change.Lo > 0 || change.Hi < 0
}
