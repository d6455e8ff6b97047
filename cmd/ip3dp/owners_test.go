package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

func TestAsk(t *testing.T) {
	tests := []struct {
		name, input string
		in, want    scaffold.Answers
	}{
		{"enter three times", "\n\n\n", scaffold.Answers{Code: []string{"."}}, scaffold.Answers{Code: []string{"."}, Production: "production"}},
		{"end of input", "", scaffold.Answers{}, scaffold.Answers{Production: "production"}},
		{"answers", "a, ../b\nGITHUB_TOKEN\nlive\n", scaffold.Answers{Code: []string{"."}}, scaffold.Answers{Code: []string{"a", "../b"}, TokenEnv: "GITHUB_TOKEN", Production: "live"}},
		{"flags are the suggestions", "\n\n\n", scaffold.Answers{TokenEnv: "T", Production: "p"}, scaffold.Answers{TokenEnv: "T", Production: "p"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			p := newProgram(nil, strings.NewReader(tt.input), &out, &out)
			got := tt.in
			if err := p.askQuestions(&got); err != nil {
				t.Fatal(err)
			}
			if len(got.Code) == 0 {
				got.Code = nil
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(scaffold.Answers{})); diff != "" {
				t.Error(diff)
			}
			if n := strings.Count(out.String(), "]: "); n != 3 {
				t.Errorf("%d questions, want 3: %s", n, out.String())
			}
		})
	}
}
