package config

import (
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
)

// key is one key of a configuration.
type key struct {
	path  string // "github.0.days"
	field reflect.StructField
	value reflect.Value
}

// keysOf iterates over the keys of a configuration in the order of its fields.
func keysOf(c *Config) iter.Seq[key] {
	return func(yield func(key) bool) { walkTable("", reflect.ValueOf(c).Elem(), yield) }
}

// walkTable yields the keys of a table, and reports whether to go on.
func walkTable(path string, table reflect.Value, yield func(key) bool) bool {
	for i := range table.NumField() {
		k := key{path: path, field: table.Type().Field(i), value: table.Field(i)}
		if !k.field.Anonymous {
			k.path = strings.TrimPrefix(path+"."+k.field.Tag.Get("toml"), ".")
		}
		if !k.walk(yield) {
			return false
		}
	}
	return true
}

// walk yields the key, or the keys of its tables.
func (k key) walk(yield func(key) bool) bool {
	switch t := k.value.Type(); {
	case isTable(t):
		return walkTable(k.path, k.value, yield)
	case t.Kind() == reflect.Slice && isTable(t.Elem()):
		for i := range k.value.Len() {
			if !walkTable(fmt.Sprintf("%s.%d", k.path, i), k.value.Index(i), yield) {
				return false
			}
		}
		return true
	}
	return yield(k)
}

// isTable reports whether values of a type are tables.
func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]()
}

// optionField returns the field of options with a path, such as "DORA.WindowHours".
func optionField(o *compute.Options, path string) reflect.Value {
	v := reflect.ValueOf(o).Elem()
	for name := range strings.SplitSeq(path, ".") {
		v = v.FieldByName(name)
	}
	return v
}

// setDefault gives the key its default. o has the defaults of options.
func (k key) setDefault(o *compute.Options) {
	if path := k.field.Tag.Get("option"); path != "" {
		k.value.Set(optionField(o, path))
		return
	}
	text, ok := k.field.Tag.Lookup("default")
	if !ok {
		return
	}
	var err error
	switch v := k.value.Addr().Interface().(type) {
	case *string:
		*v = text
	case *[]string:
		*v = strings.Fields(text)
	case *bool:
		*v, err = strconv.ParseBool(text)
	case *int:
		*v, err = strconv.Atoi(text)
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
	default:
		err = fmt.Errorf("a %s has no default", k.field.Type)
	}
	if err != nil {
		panic(fmt.Sprintf("config: %s: %v", k.path, err)) // a tag is wrong
	}
}
