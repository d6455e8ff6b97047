package collect

import (
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// WithoutSecrets returns facts without the credentials in their addresses and texts. The
// credentials are counted in the import of the kind of fact, else in the first import of the
// source. WithoutSecrets copies every fact that it changes.
func WithoutSecrets(source string, e fact.Events) fact.Events {
	s := scrubber{clean: text.RemoveSecrets}
	v := reflect.ValueOf(e)
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	removed := map[string]int{}
	for i := range v.NumField() {
		before := s.n
		if clean, changed := s.scrubValue(v.Field(i)); changed {
			out.Field(i).Set(clean)
		}
		if n := s.n - before; n > 0 {
			removed[importKinds[v.Type().Field(i).Name]] += n
		}
	}
	if s.n == 0 {
		return e
	}
	clean := out.Interface().(fact.Events)
	clean.Imports = slices.Clone(clean.Imports)
	for _, kind := range slices.Sorted(maps.Keys(removed)) {
		i := slices.IndexFunc(clean.Imports, func(im fact.Import) bool { return im.Kind == kind })
		if i < 0 && len(clean.Imports) == 0 {
			clean.Imports = append(clean.Imports, fact.Import{Source: source, Kind: kind})
		}
		clean.Imports[max(i, 0)].Removed += removed[kind]
	}
	return clean
}

// importKinds maps the lists of facts to the kinds of imports that fill them.
var importKinds = map[string]string{
	"Repositories": string(Repositories), "Teams": string(Teams), "Commits": string(Commits), "Changes": string(Changes),
	"Deployments": string(Deployments), "Incidents": string(Incidents), "Answers": "survey", "Tickets": "tickets",
	"TitleWords": "tickets",
	"Usage":      "usage", "Measures": "measures", "Tasks": "tasks",
}

// Redact returns a batch of facts that may be stored: a mark replaces each credential, and
// WithoutSecrets counts the mark as one. The batch itself does not change. Its cursors stay as
// they are, because they are compared with settings.
func Redact(b Batch) Batch {
	out := scrub(b, redactText)
	out.Cursors = b.Cursors
	return out
}

// RedactReport returns a report that may be stored.
func RedactReport(r Report) Report { return scrub(r, redactText) }

func redactText(s string) (string, int) { return text.Redact(s), 0 }

// scrub returns a value with all its strings cleaned.
func scrub[T any](v T, clean func(string) (string, int)) T {
	s := scrubber{clean: clean}
	if clean, changed := s.scrubValue(reflect.ValueOf(v)); changed {
		return clean.Interface().(T)
	}
	return v
}

// ContentWithoutSecrets returns content without the credentials in its addresses and texts.
// Patterns and names of files stay as they are.
func ContentWithoutSecrets(c fact.Content) fact.Content {
	return scrub(c, text.RemoveSecrets)
}

// scrubber applies a function to all strings in a value and counts what it removed.
type scrubber struct {
	clean func(string) (string, int)
	n     int
}

// scrubValue returns a value with all its strings cleaned, and whether that changed any.
func (s *scrubber) scrubValue(v reflect.Value) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.String:
		clean, n := s.clean(v.String())
		s.n += n
		if clean == v.String() {
			return v, false
		}
		out := reflect.New(v.Type()).Elem()
		out.SetString(clean)
		return out, true
	case reflect.Struct:
		return s.scrubFields(v)
	case reflect.Slice:
		return s.scrubElements(v)
	case reflect.Map:
		return s.scrubEntries(v)
	case reflect.Pointer:
		if v.IsNil() || !holdsText(v.Type()) {
			return v, false
		}
		clean, changed := s.scrubValue(v.Elem())
		if !changed {
			return v, false
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(clean)
		return out, true
	}
	return v, false
}

func (s *scrubber) scrubFields(v reflect.Value) (reflect.Value, bool) {
	var out reflect.Value
	for _, i := range textFields(v.Type()) {
		clean, changed := s.scrubValue(v.Field(i))
		if !changed {
			continue
		}
		if !out.IsValid() {
			out = reflect.New(v.Type()).Elem()
			out.Set(v)
		}
		out.Field(i).Set(clean)
	}
	if out.IsValid() {
		return out, true
	}
	return v, false
}

func (s *scrubber) scrubElements(v reflect.Value) (reflect.Value, bool) {
	if !holdsText(v.Type()) {
		return v, false
	}
	changedAny := false
	for i := range v.Len() {
		clean, changed := s.scrubValue(v.Index(i))
		if !changed {
			continue
		}
		if !changedAny {
			out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(out, v)
			v, changedAny = out, true
		}
		v.Index(i).Set(clean)
	}
	return v, changedAny
}

func (s *scrubber) scrubEntries(v reflect.Value) (reflect.Value, bool) {
	if v.Len() == 0 || !holdsText(v.Type()) {
		return v, false
	}
	out, changedAny := reflect.MakeMapWithSize(v.Type(), v.Len()), false
	for entries := v.MapRange(); entries.Next(); {
		key, changedKey := s.scrubValue(entries.Key())
		value, changed := s.scrubValue(entries.Value())
		out.SetMapIndex(key, value)
		changedAny = changedAny || changedKey || changed
	}
	if !changedAny {
		return v, false
	}
	return out, true
}

// asWritten are fields of content that are not texts for readers: patterns, and names
// of files.
var asWritten = map[string]bool{
	"ReasonCode.Match": true, "Theme.Match": true, "Origin.File": true, "Survey.File": true, "Item.Lines": true,
	"Survey.Lines": true,
}

var (
	fieldsOf sync.Map // reflect.Type of a struct → []int, its fields that may hold text
	instant  = reflect.TypeFor[time.Time]()
)

// textFields returns the exported fields of a struct that may hold text.
func textFields(t reflect.Type) []int {
	if known, ok := fieldsOf.Load(t); ok {
		return known.([]int)
	}
	var list []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && !asWritten[t.Name()+"."+f.Name] && holdsText(f.Type) {
			list = append(list, i)
		}
	}
	fieldsOf.Store(t, list)
	return list
}

// holdsText reports whether a value of a type may hold text.
func holdsText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		return true
	case reflect.Slice, reflect.Pointer:
		return holdsText(t.Elem())
	case reflect.Map:
		return holdsText(t.Key()) || holdsText(t.Elem())
	case reflect.Struct:
		return t != instant && len(textFields(t)) > 0
	}
	return false
}
