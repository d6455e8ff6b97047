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
	// mostObject is the size of the largest object that is kept. Content is written by hand;
	// its reader rejects larger files.
	mostObject = 1 << 20
	// mostObjects is the largest number of bytes of all objects in one reading.
	mostObjects = 64 << 20
)

// object is one object of a repository. data is nil for an object above mostObject.
type object struct {
	id   string
	kind string // "blob", "tree", "commit"
	size int64
	data []byte
}

// objects reads objects through one git process, each once.
type objects struct {
	ask   io.Writer
	out   *bufio.Reader
	known map[string]*object // by requested name
	held  int64
}

// withObjects runs read with a git process that returns objects.
func (p program) withObjects(ctx context.Context, read func(*objects) error) error {
	questions, ask := io.Pipe()
	defer questions.Close() // in memory
	return p.stream(ctx, questions, func(out io.Reader) error {
		defer ask.Close() // in memory; git ends with its input
		return read(&objects{ask: ask, out: bufio.NewReader(out), known: map[string]*object{}})
	}, "cat-file", "--batch")
}

// getObject returns the object of a name such as "COMMIT:path" or a hash, or fs.ErrNotExist.
func (o *objects) getObject(name string) (*object, error) {
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
	found, err := o.readObject()
	if errors.Is(err, fs.ErrNotExist) {
		o.known[name] = nil
	}
	if err != nil {
		return nil, err
	}
	o.known[name], o.known[found.id] = found, found
	return found, nil
}

// readObject reads the answer of git: hash, kind and size on a line, then the bytes, or a line
// that the object is missing.
func (o *objects) readObject() (*object, error) {
	line, err := o.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file ends early: %w", io.ErrUnexpectedEOF)
	}
	parts := strings.Fields(line)
	if len(parts) < 3 || !isHash(parts[0]) {
		return nil, fs.ErrNotExist // "missing" or "ambiguous" after the requested name
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("git cat-file: %q is not the size of an object", parts[2])
	}
	found := &object{id: parts[0], kind: parts[1], size: size}
	if size > mostObject {
		_, err = io.CopyN(io.Discard, o.out, size)
	} else {
		if o.held += size; o.held > mostObjects {
			return nil, fmt.Errorf("the content at this commit is larger than %d MiB: content is written by "+
				"hand, data belongs elsewhere", mostObjects>>20)
		}
		found.data = make([]byte, size)
		_, err = io.ReadFull(o.out, found.data)
	}
	if err == nil {
		_, err = o.out.Discard(1) // the line break after the bytes
	}
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return found, nil
}

// isHash reports whether s is a whole hash: 40 lower-case hexadecimal digits, or 64 in a
// SHA-256 repository.
func isHash[S string | []byte](s S) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 40 || len(s) == 64
}
