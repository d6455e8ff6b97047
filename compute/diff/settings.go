package diff

import (
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// findChangedKeys returns the keys of the configuration whose value changed, by key.
func (c *comparison) findChangedKeys() []struct{ base, head ConfigKey } {
	before := map[string]ConfigKey{}
	for _, k := range c.Base.Settings {
		before[k.Key] = k
	}
	var out []struct{ base, head ConfigKey }
	for _, k := range c.Head.Settings {
		b := before[k.Key]
		delete(before, k.Key)
		if b.Value != k.Value || b.Sum != k.Sum {
			out = append(out, struct{ base, head ConfigKey }{b, k})
		}
	}
	for _, k := range c.Base.Settings {
		if _, gone := before[k.Key]; gone {
			head := ConfigKey{Key: k.Key, File: k.File, Nightly: k.Nightly, Forge: k.Forge}
			out = append(out, struct{ base, head ConfigKey }{k, head})
		}
	}
	slices.SortStableFunc(out, func(a, b struct{ base, head ConfigKey }) int {
		return strings.Compare(a.head.Key,
			b.head.Key)
	})
	return out
}

// tableOf returns the first part of a key.
func tableOf(key string) string { first, _, _ := strings.Cut(key, "."); return first }

// compareSettings reports changed thresholds and scales, of the configuration and of features.
func (c *comparison) compareSettings() {
	for _, s := range c.findChangedKeys() {
		if !s.head.Nightly {
			c.add(Change{
				Kind: Limited, File: s.head.File, Line: s.head.Line,
				Setting: &Setting{Key: s.head.Key, Before: s.base.Value, After: s.head.Value},
			})
		}
	}
	for i := range c.features {
		p := &c.features[i]
		if p.head != nil {
			c.compareSource(p)
		}
		if p.base == nil || p.head == nil {
			continue
		}
		if c.isFlipped(p.head.ID) {
			continue // the changed recommendation lists its causes itself
		}
		for _, cause := range c.findCauses(p) {
			if cause.File == c.filePath(p.head.File) {
				c.addSetting(&p.head.Item, cause.Key, cause.Before, cause.After, false)
			}
		}
	}
}

// addSetting reports a changed key of a feature.
func (c *comparison) addSetting(it *fact.Item, key, before, after string, warn bool) {
	c.add(Change{
		Kind: Limited, Warn: warn, Subject: newSubject("feature", it), File: c.filePath(it.File), Line: it.LineOf(key),
		Setting: &Setting{Key: key, Before: before, After: after},
	})
}

// compareSource reports another source of a feature's use, and one that counts nothing: a list
// without a use.
func (c *comparison) compareSource(p *pair[fact.Feature]) {
	empty := func(f *fact.Feature) bool {
		return f != nil && f.Adoption.Source == "list" && len(f.Adoption.Uses) == 0
	}
	before := ""
	if p.base != nil {
		before = p.base.Adoption.Source
	}
	switch h := p.head; {
	case empty(h) && !empty(p.base):
		c.addSetting(&h.Item, SourceKey, before, "", true)
	case before != h.Adoption.Source && p.base != nil:
		c.addSetting(&h.Item, SourceKey, before, h.Adoption.Source, true)
	}
}

// SourceKey is the key of a feature's evidence of use.
const SourceKey = "adoption.source"

// isFlipped reports whether the recommendation of a feature changed.
func (c *comparison) isFlipped(feature string) bool {
	return slices.ContainsFunc(c.diff.Changes, func(x Change) bool {
		return x.Kind == Verdicts &&
			x.Subject.ID == feature
	})
}

// filePath returns the path of a content file below the repository's root.
func (c *comparison) filePath(file string) string { return path.Join(c.Root, file) }

func formatNumber(n int) string { return strconv.Itoa(n) }

// formatDay returns a date as it is written in files; "" for the zero time.
func formatDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// teamContent returns the groups and teams without their places in files.
func teamContent(c *fact.Content) any {
	return struct{ groups, teams any }{withoutPlaces(c.Groups), withoutPlaces(c.Teams)}
}

// withoutPlaces returns a copy of plain values without their places in files; nil if it is
// empty.
func withoutPlaces(list any) any {
	v := reflect.ValueOf(list)
	if v.Len() == 0 {
		return nil
	}
	out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		out.Index(i).Set(withoutPlace(v.Index(i)))
	}
	return out.Interface()
}

// withoutPlace returns a copy of a value with every Origin, Lines and body line in it empty.
func withoutPlace(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[fact.Origin]() {
			return reflect.Zero(v.Type())
		}
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				if f.Name == "BodyLine" {
					out.Field(i).SetZero()
					continue
				}
				out.Field(i).Set(withoutPlace(v.Field(i)))
			}
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(withoutPlace(v.Index(i)))
		}
		return out
	case reflect.Map:
		if v.Type() == reflect.TypeFor[fact.Lines]() {
			return reflect.Zero(v.Type())
		}
	}
	return v
}
