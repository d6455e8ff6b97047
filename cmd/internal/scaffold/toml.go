package scaffold

import (
	"encoding/json"
	"strings"
)

// TomlText writes a text as a TOML string. JSON's escapes are a subset of TOML's.
func TomlText(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "\x7f", `\u007f`), err
}
