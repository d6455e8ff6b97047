package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// repository is the root of the repository, seen from this package.
const repository = "../.."

// Lines that a file and a function keep under: what does not fit on a few screens
// has more than one subject.
const (
	maxFile     = 500
	maxFunction = 80
)

// goFile is one parsed Go file of this module.
type goFile struct {
	name string // relative to the repository
	pkg  string // its folder: "collect/fact"
	test bool   // a test, or a package that only tests import
	set  *token.FileSet
	ast  *ast.File
}

// imports lists the paths that the file imports.
func (f goFile) imports() []string {
	paths := make([]string, 0, len(f.ast.Imports))
	for _, spec := range f.ast.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, "`\""))
	}
	return paths
}

// at names the line of a position.
func (f goFile) at(pos token.Pos) string {
	return f.name + ":" + strconv.Itoa(f.line(pos))
}

func (f goFile) line(pos token.Pos) int { return f.set.Position(pos).Line }

// parse reads one Go file; src is as for parser.ParseFile.
func parse(t *testing.T, name string, src any) goFile {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, filepath.Join(repository, name), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg := path.Dir(name)
	return goFile{name, pkg, strings.HasSuffix(name, "_test.go") || strings.HasSuffix(pkg, "test"), set, parsed}
}

// parseModule reads every Go file of this module, whatever its build tags.
func parseModule(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, name := range moduleFiles(t) {
		if path.Ext(name) == ".go" && !strings.Contains(name, "testdata/") {
			files = append(files, parse(t, name, nil))
		}
	}
	if len(files) == 0 {
		t.Fatalf("no Go file below %s", repository)
	}
	return files
}

// moduleFiles lists the repository's own files by their slash-separated names,
// without what builds leave behind. It needs no git: a source archive has none.
func moduleFiles(t *testing.T) []string {
	t.Helper()
	builds := []string{".git", ".ip3dp", ".cache", "bin", "public", "screenshots", "node_modules"}
	var names []string
	err := filepath.WalkDir(repository, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains(builds, entry.Name()) {
			return filepath.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(repository, name)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// unasked are names that bring into a program what nobody passed to it: the clock,
// the environment, the end of the process. Only cmd may use them.
var unasked = []string{
	"time.Now", "time.Since", "time.Until", "time.Sleep",
	"os.Args", "os.Environ", "os.ExpandEnv", "os.Exit", "os.Getenv", "os.LookupEnv",
}

// seeded are the names of math/rand/v2 that are functions of a seed. All others
// draw from the global generator.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "PCG", "ChaCha8", "Zipf", "Source"}

// brought lists the unasked names in a file, each with its line.
func brought(f goFile) []string {
	local := map[string]string{} // name in this file → package
	for _, spec := range f.ast.Imports {
		imported := strings.TrimSuffix(strings.Trim(spec.Path.Value, "`\""), "/v2")
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if slices.Contains([]string{"time", "os", "math/rand"}, imported) {
			local[name] = path.Base(imported)
		}
	}
	var found []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if !ok {
			return true
		}
		pkg, name := local[x.Name], s.Sel.Name
		if slices.Contains(unasked, pkg+"."+name) || pkg == "rand" && !slices.Contains(seeded, name) {
			found = append(found, f.at(s.Pos())+" "+pkg+"."+name)
		}
		return true
	})
	return found
}

func TestPureStages(t *testing.T) {
	for _, file := range parseModule(t) {
		if file.test || strings.HasPrefix(file.pkg, "cmd/") {
			continue
		}
		for _, name := range brought(file) {
			t.Errorf("%s: only cmd may: take it as an argument", name)
		}
	}
}

func TestBrought(t *testing.T) {
	const src = `package p

import (
	"math/rand/v2"
	clock "time"
)

var start = clock.Now()

func draw(time struct{ Now int }) float64 {
	r := rand.New(rand.NewPCG(1, uint64(time.Now)))
	return r.Float64() + rand.Float64()
}
`
	got := brought(parse(t, "compute/p/p.go", src))
	want := []string{"compute/p/p.go:8 time.Now", "compute/p/p.go:12 rand.Float64"}
	if !slices.Equal(got, want) {
		t.Errorf("brought = %q, want %q", got, want)
	}
}

func TestSizes(t *testing.T) {
	for _, file := range parseModule(t) {
		if n := file.line(file.ast.FileEnd); n > maxFile {
			t.Errorf("%s has %d lines, more than %d: split it by subject", file.name, n, maxFile)
		}
		for _, decl := range file.ast.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || file.test {
				continue
			}
			if n := file.line(f.End()) - file.line(f.Pos()) + 1; n > maxFunction {
				t.Errorf("%s: %s has %d lines, more than %d", file.at(f.Pos()), f.Name.Name, n, maxFunction)
			}
		}
	}
}

// maxIntervals is how many types may declare both ends of an interval themselves.
const maxIntervals = 12

