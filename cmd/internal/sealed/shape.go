package sealed

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkShape refuses JSON that is not what encoding a value of the type gives: a key
// that the type has not, one that is missing, repeated or in other case, null where a
// value stands, more after the end. json.Unmarshal takes all of these in silence.
// sealed allows the two keys of a seal at the top; those in later may be missing.
func checkShape(data []byte, t reflect.Type, sealed bool, later []string) error {
	if !json.Valid(data) { // which also bounds the depth
		return damaged("it is not JSON")
	}
	w := &walker{data: data, in: json.NewDecoder(bytes.NewReader(data)), head: sealed, later: later}
	w.in.UseNumber()
	return w.value(t)
}

// walker goes through JSON beside the type that it is decoded to. A type of nil takes
// any value.
type walker struct {
	data []byte
	in   *json.Decoder
	head bool // whether the next object may have the keys of a seal
	// later are required keys that may be missing.
	later []string
}

func (w *walker) fault(format string, values ...any) error {
	return damaged("line %d %s", lineAt(w.data, w.in.InputOffset()), fmt.Sprintf(format, values...))
}

func (w *walker) value(t reflect.Type) error {
	token, err := w.in.Token()
	if err != nil {
		return w.fault("is not JSON")
	}
	moment := t == reflect.TypeFor[time.Time]()
	t = settle(t)
	switch token {
	case nil:
		if t == nil && !moment || t != nil && nullable(t) {
			return nil
		}
		return w.fault("has no value where one belongs")
	case json.Delim('{'):
		return w.object(elemOf(t))
	case json.Delim('['):
		return w.list(elemOf(t))
	}
	return nil // json.Unmarshal compares other values with the type
}

func nullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
}

// settle returns the type that JSON is compared with: nil for one that decodes
// itself, and for an interface.
func settle(t reflect.Type) reflect.Type {
	if t == nil || t.Kind() == reflect.Interface || decodesItself(t) {
		return nil
	}
	return t
}

// elemOf returns what a pointer points to, so that only null is special about it.
func elemOf(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = settle(t.Elem())
	}
	return t
}

var (
	jsonDecoder = reflect.TypeFor[json.Unmarshaler]()
	textDecoder = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() != reflect.Pointer && (p.Implements(jsonDecoder) || p.Implements(textDecoder))
}

func (w *walker) list(t reflect.Type) error {
	var elem reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		elem = t.Elem()
	}
	n := 0
	for ; w.in.More(); n++ {
		if err := w.value(elem); err != nil {
			return err
		}
	}
	if _, err := w.in.Token(); err != nil {
		return w.fault("is not JSON")
	}
	if t != nil && t.Kind() == reflect.Array && n != t.Len() {
		return w.fault("ends a list of %d values that has %d", t.Len(), n)
	}
	return nil
}

func (w *walker) object(t reflect.Type) error {
	head := w.head
	w.head = false
	var known map[string]field
	var elem reflect.Type
	if t != nil && t.Kind() == reflect.Struct {
		known = fieldsOf(t)
	} else if t != nil && t.Kind() == reflect.Map {
		elem = t.Elem()
	}
	seen := map[string]bool{}
	for w.in.More() {
		token, err := w.in.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return w.fault("is not JSON")
		}
		if seen[key] {
			return w.fault("repeats a key")
		}
		seen[key] = true
		if head && (key == kindKey || key == sumKey) {
			if err := w.value(nil); err != nil {
				return err
			}
			continue
		}
		of := elem
		if known != nil {
			f, ok := known[key]
			if !ok {
				return w.fault("has a key that no such file has")
			}
			of = f.of
		}
		if err := w.value(of); err != nil {
			return err
		}
	}
	if _, err := w.in.Token(); err != nil {
		return w.fault("is not JSON")
	}
	if lacking := w.missing(known, seen); len(lacking) > 0 {
		return w.fault("ends an object without its key %q", lacking[0])
	}
	return nil
}

// missing lists the required keys that an object has not, in order.
func (w *walker) missing(known map[string]field, seen map[string]bool) []string {
	var names []string
	for name, f := range known {
		if f.required && !seen[name] && !slices.Contains(w.later, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// field is a key of an object. One that is always written is required.
type field struct {
	of       reflect.Type
	required bool
}

// fieldsKnown has the fields of every type met so far.
var fieldsKnown sync.Map

// fieldsOf returns the keys that a struct is encoded with.
func fieldsOf(t reflect.Type) map[string]field {
	if known, ok := fieldsKnown.Load(t); ok {
		return known.(map[string]field)
	}
	fields := map[string]field{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" && options == "":
			continue
		case f.Anonymous && name == "":
			if of := elemOf(f.Type); of != nil && of.Kind() == reflect.Struct {
				for inner, known := range fieldsOf(of) {
					known.required = known.required && f.Type.Kind() != reflect.Pointer
					if _, hidden := fields[inner]; !hidden {
						fields[inner] = known
					}
				}
				continue
			}
		case !f.IsExported():
			continue
		}
		if name == "" {
			name = f.Name
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		fields[name] = field{f.Type, !optional}
	}
	fieldsKnown.Store(t, fields)
	return fields
}
