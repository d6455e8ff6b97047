package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Guarded is a file or folder that a site must not replace.
type Guarded struct {
	Name string // "the configuration"
	Path string
	// Around is set for a folder that must not contain a site either.
	Around bool
}

// Guard refuses an output folder that is or contains a guarded one, is inside a folder that
// must not contain a site, or is inside a repository's .git folder.
func Guard(out string, guarded []Guarded) error {
	const next = "choose another folder with --out, --to or site.out"
	paths := listSpellings(out)
	for _, p := range paths {
		for dir := p; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
			if filepath.Base(dir) == ".git" {
				return refuse(next, "%s is inside the own folder of a git repository, which was not written by ip3dp", out)
			}
		}
	}
	for _, g := range guarded {
		for _, p := range paths {
			if slices.ContainsFunc(listSpellings(g.Path), func(path string) bool { return isWithin(path, p) }) {
				return refuse(next, "%s holds %s, %s, which was not written by ip3dp", out, g.Name, g.Path)
			}
			if g.Around && slices.ContainsFunc(listSpellings(g.Path), func(path string) bool { return isWithin(p, path) }) {
				return refuse(next, "%s is inside %s, %s, which was not written by ip3dp", out, g.Name, g.Path)
			}
		}
	}
	return nil
}

// GuardFile refuses to replace a guarded file, or a file in a guarded folder. flag is the flag that
// names the file.
func GuardFile(flag, name string, guarded []Guarded) error {
	next := "choose another file with " + flag
	paths := listSpellings(name)
	for _, g := range guarded {
		for _, p := range paths {
			for _, path := range listSpellings(g.Path) {
				if isWithin(path, p) || g.Around && isWithin(p, path) {
					return refuse(next, "%s: %s is, or is inside, %s, %s", flag, name, g.Name, g.Path)
				}
			}
		}
	}
	return nil
}

// listSpellings returns a path as written and, if different, without symbolic links.
func listSpellings(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return []string{filepath.Clean(path)}
	}
	if real := resolvePath(abs); real != abs {
		return []string{abs, real}
	}
	return []string{abs}
}

// resolvePath resolves symbolic links in the existing part of a path.
func resolvePath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil { // absolute if the path is
		return real
	}
	dir, base := filepath.Split(filepath.Clean(path))
	if dir == "" || filepath.Clean(dir) == filepath.Clean(path) {
		return path
	}
	// A link to a missing file.
	if target, err := os.Readlink(path); err == nil {
		if !filepath.IsAbs(target) {
			target = filepath.Join(dir, target)
		}
		return target
	}
	return filepath.Join(resolvePath(filepath.Clean(dir)), base)
}

// isWithin reports whether path is dir or inside it. The system compares folders: names may
// differ in case, and mounts may show one folder twice.
func isWithin(path, dir string) bool {
	at, err := os.Stat(dir)
	for {
		if path == dir {
			return true
		}
		if err == nil {
			if info, err := os.Stat(path); err == nil && os.SameFile(info, at) {
				return true
			}
		}
		above := filepath.Dir(path)
		if above == path {
			return false
		}
		path = above
	}
}

// resolveOutput resolves a symbolic link at out, so that its target is replaced and the link
// stays.
func resolveOutput(out string) (string, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(out)
	if errors.Is(err, fs.ErrNotExist) {
		return resolvePath(out), nil
	}
	return real, err
}
