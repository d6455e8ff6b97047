// Package sealed writes and reads the JSON files that ip3dp reads again. Each file contains its
// kind and a checksum of its own bytes, and is decoded strictly.
//
// The first two keys of a sealed file are its kind and its sum:
//
//	{
//	 "sealed": "history.json",
//	 "sha256": "9f86d081…",
//	 "version": 2,
//	 …
//
// The sum is the SHA-256 of all bytes of the file with the 64 digits of the sum replaced by 64
// zeros. The sum covers the kind, so a file that was copied over one of another kind is
// rejected.
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

// zeros replace the sum while it is computed.
var zeros = strings.Repeat("0", hex.EncodedLen(sha256.Size))

// headPattern matches the head of a sealed file: white space, kind, sum.
var headPattern = regexp.MustCompile(`^\{\s*"` + kindKey + `": ?"([^"\\]{1,100})",\s*"` + sumKey +
	`": ?"([0-9a-f]{64})",`)

// Errors of unusable files. Each is wrapped with the details, and its text follows the name of
// the file.
var (
	// ErrNewer means that a newer version of ip3dp wrote the file.
	ErrNewer = errors.New("was written by a newer version of ip3dp")
	// ErrDamaged means that the file was changed after it was written.
	ErrDamaged = errors.New("is damaged, or ip3dp did not write it")
	// ErrBare means that the file has lost its checksum.
	ErrBare = errors.New("has lost its checksum")
)

// newerError is ErrNewer with both versions.
type newerError struct{ has, known int }

func (e newerError) Error() string {
	return fmt.Sprintf("has version %d, newer than %d", e.has, e.known)
}

// Is reports whether an error is ErrNewer.
func (newerError) Is(target error) bool { return target == ErrNewer }

func newDamaged(format string, values ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, values...))
}

// Form is a kind of file.
type Form struct {
	// Kind is the file's path below the state folder or the site: "history.json",
	// "data/measured.json". The file contains it.
	Kind string
	// Version is the version that is written, and the newest that is read.
	Version int
	// Bare is the newest version that was written without a checksum; below 0 if there was
	// none. A file without a key "version" has version 0.
	Bare int
	// Later lists keys that were added after the last file without a checksum was written. Such
	// a file may lack them, at any depth.
	Later []string
}

// Seal adds kind and sum to an encoded JSON object with at least one key. It keeps the white
// space of the object.
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

// Encode returns a value as a sealed file with one line for each of its keys. The value is a
// struct whose JSON has a key "version", or none if that is 0.
func (f Form) Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Kind, err)
	}
	return f.Seal(b.Bytes())
}

// Decode reads a file into a value. It rejects a file with a wrong sum or kind, and keys that
// are unknown, missing, repeated or in other case. bare reports a complete file of a version
// without checksums; the caller decides whether to trust it.
//
// Errors quote no text of the file, because strangers may have written it.
func (f Form) Decode(data []byte, into any) (bare bool, err error) {
	sealed, err := f.checkHead(data)
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
		return false, newDamaged("a value has another form than it was written in")
	}
	return !sealed, nil
}

// CheckStrict rejects JSON with keys that are unknown, missing, repeated or in other case for
// the type of a value.
func CheckStrict(data []byte, like any) error {
	return checkShape(data, reflect.TypeOf(like), false, nil)
}

// Next returns the next step after a reader's error: to upgrade if a newer version wrote the
// file, or else the caller's.
func Next(err error, otherwise string) string {
	if errors.Is(err, ErrNewer) {
		return "upgrade ip3dp"
	}
	return otherwise
}

// checkHead verifies the head, and reports whether there is one.
func (f Form) checkHead(data []byte) (bool, error) {
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
		return false, newDamaged("its checksum does not fit")
	case kind != f.Kind:
		return false, newDamaged("its content is that of %s, not of %s", kind, f.Kind)
	}
	return true, nil
}

// checkBare rejects a file without a head that is incomplete, or has part of a head.
func checkBare(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return newDamaged("it is empty")
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return newDamaged("%s", syntaxText(data, err))
	}
	if keys == nil {
		return newDamaged("it is not a JSON object")
	}
	for key := range keys {
		if strings.EqualFold(key, kindKey) || strings.EqualFold(key, sumKey) {
			return newDamaged("the lines of its checksum are not whole")
		}
	}
	return nil
}

// syntaxText describes an error of JSON without quoting the text.
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

// readVersion returns the version of a file, or 0.
func readVersion(data []byte) (int, error) {
	var keys map[string]json.RawMessage // unlike a struct, it matches names exactly
	if err := json.Unmarshal(data, &keys); err != nil {
		return 0, newDamaged("%s", syntaxText(data, err))
	}
	raw, ok := keys["version"]
	if !ok {
		return 0, nil
	}
	var version int
	if err := json.Unmarshal(raw, &version); err != nil || version < 1 || string(raw) == "null" {
		return 0, newDamaged("its version is not a number")
	}
	return version, nil
}

// lineAt returns the line of an offset, counted from 1.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}
