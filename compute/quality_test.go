package compute

import "testing"

func TestGradesSayWhy(t *testing.T) {
	for _, tt := range []struct {
		read, used, gaps int
		grade            Grade
		why              string
	}{
		{1000, 1000, 0, Complete, ""},
		{1000, 990, 0, Complete, ""},
		{1000, 989, 0, Partial, "11 of 1000 rows were rejected"},
		{1000, 900, 1, Partial, "100 of 1000 rows were rejected"},
		{1000, 1000, 1, Partial, ""}, // the gap says it
		{3, 0, 0, Missing, "no row was used"},
		{0, 0, 0, Missing, "no row was used"},
		{0, 0, 1, Missing, ""},
	} {
		if g, why := grade(tt.read, tt.used, tt.gaps); g != tt.grade || why != tt.why {
			t.Errorf("%+v: got %s, %q", tt, g, why)
		}
	}
}
