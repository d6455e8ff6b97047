package chart

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// colours returns the light and the dark value of each token of the style sheet.
func colours(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := os.ReadFile("../../templates/assets/site.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)`).FindAllStringSubmatch(string(css), -1) {
		out[m[1]] = [2]string{m[2], m[3]}
	}
	return out
}

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 4 {
		hex = "#" + hex[1:2] + hex[1:2] + hex[2:3] + hex[2:3] + hex[3:] + hex[3:]
	}
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift uint) float64 {
		c := float64(v>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// Doubt is visible: a range can be told from its ground in both themes, and its edge clearly.
func TestRangesAreVisible(t *testing.T) {
	tokens := colours(t)
	for theme, name := range []string{"light", "dark"} {
		for _, ground := range []string{"paper", "card", "lead", "win"} {
			for ink, want := range map[string]float64{"band": 1.6, "edge": 3, "data": 3, "axis": 3} {
				if ground == "win" && ink == "axis" {
					continue // the axis is outside the shaded windows
				}
				if got := contrast(t, tokens[ink][theme], tokens[ground][theme]); got < want {
					t.Errorf("%s: --%s on --%s has %.2f:1, less than %.1f:1", name, ink, ground, got, want)
				}
			}
		}
	}
}
