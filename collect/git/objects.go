package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

const (
	// mostObject is the largest object that is kept: content is written by hand, and
	// its reader takes no file beyond it.
	mostObject = 1 << 20
	// mostObjects is how many bytes of objects one reading keeps.
	mostObjects = 64 << 20
)

// object is one object of a repository. Data is nil where it is larger than
// mostObject.
type object struct {
	id   string
	kind string // "blob", "tree", "commit"
	size int64
	data []byte
}

// objects asks one git process for objects, each once.
type objects struct {
	ask   io.Writer
	out   *bufio.Reader
	known map[string]*object // by what was asked for
	held  int64
}

// withObjects runs read with a git process that answers for objects.
func (p program) withObjects(ctx context.Context, read func(*objects) error) error {
	questions, ask := io.Pipe()
	defer questions.Close() // in memory
	return p.stream(ctx, questions, func(out io.Reader) error {
		defer ask.Close() // in memory; git ends with its questions
		return read(&objects{ask: ask, out: bufio.NewReader(out), known: map[string]*object{}})
	}, "cat-file", "--batch")
}

// get is the object that a name such as "COMMIT:path" or a hash means. It is an
// fs.ErrNotExist if there is none.
func (o *objects) get(name string) (*object, error) {
	if found, ok := o.known[name]; ok {
		if found == nil {
			return nil, fs.ErrNotExist
		}
		return found, nil
	}
	if strings.ContainsAny(name, "\n\r\x00") {
		return nil, fs.ErrInvalid
	}
	if _, err := io.WriteString(o.ask, name+"\n"); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	found, err := o.answer()
	if errors.Is(err, fs.ErrNotExist) {
		o.known[name] = nil
	}
	if err != nil {
		return nil, err
	}
	o.known[name], o.known[found.id] = found, found
	return found, nil
}

// answer reads what git says about one object: its hash, kind and size on a line,
// then its bytes, or that it is missing.
func (o *objects) answer() (*object, error) {
	line, err := o.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file ends early: %w", io.ErrUnexpectedEOF)
	}
	parts := strings.Fields(line)
	if len(parts) < 3 || !isHash(parts[0]) {
		return nil, fs.ErrNotExist // "missing" or "ambiguous" after the name that was asked for
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("git cat-file: %q is no size of an object", parts[2])
	}
	found := &object{id: parts[0], kind: parts[1], size: size}
	if size > mostObject {
		_, err = io.CopyN(io.Discard, o.out, size)
	} else {
		if o.held += size; o.held > mostObjects {
			return nil, fmt.Errorf("the content at this commit is larger than %d MiB: it is written by hand, data "+
				"belongs elsewhere", mostObjects>>20)
		}
		found.data = make([]byte, size)
		_, err = io.ReadFull(o.out, found.data)
	}
	if err == nil {
		_, err = o.out.Discard(1) // the line's end after the bytes
	}
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return found, nil
}

// isHash reports whether s is a whole hash of SHA-1 or SHA-256.
func isHash(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}
