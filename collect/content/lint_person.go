package content

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// address is an e-mail address; its ending keeps names such as "tool@v1.2" out.
var address = regexp.MustCompile(`[\p{L}\p{N}][\p{L}\p{N}._%+-]*@[\p{L}\p{N}][\p{L}\p{N}.-]*\.\p{L}{2,}`)

// handle is a login as people mention it. What a slash follows is a package or a
// team, such as "@acme/platform".
var handle = regexp.MustCompile(`(?:^|[\s("'])(@[A-Za-z][A-Za-z0-9_-]*/?)`)

// codeSpan is code within a line of Markdown.
var codeSpan = regexp.MustCompile("`[^`]*`")

// private are fields that are never published: who belongs to a team.
const private = "Members"

// persons warns of the e-mail addresses and logins in what people wrote: all of
// it is published.
func (l *linter) persons() {
	c := reflect.ValueOf(l.content).Elem()
	for i := range c.NumField() {
		for j := range c.Field(i).Len() {
			v := c.Field(i).Index(j)
			l.strings(v, originOf(v, fact.Origin{}), nil, "")
		}
	}
}

// originOf is where a thing was written, or where what it stands in was.
func originOf(v reflect.Value, outer fact.Origin) fact.Origin {
	if f := v.FieldByName("Origin"); f.IsValid() {
		if o, ok := f.Interface().(fact.Origin); ok && o.File != "" {
			return o
		}
	}
	return outer
}

// strings looks through all strings below v. key is its path in the file.
func (l *linter) strings(v reflect.Value, at fact.Origin, lines fact.Lines, key string) {
	switch v.Kind() {
	case reflect.String:
		line := at.Line
		if n := lines.At(key); n > 0 {
			line = n
		}
		l.named(at.File, line, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			l.strings(v.Elem(), at, lines, key)
		}
	case reflect.Slice:
		for i := range v.Len() {
			l.strings(v.Index(i), at, lines, join(key, fmt.Sprint(i)))
		}
	case reflect.Map:
		if v.Type() != reflect.TypeFor[fact.Lines]() {
			for it := v.MapRange(); it.Next(); {
				l.strings(it.Value(), at, lines, join(key, it.Key().String()))
			}
		}
	case reflect.Struct:
		l.fields(v, at, lines, key)
	}
}

// fields looks through a struct. The fields of an embedded one have no key of
// their own, and an item's body has lines of its own.
func (l *linter) fields(v reflect.Value, at fact.Origin, lines fact.Lines, key string) {
	if draft := v.FieldByName("Draft"); draft.IsValid() && draft.Bool() {
		return // a sample is not held against anyone
	}
	at = originOf(v, at)
	if f := v.FieldByName("Lines"); f.IsValid() {
		lines, _ = f.Interface().(fact.Lines)
	}
	var body *fact.Item // looked through last, as it stands below the keys
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Name == private {
			continue
		}
		if item, ok := v.Field(i).Interface().(fact.Item); ok {
			l.fields(v.Field(i), at, lines, key)
			body = &item
		} else if name := f.Tag.Get("toml"); name != "-" {
			l.strings(v.Field(i), at, lines, join(key, name))
		}
	}
	if body != nil {
		l.body(body)
	}
}

// body looks through Markdown line by line, but not through code.
func (l *linter) body(i *fact.Item) {
	fenced := false
	for n, line := range strings.Split(i.Body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if !fenced {
			l.named(i.File, i.BodyLine+n, codeSpan.ReplaceAllString(line, "` `"))
		}
	}
}

// named warns of everybody a text names, once for a file.
func (l *linter) named(file string, line int, text string) {
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
			l.findings = append(l.findings, Finding{Problem: p, Rule: "names-a-person", Level: Warning})
		}
	}
}
