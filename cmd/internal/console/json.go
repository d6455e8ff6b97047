package console

import (
	"encoding/json"
	"io"
)

// WriteJSON writes a value with a line for every field.
func WriteJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	return e.Encode(v)
}
