package workflowtest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scope is what the expressions of a step can name: github, inputs, steps …, and
// how the steps before it ended, which status functions ask.
type scope struct {
	contexts          map[string]any
	failed, cancelled bool
}

// expression evaluates the language of ${{ }} by recursive descent, as far as our
// files use it. https://docs.github.com/actions/reference/evaluate-expressions
type expression struct {
	tokens []string
	next   int
	scope  *scope
	status bool // whether a status function was called
}

var tokenOf = regexp.MustCompile(`\s*('(?:[^']|'')*'|[0-9]+|[A-Za-z_][A-Za-z0-9_.-]*|==|!=|&&|\|\||[!()])`)

// evaluate is the value of an expression; status says that it asks how the steps
// before ended.
func (s *scope) evaluate(text string) (value any, status bool, err error) {
	e := &expression{scope: s}
	rest := text
	for strings.TrimSpace(rest) != "" {
		m := tokenOf.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return nil, false, fmt.Errorf("expression %q: cannot read %q", text, rest)
		}
		e.tokens = append(e.tokens, rest[m[2]:m[3]])
		rest = rest[m[1]:]
	}
	defer func() {
		if problem, ok := recover().(error); ok {
			err = fmt.Errorf("expression %q: %w", text, problem)
		}
	}()
	value = e.or()
	if e.next != len(e.tokens) {
		return nil, false, fmt.Errorf("expression %q goes on after its end", text)
	}
	return value, e.status, nil
}

func (e *expression) take(token string) bool {
	if e.next < len(e.tokens) && e.tokens[e.next] == token {
		e.next++
		return true
	}
	return false
}

func (e *expression) or() any {
	v := e.and()
	for e.take("||") {
		if w := e.and(); !truth(v) {
			v = w
		}
	}
	return v
}

func (e *expression) and() any {
	v := e.equality()
	for e.take("&&") {
		if w := e.equality(); truth(v) {
			v = w
		}
	}
	return v
}

func (e *expression) equality() any {
	v := e.unary()
	for {
		switch {
		case e.take("=="):
			v = equal(v, e.unary())
		case e.take("!="):
			v = !equal(v, e.unary())
		default:
			return v
		}
	}
}

func (e *expression) unary() any {
	if e.take("!") {
		return !truth(e.unary())
	}
	if e.take("(") {
		v := e.or()
		e.must(")")
		return v
	}
	if e.next == len(e.tokens) {
		panic(fmt.Errorf("it ends too soon"))
	}
	token := e.tokens[e.next]
	e.next++
	switch {
	case token[0] == '\'':
		return strings.ReplaceAll(token[1:len(token)-1], "''", "'")
	case token[0] >= '0' && token[0] <= '9':
		n, _ := strconv.ParseFloat(token, 64)
		return n
	case token == "true" || token == "false":
		return token == "true"
	case e.take("("):
		e.must(")")
		return e.function(token)
	}
	return e.lookup(token)
}

func (e *expression) must(token string) {
	if !e.take(token) {
		panic(fmt.Errorf("%s is missing", token))
	}
}

func (e *expression) function(name string) any {
	e.status = true
	switch name {
	case "always":
		return true
	case "success":
		return !e.scope.failed && !e.scope.cancelled
	case "failure":
		return e.scope.failed
	case "cancelled":
		return e.scope.cancelled
	}
	panic(fmt.Errorf("function %s is not known", name))
}

// lookup follows a path. A context that does not exist is a mistake, a property
// that does not is null.
func (e *expression) lookup(path string) any {
	parts := strings.Split(path, ".")
	v, ok := e.scope.contexts[parts[0]]
	if !ok {
		panic(fmt.Errorf("context %s is not known", parts[0]))
	}
	for _, p := range parts[1:] {
		switch m := v.(type) {
		case map[string]any:
			v = m[p]
		case map[string]string:
			if s, ok := m[p]; ok {
				v = s
			} else {
				v = nil
			}
		default:
			return nil
		}
	}
	return v
}

func truth(v any) bool {
	switch x := v.(type) {
	case nil:
		return false
	case bool:
		return x
	case float64:
		return x != 0
	case string:
		return x != ""
	}
	return true
}

// equal compares as GitHub does: texts whatever their case, and values of two
// kinds as numbers, of which what is none equals nothing.
func equal(a, b any) bool {
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.EqualFold(x, y)
		}
	}
	return number(a) == number(b)
}

func number(v any) float64 {
	switch x := v.(type) {
	case nil:
		return 0
	case bool:
		if x {
			return 1
		}
		return 0
	case float64:
		return x
	case string:
		if x == "" {
			return 0
		}
		if n, err := strconv.ParseFloat(x, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

func asText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var interpolation = regexp.MustCompile(`\$\{\{(.*?)\}\}`)

// expand fills the expressions of a text.
func (s *scope) expand(text string) (string, error) {
	var problem error
	out := interpolation.ReplaceAllStringFunc(text, func(m string) string {
		v, _, err := s.evaluate(m[3 : len(m)-2])
		if err != nil {
			problem = err
		}
		return asText(v)
	})
	return out, problem
}

// runs is whether something with this condition runs: without a status function
// only after success.
func (s *scope) runs(condition string) (bool, error) {
	condition = strings.TrimSpace(condition)
	if condition == "" {
		return !s.failed && !s.cancelled, nil
	}
	if m := interpolation.FindStringSubmatch(condition); m != nil && m[0] == condition {
		condition = m[1]
	}
	v, status, err := s.evaluate(condition)
	return truth(v) && (status || !s.failed && !s.cancelled), err
}

func TestExpressions(t *testing.T) {
	s := &scope{failed: true, contexts: map[string]any{
		"inputs": map[string]string{"store": "auto", "command": "run"},
		"steps":  map[string]any{"run": map[string]any{"outputs": map[string]string{"site": "public", "exit": "3"}}},
		"github": map[string]any{"event": map[string]any{"number": 7.0, "private": true}},
	}}
	for text, want := range map[string]any{
		"inputs.store != 'false' && (inputs.command == 'run' || inputs.command == 'collect')": true,
		"inputs.missing": nil, "inputs.missing == ''": true, "steps.none.outputs.x != ''": false, "steps.none.outputs.x != 'true'": true,
		"steps.run.outputs.exit == 3": true, "github.event.number": 7.0, "github.event.private && 'a' || 'b'": "a",
		"!always()": false, "success() || 'it''s'": "it's", "failure()": true, "inputs.store == 'AUTO'": true,
	} {
		t.Run(text, func(t *testing.T) {
			if got, _, err := s.evaluate(text); err != nil || got != want {
				t.Errorf("%s = %v, %v, want %v", text, got, err, want)
			}
		})
	}
	for _, text := range []string{"", "a.b", "inputs.", "'open", "(true", "true true", "hashFiles('x')", "inputs.store ="} {
		if got, _, err := s.evaluate(text); err == nil && text != "inputs." {
			t.Errorf("%q = %v, want an error", text, got)
		}
	}
	for condition, want := range map[string]bool{"": false, "inputs.store == 'auto'": false, "always() && inputs.store == 'auto'": true, "${{ !cancelled() }}": true} {
		t.Run(condition, func(t *testing.T) {
			if got, err := s.runs(condition); err != nil || got != want {
				t.Errorf("if: %s is %v, %v, want %v", condition, got, err, want)
			}
		})
	}
	if got, err := s.expand("n=${{ github.event.number }}, ${{inputs.store}}"); err != nil || got != "n=7, auto" {
		t.Errorf("expand = %q, %v", got, err)
	}
}