// TestFigures holds numbers with doubt to metric.Figure, metric.Limits and
// metric.Range: a type embeds one of them.
func TestFigures(t *testing.T) {
	var found []string
	for _, file := range parseModule(t) {
		if !file.test {
			found = append(found, intervals(file)...)
		}
	}
	if len(found) > maxIntervals {
		t.Errorf("%d types declare Lo and Hi, more than %d: embed metric.Figure, metric.Limits or metric.Range\n%s",
			len(found), maxIntervals, strings.Join(found, "\n"))
	}
}

// intervals lists the structs of a file that declare Lo and Hi.
func intervals(f goFile) []string {
	var found []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		s, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		ends := 0
		for _, field := range s.Fields.List {
			for _, name := range field.Names {
				if name.Name == "Lo" || name.Name == "Hi" {
					ends++
				}
			}
		}
		if ends == 2 {
			found = append(found, f.at(s.Pos()))
		}
		return true
	})
	return found
}

// maxViewTypes is how many struct types the packages below render may declare.
const maxViewTypes = 143

// TestViewTypes holds the pages to the types that they share.
func TestViewTypes(t *testing.T) {
	perPackage := map[string]int{}
	n := 0
	for _, file := range parseModule(t) {
		if file.test || !strings.HasPrefix(file.pkg+"/", "render/") {
			continue
		}
		types := structTypes(file)
		perPackage[file.pkg] += types
		n += types
	}
	if n > maxViewTypes {
		t.Errorf("packages below render declare %d struct types, more than %d: use a type of render/view "+
			"(Link, Entry, Labelled, List, Figure), a type of compute, or the type of a similar page\n%v",
			n, maxViewTypes, perPackage)
	}
}

// structTypes counts the struct types that a file declares at package level.
func structTypes(f goFile) int {
	n := 0
	for _, decl := range f.ast.Decls {
		types, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range types.Specs {
			if s, ok := spec.(*ast.TypeSpec); ok {
				if _, ok := s.Type.(*ast.StructType); ok {
					n++
				}
			}
		}
	}
	return n
}

// wiring lists the files of cmd/ip3dp beside those of its commands: the program itself, and
// what several commands share.
var wiring = []string{"doc.go", "main.go", "program.go", "gates.go", "record.go", "target.go", "audience.go"}

// Limits of folders, in files and lines that are not tests.
const (
	maxFiles    = 46
	maxCommands = 4500 // lines of cmd/ip3dp
)

// TestFolders keeps folders small, and cmd/ip3dp to commands and wiring.
func TestFolders(t *testing.T) {
	files := map[string]int{}
	lines := 0
	for _, file := range parseModule(t) {
		if strings.HasSuffix(file.name, "_test.go") {
			continue
		}
		files[file.pkg]++
		if file.pkg != "cmd/ip3dp" {
			continue
		}
		lines += file.line(file.ast.FileEnd)
		if name := path.Base(file.name); !strings.HasPrefix(name, "cmd_") && !slices.Contains(wiring, name) {
			t.Errorf("%s is neither a command (cmd_NAME.go) nor wiring: move it below cmd/internal", file.name)
		}
	}
	if lines > maxCommands {
		t.Errorf("cmd/ip3dp has %d lines, more than %d: move what is not a command below cmd/internal", lines, maxCommands)
	}
	for folder, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d files, more than %d: split it by subject", folder, n, maxFiles)
		}
	}
}

func TestDocumented(t *testing.T) {
	packages := map[string]bool{} // folder → whether some file documents the package
	for _, file := range parseModule(t) {
		if strings.HasSuffix(file.name, "_test.go") {
			continue
		}
		packages[file.pkg] = packages[file.pkg] || file.ast.Doc != nil
		for _, name := range undocumented(file) {
			t.Errorf("%s is exported and has no doc comment", name)
		}
	}
	for pkg, documented := range packages {
		if !documented {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

// undocumented lists the exported functions, methods of exported types, and types
// of a file that lack a comment.
func undocumented(f goFile) []string {
	var found []string
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
				found = append(found, f.at(d.Pos())+" "+d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					found = append(found, f.at(s.Pos())+" "+s.Name.Name)
				}
			}
		}
	}
	return found
}

// exportedReceiver reports whether a function is no method, or one of a type that
// others can name.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			exported = exported || id.IsExported()
		}
		return true
	})
	return exported
}

// forgePackages may contain the names of forges as strings. All other code asks
// config.Kind what differs between forges.
var forgePackages = []string{"collect/github", "collect/gitlab", "collect/git", "cmd/internal/post", "cmd/internal/config"}

func TestForgeLiterals(t *testing.T) {
	for _, file := range parseModule(t) {
		if file.test || slices.Contains(forgePackages, file.pkg) {
			continue
		}
		ast.Inspect(file.ast, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && (lit.Value == `"github"` || lit.Value == `"gitlab"`) {
				t.Errorf("%s contains %s: add what it needs to config.Kind", file.at(lit.Pos()), lit.Value)
			}
			return true
		})
	}
}
