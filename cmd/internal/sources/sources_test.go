package sources

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
)

// TestKinds: a kind of source has all its pieces.
func TestKinds(t *testing.T) {
	tables := map[string]bool{}
	for _, k := range Kinds {
		t.Run(k.Table, func(t *testing.T) {
			tables[k.Table] = true
			if k.open == nil || (k.paths == nil) != (k.Origin == merge.Forge) {
				t.Error("it needs open, and paths if it reads files")
			}
			guide, err := os.ReadFile("../../../docs/" + k.Guide)
			if err != nil || !strings.Contains(string(guide), k.Table) {
				t.Errorf("docs/%s does not describe it: %v", k.Guide, err)
			}
			if _, err := os.Stat("../../../collect/" + k.Folder); err != nil {
				t.Error(err)
			}
			reference, err := os.ReadFile("../../../docs/reference/config.md")
			if err != nil || !regexp.MustCompile("(?m)^## `\\[+"+k.Table+"\\]+`$").Match(reference) {
				t.Errorf("config.Config has no table: %v", err)
			}
		})
	}
}

// TestKindsOpen: each kind opens its source, and no site may replace its files.
func TestKindsOpen(t *testing.T) {
	c, problems := config.Parse("config.toml", []byte(`
[[github]]
organisations = ["acme"]
[[gitlab]]
groups = ["acme"]
[[git]]
path = "git"
[[events]]
kind = "changes"
file = "events"
[[tickets]]
file = "tickets"
[[usage]]
file = "usage"
[[measures]]
file = "measures"
[[tasks]]
file = "tasks"
[[sql]]
name = "database"
kind = "tickets"
query = "sql"
dsn_env = "IP3DP_DSN"
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	read := fact.Content{Surveys: []fact.Survey{{ID: "surveys", File: "surveys"}}}
	s := &Setup{Root: t.TempDir(), Config: &c, Content: &read}
	list, err := List(s)
	if err != nil {
		t.Fatal(err)
	}
	var opened, kinds []string
	for i := range list {
		opened = append(opened, list[i].Kind.Table)
	}
	guarded := map[string]bool{}
	for _, p := range Paths(s) {
		guarded[filepath.Base(p.Path)] = true
	}
	for _, k := range Kinds {
		kinds = append(kinds, k.Table)
		if k.Origin != merge.Forge && !guarded[k.Table] {
			t.Errorf("a site may replace the files of %s", k.Table)
		}
	}
	if diff := cmp.Diff(kinds, opened); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
}

// TestSourcesListed: every package below collect/ that reads facts is a kind of source.
func TestSourcesListed(t *testing.T) {
	files, err := filepath.Glob("../../../collect/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	reads := regexp.MustCompile(`(?m)^func \(\w+ \*?\w+\) (Collect|Sync)\(ctx context\.Context, `)
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Base(filepath.Dir(name))
		isListed := slices.ContainsFunc(Kinds, func(k *Kind) bool { return k.Folder == folder })
		// The store has the facts of forges, and tests only import testkit.
		if folder == "store" || folder == "testkit" || strings.HasSuffix(name, "_test.go") || isListed {
			continue
		}
		if reads.Match(data) {
			t.Errorf("%s reads facts: add a kind to Kinds", name)
		}
	}
}

func FuzzList(f *testing.F) {
	example, err := os.ReadFile("../../../config.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte("[surveys]\nfolder = \"x\"\n[[tickets]]\nfile = \"*\"\n[[usage]]\nfile = \"a\"\n[[measures]]\nfile = \"b\"\n[[tasks]]\nfile = \"c\""))
	f.Add([]byte("[[git]]\npath = \"a\"\n[[events]]\nkind = \"changes\"\nfile = \"*\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems := config.Parse("config.toml", data)
		for _, p := range problems {
			if p.File != "config.toml" || p.Text == "" {
				t.Errorf("problem without place or text: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		list, err := List(&Setup{Root: filepath.Join(t.TempDir(), "no", "such"), Config: &c, Content: &fact.Content{}})
		if err != nil || len(list) < len(c.Git)+len(c.Events)+len(c.Exports()) {
			t.Errorf("a clean configuration gives %d sources, %v", len(list), err)
		}
	})
}
