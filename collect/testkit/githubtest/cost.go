package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/graph-gophers/graphql-go/ast"
)

// cost is what a query costs by GitHub's rules
// (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api):
// nodes are all that the connections could return; points are the requests that
// the connections stand for, divided by 100, at least 1.
type cost struct {
	nodes  int
	calls  int
	points int
}

// maxNodes is GitHub's limit of nodes in one query.
const maxNodes = 500_000

// refusal is an error of a whole query, with GitHub's type of it.
type refusal struct{ kind, message string }

func (e *refusal) Error() string { return e.message }

// field is one field of a query with the arguments that its cost depends on.
type field struct {
	name   string
	on     string // type of an inline fragment; "" for a field
	spread string // name of a fragment
	args   map[string]string
	sub    []field
}

// document is a query as far as its cost depends on it. The library that executes
// it validates it as well, but shows nobody its syntax tree.
type document struct {
	tokens    []string
	at        int
	defaults  map[string]string
	fragments map[string]field
	operation []field
}

var token = regexp.MustCompile(`"""(?s:.*?)"""|"(?:[^"\\]|\\.)*"|#[^\n]*|[_A-Za-z]\w*|\$\w+|-?\d+(?:\.\d+)?|\.\.\.|[{}()\[\]:!=@|&]`)

// maxTokens bounds what is read of a query.
const maxTokens = 100_000

func parseQuery(text string) (d *document, err error) {
	d = &document{defaults: map[string]string{}, fragments: map[string]field{}}
	for _, t := range token.FindAllString(text, maxTokens) {
		if t[0] != '#' {
			d.tokens = append(d.tokens, t)
		}
	}
	for d.at < len(d.tokens) {
		switch d.peek() {
		case "fragment":
			name, on := d.ahead(1), d.ahead(3)
			d.until("{")
			d.fragments[name] = field{on: on, sub: d.selection(0)}
		default:
			d.variables()
			d.until("{")
			d.operation = d.selection(0)
		}
	}
	if d.operation == nil {
		return nil, &refusal{message: "A query attribute must be specified and must be a string."}
	}
	return d, nil
}

func (d *document) peek() string { return d.ahead(0) }

func (d *document) ahead(n int) string {
	if d.at+n >= len(d.tokens) {
		return ""
	}
	return d.tokens[d.at+n]
}

func (d *document) next() string {
	t := d.peek()
	d.at++
	return t
}

func (d *document) until(t string) {
	for d.at < len(d.tokens) && d.peek() != t {
		d.at++
	}
}

// variables reads "query name($first: Int = 50, …)": only the defaults matter.
func (d *document) variables() {
	for d.at < len(d.tokens) && d.peek() != "{" {
		if d.peek()[0] == '$' && d.ahead(1) == ":" {
			name := d.next()
			for d.at < len(d.tokens) && d.peek() != "=" && d.peek() != ")" && d.peek()[0] != '$' {
				d.at++
			}
			if d.peek() == "=" {
				d.defaults[name] = d.ahead(1)
			}
			continue
		}
		d.at++
	}
}

// maxNesting bounds the depth of a query; the library refuses what is deeper.
const maxNesting = 50

// selection reads "{ … }".
func (d *document) selection(depth int) []field {
	fields := []field{}
	d.at++ // {
	for d.at < len(d.tokens) && d.peek() != "}" {
		var f field
		if d.peek() == "..." {
			d.at++
			switch {
			case d.peek() == "on":
				d.at++
				f.on = d.next()
			case d.peek() != "{" && d.peek() != "@":
				f.spread = d.next()
			}
		} else {
			f.name = d.next()
			if d.peek() == ":" { // an alias
				d.at++
				f.name = d.next()
			}
			f.args = d.arguments()
		}
		for d.peek() == "@" {
			d.at += 2
			d.arguments()
		}
		if d.peek() == "{" && depth < maxNesting {
			f.sub = d.selection(depth + 1)
		}
		fields = append(fields, f)
	}
	d.at++ // }
	return fields
}

// arguments reads "(name: value, …)". Of a list only the number of values is kept,
// as "[n".
func (d *document) arguments() map[string]string {
	if d.peek() != "(" {
		return nil
	}
	args := map[string]string{}
	d.at++
	for d.at < len(d.tokens) && d.peek() != ")" {
		name := d.next()
		if d.peek() != ":" {
			continue
		}
		d.at++
		args[name] = d.value()
	}
	d.at++
	return args
}

