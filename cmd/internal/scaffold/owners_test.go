package scaffold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestReadOwners(t *testing.T) {
	own := func(paths ...string) []fact.Ownership {
		return []fact.Ownership{{Repository: "acme/shop", Paths: paths}}
	}
	tests := []struct {
		name, file string
		want       []fact.Team
	}{
		{"everything", "* @acme/all", []fact.Team{{ID: "all", Owns: own()}}},
		{"folder", "/services/pay/ @acme/pay", []fact.Team{{ID: "pay", Owns: own("services/pay/**")}}},
		{"folder without its slash", "/docs @acme/pay", []fact.Team{{ID: "pay", Owns: own("docs/**")}}},
		{"one file", "/go.mod @acme/pay", []fact.Team{{ID: "pay", Owns: own("go.mod")}}},
		{"anchored by a slash inside", "build/logs/ @acme/pay", []fact.Team{{ID: "pay", Owns: own("build/logs/**")}}},
		{"at any depth", "*.js @acme/web", []fact.Team{{ID: "web", Owns: own("**/*.js")}}},
		{"folders of any depth", "logs/ @acme/web", []fact.Team{{ID: "web", Owns: own("**/logs/**")}}},
		{"stars", "/a/**/b.* @acme/web", []fact.Team{{ID: "web", Owns: own("a/**/b.*")}}},
		{"several", "/a @acme/x\n/b @acme/x @acme/y\n/a @acme/x", []fact.Team{{ID: "x", Owns: own("a", "b")}, {ID: "y", Owns: own("b")}}},
		{"everything and a part", "/a @acme/x\n* @acme/x", []fact.Team{{ID: "x", Owns: own()}}},
		{"people", "* @ann ann@example.com", nil},
		{"nobody", "/a\n", nil},
		{"comments", "# * @acme/x\n/a @acme/x # why\n", []fact.Team{{ID: "x", Owns: own("a")}}},
		{"sections", "[Docs][2] @acme/x\n^[More] @acme/y\n!/a @acme/z\n/a\\ b @acme/z", nil},
		{"odd names", "* @Acme/Team.Über-9 @acme/---", []fact.Team{{ID: "team--ber-9", Owns: own()}}},
		{"nested groups", "* @acme/web/front", []fact.Team{{ID: "front", Owns: own()}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readOwners([]byte(tt.file), "acme/shop", func(path string) bool { return path == "docs" })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzReadOwners: whatever a CODEOWNERS file says, the teams.toml that init
// writes from it is valid.
func FuzzReadOwners(f *testing.F) {
	f.Add("* @acme/all\n/a/b @acme/x @acme/all")
	f.Add("/\"quoted\" @a/\"b\"\n/../x @a/b\n//x @a/c")
	f.Fuzz(func(t *testing.T, file string) {
		teams := readOwners([]byte(file), "acme/shop", func(path string) bool { return len(path)%2 == 0 })
		text, err := Fill("teams.toml.tmpl", &Start{Teams: teams, FromOwners: "CODEOWNERS"})
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Teams []fact.Team `toml:"team"`
		}
		if _, problems := content.Decode("teams.toml", text, &got); len(problems) > 0 && len(text) < 1<<20 {
			t.Fatalf("%v\n%s", problems, text)
		}
		if len(text) < 1<<20 && len(got.Teams) != len(teams) {
			t.Errorf("%d teams, want %d", len(got.Teams), len(teams))
		}
	})
}
