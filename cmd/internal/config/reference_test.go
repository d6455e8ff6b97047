package config

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
)

var update = flag.Bool("update", false, "rewrite docs/reference/config.md")

const referenceFile = "../../../docs/reference/config.md"

const referenceStart = `# Keys of config.toml

The source code generates this page: a comment in ` + "`cmd/internal/config`" + ` describes each key. ` +
	`[configuration.md](../configuration.md) explains the rules that they share.

| key | default | meaning |
|---|---|---|
`

// TestReference holds docs/reference/config.md to the fields of Config.
func TestReference(t *testing.T) {
	r := reference{comments: parseComments(t), described: map[reflect.Type]bool{}, defaults: compute.DefaultOptions()}
	r.text.WriteString(referenceStart)
	r.table("", reflect.TypeFor[Config]())
	for _, problem := range r.problems {
		t.Error(problem)
	}
	if *update {
		if err := os.WriteFile(referenceFile, []byte(r.text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(referenceFile)
	if err != nil || string(page) != r.text.String() {
		t.Errorf("docs/reference/config.md is out of date: run go test ./cmd/internal/config -update (%v)", err)
	}
}

// reference writes the tables of keys.
type reference struct {
	comments  map[string]string // of types and fields: "DORA", "DORA.Tiers"
	described map[reflect.Type]bool
	defaults  compute.Options
	text      strings.Builder
	problems  []string
}

// table writes the rows of a table, and then the tables in it.
func (r *reference) table(path string, t reflect.Type) {
	var inner []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case isTable(f.Type) || f.Type.Kind() == reflect.Slice && isTable(f.Type.Elem()):
			inner = append(inner, f)
		default:
			r.row(path, t, f)
		}
	}
	for _, f := range inner {
		if f.Type == reflect.TypeFor[ForgeTables]() {
			r.table(path, f.Type)
			continue
		}
		r.section(strings.TrimPrefix(path+"."+f.Tag.Get("toml"), "."), f)
	}
}

// section writes a table under a heading of its own. Tables that others embed have one
// section.
func (r *reference) section(path string, f reflect.StructField) {
	t, title := f.Type, "`["+path+"]`"
	if t.Kind() == reflect.Slice {
		t, title = t.Elem(), "`[["+path+"]]`"
	}
	switch t {
	case reflect.TypeFor[ForgeKeys]():
		title = "Keys of every forge"
	case reflect.TypeFor[FileKeys]():
		title = "Keys of every export file"
	}
	if f.Anonymous {
		path = ""
	}
	if r.described[t] {
		return
	}
	r.described[t] = true
	fmt.Fprintf(&r.text, "\n## %s\n\n", title)
	if _, text, _ := strings.Cut(r.comment(t.Name()), "\n\n"); text != "" {
		r.text.WriteString(text + "\n\n")
	}
	own := t.NumField()
	if t.Field(0).Anonymous {
		own--
		switch t.Field(0).Type {
		case reflect.TypeFor[ForgeKeys]():
			r.text.WriteString("It also has the [keys of every forge](#keys-of-every-forge).\n\n")
		case reflect.TypeFor[FileKeys]():
			r.text.WriteString("It also has the [keys of every export file](#keys-of-every-export-file).\n\n")
		}
	}
	if own > 0 {
		r.text.WriteString("| key | default | meaning |\n|---|---|---|\n")
	}
	r.table(path, t)
}

func (r *reference) row(path string, t reflect.Type, f reflect.StructField) {
	name := strings.TrimPrefix(path+"."+f.Tag.Get("toml"), ".")
	text, byDefault, given := strings.Cut(r.comment(t.Name()+"."+f.Name), "Default: ")
	_, hasDefault := f.Tag.Lookup("default")
	switch {
	case given:
		byDefault = strings.TrimSuffix(byDefault, ".")
	case hasDefault || f.Tag.Get("option") != "":
		v := reflect.New(f.Type).Elem()
		key{path: name, field: f, value: v}.setDefault(&r.defaults)
		byDefault = r.code(v)
	case strings.Contains(f.Tag.Get("check"), "required"):
		byDefault = "required"
	default:
		byDefault = r.code(reflect.Zero(f.Type))
	}
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	fmt.Fprintf(&r.text, "| `%s` | %s | %s |\n", name, cell.Replace(byDefault), cell.Replace(strings.TrimSpace(text)))
	r.checkTags(name, f)
}

// checkTags reports tags that Parse would fail on.
func (r *reference) checkTags(name string, f reflect.StructField) {
	for check := range strings.FieldsSeq(f.Tag.Get("check")) {
		ok := strings.ContainsAny(check, "|") || strings.Contains(check, "..") || checks[check].isValid != nil ||
			check == "known" && strings.HasPrefix(f.Tag.Get("option"), "DORA.") ||
			(check == "year" || check == "day") && f.Type == reflect.TypeFor[time.Time]()
		if !ok {
			r.problems = append(r.problems, fmt.Sprintf("%s: no check is named %q", name, check))
		}
	}
	if option := f.Tag.Get("option"); option != "" {
		if v := optionField(&r.defaults, option); !v.IsValid() || v.Type() != f.Type {
			r.problems = append(r.problems, fmt.Sprintf("%s: compute.Options has no %s of type %s", name, option, f.Type))
		}
	}
}

func (r *reference) comment(name string) string {
	text := strings.TrimSpace(r.comments[name])
	if text == "" {
		r.problems = append(r.problems, name+" has no comment: it describes the key in docs/reference/config.md")
	}
	paragraphs := strings.Split(text, "\n\n")
	for i := range paragraphs {
		paragraphs[i] = strings.ReplaceAll(paragraphs[i], "\n", " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

// code returns a value as the page prints it.
func (r *reference) code(v reflect.Value) string {
	if m, ok := v.Interface().(map[string]float64); ok {
		words := slices.Collect(maps.Keys(m))
		slices.SortFunc(words, func(a, b string) int { return int(m[a] - m[b]) })
		for i, word := range words {
			words[i] = fmt.Sprintf("%s %v", word, m[word])
		}
		return strings.Join(words, ", ")
	}
	if v.Kind() == reflect.Slice && v.Len() == 0 {
		return "`[]`"
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.Interface()); err != nil {
		r.problems = append(r.problems, err.Error())
	}
	return "`" + strings.TrimSpace(b.String()) + "`"
}

// parseComments returns the comments of the types and fields of this package.
func parseComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			spec := decl.Specs[0].(*ast.TypeSpec)
			comments[spec.Name.Name] = decl.Doc.Text()
			table, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, f := range table.Fields.List {
				for _, name := range f.Names {
					comments[spec.Name.Name+"."+name.Name] = f.Doc.Text()
				}
			}
			return false
		})
	}
	return comments
}

// TestKeysUsed: code outside the tests reads every key without an option.
func TestKeysUsed(t *testing.T) {
	selected := map[string]bool{}
	err := filepath.WalkDir("../..", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := os.ReadFile(name)
		for _, m := range regexp.MustCompile(`\.([A-Z]\w*)`).FindAllStringSubmatch(string(data), -1) {
			selected[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.GitHub, c.GitLab, c.Git, c.Events, c.Usage, c.Measures = make([]GitHub, 1), make([]GitLab, 1), make([]Git, 1),
		make([]Events, 1), make([]Usage, 1), make([]Measures, 1)
	for k := range keysOf(&c) {
		if k.field.Tag.Get("option") == "" && !selected[k.field.Name] {
			t.Errorf("nothing reads %s: give it an option, or use it", k.path)
		}
	}
}
