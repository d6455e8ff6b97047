package git

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// mostLinks limits the symbolic links on one path.
const mostLinks = 40

// EvalSymlinks resolves the symbolic links of a commit, as a checkout would. An absolute link,
// a link that leaves the files, and a path through a file or a submodule are errors. A missing
// file is fs.ErrNotExist.
func (f *Files) EvalSymlinks(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", newPathError("follow", name, fs.ErrInvalid)
	}
	left, at := strings.Split(name, "/"), "."
	for links := 0; len(left) > 0; {
		part := left[0]
		left = left[1:]
		switch part {
		case ".", "":
			continue
		case "..":
			if at == "." {
				return "", newPathError("follow", name, errors.New("leads out of the repository"))
			}
			at = path.Dir(at)
			continue
		}
		e, err := f.findEntry(path.Join(at, part))
		if err != nil {
			return "", newPathError("follow", name, err)
		}
		switch {
		case e.mode&fs.ModeSymlink != 0:
			if links++; links > mostLinks {
				return "", newPathError("follow", name, errors.New("too many links"))
			}
			to, err := f.linkTarget(e)
			if err != nil {
				return "", newPathError("follow", name, err)
			}
			left = append(strings.Split(to, "/"), left...)
			continue
		case len(left) > 0 && !e.mode.IsDir():
			return "", newPathError("follow", name, fmt.Errorf("%s is not a folder of this repository", path.Join(at, part)))
		}
		at = path.Join(at, part)
	}
	return at, nil
}

// linkTarget reads the target of a link.
func (f *Files) linkTarget(e entry) (string, error) {
	o, err := f.objects.getObject(e.id)
	switch {
	case err != nil:
		return "", err
	case path.IsAbs(string(o.data)) || len(o.data) == 0:
		return "", errors.New("is a link that leads out of the repository")
	}
	return string(o.data), nil
}
