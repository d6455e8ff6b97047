package compute

import (
	"math"
	"reflect"
	"strconv"
)

// digits is the number of significant digits published. Machines that fuse multiply-add differ
// in later digits. A value read back from measured.json is then exactly the computed one, so
// that Decide draws the same conclusions from both.
const digits = 9

// roundFloats rounds every float that can be reached from the pointer v.
func roundFloats(v any) { roundValue(reflect.ValueOf(v)) }

func roundValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			roundValue(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				roundValue(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			roundValue(v.Index(i))
		}
	case reflect.Float64:
		if v.CanSet() {
			v.SetFloat(roundFloat(v.Float()))
		}
	}
}

func roundFloat(f float64) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', digits, 64), 64)
	if err != nil {
		return f
	}
	return r
}
