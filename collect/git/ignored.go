package git

import (
	"bytes"
	"context"
	"path/filepath"
)

// WouldCommit reports whether "git add" or "git commit -a" would take a file: git has it already,
// or does not ignore it. folder is in a work tree, and the file below it; it need not exist yet.
func WouldCommit(ctx context.Context, folder, file string) (bool, error) {
	p := program{dir: folder, strict: true}
	tracked, err := p.output(ctx, "ls-files", "-z", "--", file)
	if err != nil || len(tracked) > 0 {
		return err == nil, err
	}
	// A line without a pattern is a path that is not ignored.
	out, err := p.outputWithInput(ctx, bytes.NewReader([]byte(filepath.ToSlash(file)+"\x00")), "check-ignore", "-z", "--stdin",
		"--verbose", "--non-matching")
	if err != nil && len(out) == 0 {
		return false, err
	}
	source, rest, _ := bytes.Cut(out, []byte{0})
	_, rest, _ = bytes.Cut(rest, []byte{0})
	pattern, _, _ := bytes.Cut(rest, []byte{0})
	return len(source) == 0 || bytes.HasPrefix(pattern, []byte("!")), nil
}
