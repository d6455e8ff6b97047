package tabular

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// kind is the kind of a column: it decides how cells are checked and rewritten.
type kind int

const (
	textKind kind = iota
	wholeKind
	numberKind
	yesNoKind
	timeKind
	listKind  // split at ";", else at commas
	wordsKind // split at ";", else at commas and white space
	cellsKind
)

// takesAll reports whether all columns of the field count, not only the first with a value.
func (k kind) takesAll() bool { return k >= listKind }

// field is one field of a row type.
type field struct {
	name     string
	wanted   []string // configured headers, then the name and its aliases
	declared int      // number of configured headers in wanted
	kind     kind
	required bool
	identity bool // may hold a name, login or address
	question bool // one column has each of the configured headers
}

// commonAliases are the usual headers of columns of most exports.
var commonAliases = map[string][]string{
	"updated": {
		"updated_at", "updated_on", "last_updated", "last_updated_at", "modified", "modified_at", "last_modified",
		"last_modified_at", "last_modified_date", "sys_updated_on",
	},
	"sequence": {"seq", "sequence_number"},
}

// fieldsOf reads the tags of a row type and the options for its columns.
func fieldsOf(row reflect.Type, o Options) ([]field, error) {
	if row.Kind() != reflect.Struct {
		return nil, fmt.Errorf("row type %s is not a struct", row)
	}
	if row.NumField() > maxFields {
		return nil, fmt.Errorf("row type %s has more than %d fields", row, maxFields)
	}
	var fields []field
	for i := range row.NumField() {
		tag := row.Field(i).Tag.Get("csv")
		if tag == "" || tag == "-" || !row.Field(i).IsExported() {
			return nil, fmt.Errorf("field %s.%s needs a csv tag", row, row.Field(i).Name)
		}
		f, err := newField(row.Field(i), strings.Split(tag, ","))
		if err != nil {
			return nil, fmt.Errorf("field %s.%s: %w", row, row.Field(i).Name, err)
		}
		for _, other := range fields {
			if name, shared := sharedName(&f, &other); shared {
				return nil, fmt.Errorf("%s: column %q would be read as %s and %s", row, name, other.name, f.name)
			}
		}
		declared := o.Columns[f.name]
		f.wanted = slices.Concat(declared, f.wanted)
		f.declared = len(declared)
		f.question = f.question && !o.Branches
		fields = append(fields, f)
	}
	return fields, checkNames(fields, o)
}

// sharedName returns a name that two fields share: gocsv would fill the first field only.
func sharedName(a, b *field) (string, bool) {
	for _, name := range a.wanted {
		same := func(w string) bool { return normaliseKey(w) == normaliseKey(name) }
		if slices.ContainsFunc(b.wanted[b.declared:], same) {
			return name, true
		}
	}
	return "", false
}

func newField(sf reflect.StructField, names []string) (field, error) {
	f := field{name: names[0]}
	omitEmpty := false
	for _, name := range names {
		if name == "omitempty" {
			omitEmpty = true
			continue
		}
		f.wanted = append(f.wanted, name)
	}
	words := false
	for flag := range strings.SplitSeq(sf.Tag.Get("tabular"), ",") {
		switch flag {
		case "":
		case "required":
			f.required = true
		case "identity":
			f.identity = true
		case "aliases":
			f.wanted = append(f.wanted, commonAliases[f.name]...)
		case "words":
			words = true
		case "question":
			f.question = true
		default:
			return f, fmt.Errorf("unknown tabular flag %q", flag)
		}
	}
	var ok bool
	if f.kind, ok = kinds[sf.Type]; !ok {
		return f, fmt.Errorf("type %s cannot hold a cell", sf.Type)
	}
	if words && f.kind == listKind {
		f.kind = wordsKind
	}
	if sf.Type.Kind() == reflect.Pointer && !omitEmpty {
		return f, fmt.Errorf("a pointer needs omitempty, else gocsv reads blank as zero")
	}
	return f, nil
}

// kinds are the types of fields.
var kinds = map[reflect.Type]kind{
	reflect.TypeFor[string](): textKind, reflect.TypeFor[*int](): wholeKind, reflect.TypeFor[*float64](): numberKind,
	reflect.TypeFor[*bool](): yesNoKind, reflect.TypeFor[Time](): timeKind, reflect.TypeFor[List](): listKind,
	reflect.TypeFor[Cells](): cellsKind,
}

// checkNames refuses options for columns that the row type does not have.
func checkNames(fields []field, o Options) error {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	var unknown []string
	for name := range o.Columns {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("unknown column %q in the options: this kind of file has %s", unknown[0], strings.Join(names, ", "))
}
