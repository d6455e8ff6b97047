package git

import "context"

// WouldCommit reports whether "git add" or "git commit -a" would take a file: git has it already,
// or does not ignore it. folder is in a work tree, and file is the path of a file below it.
func WouldCommit(ctx context.Context, folder, file string) (bool, error) {
	p := program{dir: folder, strict: true}
	out, err := p.output(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", file)
	return len(out) > 0, err
}
