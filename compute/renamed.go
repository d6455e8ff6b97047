package compute

import (
	"reflect"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// FollowNames returns m with the present IDs of features and teams that it has under a former ID
// only. m was measured with the content of an earlier time; it is not changed.
func FollowNames(m Measured, c fact.Content) Measured {
	r := renamer{features: map[string]string{}, teams: map[string]string{}}
	var features, teams []fact.Item
	for i := range c.Features {
		features = append(features, c.Features[i].Item)
	}
	for i := range c.Teams {
		teams = append(teams, fact.Item{ID: c.Teams[i].ID, Formerly: c.Teams[i].Formerly})
	}
	known := map[string]bool{}
	for i := range m.Adoption.Features {
		known[m.Adoption.Features[i].ID] = true
	}
	noteFormer(r.features, features, known)
	known = map[string]bool{}
	for i := range m.Teams {
		known[m.Teams[i].ID] = true
	}
	noteFormer(r.teams, teams, known)
	if len(r.features)+len(r.teams) == 0 {
		return m
	}
	v := reflect.New(reflect.TypeFor[Measured]()).Elem()
	v.Set(r.rename(reflect.ValueOf(m)))
	return v.Interface().(Measured)
}

// noteFormer adds the present IDs of items by a former ID that is known, if the present ID is not
// and no other item has the former one.
func noteFormer(names map[string]string, items []fact.Item, known map[string]bool) {
	taken := map[string]bool{}
	for i := range items {
		taken[items[i].ID] = true
	}
	for i := range items {
		it := &items[i]
		if it.Draft || known[it.ID] {
			continue
		}
		for _, old := range it.Formerly {
			if known[old] && !taken[old] {
				names[old] = it.ID
				break
			}
		}
	}
}

// renamer has the present IDs of features and teams by their former ones.
type renamer struct{ features, teams map[string]string }

// rename returns a copy of a value with other IDs.
func (r *renamer) rename(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out.Field(i).Set(r.rename(v.Field(i)))
			}
		}
		if id, names := r.findID(out); id.IsValid() {
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
			out.Index(i).Set(r.rename(v.Index(i)))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(r.rename(v.Elem()))
		return out
	}
	return v
}

// findID returns the field with the ID of a feature or team, and the names that apply to it; the
// zero value if there is none.
func (r *renamer) findID(v reflect.Value) (reflect.Value, map[string]string) {
	switch x := v.Interface().(type) {
	case adoption.Feature:
		return v.FieldByName("ID"), r.features
	case adoption.FirstUse:
		return v.FieldByName("Team"), r.teams
	case TeamInfo:
		return v.FieldByName("ID"), r.teams
	case Row:
		return v.FieldByName("Subject"), r.features
	case trend.Look:
		return v.FieldByName("Scope"), r.ofKind(x.Kind)
	case metric.Scope:
		return v.FieldByName("ID"), r.ofKind(x.Kind)
	}
	if f := v.FieldByName("Feature"); f.IsValid() && f.Kind() == reflect.String {
		return f, r.features
	}
	return reflect.Value{}, nil
}

// ofKind returns the names of things of a scope's kind.
func (r *renamer) ofKind(kind metric.ScopeKind) map[string]string {
	switch kind {
	case metric.Feature:
		return r.features
	case metric.Team:
		return r.teams
	}
	return nil
}
