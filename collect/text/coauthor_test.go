package text_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/text"
)

func TestCoAuthors(t *testing.T) {
	tests := []struct {
		message string
		want    []string
	}{
		{"Fix it", nil},
		{"Fix it\n\nCo-authored-by: Ada <Ada@Example.org>\nCo-Authored-By: B <b@example.org>\r\n", []string{"ada@example.org", "b@example.org"}},
		{"Fix it\n\nco-authored-by: Ada <12+ada@users.noreply.github.com>\nco-authored-by: Bo <5-bo@users.noreply.gitlab.com>", []string{"ada", "bo"}},
		{"x\n\nCo-authored-by: a <a@b.c>\nCo-authored-by: a <A@b.c>", []string{"a@b.c"}},
		{"we said Co-authored-by: a <a@b.c> once", nil},
		{"Co-authored-by: a <>\nCo-authored-by: nobody\nCo-authored-by: a b@c", nil},
		{strings.Repeat("Co-authored-by: a <a@b.c>\n", 1000), []string{"a@b.c"}},
	}
	for _, tt := range tests {
		t.Run(tt.message, func(t *testing.T) {
			if got := text.CoAuthors(tt.message); !slices.Equal(got, tt.want) {
				t.Errorf("%.60q: %q, want %q", tt.message, got, tt.want)
			}
		})
	}
}
