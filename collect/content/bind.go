package content

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// binder moves a parsed tree into structs and notes everything that does not fit.
type binder struct {
	file     string
	lines    fact.Lines
	problems []Problem
}

func (b *binder) problem(path, text, next string) {
	b.problems = append(b.problems, Problem{File: b.file, Line: b.lines.At(path), Text: text, Next: next})
}

func (b *binder) wrongType(path, want string, got any) {
	b.problem(path, fmt.Sprintf("%s: want %s, got %s", path, want, describe(got)), "")
}

// describe says what a TOML value is, in the words of its users.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		const limit = 30
		if r := []rune(v); len(r) > limit {
			v = string(r[:limit]) + "…"
		}
		return "the text " + strconv.Quote(v)
	case int64, bool:
		return fmt.Sprint(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return "a date or time"
	case map[string]any:
		return "a table"
	}
	return "a list"
}

type tomlUnmarshaler interface{ UnmarshalTOML(any) error }

// fieldCache keeps fieldsOf per type: reading thousands of files asks often.
var fieldCache sync.Map

// set puts one value into rv.
func (b *binder) set(path string, v any, rv reflect.Value) {
	if rv.Kind() == reflect.Pointer {
		rv.Set(reflect.New(rv.Type().Elem()))
		b.set(path, v, rv.Elem())
		return
	}
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		b.wrongType(path, "a finite number", v)
		return
	}
	switch u := rv.Addr().Interface().(type) {
	case *time.Time:
		b.time(path, v, u)
		return
	case *time.Duration:
		b.duration(path, v, u)
		return
	case tomlUnmarshaler:
		if err := u.UnmarshalTOML(v); err != nil {
			b.problem(path, path+": "+err.Error(), "")
		}
		return
	case encoding.TextUnmarshaler:
		b.text(path, v, u)
		return
	}
	switch rv.Kind() {
	case reflect.Struct:
		b.table(path, v, rv)
	case reflect.Map:
		b.dictionary(path, v, rv)
	case reflect.Slice:
		b.list(path, v, rv)
	default:
		b.scalar(path, v, rv)
	}
}

func (b *binder) scalar(path string, v any, rv reflect.Value) {
	kind := rv.Kind()
	switch n, isInt := v.(int64); {
	case kind == reflect.String:
		if s, ok := v.(string); ok {
			rv.SetString(s)
			return
		}
		b.wrongType(path, "text in quotes", v)
	case kind == reflect.Bool:
		if on, ok := v.(bool); ok {
			rv.SetBool(on)
			return
		}
		b.wrongType(path, "true or false", v)
	case rv.CanFloat():
		f, ok := v.(float64)
		if isInt {
			f, ok = float64(n), true
		}
		if !ok {
			b.wrongType(path, "a number", v)
			return
		}
		rv.SetFloat(f)
	case rv.CanInt():
		if !isInt || rv.OverflowInt(n) {
			b.wrongType(path, "a whole number", v)
			return
		}
		rv.SetInt(n)
	case rv.CanUint():
		if !isInt || n < 0 || rv.OverflowUint(uint64(n)) {
			b.wrongType(path, "a whole number, 0 or more", v)
			return
		}
		rv.SetUint(uint64(n))
	case kind == reflect.Interface && rv.NumMethod() == 0:
		rv.Set(reflect.ValueOf(v))
	default:
		b.problem(path, fmt.Sprintf("%s: nothing can be read into a %s", path, rv.Type()),
			"this is a mistake of the program, not of the file: please report it")
	}
}

// time takes dates and date-times, which are in UTC by now.
func (b *binder) time(path string, v any, into *time.Time) {
	t, ok := v.(time.Time)
	if !ok || t.Location().String() == timeOfDay {
		b.wrongType(path, "a date such as 2024-10-07, without quotes", v)
		return
	}
	*into = t
}

func (b *binder) duration(path string, v any, into *time.Duration) {
	s, _ := v.(string)
	d, err := time.ParseDuration(s)
	if err != nil {
		b.wrongType(path, `a duration such as "5m" or "24h"`, v)
		return
	}
	*into = d
}

func (b *binder) text(path string, v any, into encoding.TextUnmarshaler) {
	s, ok := v.(string)
	if !ok {
		b.wrongType(path, "text in quotes", v)
		return
	}
	if err := into.UnmarshalText([]byte(s)); err != nil {
		b.problem(path, path+": "+err.Error(), "")
	}
}

func (b *binder) list(path string, v any, rv reflect.Value) {
	items := reflect.ValueOf(v)
	if items.Kind() != reflect.Slice {
		b.wrongType(path, "a list in [ ]", v)
		return
	}
	rv.Set(reflect.MakeSlice(rv.Type(), items.Len(), items.Len()))
	for i := range items.Len() {
		b.set(join(path, strconv.Itoa(i)), items.Index(i).Interface(), rv.Index(i))
	}
}

func (b *binder) dictionary(path string, v any, rv reflect.Value) {
	tree, ok := v.(map[string]any)
	if !ok {
		b.wrongType(path, "a table", v)
		return
	}
	rv.Set(reflect.MakeMapWithSize(rv.Type(), len(tree)))
	for _, key := range sortedKeys(tree) {
		item := reflect.New(rv.Type().Elem()).Elem()
		b.set(join(path, key), tree[key], item)
		rv.SetMapIndex(reflect.ValueOf(key).Convert(rv.Type().Key()), item)
	}
}

// table fills a struct. Keys that it does not have are problems.
func (b *binder) table(path string, v any, rv reflect.Value) {
	tree, ok := v.(map[string]any)
	if !ok {
		b.wrongType(path, "a table", v)
		return
	}
	fields := fieldsOf(rv.Type())
	for _, key := range sortedKeys(tree) {
		if index, ok := fields[key]; ok {
			b.set(join(path, key), tree[key], rv.FieldByIndex(index))
			continue
		}
		message := fmt.Sprintf("unknown key %q", key)
		if path != "" {
			message += " in " + path
		}
		b.problem(join(path, key), message, text.DidYouMean(key, "keys", sortedKeys(fields)))
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fieldsOf maps key names to the fields of a struct type: the toml tag, or the
// name in lower case. Embedded structs without a tag lend their fields.
func fieldsOf(t reflect.Type) map[string][]int {
	if known, ok := fieldCache.Load(t); ok {
		return known.(map[string][]int)
	}
	fields := map[string][]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for key, index := range fieldsOf(f.Type) {
				fields[key] = append([]int{i}, index...)
			}
		case name == "":
			fields[strings.ToLower(f.Name)] = []int{i}
		default:
			fields[name] = []int{i}
		}
	}
	fieldCache.Store(t, fields)
	return fields
}
