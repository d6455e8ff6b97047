package content

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestSharedNames(t *testing.T) {
	c := fact.Content{
		Groups: []fact.Group{{ID: "money", Title: "PAYMENTS", Origin: fact.Origin{File: "teams.toml", Line: 1}}},
		Teams: []fact.Team{
			{ID: "pay", Title: "Payments", Origin: fact.Origin{File: "teams.toml", Line: 4}},
			{ID: "zurich", Title: "Zürich", Origin: fact.Origin{File: "teams.toml", Line: 6}},
			{ID: "zrh", Title: "Zu\u0308rich", Origin: fact.Origin{File: "teams.toml", Line: 8}},
		},
		Features: []fact.Feature{
			{Item: fact.Item{ID: "a", Title: "A", Origin: fact.Origin{File: "features/a.md", Line: 1}}, Labels: []string{"ci"}},
			{Item: fact.Item{ID: "b", Title: "B", Formerly: []string{"CI"}, Origin: fact.Origin{File: "features/b.md", Line: 1}}},
			{Item: fact.Item{ID: "c", Title: "A", Draft: true}},
		},
	}
	var got []string
	for _, f := range Lint(c, LintOptions{}) {
		if f.Rule == "name-shared" {
			got = append(got, f.Error())
		}
	}
	const next = "; rows of exports with this name count for one of them only: give one of them another title"
	want := []string{
		`features/b.md:1: "a" and "b" are both called "CI", if case and blanks are ignored` + next,
		`teams.toml:1: "pay" and "money" are both called "PAYMENTS", if case and blanks are ignored` + next,
		"teams.toml:8: \"zurich\" and \"zrh\" are both called \"Zu\u0308rich\", if case and blanks are ignored" + next,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
