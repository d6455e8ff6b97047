package compute

import (
	"reflect"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// FollowNames returns m with the present IDs of features that it has under a former ID only. m
// was measured with the content of an earlier time; it is not changed.
func FollowNames(m Measured, c fact.Content) Measured {
	known := map[string]bool{}
	for i := range m.Adoption.Features {
		known[m.Adoption.Features[i].ID] = true
	}
	names := map[string]string{}
	for i := range c.Features {
		f := &c.Features[i]
		if f.Draft || known[f.ID] {
			continue
		}
		for _, old := range f.Formerly {
			taken := slices.ContainsFunc(c.Features, func(o fact.Feature) bool { return o.ID == old })
			if known[old] && !taken {
				names[old] = f.ID
				break
			}
		}
	}
	if len(names) == 0 {
		return m
	}
	v := reflect.New(reflect.TypeFor[Measured]()).Elem()
	v.Set(rename(reflect.ValueOf(m), names))
	return v.Interface().(Measured)
}

// rename returns a copy of a value with other IDs of features.
func rename(v reflect.Value, names map[string]string) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out.Field(i).Set(rename(v.Field(i), names))
			}
		}
		if id := featureID(out); id.IsValid() {
			if now, ok := names[id.String()]; ok {
				id.SetString(now)
			}
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(rename(v.Index(i), names))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(rename(v.Elem(), names))
		return out
	}
	return v
}

// featureID returns the field with the ID of a feature; the zero value if there is none.
func featureID(v reflect.Value) reflect.Value {
	switch x := v.Interface().(type) {
	case adoption.Feature:
		return v.FieldByName("ID")
	case Row:
		return v.FieldByName("Subject")
	case metric.Scope:
		if x.Kind == metric.Feature {
			return v.FieldByName("ID")
		}
		return reflect.Value{}
	}
	if f := v.FieldByName("Feature"); f.IsValid() && f.Kind() == reflect.String {
		return f
	}
	return reflect.Value{}
}
