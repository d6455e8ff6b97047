// Package damage damages files as disks, tools and people do.
package damage

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
)

// File is a damaged file.
type File struct {
	Name string // kind of damage, for messages
	Data []byte
}

// Make returns n damaged copies of a file, of every kind in turn: the same for the same seed.
// others are files that it may be confused with. Each damage differs from the file.
func Make(data []byte, others [][]byte, n int, seed uint64) []File {
	r := rand.New(rand.NewPCG(seed, 10)) // a test
	list := []File{
		{"emptied", nil},
		{"one new line", []byte("\n")},
		{"null", []byte("null")},
		{"an empty object", []byte("{}")},
		{"zeros", make([]byte, len(data))},
		{"without its kind", kindLine.ReplaceAll(data, nil)},
		{"without its sum", sumLine.ReplaceAll(data, nil)},
		{"without kind and sum", kindLine.ReplaceAll(sumLine.ReplaceAll(data, nil), nil)},
		{"an empty sum", sumLine.ReplaceAll(data, []byte(`"sha256": "",`))},
		{"twice", slices.Concat(data, data)},
	}
	for i, other := range others {
		list = append(list, File{fmt.Sprintf("another file, %d", i+1), other})
	}
	list = slices.DeleteFunc(list, func(d File) bool { return bytes.Equal(d.Data, data) })
	for len(list) < n {
		kind := kinds[len(list)%len(kinds)]
		d := File{kind.name, kind.do(r, slices.Clone(data))}
		if d.Data != nil && !bytes.Equal(d.Data, data) {
			list = append(list, d)
		} else {
			list = append(list, File{"a flipped bit", flipBit(r, slices.Clone(data))})
		}
	}
	return list[:n]
}

var (
	kindLine = regexp.MustCompile(`"sealed": ?"[^"]*",\s*`)
	sumLine  = regexp.MustCompile(`"sha256": ?"[0-9a-f]{64}",\s*`)
	keys     = regexp.MustCompile(`"[a-z_]+":`)
	numbers  = regexp.MustCompile(`[0-9]+`)
	pairs    = regexp.MustCompile(`"[a-z_]+": ?(?:"[^"]*"|[0-9.]+|null|true|false),`)
)

// kinds are random damages. Each may return nil if it does not apply.
var kinds = []struct {
	name string
	do   func(*rand.Rand, []byte) []byte
}{
	{"a flipped bit", flipBit},
	{"another byte", func(r *rand.Rand, b []byte) []byte { b[r.IntN(len(b))] = byte(r.IntN(256)); return b }},
	{"another letter of a key", func(r *rand.Rand, b []byte) []byte {
		return replaceMatch(r, b, keys, func(k []byte) []byte { k[1+r.IntN(len(k)-3)] = 'a' + byte(r.IntN(26)); return k })
	}},
	{"a key in other case", func(r *rand.Rand, b []byte) []byte { return replaceMatch(r, b, keys, bytes.ToUpper) }},
	{"cut short", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] }},
	{"bytes left out", func(r *rand.Rand, b []byte) []byte {
		from := r.IntN(len(b))
		return slices.Delete(b, from, min(len(b), from+1+r.IntN(40)))
	}},
	{"bytes added", func(r *rand.Rand, b []byte) []byte {
		return slices.Insert(b, r.IntN(len(b)), []byte(" 0\n,x")[r.IntN(5)])
	}},
	{"appended", func(r *rand.Rand, b []byte) []byte {
		return append(b, []string{"\n", " ", "x", "{}", "\x00", "null\n"}[r.IntN(6)]...)
	}},
	{"another number", func(r *rand.Rand, b []byte) []byte {
		return replaceMatch(r, b, numbers, func(n []byte) []byte {
			n[len(n)-1] = '0' +
				(n[len(n)-1]-'0'+1+byte(r.IntN(9)))%10
			return n
		})
	}},
	{"a line left out", func(r *rand.Rand, b []byte) []byte {
		return changeLines(r, b, func(l [][]byte, i, _ int) [][]byte { return slices.Delete(l, i, i+1) })
	}},
	{"a line twice", func(r *rand.Rand, b []byte) []byte {
		return changeLines(r, b, func(l [][]byte, i, _ int) [][]byte { return slices.Insert(l, i, l[i]) })
	}},
	{"two lines swapped", func(r *rand.Rand, b []byte) []byte {
		return changeLines(r, b, func(l [][]byte, i, j int) [][]byte { l[i], l[j] = l[j], l[i]; return l })
	}},
	{"a key left out", func(r *rand.Rand, b []byte) []byte {
		return replaceMatch(r, b, pairs,
			func([]byte) []byte { return nil })
	}},
	{"a key twice", func(r *rand.Rand, b []byte) []byte {
		return replaceMatch(r, b, pairs, func(p []byte) []byte { return slices.Concat(p, p) })
	}},
	{"a block of zeros", func(r *rand.Rand, b []byte) []byte {
		from := r.IntN(len(b))
		clear(b[from:min(len(b), from+512)])
		return b
	}},
}

func flipBit(r *rand.Rand, b []byte) []byte {
	b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	return b
}

// replaceMatch changes one of the matches of a pattern.
func replaceMatch(r *rand.Rand, b []byte, pattern *regexp.Regexp, change func([]byte) []byte) []byte {
	found := pattern.FindAllIndex(b, -1)
	if len(found) == 0 {
		return nil
	}
	at := found[r.IntN(len(found))]
	return slices.Concat(b[:at[0]], change(slices.Clone(b[at[0]:at[1]])), b[at[1]:])
}

// changeLines changes two random lines of a file.
func changeLines(r *rand.Rand, b []byte, change func([][]byte, int, int) [][]byte) []byte {
	list := bytes.Split(b, []byte("\n"))
	if len(list) < 3 {
		return nil
	}
	return bytes.Join(change(list, r.IntN(len(list)), r.IntN(len(list))), []byte("\n"))
}
