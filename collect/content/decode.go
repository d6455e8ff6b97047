package content

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Decode reads a TOML file into the struct that into points to, by its toml tags. Unlike the
// library alone it
//
//   - refuses files over 1 MiB, nested deeper than 32 or not UTF-8, in bounded time;
//   - reports every unknown key (with the nearest valid one) and every value of
//     a wrong type, each with its line;
//   - reads dates and times without a zone as UTC, so that no machine's zone matters;
//   - takes keys exactly as tagged, and refuses infinite and undefined numbers.
//
// Fields may be of the usual kinds, time.Time, time.Duration ("5m"), or have UnmarshalTOML or
// UnmarshalText. A field without a key keeps its value, and a problem with one key does not
// stop the others. Decode returns the lines of all keys for further checks; nil if the file is
// not TOML.
func Decode(name string, data []byte, into any) (fact.Lines, []Problem) {
	return decodeAt(name, data, 1, into)
}

// decodeAt decodes data that begins on line first of its file.
func decodeAt(name string, data []byte, first int, into any) (fact.Lines, []Problem) {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("content.Decode: into must point to a struct, not be %T", into))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p := checkReadable(name, data, first); p != nil {
		return nil, []Problem{*p}
	}
	lines, bad := scanLines(data, first)
	if bad != nil {
		return nil, []Problem{{File: name, Line: bad.line, Text: bad.text, Next: bad.next}}
	}
	var tree map[string]any
	if _, err := toml.Decode(string(data), &tree); err != nil {
		return nil, []Problem{syntaxProblem(name, first, err)}
	}
	inUTC(tree)
	b := binder{file: name, lines: lines}
	b.setStruct("", tree, target.Elem())
	return lines, sortProblems(b.problems)
}

// checkReadable returns a problem if the data is too large or not UTF-8.
func checkReadable(name string, data []byte, first int) *Problem {
	if len(data) > maxSize {
		return &Problem{
			File: name, Text: fmt.Sprintf("file is larger than %d KiB", maxSize>>10),
			Next: "content is written by hand; data belongs in a CSV file",
		}
	}
	if utf8.Valid(data) {
		return nil
	}
	for line := range bytes.Lines(data) {
		if !utf8.Valid(line) {
			break
		}
		first++
	}
	return &Problem{File: name, Line: first, Text: "text is not UTF-8", Next: "save the file as UTF-8"}
}

// syntaxProblem turns the library's error into a Problem.
func syntaxProblem(name string, first int, err error) Problem {
	bad, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		return Problem{File: name, Line: first, Text: err.Error()}
	}
	return Problem{File: name, Line: first + max(bad.Position.Line, 1) - 1, Text: lowerFirst(bad.Message)}
}

func lowerFirst(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 || r < 'A' || r > 'Z' {
		return text
	}
	return string(r+'a'-'A') + text[n:]
}

// inUTC moves every date of a parsed tree to UTC, in place, and returns the tree. A date
// without an offset keeps its day: the library reads it in the machine's zone, but a date in
// content is a day, not an instant.
func inUTC(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = inUTC(v[key])
		}
	case []map[string]any:
		for i := range v {
			inUTC(v[i])
		}
	case []any:
		for i := range v {
			v[i] = inUTC(v[i])
		}
	case time.Time:
		switch v.Location().String() {
		case timeOfDay: // not a date: bind refuses it by this name
			return v
		case "date-local", "datetime-local":
			return time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC)
		}
		return v.UTC()
	}
	return v
}

// timeOfDay is the zone that the library gives to a time without a date.
const timeOfDay = "time-local"
