package tabular

import (
	"encoding/binary"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decoded is one row as gocsv fills it: gocsv passes it the canonical cells by the key of their
// field. By struct tags, gocsv would look up, convert and allocate for each cell.
type decoded[T any] struct {
	Row T `csv:"-"`
	// Whole, Number and YesNo hold the first value of each kind that pointers of Row point to, so
	// that the number of a row needs no memory of its own.
	Whole  [1]int     `csv:"whole"`
	Number [1]float64 `csv:"-"`
	YesNo  [1]bool    `csv:"-"`
	whole  int8
	number int8
	yesNo  int8
}

// maxFields is the largest number of fields of a row type: a key is one byte.
const maxFields = 256

// fieldKey returns the key of the field with that index in its struct.
func fieldKey(i int) string { return string([]byte{byte(i)}) }

// UnmarshalCSVWithFields sets the field with that key to a canonical cell, for gocsv. A blank
// cell leaves its zero value.
func (d *decoded[T]) UnmarshalCSVWithFields(key, value string) error {
	if value == "" {
		return nil
	}
	field := reflect.ValueOf(&d.Row).Elem().Field(int(key[0]))
	if field.Kind() == reflect.String {
		field.SetString(value)
		return nil
	}
	var err error
	switch p := field.Addr().Interface().(type) {
	case *Time:
		p.Time = decodeTime(value)
	case **int:
		*p = takeValue(d.Whole[:], &d.whole)
		**p, err = strconv.Atoi(value)
	case **float64:
		*p = takeValue(d.Number[:], &d.number)
		**p, err = strconv.ParseFloat(value, 64)
	case **bool:
		*p = takeValue(d.YesNo[:], &d.yesNo)
		**p = value == yes
	case *List:
		*p = strings.Split(value, itemSeparator)
	case *Cells:
		*p = decodeCells(value)
	}
	return err
}

// takeValue returns the next unused value, or a new one if all are used.
func takeValue[V any](values []V, used *int8) *V {
	if int(*used) == len(values) {
		return new(V)
	}
	*used++
	return &values[*used-1]
}

// timeSize is the length of the canonical form of a time: seconds since 1970 in eight bytes, and
// nanoseconds in four.
const timeSize = 12

// encodeTime returns the canonical form of a time.
func encodeTime(t time.Time) (b [timeSize]byte) {
	binary.BigEndian.PutUint64(b[:], uint64(t.Unix()))
	binary.BigEndian.PutUint32(b[8:], uint32(t.Nanosecond()))
	return b
}

func decodeTime(value string) time.Time {
	var b [timeSize]byte
	copy(b[:], value)
	return time.Unix(int64(binary.BigEndian.Uint64(b[:])), int64(binary.BigEndian.Uint32(b[8:]))).UTC()
}

func decodeCells(value string) Cells {
	cells := make(Cells, 0, 1+strings.Count(value, cellSeparator))
	for part := range strings.SplitSeq(value, cellSeparator) {
		name, value, _ := strings.Cut(part, itemSeparator)
		cells = append(cells, Cell{Column: name, Value: value})
	}
	return cells
}

// arena holds the canonical cells that are not part of their file's text. Their memory is
// allocated in pieces.
type arena struct{ strings.Builder }

// keep returns a string with those bytes.
func (a *arena) keep(b []byte) string {
	const piece = 4096
	if a.Cap()-a.Len() < len(b) {
		a.Reset() // the strings so far keep the former piece
		a.Grow(max(piece, len(b)))
	}
	start := a.Len()
	a.Write(b)
	return a.String()[start:]
}
