package render

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// unused is what sources gave and no number contains, as the families count it.
func (s *site) unused() []metric.LeftOut {
	var out []metric.LeftOut
	for i := range s.report.Unmatched {
		out = append(out, s.report.Unmatched[i].LeftOut())
	}
	out = slices.Concat(out, s.report.Measures.LeftOut, s.report.Space.LeftOut)
	if w := s.latestWave(); w != nil {
		out = append(out, w.LeftOut...)
	}
	for i := range s.evidence[organisation] {
		out = append(out, s.evidence[organisation][i].LeftOut...)
	}
	return out
}
