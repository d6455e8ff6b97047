package base

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// decideTables are the tables of the configuration that Decide reads: what they
// change shows at once. All others are read with the data, by the nightly run.
var decideTables = []string{"rice", "decision", "discovery"}

// silentTables change no number: they have paths, addresses and receivers of messages.
var silentTables = []string{"content", "site", "history", "notify", "publish"}

// ListKeys lists the keys of a configuration, written or by default, in order.
// Only values that Decide reads are shown: others may name accounts and places.
func ListKeys(file string, data []byte, c *config.Config) []diff.ConfigKey {
	again := config.Default()
	lines, _ := content.Decode(file, data, &again)
	var out []diff.ConfigKey
	walkConfig(reflect.ValueOf(*c), "", func(key string, v reflect.Value) {
		table, _, _ := strings.Cut(key, ".")
		if slices.Contains(silentTables, table) {
			return
		}
		k := diff.ConfigKey{Key: key, Sum: fmt.Sprintf("%+v", v.Interface()), File: file}
		k.Forge = config.FindKind(table) != nil
		if _, written := lines[key]; written {
			k.Line = lines.At(key)
		}
		switch {
		case slices.Contains(decideTables, table):
			k.Value, k.Sum = formatTOML(v), ""
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			k.Nightly = true // a list of sources: its table is enough
		default:
			k.Nightly, k.Value = true, "set"
		}
		out = append(out, k)
	})
	return out
}

// walkConfig calls visit for every key, in the order of the struct.
func walkConfig(v reflect.Value, prefix string, visit func(string, reflect.Value)) {
	if _, ok := v.Interface().(time.Time); ok || v.Kind() != reflect.Struct && v.Kind() != reflect.Map {
		visit(prefix, v)
		return
	}
	below := func(name string) string { return strings.TrimPrefix(prefix+"."+name, ".") }
	if v.Kind() == reflect.Map {
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			walkConfig(v.MapIndex(k), below(k.String()), visit)
		}
		return
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("toml")
		if v.Type().Field(i).Anonymous {
			walkConfig(v.Field(i), prefix, visit)
		} else if name != "" && name != "-" {
			walkConfig(v.Field(i), below(name), visit)
		}
	}
}

// formatTOML returns a value as config.toml has it.
func formatTOML(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case string:
		return strconv.Quote(x)
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case time.Time:
		return x.Format(time.DateOnly)
	}
	return fmt.Sprint(v.Interface())
}
