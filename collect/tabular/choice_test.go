package tabular

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChoices holds that a rating with one column for each point has the point that is marked.
func TestChoices(t *testing.T) {
	type rating struct {
		ID    string `csv:"id" tabular:"required"`
		Score string `csv:"score"`
	}
	tests := []struct {
		name, rows string
		want       []string
	}{
		{"the number of the point", "1,,,2\n2,0,,\n", []string{"2", "0"}},
		{"a tick", "1,,,x\n2,x,,\n3,1,,\n", []string{"2", "0", "0"}},
		{"numbers of choices from 1", "1,,,3\n2,,2,\n", []string{"2", "1"}},
		{"zeros and ones", "1,0,0,1\n2,1,0,0\n3,0,0,0\n", []string{"2", "0", ""}},
		{"no answer", "1,,,\n", []string{""}},
		{"two answers are not one", "1,x,,x\n", []string{"0; 2"}},
		{"a text of its own", "1,,,more\n", []string{"more"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := "id,How likely? [0],How likely? [1],How likely? [2]\n" + tt.rows
			o := Options{Columns: map[string][]string{"score": {"How likely?"}}}
			var got []string
			_, err := Read(strings.NewReader(in), "file", o, func(_ int, r *rating) error {
				got = append(got, r.Score)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
