package content

import (
	"encoding"
	"fmt"
	"maps"
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

// binder moves a parsed tree into structs and notes every value that does not fit.
type binder struct {
	file     string
	lines    fact.Lines
	problems []Problem
}

func (b *binder) addProblem(path, text, next string) {
	b.problems = append(b.problems, Problem{File: b.file, Line: b.lines.At(path), Text: text, Next: next})
}

func (b *binder) addWrongType(path, want string, got any) {
	b.addProblem(path, fmt.Sprintf("%s: want %s, got %s", path, want, describeValue(got)), "")
}

// describeValue names a TOML value in a message.
func describeValue(v any) string {
	switch v := v.(type) {
	case string:
		return "the text " + text.Quote(v)
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

// fieldCache keeps the result of fieldsOf per type, because thousands of files need it.
var fieldCache sync.Map

// setValue stores one value in rv.
func (b *binder) setValue(path string, v any, rv reflect.Value) {
	if rv.Kind() == reflect.Pointer {
		rv.Set(reflect.New(rv.Type().Elem()))
		b.setValue(path, v, rv.Elem())
		return
	}
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		b.addWrongType(path, "a finite number", v)
		return
	}
	switch u := rv.Addr().Interface().(type) {
	case *time.Time:
		b.setTime(path, v, u)
		return
	case *time.Duration:
		b.setDuration(path, v, u)
		return
	case tomlUnmarshaler:
		if err := u.UnmarshalTOML(v); err != nil {
			b.addProblem(path, path+": "+err.Error(), "")
		}
		return
	case encoding.TextUnmarshaler:
		// A struct with keys may have a short form, a text.
		if _, table := v.(map[string]any); !table || rv.Kind() != reflect.Struct || len(fieldsOf(rv.Type())) == 0 {
			b.setText(path, v, u)
			return
		}
	}
	switch rv.Kind() {
	case reflect.Struct:
		b.setStruct(path, v, rv)
	case reflect.Map:
		b.setMap(path, v, rv)
	case reflect.Slice:
		b.setList(path, v, rv)
	default:
		b.setScalar(path, v, rv)
	}
}

func (b *binder) setScalar(path string, v any, rv reflect.Value) {
	kind := rv.Kind()
	switch n, isInt := v.(int64); {
	case kind == reflect.String:
		if s, ok := v.(string); ok {
			rv.SetString(s)
			return
		}
		b.addWrongType(path, "text in quotes", v)
	case kind == reflect.Bool:
		if on, ok := v.(bool); ok {
			rv.SetBool(on)
			return
		}
		b.addWrongType(path, "true or false", v)
	case rv.CanFloat():
		f, ok := v.(float64)
		if isInt {
			f, ok = float64(n), true
		}
		if !ok {
			b.addWrongType(path, "a number", v)
			return
		}
		rv.SetFloat(f)
	case rv.CanInt():
		if !isInt || rv.OverflowInt(n) {
			b.addWrongType(path, "a whole number", v)
			return
		}
		rv.SetInt(n)
	case rv.CanUint():
		if !isInt || n < 0 || rv.OverflowUint(uint64(n)) {
			b.addWrongType(path, "a whole number, 0 or more", v)
			return
		}
		rv.SetUint(uint64(n))
	case kind == reflect.Interface && rv.NumMethod() == 0:
		rv.Set(reflect.ValueOf(v))
	default:
		b.addProblem(path, fmt.Sprintf("%s: nothing can be read into a %s", path, rv.Type()),
			"this is a bug in ip3dp, not a mistake in the file: please report it")
	}
}

// setTime stores a date or date-time; inUTC has moved them to UTC.
func (b *binder) setTime(path string, v any, into *time.Time) {
	t, ok := v.(time.Time)
	if !ok || t.Location().String() == timeOfDay {
		b.addWrongType(path, "a date such as 2024-10-07, without quotes", v)
		return
	}
	*into = t
}

func (b *binder) setDuration(path string, v any, into *time.Duration) {
	s, _ := v.(string)
	d, err := time.ParseDuration(s)
	if err != nil {
		b.addWrongType(path, `a duration such as "5m" or "24h"`, v)
		return
	}
	*into = d
}

func (b *binder) setText(path string, v any, into encoding.TextUnmarshaler) {
	s, ok := v.(string)
	if !ok {
		b.addWrongType(path, "text in quotes", v)
		return
	}
	if err := into.UnmarshalText([]byte(s)); err != nil {
		b.addProblem(path, path+": "+err.Error(), "")
	}
}

func (b *binder) setList(path string, v any, rv reflect.Value) {
	items := reflect.ValueOf(v)
	if items.Kind() != reflect.Slice {
		b.addWrongType(path, "a list in [ ]", v)
		return
	}
	rv.Set(reflect.MakeSlice(rv.Type(), items.Len(), items.Len()))
	for i := range items.Len() {
		b.setValue(joinKey(path, strconv.Itoa(i)), items.Index(i).Interface(), rv.Index(i))
	}
}

func (b *binder) setMap(path string, v any, rv reflect.Value) {
	tree, ok := v.(map[string]any)
	if !ok {
		b.addWrongType(path, "a table", v)
		return
	}
	rv.Set(reflect.MakeMapWithSize(rv.Type(), len(tree)))
	for _, key := range sortedKeys(tree) {
		item := reflect.New(rv.Type().Elem()).Elem()
		b.setValue(joinKey(path, key), tree[key], item)
		rv.SetMapIndex(reflect.ValueOf(key).Convert(rv.Type().Key()), item)
	}
}

// setStruct fills a struct. Keys that it does not have are problems.
func (b *binder) setStruct(path string, v any, rv reflect.Value) {
	tree, ok := v.(map[string]any)
	if !ok {
		b.addWrongType(path, "a table", v)
		return
	}
	fields := fieldsOf(rv.Type())
	for _, key := range sortedKeys(tree) {
		if index, ok := fields[key]; ok {
			b.setValue(joinKey(path, key), tree[key], rv.FieldByIndex(index))
			continue
		}
		message := fmt.Sprintf("unknown key %q", key)
		if path != "" {
			message += " in " + path
		}
		b.addProblem(joinKey(path, key), message, text.DidYouMean(key, "keys", sortedKeys(fields)))
	}
}

func sortedKeys[T any](m map[string]T) []string {
	return slices.Sorted(maps.Keys(m))
}

// fieldsOf maps key names to the fields of a struct type. The name is the toml tag, or the
// field's name in lower case. The fields of embedded structs without a tag belong to the
// struct.
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
