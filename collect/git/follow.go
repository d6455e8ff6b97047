package git

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// mostLinks is how many symbolic links are followed on one path.
const mostLinks = 40

// Real returns the path to which symbolic links of a commit lead, as a checkout of
// it would have it. A link that leads out of the files, or is absolute, is an error,
// and so is a path through a file or a submodule. What is not there is
// fs.ErrNotExist.
func (f *Files) Real(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", failed("follow", name, fs.ErrInvalid)
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
				return "", failed("follow", name, errors.New("leads out of the repository"))
			}
			at = path.Dir(at)
			continue
		}
		e, err := f.find(path.Join(at, part))
		if err != nil {
			return "", failed("follow", name, err)
		}
		switch {
		case e.mode&fs.ModeSymlink != 0:
			if links++; links > mostLinks {
				return "", failed("follow", name, errors.New("too many links"))
			}
			to, err := f.target(e)
			if err != nil {
				return "", failed("follow", name, err)
			}
			left = append(strings.Split(to, "/"), left...)
			continue
		case len(left) > 0 && !e.mode.IsDir():
			return "", failed("follow", name, fmt.Errorf("%s is not a folder of this repository", path.Join(at, part)))
		}
		at = path.Join(at, part)
	}
	return at, nil
}

// target reads where a link leads.
func (f *Files) target(e entry) (string, error) {
	o, err := f.objects.get(e.id)
	switch {
	case err != nil:
		return "", err
	case path.IsAbs(string(o.data)) || len(o.data) == 0:
		return "", errors.New("is a link that leads out of the repository")
	}
	return string(o.data), nil
}
