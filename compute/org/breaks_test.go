package org

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// The teams of a break are names as in other files; a break of all teams is one of everybody.
func TestBreaksNameTeams(t *testing.T) {
	c := fact.Content{Teams: []fact.Team{{ID: "shop", Title: "Web Shop"}, {ID: "pay"}}}
	for _, tt := range []struct {
		name    string
		teams   []string
		want    []metric.Break
		unknown []string
	}{
		{"everybody", nil, []metric.Break{{}}, nil},
		{"by title", []string{"web shop", "shop"}, []metric.Break{{Teams: []string{"shop"}}}, nil},
		{"all teams", []string{"pay", "shop"}, []metric.Break{{}}, nil},
		{"one unknown", []string{"shop", "shpo"}, []metric.Break{{Teams: []string{"shop"}}}, []string{"shpo"}},
		{"nobody known", []string{"legal"}, nil, []string{"legal"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, unmatched := NewNames(c).Breaks([]metric.Break{{Teams: tt.teams}}, len(c.Teams))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			var unknown []string
			for _, u := range unmatched {
				unknown = append(unknown, u.Name)
			}
			if diff := cmp.Diff(tt.unknown, unknown); diff != "" {
				t.Error(diff)
			}
		})
	}
}
