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

// checkShape rejects JSON that differs from the encoding of the type: a key that is unknown,
// missing, repeated or in other case, null in place of a value, more after the end.
// json.Unmarshal accepts all of these. sealed allows the two keys of a seal at the top; keys in
// later may be missing.
func checkShape(data []byte, t reflect.Type, sealed bool, later []string) error {
	if !json.Valid(data) { // also limits the depth
		return newDamaged("it is not JSON")
	}
	w := &shapeChecker{data: data, in: json.NewDecoder(bytes.NewReader(data)), head: sealed, later: later}
	w.in.UseNumber()
	return w.checkValue(t)
}

// shapeChecker compares JSON with the type that it is decoded to. A nil type accepts any value.
type shapeChecker struct {
	data []byte
	in   *json.Decoder
	head bool // whether the next object may have the keys of a seal
	// later are required keys that may be missing.
	later []string
}

func (w *shapeChecker) newError(format string, values ...any) error {
	return newDamaged("line %d %s", lineAt(w.data, w.in.InputOffset()), fmt.Sprintf(format, values...))
}

func (w *shapeChecker) checkValue(t reflect.Type) error {
	token, err := w.in.Token()
	if err != nil {
		return w.newError("is not JSON")
	}
	moment := t == reflect.TypeFor[time.Time]()
	t = comparableType(t)
	switch token {
	case nil:
		if t == nil && !moment || t != nil && isNullable(t) {
			return nil
		}
		return w.newError("has no value where one belongs")
	case json.Delim('{'):
		return w.checkObject(elementType(t))
	case json.Delim('['):
		return w.checkList(elementType(t))
	}
	return nil // json.Unmarshal compares other values with the type
}

func isNullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
}

// comparableType returns the type to compare JSON with: nil for an interface, and for a type
// that decodes itself.
func comparableType(t reflect.Type) reflect.Type {
	if t == nil || t.Kind() == reflect.Interface || decodesItself(t) {
		return nil
	}
	return t
}

// elementType returns the type behind pointers, which differs only for null.
func elementType(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = comparableType(t.Elem())
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

func (w *shapeChecker) checkList(t reflect.Type) error {
	var elem reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		elem = t.Elem()
	}
	n := 0
	for ; w.in.More(); n++ {
		if err := w.checkValue(elem); err != nil {
			return err
		}
	}
	if _, err := w.in.Token(); err != nil {
		return w.newError("is not JSON")
	}
	if t != nil && t.Kind() == reflect.Array && n != t.Len() {
		return w.newError("ends a list of %d values that has %d", t.Len(), n)
	}
	return nil
}

func (w *shapeChecker) checkObject(t reflect.Type) error {
	head := w.head
	w.head = false
	var known map[string]field
	var elem reflect.Type
	if t != nil && t.Kind() == reflect.Struct {
		known = structFields(t)
	} else if t != nil && t.Kind() == reflect.Map {
		elem = t.Elem()
	}
	seen := map[string]bool{}
	for w.in.More() {
		token, err := w.in.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return w.newError("is not JSON")
		}
		if seen[key] {
			return w.newError("repeats a key")
		}
		seen[key] = true
		if head && (key == kindKey || key == sumKey) {
			if err := w.checkValue(nil); err != nil {
				return err
			}
			continue
		}
		of := elem
		if known != nil {
			f, ok := known[key]
			if !ok {
				return w.newError("has a key that no such file has")
			}
			of = f.of
		}
		if err := w.checkValue(of); err != nil {
			return err
		}
	}
	if _, err := w.in.Token(); err != nil {
		return w.newError("is not JSON")
	}
	if lacking := w.missingKeys(known, seen); len(lacking) > 0 {
		return w.newError("ends an object without its key %q", lacking[0])
	}
	return nil
}

// missingKeys lists the required keys that an object does not have, in order.
func (w *shapeChecker) missingKeys(known map[string]field, seen map[string]bool) []string {
	var names []string
	for name, f := range known {
		if f.required && !seen[name] && !slices.Contains(w.later, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// field is a key of an object. A key that is always written is required.
type field struct {
	of       reflect.Type
	required bool
}

// fieldsKnown caches the fields of types.
var fieldsKnown sync.Map

// structFields returns the keys in the encoding of a struct.
func structFields(t reflect.Type) map[string]field {
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
			if of := elementType(f.Type); of != nil && of.Kind() == reflect.Struct {
				for inner, known := range structFields(of) {
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
