package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// logFormat prints one commit. Fields end with NUL, the only byte that cannot occur in a name
// or a message. With --raw the touched files follow, each as ":mode mode hash hash status",
// NUL, path, NUL, the first after a line break.
const logFormat = "--format=%H%x00%P%x00%at%x00%ct%x00%aN%x00%aE%x00%B"

// logArgs returns the arguments of a git log with every parent after its children.
func logArgs(paths bool) []string {
	args := []string{
		"log", "--stdin", "--topo-order", "-z", logFormat,
		"--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color", "--no-ext-diff", "--no-textconv",
	}
	if paths {
		// Merges have no files of their own. -O cancels a clone's diff.orderFile.
		return append(args, "--raw", "--no-renames", "--ignore-submodules=none", "-O/dev/null")
	}
	return append(args, "--no-patch")
}

// record is one commit of the log. Its slices are overwritten by the next one.
type record struct {
	sha, parents           []byte
	authorTime, commitTime []byte // Unix seconds, or any text in a broken commit
	name, email            []byte
	message                []byte
	paths                  []string // nil unless files were read
}

// maxField limits one field. Only messages come near it, and the facts in a message are near
// its beginning or short.
const maxField = 1 << 20

// logReader reads the records of a git log in logFormat.
type logReader struct {
	r     *bufio.Reader
	n     int
	rec   record
	files bool
	path  []byte
	names map[string]string // paths seen, so that each is stored once
}

func newLogReader(r io.Reader, files bool) *logReader {
	return &logReader{r: bufio.NewReaderSize(r, 1<<16), files: files, names: map[string]string{}}
}

// next returns the next commit, or io.EOF after the last. Output that ends inside a commit is
// an error, so that a killed git never leaves a short history.
func (l *logReader) next() (*record, error) {
	if _, err := l.r.Peek(1); err != nil {
		return nil, err
	}
	l.n++
	rec := &l.rec
	for _, field := range []*[]byte{
		&rec.sha, &rec.parents, &rec.authorTime, &rec.commitTime, &rec.name, &rec.email, &rec.message,
	} {
		var err error
		if *field, err = l.readField((*field)[:0]); err != nil {
			return nil, fmt.Errorf("git log, commit %d: %w", l.n, err)
		}
	}
	if !isHash(rec.sha) {
		return nil, fmt.Errorf("git log, commit %d: %q is not the hash of a commit", l.n, rec.sha[:min(len(rec.sha), 64)])
	}
	rec.paths = nil
	if !l.files {
		return rec, nil
	}
	if err := l.readPaths(); err != nil {
		return nil, fmt.Errorf("git log, files of commit %s: %w", rec.sha, err)
	}
	return rec, nil
}

func (l *logReader) readPaths() error {
	l.rec.paths = []string{}
	for {
		start, err := l.r.Peek(2)
		if len(start) == 0 || (start[0] != ':' && !bytes.Equal(start, []byte("\n:"))) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return err
		}
		for range 2 { // the path overwrites the description
			if l.path, err = l.readField(l.path[:0]); err != nil {
				return err
			}
		}
		name, ok := l.names[string(l.path)]
		if !ok {
			name = string(bytes.ToValidUTF8(l.path, []byte("\uFFFD")))
			l.names[string(l.path)] = name
		}
		l.rec.paths = append(l.rec.paths, name)
	}
}

// readField appends the bytes up to the next NUL to buf, at most maxField of them. It skips the
// rest of a longer field.
func (l *logReader) readField(buf []byte) ([]byte, error) {
	for {
		part, err := l.r.ReadSlice(0)
		done := err == nil
		if done {
			part = part[:len(part)-1]
		}
		buf = append(buf, part[:min(len(part), maxField-len(buf))]...)
		switch {
		case done:
			return buf, nil
		case errors.Is(err, io.EOF):
			return buf, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return buf, err
		}
	}
}
