// Package sealed writes and reads the JSON files that ip3dp reads again: each has
// its kind and a checksum of its own bytes inside, and is decoded strictly.
//
// The first two keys of a sealed file are its kind and its sum:
//
//	{
//	 "sealed": "history.json",
//	 "sha256": "9f86d081…",
//	 "version": 2,
//	 …
//
// The sum is the SHA-256 of all bytes of the file with the 64 digits of the sum
// replaced by 64 zeros. The kind is part of what is summed, so a file that was
// copied over one of another kind is refused.
package sealed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// Keys of the head of a sealed file.
const (
	kindKey = "sealed"
	sumKey  = "sha256"
)

// zeros stand in place of the sum while it is computed.
var zeros = strings.Repeat("0", hex.EncodedLen(sha256.Size))

// headPattern matches the head of a sealed file: white space, kind, sum.
var headPattern = regexp.MustCompile(`^\{\s*"` + kindKey + `": ?"([^"\\]{1,100})",\s*"` + sumKey +
	`": ?"([0-9a-f]{64})",`)

// Errors of files that cannot be taken. Each is wrapped with the details, and is said
// of the file: its text follows the name.
var (
	// ErrNewer is about a file that a newer version of ip3dp wrote.
	ErrNewer = errors.New("was written by a newer version of ip3dp")
	// ErrDamaged is about a file that is not as it was written.
	ErrDamaged = errors.New("is damaged, or ip3dp did not write it")
	// ErrBare is about a file whose checksum is gone.
	ErrBare = errors.New("has lost its checksum")
)

// newerError is ErrNewer with both versions.
type newerError struct{ has, known int }

func (e newerError) Error() string {
	return fmt.Sprintf("has version %d, newer than %d", e.has, e.known)
}

// Is reports whether an error is ErrNewer.
func (newerError) Is(target error) bool { return target == ErrNewer }

func damaged(format string, values ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, values...))
}

// Form is a kind of file.
type Form struct {
	// Kind names it inside the file, as its path below the state folder or the
	// site: "history.json", "data/measured.json".
	Kind string
	// Version is the one that is written, and the newest that is read.
	Version int
	// Bare is the newest version that was written without a checksum; below 0 if
	// there was none. A file without a key "version" has version 0.
	Bare int
	// Later are keys that were added after a file without a checksum was written: it
	// may lack them, at any depth.
	Later []string
}

// Seal puts kind and sum into an encoded JSON object that has at least one key. It
// keeps the white space of the object.
func (f Form) Seal(object []byte) ([]byte, error) {
	key := bytes.IndexByte(object, '"')
	if len(object) == 0 || object[0] != '{' || key < 0 || len(bytes.TrimSpace(object[1:key])) > 0 {
		return nil, fmt.Errorf("%s: only an object with a key can be sealed", f.Kind)
	}
	space, colon := string(object[1:key]), ":"
	if space != "" {
		colon = ": "
	}
	head := "{" + space + `"` + kindKey + `"` + colon + `"` + f.Kind + `",` + space + `"` + sumKey + `"` + colon + `"`
	data := make([]byte, 0, len(object)+len(head)+len(zeros)+len(space)+2)
	data = append(data, head...)
	data = append(data, zeros...)
	data = append(data, `",`...)
	data = append(data, object[1:]...)
	sum := sha256.Sum256(data)
	hex.Encode(data[len(head):], sum[:])
	return data, nil
}

// Encode returns a value as a sealed file with one line for each of its keys. The
// value is a struct whose JSON has a key "version", or none if that is 0.
func (f Form) Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Kind, err)
	}
	return f.Seal(b.Bytes())
}

// Decode reads a file into the value that a pointer names. It refuses a file whose
// sum or kind is another, and one with a key that is not known, missing, repeated or
// written in other case. bare reports a whole file of a version that had no
// checksums: whether that is to be trusted is for the caller to decide.
//
// Errors name no cell of the file: it may hold text of strangers.
func (f Form) Decode(data []byte, into any) (bare bool, err error) {
	sealed, err := f.check(data)
	if err != nil {
		return false, err
	}
	version, err := readVersion(data)
	switch {
	case err != nil:
		return false, err
	case version > f.Version:
		return false, newerError{version, f.Version}
	case version == 0 && f.Bare != 0:
		return false, fmt.Errorf("has no version, so it %w", ErrDamaged)
	case !sealed && version > f.Bare:
		return false, fmt.Errorf("%w: every file of version %d has one", ErrBare, version)
	}
	later := f.Later
	if sealed {
		later = nil
	}
	if err := checkShape(data, reflect.TypeOf(into), sealed, later); err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, damaged("a value has another form than it was written in")
	}
	return !sealed, nil
}

// CheckStrict refuses JSON that encoding a value like the one a pointer names does not
// give: with keys that are unknown, missing, repeated or in other case.
func CheckStrict(data []byte, like any) error {
	return checkShape(data, reflect.TypeOf(like), false, nil)
}

// Next returns the next step of a reader's error: to upgrade, if a newer version wrote the
// file, else the caller's.
func Next(err error, otherwise string) string {
	if errors.Is(err, ErrNewer) {
		return "upgrade ip3dp"
	}
	return otherwise
}

// check verifies the head, and reports whether there is one.
func (f Form) check(data []byte) (bool, error) {
	head := headPattern.FindSubmatchIndex(data)
	if head == nil {
		return false, checkBare(data)
	}
	kind, sum := string(data[head[2]:head[3]]), data[head[4]:head[5]]
	h := sha256.New()
	h.Write(data[:head[4]])
	h.Write([]byte(zeros))
	h.Write(data[head[5]:])
	switch {
	case hex.EncodeToString(h.Sum(nil)) != string(sum):
		return false, damaged("its checksum does not fit")
	case kind != f.Kind:
		return false, damaged("its content is that of %s, not of %s", kind, f.Kind)
	}
	return true, nil
}

// checkBare refuses a file without a head that is not whole, or has part of a head.
func checkBare(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return damaged("it is empty")
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return damaged("%s", syntaxText(data, err))
	}
	if keys == nil {
		return damaged("it is not a JSON object")
	}
	for key := range keys {
		if strings.EqualFold(key, kindKey) || strings.EqualFold(key, sumKey) {
			return damaged("the lines of its checksum are not whole")
		}
	}
	return nil
}

// syntaxText describes what is wrong with JSON without any of its text.
func syntaxText(data []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return "it is not a JSON object"
	}
	if syntax.Error() == "unexpected end of JSON input" {
		return "it ends too early"
	}
	return fmt.Sprintf("line %d is not JSON", lineAt(data, syntax.Offset))
}

// readVersion returns the version of a file; 0 if it has none.
func readVersion(data []byte) (int, error) {
	var keys map[string]json.RawMessage // unlike a struct, it matches names exactly
	if err := json.Unmarshal(data, &keys); err != nil {
		return 0, damaged("%s", syntaxText(data, err))
	}
	raw, ok := keys["version"]
	if !ok {
		return 0, nil
	}
	var version int
	if err := json.Unmarshal(raw, &version); err != nil || version < 1 || string(raw) == "null" {
		return 0, damaged("its version is not a number")
	}
	return version, nil
}

// lineAt returns the line of an offset, counted from 1.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}
