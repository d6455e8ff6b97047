package text

import (
	"strings"
	"testing"
)

func TestReverted(t *testing.T) {
	sha := strings.Repeat("ab", 20)
	for in, want := range map[string]string{
		"Reverts acme/shop#12": "12",

		"Words before.\n\n  Reverts #12, which broke the cart.": "12",
		"This reverts merge request !7":                         "7",
		"This reverts merge request acme/sub/shop!7":            "7",
		"See above. This reverts pull request #9.":              "9",
		"Reverts !12": "12",
		"Revert \"x\"\n\nThis reverts commit " + sha + ".":            sha,
		"This reverts commits abcdef1 and abcdef2":                    "abcdef1",
		"This reverts merge request !7\n\nThis reverts commit " + sha: "7",
		"It reverts #3":            "",
		"This reverts commit abc.": "",
		"":                         "",
	} {
		t.Run(in, func(t *testing.T) {
			if got := Reverted(in); got != want {
				t.Errorf("Reverted(%q) = %q, want %q", in, got, want)
			}
		})
	}
}

func TestPickedFrom(t *testing.T) {
	sha := strings.Repeat("0a", 20)
	for in, want := range map[string]string{
		"Fix\n\n(cherry picked from commit " + sha + ")":                                  sha,
		"Fix\n\n(cherry picked from commit 1111111)\n(cherry picked from commit 2222222)": "2222222",
		"Fix (cherry picked from commit of yesterday)":                                    "",
		"Fix": "",
	} {
		t.Run(in, func(t *testing.T) {
			if got := PickedCommit(in); got != want {
				t.Errorf("PickedFrom(%q) = %q, want %q", in, got, want)
			}
		})
	}
}
