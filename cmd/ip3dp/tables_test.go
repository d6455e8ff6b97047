package main_test

import (
	"go/ast"
	"strings"
	"testing"
)

// TestTablesHaveSubtests: a loop of a test over a table of cases runs each case by
// t.Run, so that a failure names its case and one case can run alone.
func TestTablesHaveSubtests(t *testing.T) {
	for _, file := range parseModule(t) {
		for _, at := range tablesWithoutRun(file) {
			t.Errorf("%s: run each case of the table by t.Run", at)
		}
	}
}

// tablesWithoutRun lists the loops of a file's tests over a literal table, a list of
// structs or a map by name, that use their testing.T without t.Run.
func tablesWithoutRun(f goFile) []string {
	var found []string
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
			continue
		}
		tables := map[string]bool{}
		for _, stmt := range fn.Body.List {
			switch s := stmt.(type) {
			case *ast.AssignStmt:
				if id, ok := s.Lhs[0].(*ast.Ident); ok && isTable(s.Rhs[0]) {
					tables[id.Name] = true
				}
			case *ast.RangeStmt:
				id, _ := s.X.(*ast.Ident)
				if (isTable(s.X) || id != nil && tables[id.Name]) && usesT(s.Body) && !callsRun(s.Body) {
					found = append(found, f.at(s.Pos()))
				}
			}
		}
	}
	return found
}

// isTable reports whether an expression is a literal list of structs, or a literal map
// with several entries by name.
func isTable(e ast.Expr) bool {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	switch t := lit.Type.(type) {
	case *ast.ArrayType:
		_, ok := t.Elt.(*ast.StructType)
		return ok
	case *ast.MapType:
		key, ok := t.Key.(*ast.Ident)
		return ok && key.Name == "string" && len(lit.Elts) > 1
	}
	return false
}

func usesT(body ast.Node) bool {
	return contains(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && id.Name == "t"
	})
}

func callsRun(body ast.Node) bool {
	return contains(body, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Run"
	})
}

// contains reports whether a node below root fits.
func contains(root ast.Node, fits func(ast.Node) bool) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		found = found || n != nil && fits(n)
		return !found
	})
	return found
}

// TestTablesWithoutRun tries the rule on a file.
func TestTablesWithoutRun(t *testing.T) {
	const src = `package p

import "testing"

func TestBad(t *testing.T) {
	for name, want := range map[string]int{"a": 1, "b": 2} {
		if len(name) != want {
			t.Error(name)
		}
	}
}

func TestGood(t *testing.T) {
	tests := []struct{ name string }{{"a"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { t.Log(tt) })
	}
}
`
	if got := tablesWithoutRun(parse(t, "compute/p/p_test.go", src)); len(got) != 1 || got[0] != "compute/p/p_test.go:6" {
		t.Errorf("found %q", got)
	}
}
