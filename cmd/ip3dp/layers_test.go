package main_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// module is the prefix of every import of ours.
const module = "github.com/ip3dp/ip3dp/"

// layer says what some packages may import of this module outside their tests.
// In a pattern "*" stands for one name and "/..." for everything below.
type layer struct {
	packages string
	may      []string
}

// layers is the table of docs/architecture.md. The first row that matches a
// package is its row; a package without a row fails.
var layers = []layer{
	{"collect/fact", nil},
	{"collect/text", nil},
	{"compute/stat", nil},
	{"templates", nil},
	{"compute/metric", []string{"compute/stat"}},
	{"compute/org", []string{"collect/fact", "compute/metric"}},
	{"collect", []string{"collect/fact"}},
	{"collect/internal/rest", []string{"collect", "collect/fact"}},
	{"collect/testkit", []string{"collect", "collect/fact"}},
	{"collect/testkit/*", []string{"collect", "collect/fact", "collect/testkit"}},
	{"collect/*", []string{"collect", "collect/fact", "collect/tabular", "collect/internal/rest"}},
	{"compute", []string{"collect/fact", "compute/..."}},
	{"compute/diff", []string{"collect/fact", "compute", "compute/..."}},
	{"compute/public", []string{"collect/fact", "compute", "compute/..."}},
	{"compute/trend", []string{"compute/metric", "compute/stat"}},
	// Families never import each other, so that adding one touches one folder.
	{"compute/*", []string{"collect/fact", "compute/org", "compute/metric", "compute/stat", "compute/trend"}},
	// What every page uses knows no page.
	{"render/format", []string{"collect/fact", "compute/metric"}},
	{"render/chart", []string{"collect/fact", "compute/metric", "render/format"}},
	{"render/markdown", nil},
	{"render/view", []string{"compute/metric", "render/chart", "render/format"}},
	{"render", []string{"collect/fact", "compute", "compute/...", "render/..."}},
	{"render/...", []string{"collect/fact", "compute", "compute/...", "render", "render/..."}},
	{"cmd/internal/config", []string{"collect/...", "compute", "compute/...", "render/notify"}},
	{"cmd/internal/sources", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/rooted", "collect", "collect/...", "compute", "compute/org"}},
	{"cmd/internal/forges", []string{"cmd/internal/config", "cmd/internal/sources", "collect", "collect/..."}},
	{"cmd/internal/doctor", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/forges", "cmd/internal/sources", "collect", "collect/...", "compute/dora"}},
	{"cmd/internal/post", nil},
	{"cmd/internal/readers", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/post", "collect/git"}},
	{"cmd/internal/sealed", nil},
	{"cmd/internal/publish", []string{"cmd/internal/sealed"}},
	{"cmd/internal/rooted", nil},
	{"cmd/internal/hostname", nil},
	{"cmd/internal/exit", []string{"collect/content"}},
	{"cmd/internal/console", []string{"cmd/internal/exit", "collect", "collect/content"}},
	{"cmd/internal/workspace", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/publish", "cmd/internal/rooted", "cmd/internal/sources", "collect/content", "collect/fact", "collect/git", "compute"}},
	{"cmd/internal/history", []string{"cmd/internal/config", "cmd/internal/exit", "cmd/internal/workspace", "collect/content", "collect/fact", "collect/git", "compute/diff", "compute/rice"}},
	{"cmd/internal/readback", []string{"cmd/internal/config", "cmd/internal/publish", "cmd/internal/rooted", "cmd/internal/workspace"}},
	{"cmd/internal/state", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/publish", "cmd/internal/readback", "cmd/internal/sealed", "cmd/internal/workspace", "compute", "compute/org", "compute/trend", "render"}},
	{"cmd/internal/base", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/history", "cmd/internal/readback", "cmd/internal/state", "cmd/internal/workspace", "collect/content", "collect/fact", "collect/git", "compute", "compute/diff"}},
	{"cmd/internal/live", []string{"cmd/internal/console", "cmd/internal/hostname", "render"}},
	{"cmd/internal/ci", []string{"cmd/internal/console", "cmd/internal/exit", "cmd/internal/post", "cmd/internal/publish", "cmd/internal/state", "compute", "compute/diff", "render/comment"}},
	{"cmd/internal/scaffold", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/publish", "cmd/internal/workspace", "collect/content", "collect/fact", "collect/git", "templates"}},
	{"cmd/internal/importer", []string{"cmd/internal/config", "cmd/internal/console", "cmd/internal/exit", "cmd/internal/publish", "cmd/internal/rooted", "cmd/internal/sources", "cmd/internal/workspace", "collect/...", "compute/org", "templates"}},
	{"cmd/ip3dp", []string{"cmd/internal/...", "collect", "compute", "render", "templates", "collect/...", "compute/...", "render/..."}},
}

// library says which packages may import a module of others outside their tests.
type library struct {
	module   string
	packages []string
}

// libraries keeps each of them behind few doors, so that replacing it stays a
// small change. docs/dependencies.md says why each is here.
var libraries = []library{
	{"github.com/hashicorp/go-retryablehttp", []string{"cmd/internal/post", "cmd/internal/publish", "cmd/internal/readback"}},
	// Reading and writing a forge are apart: a nightly run has no token that writes.
	{"github.com/google/go-github/v60", []string{"collect/github", "cmd/internal/post", "cmd/internal/readback"}},
	{"github.com/xanzy/go-gitlab", []string{"collect/gitlab", "cmd/internal/post", "cmd/internal/readback"}},
	{"github.com/BurntSushi/toml", []string{"collect/content", "collect/survey", "cmd/ip3dp"}},
	{"github.com/gocarina/gocsv", []string{"collect/*"}},
	{"github.com/xuri/excelize/v2", []string{"collect/tabular"}},
	{"golang.org/x/text", []string{"collect/survey", "collect/tabular", "collect/text"}},
	{"modernc.org/sqlite", []string{"collect/store"}},
	{"github.com/jackc/pgx/v5", []string{"collect/database", "collect/testkit/*"}},
	{"github.com/go-sql-driver/mysql", []string{"collect/database", "collect/testkit/*"}},
	{"github.com/yuin/goldmark", []string{"render/markdown"}},
	{"github.com/go-echarts/go-echarts/v2", []string{"render/chart"}},
	{"github.com/minio/minio-go/v7", []string{"cmd/internal/publish"}},
	{"github.com/spf13/cobra", []string{"cmd/ip3dp"}},
	{"github.com/fsnotify/fsnotify", []string{"cmd/internal/live"}},
	{"golang.org/x/sys", []string{"cmd/internal/publish"}},
	{"golang.org/x/term", []string{"cmd/internal/console"}},
	{"github.com/golang-jwt/jwt/v5", []string{"collect/github", "collect/testkit/*"}},
	// In packages that tests import.
	{"github.com/google/go-cmp", []string{"collect/testkit"}},
	{"github.com/graph-gophers/graphql-go", []string{"collect/testkit/*"}},
}

// banned were weighed and refused, in tests as well.
var banned = []string{
	"github.com/go-git/go-git",           // the git program is three to five times faster
	"gonum.org/v1/gonum",                 // compute/stat is small and exact
	"github.com/microcosm-cc/bluemonday", // goldmark without raw HTML is enough
	"github.com/stretchr/testify",        // go-cmp and the standard library say what differs
	"github.com/go-echarts/go-echarts/v2/render",
}

// impure are parts of the standard library that would make a stage depend on more
// than its arguments: files come to it as fs.FS, the time as a value, and chance
// as a seed.
var impure = []string{"os", "net", "database/sql", "math/rand", "crypto/rand", "syscall", "flag", "log", "testing"}

// matches reports whether pkg, a folder of this module, is meant by a pattern.
func matches(pattern, pkg string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(pkg, root+"/")
	}
	ok, err := path.Match(pattern, pkg)
	return err == nil && ok
}

func matchesAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, pkg) })
}

// within reports whether an import is that package, a later major version of it,
// or lies in it.
func within(parent, imported string) bool {
	return imported == parent || strings.HasPrefix(imported, parent+"/")
}

// refusal says why pkg may not import a package outside its tests, or "".
func refusal(pkg, imported string) string {
	if ours, ok := strings.CutPrefix(imported, module); ok {
		return refusalOfOurs(pkg, ours)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return refusalOfStandard(pkg, imported)
	}
	for _, l := range libraries {
		if !within(l.module, imported) {
			continue
		}
		if matchesAny(l.packages, pkg) {
			return ""
		}
		return "only these may: " + strings.Join(l.packages, ", ")
	}
	return "not among the libraries of this test and of docs/dependencies.md"
}

// testSupport lists packages that only _test.go files and other test support import.
var testSupport = []string{"collect/testkit", "collect/testkit/...", "cmd/internal/workflowtest"}

func refusalOfOurs(pkg, imported string) string {
	if matchesAny(testSupport, imported) && !matchesAny(testSupport, pkg) {
		return "only tests may import it"
	}
	for _, l := range layers {
		if !matches(l.packages, pkg) {
			continue
		}
		// A leaf that every package may use.
		if imported == "collect/text" || matchesAny(l.may, imported) {
			return ""
		}
		return fmt.Sprintf("of ours, %s may import: %s", l.packages, strings.Join(l.may, ", "))
	}
	return "the importing package is in no layer"
}

func refusalOfStandard(pkg, imported string) string {
	stage, _, _ := strings.Cut(pkg, "/")
	if stage != "compute" && stage != "render" && pkg != "collect/fact" {
		return ""
	}
	// net/url opens no address; TestPureStages sees to the global generator.
	if imported == "net/url" || imported == "math/rand/v2" && stage == "compute" {
		return ""
	}
	if slices.ContainsFunc(impure, func(p string) bool { return within(p, imported) }) {
		return "this stage is a function of its arguments"
	}
	return ""
}

func TestLayers(t *testing.T) {
	for _, file := range parseModule(t) {
		if file.test {
			continue
		}
		if !slices.ContainsFunc(layers, func(l layer) bool { return matches(l.packages, file.pkg) }) {
			t.Errorf("%s: package %s is in no layer: give it a row here and in docs/architecture.md", file.name, file.pkg)
		}
		for _, imported := range file.imports() {
			if why := refusal(file.pkg, imported); why != "" {
				t.Errorf("%s imports %s: %s", file.name, imported, why)
			}
		}
	}
}

func TestBannedLibraries(t *testing.T) {
	for _, file := range parseModule(t) {
		for _, imported := range file.imports() {
			for _, b := range banned {
				if within(b, imported) {
					t.Errorf("%s imports %s, which docs/dependencies.md refuses", file.name, imported)
				}
			}
		}
	}
}

// TestLayersDocumented holds the table that people read to the one that is enforced.
func TestLayersDocumented(t *testing.T) {
	var want strings.Builder
	for _, l := range layers {
		fmt.Fprintf(&want, "| `%s` |", l.packages)
		for _, p := range l.may {
			fmt.Fprintf(&want, " `%s`", p)
		}
		want.WriteString(" |\n")
	}
	if !strings.Contains(read(t, "docs/architecture.md"), want.String()) {
		t.Errorf("docs/architecture.md should hold this table:\n%s", want.String())
	}
}

// TestRefusal holds the rules themselves: a table with a hole would let the tests
// above pass on anything.
func TestRefusal(t *testing.T) {
	tests := []struct {
		pkg, imported string
		allowed       bool
	}{
		{"collect/fact", module + "compute/metric", false},
		{"collect/fact", "time", true},
		{"collect/fact", "os", false},
		{"collect", module + "collect/fact", true},
		{"collect", module + "collect/git", false},
		{"collect/events", module + "collect/tabular", true},
		{"collect/events", module + "collect/git", false},
		{"collect/events", module + "compute/org", false},
		{"collect/git", "os/exec", true},
		{"compute/stat", module + "compute/metric", false},
		{"compute/stat", "math", true},
		{"compute/stat", "math/rand/v2", true},
		{"compute/stat", "math/rand", false},
		{"compute/metric", module + "compute/stat", true},
		{"compute/org", module + "compute/dora", false},
		{"compute/dora", module + "compute/org", true},
		{"compute/dora", module + "compute/space", false},
		{"compute/dora", module + "compute", false},
		{"compute/dora", module + "render", false},
		{"compute/dora", "net/http", false},
		{"compute/dora", "net/url", true},
		{"compute/dora", "database/sql", false},
		{"compute", module + "compute/dora", true},
		{"compute/diff", module + "compute", true},
		{"render", module + "render/chart", true},
		{"render", module + "compute/stat", true},
		{"render", module + "templates", false},
		{"render", module + "collect", false},
		{"render", "os", false},
		{"render/chart", module + "render", false},
		{"render/chart", "github.com/go-echarts/go-echarts/v2/opts", true},
		{"render", "github.com/go-echarts/go-echarts/v2/opts", false},
		{"render/comment", module + "compute/diff", true},
		{"templates", module + "render", false},
		{"cmd/ip3dp", module + "collect/git", true},
		{"cmd/ip3dp", "github.com/spf13/cobra", true},
		{"cmd/ip3dp", "github.com/google/go-cmp/cmp", false},
		{"cmd/ip3dp", module + "collect/testkit", false},
		{"cmd/ip3dp", module + "collect/testkit/githubtest", false},
		{"collect/testkit/githubtest", module + "collect/testkit", true},
		{"cmd/other", module + "compute", false},
		{"internal/util", module + "collect/fact", false},
	}
	for _, tt := range tests {
		t.Run(tt.pkg, func(t *testing.T) {
			why := refusal(tt.pkg, tt.imported)
			if (why == "") != tt.allowed {
				t.Errorf("refusal(%q, %q) = %q, want allowed = %v", tt.pkg, tt.imported, why, tt.allowed)
			}
		})
	}
}
