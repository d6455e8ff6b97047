package gaps_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/gaps"
)

func TestGroups(t *testing.T) {
	var many []fact.Gap
	for i := range 37 {
		name := fmt.Sprintf("acme/r%02d", i)
		many = append(many,
			fact.Gap{Repository: name, Reason: "changes could not be read: 403 Forbidden", Next: "give the token read access"},
			fact.Gap{Repository: name, Reason: fmt.Sprintf("GitHub counts %d pull requests where it counted %d before", i, i+1), Next: "look"},
			fact.Gap{Repository: name, Reason: "deployments cannot be read: GET https://git.example/api/" + name + "/5: 500"},
			fact.Gap{Repository: name, Reason: "the repository could not be read: 404"})
	}
	tests := []struct {
		name string
		gaps []fact.Gap
		want []string
	}{
		{"none", nil, nil},
		{"of the source", []fact.Gap{{Reason: "the budget of 5 ended", Next: "wait"}, {Reason: "the budget of 6 ended", Next: "wait"}}, []string{"the budget of 5 ended; wait", "the budget of 6 ended; wait"}},
		{"one", many[:1], []string{"acme/r00: changes could not be read: 403 Forbidden; give the token read access"}},
		{"one twice", []fact.Gap{many[0], many[0]}, []string{"acme/r00: changes could not be read: 403 Forbidden; give the token read access"}},
		{"many", many, []string{
			"changes of 37 repositories could not be read: 403 Forbidden; give the token read access",
			"37 repositories: GitHub counts … pull requests where it counted … before; look",
			"deployments of 37 repositories cannot be read: GET https://git.example/api/…/5: 500",
			"37 repositories could not be read: 404",
		}},
		{"dates", []fact.Gap{
			{Repository: "a", Reason: "shallow clone: history before 2024-11-04 is missing"}, {Repository: "b", Reason: "shallow clone: history before 2024-10-01 is missing"},
		}, []string{"2 repositories: shallow clone: history before … is missing"}},
		{"another next step", []fact.Gap{{Repository: "a", Reason: "x", Next: "1"}, {Repository: "b", Reason: "x", Next: "2"}}, []string{"a: x; 1", "b: x; 2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range gaps.GroupGaps(tt.gaps) {
				got = append(got, g.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
