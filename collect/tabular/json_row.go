package tabular

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// envelopes are the keys of objects that only group the columns of a row: "created" of
// {"fields": {"created": …}} is a column of its own name.
var envelopes = map[string]bool{
	"fields": true, "_source": true, "attributes": true, "properties": true, "node": true, "custom_fields": true,
}

// labelKeys are the keys of the value that stands for an object, the best first: the name of a
// status, the login of a user.
var labelKeys = []string{
	"login", "username", "name", "value", "displayName", "display_name", "title", "summary", "label", "key", "slug",
}

// jsonRow collects the cells of one object.
type jsonRow struct {
	heads    []header
	position map[string]int // by path of keys
	row      []string
	nested   int // keys with values that are not read
}

// expectObject reads the start of an object.
func expectObject(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return withoutText(err)
	}
	if token != json.Delim('{') {
		return errors.New("want an object")
	}
	return nil
}

func readKey(d *json.Decoder) (string, error) {
	token, err := d.Token()
	if err != nil {
		return "", withoutText(err)
	}
	name, ok := token.(string)
	if !ok {
		return "", errors.New("want a key")
	}
	return name, nil
}

// readObject reads an object after its start into the row.
func (r *jsonRow) readObject(d *json.Decoder) error {
	for d.More() {
		name, err := readKey(d)
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return withoutText(err)
		}
		r.setCells(name, value, 1)
	}
	_, err := d.Token()
	return withoutText(err)
}

// setCells puts a value into the column of its key. The values in an object, and in the objects
// of a list, are columns as well, down to a number of levels: "labels" and "labels[].name" are
// the same list.
func (r *jsonRow) setCells(path string, value any, levels int) {
	switch v := value.(type) {
	case map[string]any:
		if !envelopes[path] {
			r.setCell(path, labelObject(v), levels > 0)
			levels--
		}
		if levels < 0 {
			return
		}
		for _, key := range sortedKeys(v) {
			r.setCells(path+"."+key, v[key], levels)
		}
		return
	case []any:
		if levels > 0 && len(v) > 0 {
			r.setListCells(path, v)
		}
	}
	r.setCell(path, formatScalar(value), false)
}

// setListCells puts the values of one key in the objects of a list into a column.
func (r *jsonRow) setListCells(path string, list []any) {
	byKey := map[string]any{}
	for _, item := range list {
		object, _ := item.(map[string]any)
		for key, v := range object {
			values, _ := byKey[key].([]any)
			byKey[key] = append(values, v)
		}
	}
	for _, key := range sortedKeys(byKey) {
		if cell := formatScalar(byKey[key]); cell != nestedCell {
			r.setCell(path+"[]."+key, cell, true)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// setCell puts a cell into its column. A key that occurs twice keeps its first value that is
// not blank, as columns of the same name do. opened means that the values inside have columns of
// their own.
func (r *jsonRow) setCell(path, cell string, opened bool) {
	p, known := r.position[path]
	if !known {
		p = len(r.heads)
		r.position[path] = p
		r.heads = append(r.heads, newJSONHeader(path))
		if cell == nestedCell && !opened {
			r.nested++
		}
	}
	for len(r.row) < len(r.heads) {
		r.row = append(r.row, "")
	}
	if r.row[p] == "" {
		r.row[p] = cell
	}
}

// newJSONHeader returns the header of a path of keys. A column in an envelope also has its own
// name.
func newJSONHeader(path string) header {
	h := newHeader(path)
	if outer, rest, ok := strings.Cut(path, "."); ok && envelopes[outer] {
		h.addName(rest)
	}
	return h
}

// labelObject returns the value that stands for an object, else nestedCell. ServiceNow writes
// {"display_value": …, "value": …}: the first is for people, and the second of a time is in UTC.
func labelObject(object map[string]any) string {
	shown, hasShown := object["display_value"].(string)
	stored, hasStored := object["value"].(string)
	if hasShown {
		st, err := parseISO(stored)
		switch {
		case !hasStored || err != nil:
			return formatScalar(shown)
		case st.clock && !st.zoned:
			return stored + "Z"
		}
		return stored
	}
	for _, key := range labelKeys {
		switch v := object[key].(type) {
		case string, json.Number, bool:
			return formatScalar(v)
		}
	}
	return nestedCell
}

// formatScalar returns a JSON value as a cell.
func formatScalar(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimLeft(v, itemSeparator+cellSeparator)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case []any:
		var b strings.Builder
		for _, item := range v {
			text := ""
			if object, ok := item.(map[string]any); ok {
				text = labelObject(object)
			} else {
				text = formatScalar(item)
			}
			if text == nestedCell || strings.HasPrefix(text, itemSeparator) {
				return nestedCell
			}
			b.WriteString(itemSeparator)
			b.WriteString(strings.ReplaceAll(text, itemSeparator, ""))
		}
		return b.String()
	}
	return nestedCell
}
