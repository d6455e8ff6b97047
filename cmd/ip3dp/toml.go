package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// tomlText writes a text as a TOML string. JSON's escapes are a subset of TOML's.
func tomlText(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "\x7f", `\u007f`), err
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
