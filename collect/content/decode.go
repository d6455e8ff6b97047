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

// Decode reads a TOML file into the struct that into points to, by its toml
// tags. Unlike the library alone it
//
//   - refuses files over 1 MiB, nested deeper than 32 or not UTF-8, in bounded time;
//   - reports every unknown key (with the nearest known one) and every value of
//     a wrong type, each with its line;
//   - reads dates and times without a zone as UTC, so that no machine's zone matters;
//   - takes keys exactly as tagged, and refuses infinite and undefined numbers.
//
// Fields may be of the usual kinds, time.Time, time.Duration ("5m"), or have
// UnmarshalTOML or UnmarshalText; what the file does not write keeps its value.
// On problems the fields without one are still set. The lines of all keys come
// back for checks of the caller's own; they are nil if the file is no TOML.
func Decode(name string, data []byte, into any) (fact.Lines, []Problem) {
	return decodeAt(name, data, 1, into)
}

// decodeAt is Decode for data that begins on line first of its file.
func decodeAt(name string, data []byte, first int, into any) (fact.Lines, []Problem) {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("content.Decode: into must point to a struct, not be %T", into))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if p := unreadable(name, data, first); p != nil {
		return nil, []Problem{*p}
	}
	lines, bad := scan(data, first)
	if bad != nil {
		return nil, []Problem{{File: name, Line: bad.line, Text: bad.text, Next: bad.next}}
	}
	var tree map[string]any
	if _, err := toml.Decode(string(data), &tree); err != nil {
		return nil, []Problem{syntaxProblem(name, first, err)}
	}
	inUTC(tree)
	b := binder{file: name, lines: lines}
	b.table("", tree, target.Elem())
	return lines, sortProblems(b.problems)
}

// unreadable refuses data by its size and encoding.
func unreadable(name string, data []byte, first int) *Problem {
	if len(data) > maxSize {
		return &Problem{
			File: name, Text: fmt.Sprintf("file is larger than %d KiB", maxSize>>10),
			Next: "content is written by hand; data belongs in a CSV file",
		}
	}
	if utf8.Valid(data) {
		return nil
	}
	valid := 0
	for valid < len(data) {
		r, n := utf8.DecodeRune(data[valid:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		valid += n
	}
	return &Problem{
		File: name, Line: first + bytes.Count(data[:valid], []byte("\n")),
		Text: "text is not UTF-8", Next: "save the file as UTF-8",
	}
}

// syntaxProblem turns the library's error into a Problem.
func syntaxProblem(name string, first int, err error) Problem {
	var bad toml.ParseError
	if !errors.As(err, &bad) {
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

// inUTC rewrites every date of a parsed tree in place: one that names no offset
// is the same date in UTC, because a date in content is a day and not an instant
// of the machine's zone, which the library gives it. It returns the tree.
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
		case timeOfDay: // no date: bind refuses it by this name
			return v
		case "date-local", "datetime-local":
			return time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC)
		}
		return v.UTC()
	}
	return v
}

// timeOfDay is the zone that the library gives a time without a date.
const timeOfDay = "time-local"
