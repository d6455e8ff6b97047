package database

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// Sort returns a source whose facts have an order of their own. A server may return the rows of
// a query in any order, and the order must not reach the site.
func Sort(s collect.Source) collect.Source { return sorted{s} }

type sorted struct{ collect.Source }

// Collect reads the source and sorts its facts and the reasons of rows that were left out.
func (s sorted) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	events, err := s.Source.Collect(ctx, w)
	for _, list := range reflect.ValueOf(&events).Elem().Fields() {
		sortList(list)
	}
	for i := range events.Imports {
		sortList(reflect.ValueOf(&events.Imports[i].Rejected).Elem())
	}
	return events, err
}

// sortList sorts a list by all fields of its items.
func sortList(list reflect.Value) {
	if list.Len() < 2 {
		return
	}
	order := make([]int, list.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareValues(list.Index(a), list.Index(b)) })
	out := reflect.MakeSlice(list.Type(), list.Len(), list.Len())
	for to, from := range order {
		out.Index(to).Set(list.Index(from))
	}
	list.Set(out)
}

// compareValues orders two values of one type by their fields, items and targets. Values of
// other types are equal.
func compareValues(a, b reflect.Value) int {
	switch a.Kind() {
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Bool:
		return compareBools(a.Bool(), b.Bool())
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return compareBools(!a.IsNil(), !b.IsNil())
		}
		return compareValues(a.Elem(), b.Elem())
	case reflect.Slice, reflect.Array:
		for i := range min(a.Len(), b.Len()) {
			if c := compareValues(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.Len(), b.Len())
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](a); ok {
			return at.Compare(b.Interface().(time.Time))
		}
		for i := range a.NumField() {
			if c := compareValues(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	}
	return 0
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