func (d *document) value() string {
	first := d.next()
	if first != "[" && first != "{" {
		return first
	}
	n, depth := 0, 1
	for d.at < len(d.tokens) && depth > 0 {
		switch d.next() {
		case "[", "{":
			depth++
		case "]", "}":
			depth--
		default:
			n++
		}
	}
	return "[" + strconv.Itoa(n)
}

// measurement walks a query along the types of the schema.
type measurement struct {
	schema    *ast.Schema
	doc       *document
	variables map[string]json.RawMessage
	cost      cost
	path      []string
}

// measure works out what a query costs, or why it is refused.
func measure(schema *ast.Schema, text string, variables map[string]json.RawMessage) (cost, error) {
	doc, err := parseQuery(text)
	if err != nil {
		return cost{}, err
	}
	m := &measurement{schema: schema, doc: doc, variables: variables}
	if err := m.walk("Query", doc.operation, 1); err != nil {
		return m.cost, err
	}
	m.cost.points = max(1, (m.cost.calls+50)/100)
	if m.cost.nodes > maxNodes {
		return m.cost, &refusal{"MAX_NODE_LIMIT_EXCEEDED", fmt.Sprintf(
			"This query requests up to %d possible nodes which exceeds the maximum limit of %d.", m.cost.nodes, maxNodes,
		)}
	}
	return m.cost, nil
}

func (m *measurement) walk(on string, fields []field, times int) error {
	if len(m.path) > maxNesting {
		return &refusal{message: "the query is nested too deeply"}
	}
	for _, f := range fields {
		var err error
		switch {
		case f.spread != "":
			fragment := m.doc.fragments[f.spread]
			m.path = append(m.path, f.spread)
			err = m.walk(fragment.on, fragment.sub, times)
			m.path = m.path[:len(m.path)-1]
		case f.name == "":
			err = m.walk(cmp.Or(f.on, on), f.sub, times)
		default:
			err = m.field(on, f, times)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *measurement) field(on string, f field, times int) error {
	result := m.resultOf(on, f.name)
	m.path = append(m.path, f.name)
	defer func() { m.path = m.path[:len(m.path)-1] }()
	switch {
	case strings.HasSuffix(result, "Connection"):
		n, err := m.bound(f)
		if err != nil {
			return err
		}
		m.cost.calls += times
		times *= n
		m.cost.nodes += times
	case on == "Query" && f.name == "nodes":
		n := m.count(f.args["ids"])
		if n > 100 {
			return &refusal{"ARGUMENT_LIMIT", fmt.Sprintf("You may not provide more than 100 node ids; you provided %d.", n)}
		}
		m.cost.calls++
		times *= n
		m.cost.nodes += times
	}
	return m.walk(result, f.sub, times)
}

// bound is first or last of a connection.
func (m *measurement) bound(f field) (int, error) {
	name := f.name
	for _, arg := range []string{"first", "last"} {
		text := m.text(f.args[arg])
		if text == "" || text == "null" {
			continue
		}
		n, err := strconv.Atoi(text)
		switch {
		case err != nil || n < 0:
			return 0, &refusal{"INVALID", fmt.Sprintf("`%s` on the `%s` connection cannot be less than zero.", arg, name)}
		case n > 100:
			return 0, &refusal{"EXCESSIVE_PAGINATION", fmt.Sprintf(
				"Requesting %d records on the `%s` connection exceeds the `%s` limit of 100 records.", n, name, arg,
			)}
		}
		return n, nil
	}
	return 0, &refusal{"MISSING_PAGINATION_BOUNDARIES", fmt.Sprintf(
		"You must provide a `first` or `last` value to properly paginate the `%s` connection.", name,
	)}
}

// text is an argument's value with variables put in.
func (m *measurement) text(value string) string {
	if !strings.HasPrefix(value, "$") {
		return value
	}
	if raw, ok := m.variables[value[1:]]; ok {
		return string(raw)
	}
	return m.doc.defaults[value]
}

// count is the length of a list.
func (m *measurement) count(value string) int {
	if n, ok := strings.CutPrefix(value, "["); ok {
		return atoi(n)
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(m.text(value)), &list) != nil {
		return 1
	}
	return len(list)
}

// resultOf is the name of the type of a field, "" if the type has no such field.
func (m *measurement) resultOf(on, name string) string {
	var fields ast.FieldsDefinition
	switch t := m.schema.Types[on].(type) {
	case *ast.ObjectTypeDefinition:
		fields = t.Fields
	case *ast.InterfaceTypeDefinition:
		fields = t.Fields
	}
	f := fields.Get(name)
	if f == nil {
		return ""
	}
	return strings.Trim(f.Type.String(), "[]!")
}
