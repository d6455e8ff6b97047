package content

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// address matches an e-mail address; its ending excludes names such as "tool@v1.2".
var address = regexp.MustCompile(`[\p{L}\p{N}][\p{L}\p{N}._%+-]*@[\p{L}\p{N}][\p{L}\p{N}.-]*\.\p{L}{2,}`)

// handle matches a login as people mention it. With a slash after it, it is a package or a
// team, such as "@acme/platform".
var handle = regexp.MustCompile(`(?:^|[\s("'])(@[A-Za-z][A-Za-z0-9_-]*/?)`)

// codeSpan matches code within a line of Markdown.
var codeSpan = regexp.MustCompile("`[^`]*`")

// private is the field that is never published: the members of a team.
const private = "Members"

// lintPersons warns of e-mail addresses and logins in content, because all of it is published.
func (l *linter) lintPersons() {
	c := reflect.ValueOf(l.content).Elem()
	for i := range c.NumField() {
		if c.Field(i).Kind() != reflect.Slice {
			continue // the past is not linted
		}
		for j := range c.Field(i).Len() {
			v := c.Field(i).Index(j)
			l.lintStrings(v, originOf(v, fact.Origin{}), nil, "")
		}
	}
}

// originOf returns the origin of a value, or outer if it has none of its own.
func originOf(v reflect.Value, outer fact.Origin) fact.Origin {
	if f := v.FieldByName("Origin"); f.IsValid() {
		if o, ok := f.Interface().(fact.Origin); ok && o.File != "" {
			return o
		}
	}
	return outer
}

// lintStrings checks all strings below v. key is its path in the file.
func (l *linter) lintStrings(v reflect.Value, at fact.Origin, lines fact.Lines, key string) {
	switch v.Kind() {
	case reflect.String:
		line := at.Line
		if n := lines.At(key); n > 0 {
			line = n
		}
		l.lintText(at.File, line, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			l.lintStrings(v.Elem(), at, lines, key)
		}
	case reflect.Slice:
		for i := range v.Len() {
			l.lintStrings(v.Index(i), at, lines, joinKey(key, fmt.Sprint(i)))
		}
	case reflect.Map:
		if v.Type() != reflect.TypeFor[fact.Lines]() {
			for it := v.MapRange(); it.Next(); {
				l.lintStrings(it.Value(), at, lines, joinKey(key, it.Key().String()))
			}
		}
	case reflect.Struct:
		l.lintFields(v, at, lines, key)
	}
}

// lintFields checks the fields of a struct. The fields of an embedded struct have no key of
// their own, and an item's body has lines of its own.
func (l *linter) lintFields(v reflect.Value, at fact.Origin, lines fact.Lines, key string) {
	if draft := v.FieldByName("Draft"); draft.IsValid() && draft.Bool() {
		return // samples are not linted
	}
	at = originOf(v, at)
	if f := v.FieldByName("Lines"); f.IsValid() {
		lines, _ = f.Interface().(fact.Lines)
	}
	var body *fact.Item // checked last, because it is below the keys in the file
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Name == private {
			continue
		}
		if item, ok := v.Field(i).Interface().(fact.Item); ok {
			l.lintFields(v.Field(i), at, lines, key)
			body = &item
		} else if name := f.Tag.Get("toml"); name != "-" {
			l.lintStrings(v.Field(i), at, lines, joinKey(key, name))
		}
	}
	if body != nil {
		l.lintBody(body)
	}
}

// lintBody checks Markdown line by line, without code.
func (l *linter) lintBody(i *fact.Item) {
	fenced := false
	for n, line := range strings.Split(i.Body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if !fenced {
			l.lintText(i.File, i.BodyLine+n, codeSpan.ReplaceAllString(line, "` `"))
		}
	}
}

// lintText warns of every person that a text names, once a file.
func (l *linter) lintText(file string, line int, text string) {
	names := address.FindAllString(text, -1)
	for _, m := range handle.FindAllStringSubmatch(text, -1) {
		if !strings.HasSuffix(m[1], "/") {
			names = append(names, m[1])
		}
	}
	for _, name := range names {
		p := Problem{File: file, Line: line, Text: "names a person: " + name, Next: "publish roles, not people"}
		known := func(f Finding) bool { return f.File == p.File && f.Text == p.Text }
		if !slices.ContainsFunc(l.findings, known) {
			l.report(p, "names-a-person", Warning)
		}
	}
}
