package tabular

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

type contractRow struct {
	ID       string `csv:"id,number,key" tabular:"required"`
	Opened   Time   `csv:"opened,created,created_at" tabular:"required"`
	Resolved Time   `csv:"resolved,resolved_at,closed_at"`
	Team     string `csv:"team,assigned_team"`
}

// TestColumns holds the header contract: what is bound, what is nearly bound, and never a header
// that may be text of a person.
func TestColumns(t *testing.T) {
	bound := []fact.BoundColumn{{Field: "id", Header: "key"}, {Field: "opened", Header: "created"}}
	for _, tt := range []struct {
		name, header string
		near         []fact.NearColumn
		unread       int
	}{
		{"all", "Key,Created", nil, 0},
		{"a word more", "Key,Created,Resolved On", []fact.NearColumn{{Field: "resolved", Column: `column 3 ("Resolved On")`}}, 1},
		{"camel case", "Key,Created,resolvedDate", []fact.NearColumn{{Field: "resolved", Column: `column 3 ("resolvedDate")`}}, 1},
		{"a word that is not ours", "Key,Created,Resolved by Maria", []fact.NearColumn{{Field: "resolved", Column: "column 3"}}, 1},
		{"a letter off", "Key,Created,Resolvd", []fact.NearColumn{{Field: "resolved", Column: "column 3"}}, 1},
		{
			"two for one field", "Key,Created,Resolved On,Team Lead",
			[]fact.NearColumn{{Field: "resolved", Column: `column 3 ("Resolved On")`}, {Field: "team", Column: "column 4"}},
			2,
		},
		{"bound already", "Key,Created,Created By Rule", nil, 1},
		{"an answer in place of a header", "Key,Created,I resolved it myself and then told everybody on my team", nil, 1},
		{"a column of names", "Key,Created,Team Email", nil, 1},
		{"other words", "Key,Created,Sprint,Points", nil, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.header + "\n1,2024-10-15" + strings.Repeat(",", strings.Count(tt.header, ",")-1) + "\n"
			im, err := Read(strings.NewReader(in), "file", Options{}, func(int, *contractRow) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			want := fact.Columns{Bound: bound, Near: tt.near, Unread: tt.unread}
			if diff := cmp.Diff(want, im.Columns); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, n := range tt.near {
				if !strings.Contains(strings.Join(im.Notes, "\n"), n.Column+" looks like "+n.Field) {
					t.Errorf("no note about %s: %q", n.Column, im.Notes)
				}
			}
		})
	}
}
