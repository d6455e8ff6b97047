package org

import (
	"strings"
	"testing"
)

// What a change reverts is found by whatever its source tells: all of these revert
// change 10 but for those that say otherwise.
func TestWhatAChangeReverts(t *testing.T) {
	sha, older := strings.Repeat("a", 40), strings.Repeat("c", 40)
	for _, tt := range []struct {
		name string
		by   Change
		want string
	}{
		{"the source tells the number", Change{Reverts: "10"}, "10"},
		{"the source tells the commit", Change{Reverts: sha}, "10"},
		{"the source tells an abbreviated commit", Change{Reverts: sha[:8]}, "10"},
		{"GitHub's branch", Change{HeadBranch: "revert-10-add-thing"}, "10"},
		{"GitLab's branch", Change{HeadBranch: "revert-" + sha[:8]}, "10"},
		{"GitHub's title", Change{Title: `Revert "Add thing"`}, "10"},
		{"a squashed revert", Change{Title: `Revert "Add thing" (#11)`}, "10"},
		{"a title with the number", Change{Title: `Revert "Add thing (#10)"`}, "10"},
		{"GitLab's number", Change{Title: `Revert "Another title (!10)"`}, "10"},
		{"Bitbucket's number", Change{Title: `Revert "Add thing (pull request #10)"`}, "10"},
		{"an issue's number beside a known title", Change{Title: `Revert "Add thing (#77)"`}, "10"},
		{"conventional commits", Change{Title: "revert: Add thing"}, "10"},
		{"a commit that is gone, beside a title", Change{Reverts: strings.Repeat("f", 40), Title: `Revert "Add thing"`}, "10"},
		{"the latest of that title", Change{Title: `Revert "Twice"`}, "9"},
		{"a revert of what is not known", Change{Title: `Revert "From long ago"`}, "?"},
		{"a commit that is not known", Change{Reverts: strings.Repeat("f", 40)}, strings.Repeat("f", 40)},
		{"a later change", Change{Title: `Revert "Later"`}, "?"},
		{"words about a revert", Change{Title: "Revert to the old font"}, ""},
		{"words like conventional commits, of no known change", Change{Title: "revert: the old font"}, ""},
		{"a feature", Change{Title: "Add thing", HeadBranch: "revert-the-polarity"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			by := tt.by
			by.ID, by.Merged = "11", date(2024, 10, 5)
			changes := []Change{
				{ID: "8", Title: "Twice", Merged: date(2024, 10, 1), MergeCommit: older},
				{ID: "9", Title: "Twice", Merged: date(2024, 10, 2)},
				{ID: "10", Title: "Add thing", Merged: date(2024, 10, 3), MergeCommit: sha},
				by,
				{ID: "12", Title: "Later", Merged: date(2024, 10, 6)},
			}
			if resolveReverts(changes); changes[3].Reverts != tt.want {
				t.Errorf("reverts %q, want %q", changes[3].Reverts, tt.want)
			}
		})
	}
}
