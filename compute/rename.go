package compute

import (
	"reflect"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Rename gives the features and teams of published numbers the IDs that content has for them now.
// The content was perhaps renamed after they were published; without this, the numbers of such
// a feature would be missing until the next run. It changes m in place.
func (m *Measured) Rename(c *fact.Content) {
	r := renamer{features: map[string]string{}, teams: map[string]string{}}
	for i := range c.Features {
		noteFormer(r.features, c.Features[i].ID, c.Features[i].Formerly)
	}
	for i := range c.Teams {
		noteFormer(r.teams, c.Teams[i].ID, c.Teams[i].Formerly)
	}
	for i := range c.Features {
		delete(r.features, c.Features[i].ID)
	}
	for i := range c.Teams {
		delete(r.teams, c.Teams[i].ID)
	}
	if len(r.features)+len(r.teams) > 0 {
		r.walk(reflect.ValueOf(m).Elem())
	}
}

func noteFormer(names map[string]string, id string, formerly []string) {
	for _, old := range formerly {
		names[old] = id
	}
}

// renamer has the present IDs of features and teams by their former ones.
type renamer struct{ features, teams map[string]string }

func rename(id *string, names map[string]string) {
	if now, ok := names[*id]; ok {
		*id = now
	}
}

func (r *renamer) scope(kind metric.ScopeKind, id *string) {
	switch kind {
	case metric.Feature:
		rename(id, r.features)
	case metric.Team:
		rename(id, r.teams)
	}
}

// walk renames in a value and everything below it.
func (r *renamer) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			r.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.Struct:
		r.rename(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.walk(v.Field(i))
			}
		}
	}
}

// rename renames in the fields of a struct that are IDs.
func (r *renamer) rename(v reflect.Value) {
	if !v.CanAddr() {
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *metric.Scope:
		r.scope(x.Kind, &x.ID)
	case *trend.Look:
		r.scope(x.Kind, &x.Scope)
	case *Row:
		rename(&x.Subject, r.features)
	case *TeamInfo:
		rename(&x.ID, r.teams)
	case *adoption.Feature:
		rename(&x.ID, r.features)
	case *adoption.FirstUse:
		rename(&x.Team, r.teams)
	default:
		if f := v.FieldByName("Feature"); f.IsValid() && f.CanAddr() && f.Kind() == reflect.String {
			rename(f.Addr().Interface().(*string), r.features)
		}
	}
}
