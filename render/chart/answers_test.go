package chart

import (
	"strings"
	"testing"
)

func TestAnswersFillTheBar(t *testing.T) {
	for name, c := range map[string]struct {
		negative, neutral, positive int
		parts, counts               int
	}{
		"all kinds":              {9, 12, 54, 3, 3},
		"one kind":               {0, 0, 7, 1, 1},
		"a part without room":    {1, 0, 60, 2, 1},
		"nobody":                 {0, 0, 0, 0, 0},
		"as many of each kind":   {5, 5, 5, 3, 3},
		"none without a meaning": {5, 0, 5, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			svg := string(AppendAnswers(nil, c.negative, c.neutral, c.positive))
			if n := strings.Count(svg, "<rect"); n != c.parts {
				t.Errorf("%d parts, want %d: %s", n, c.parts, svg)
			}
			if n := strings.Count(svg, "<text"); n != c.counts {
				t.Errorf("%d counts, want %d: %s", n, c.counts, svg)
			}
		})
	}
	svg := string(AppendAnswers(nil, 10, 4, 6))
	for _, part := range []string{`class="neg" x="0%" width="50%"`, `class="track" x="50%" width="20%"`, `class="pos" x="70%" width="30%"`} {
		if !strings.Contains(svg, part) {
			t.Errorf("no %s in %s", part, svg)
		}
	}
}
