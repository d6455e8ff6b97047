package content

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// patched is a folder in which some files and folders are those of another folder.
type patched struct {
	own, other fs.FS
	swaps      map[string]bool // true: it is that of other; false: it does not exist
}

// find returns the folder that has a name now.
func (p *patched) find(op, name string) (fs.FS, error) {
	for at := name; at != "."; at = path.Dir(at) {
		if others, swapped := p.swaps[at]; swapped && others {
			return p.other, nil
		} else if swapped {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
	}
	return p.own, nil
}

// Open implements fs.FS.
func (p *patched) Open(name string) (fs.File, error) {
	from, err := p.find("open", name)
	if err != nil {
		return nil, err
	}
	return from.Open(name)
}

// Lstat implements fs.ReadLinkFS.
func (p *patched) Lstat(name string) (fs.FileInfo, error) {
	from, err := p.find("lstat", name)
	if err != nil {
		return nil, err
	}
	return fs.Lstat(from, name)
}

// ReadLink implements fs.ReadLinkFS.
func (p *patched) ReadLink(name string) (string, error) {
	from, err := p.find("readlink", name)
	if err != nil {
		return "", err
	}
	return fs.ReadLink(from, name)
}

// ReadFile implements fs.ReadFileFS.
func (p *patched) ReadFile(name string) ([]byte, error) {
	from, err := p.find("read", name)
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(from, name)
}

// ReadDir implements fs.ReadDirFS, in order of names.
func (p *patched) ReadDir(name string) ([]fs.DirEntry, error) {
	from, err := p.find("readdir", name)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(from, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return entries, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		_, swapped := p.swaps[path.Join(name, e.Name())]
		return swapped
	})
	for at, others := range p.swaps {
		if !others || path.Dir(at) != name {
			continue
		}
		if info, err := fs.Lstat(p.other, at); err == nil {
			entries = append(entries, fs.FileInfoToDirEntry(info))
		}
	}
	if len(entries) == 0 {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// look describes what a folder has under a name.
type look struct {
	mode fs.FileMode // type bits
	size int64       // of a regular file
	err  bool        // it exists, but cannot be looked at
	none bool        // it does not exist
}

func lookAt(files fs.FS, name string) look {
	info, err := fs.Lstat(files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return look{none: true}
	case err != nil:
		return look{err: true}
	case info.Mode().IsRegular():
		return look{size: info.Size()}
	}
	return look{mode: info.Mode().Type()}
}

// exists reports whether a folder has something under a name.
func exists(files fs.FS, name string) bool { return !lookAt(files, name).none }

// readText returns the text of a regular file of at most the size of content.
func readText(files fs.FS, name string) (string, bool) {
	if l := lookAt(files, name); l.none || l.err || l.mode != 0 || l.size > maxSize {
		return "", false
	}
	data, err := fs.ReadFile(files, name)
	return string(data), err == nil
}

// sameFile reports whether two folders have the same under a name: the same text, or nothing
// that could be read as a text.
func sameFile(a, b fs.FS, name string) bool {
	one, other := lookAt(a, name), lookAt(b, name)
	if one != other {
		return false
	}
	if one.mode != 0 || one.none || one.err || one.size > maxSize {
		return true
	}
	text, ok := readText(a, name)
	text2, ok2 := readText(b, name)
	return text == text2 && ok == ok2
}

// maxCandidates limits the files that are compared to find the former name of a file.
const maxCandidates = 200

// findRenamed returns the name that a file of one folder has in another, which has no file of
// the same name; "" if there is none. If the text cannot be read, the only possible file counts.
func findRenamed(file string, in, other fs.FS) string {
	folder, ending := path.Dir(file), path.Ext(file)
	if folder == "." || ending == "" {
		return ""
	}
	entries, err := fs.ReadDir(other, folder)
	if err != nil {
		return ""
	}
	var candidates []string
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if path.Ext(name) == ending && e.Type().IsRegular() && !exists(in, name) && len(candidates) < maxCandidates {
			candidates = append(candidates, name)
		}
	}
	text, ok := readText(in, file)
	if !ok {
		if len(candidates) == 1 {
			return candidates[0]
		}
		return ""
	}
	best, most := "", 0.5
	for _, name := range candidates {
		other, ok := readText(other, name)
		if !ok {
			continue
		}
		alike := shareOfLines(text, other)
		if hasFormerly(text, name) || hasFormerly(other, file) {
			alike = 2
		}
		if alike > most {
			best, most = name, alike
		}
	}
	return best
}

// hasFormerly reports whether the text lists the ID of a file as a former one.
func hasFormerly(text, file string) bool {
	id := strings.TrimSuffix(path.Base(file), path.Ext(file))
	_, rest, found := strings.Cut(text, "formerly")
	list, _, closed := strings.Cut(rest, "]")
	return found && closed && strings.Contains(list, `"`+id+`"`)
}

// shareOfLines returns the share of the longer text's lines that both texts have.
func shareOfLines(a, b string) float64 {
	count := map[string]int{}
	lines := func(text string, visit func(string)) (n int) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && line != "+++" {
				visit(line)
				n++
			}
		}
		return n
	}
	n := lines(a, func(line string) { count[line]++ })
	common := 0
	m := lines(b, func(line string) {
		if count[line] > 0 {
			count[line]--
			common++
		}
	})
	return float64(common) / float64(max(n, m, 1))
}
