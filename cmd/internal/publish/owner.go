package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// hostFiles are the files of a folder that belong to its host. They are carried over.
var hostFiles = []string{"CNAME", ".nojekyll", ".htaccess", ".well-known"}

// isHostFile reports whether a file belongs to the host.
func isHostFile(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains(hostFiles, first)
}

// isPreview reports whether a file is part of a preview.
func isPreview(name string) bool { return strings.HasPrefix(name, Previews+"/") }

// contents are the files of a folder before a site is put there.
type contents struct {
	ours    nameList // published files that are still there: only these are ever removed
	carried []string // files that stay, in order
}

// owner finds out which files of a folder ip3dp published.
type owner struct {
	dir    string                       // in messages
	read   func(string) ([]byte, error) // of a file in it
	record []nameList                   // from the state
	adopt  bool
}

// newFolderOwner returns the owner check of a folder of a disk.
func newFolderOwner(d disk, dir string) *owner {
	return &owner{dir: dir, read: func(name string) ([]byte, error) {
		return d.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	}}
}

// inspectFolder classifies the files of a folder of a disk.
func (o *owner) inspectFolder(d disk, dir string) (contents, error) {
	files, folders, err := readTree(d, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return contents{}, nil
	}
	if err != nil {
		return contents{}, err
	}
	return o.classify(files, folders)
}

// classify divides a folder's files into published and carried ones. It rejects a folder with
// other files. The manifest decides, or the record of the state if the manifest is damaged or
// missing. If neither lists all files, a site of the previous version is accepted if all its
// files have names of that version.
func (o *owner) classify(files []treeFile, folders []string) (contents, error) {
	if err := o.refuseRepository(files, folders); err != nil {
		return contents{}, err
	}
	lists, damaged := o.readLists()
	best, foreign := contents{}, []string(nil)
	for i, l := range lists {
		h, unlisted := sortOut(files, l)
		if len(unlisted) == 0 {
			return h, nil
		}
		if i == 0 || len(unlisted) < len(foreign) {
			best, foreign = h, unlisted
		}
	}
	if h, ok := o.adoptFormer(files); ok {
		return h, nil
	}
	if len(lists) == 0 {
		best, foreign = sortOut(files, nameList{})
		if len(foreign) == 0 { // only files of the host
			return best, nil
		}
	}
	if o.adopt {
		return o.adoptAll(files, lists, foreign), nil
	}
	return contents{}, o.refuseForeign(len(lists) > 0, damaged, foreign)
}

// sortOut divides files into published, carried and unlisted ones.
func sortOut(files []treeFile, l nameList) (h contents, unlisted []string) {
	h.ours = nameList{map[string]bool{}, map[string]bool{}}
	for _, f := range files {
		switch {
		case l.files[f.name] && f.regular:
			h.ours.files[f.name] = true
		case l.kept[f.name]:
			h.ours.kept[f.name] = true
			h.carried = append(h.carried, f.name)
		case isHostFile(f.name), isPreview(f.name):
			h.carried = append(h.carried, f.name)
		default:
			unlisted = append(unlisted, f.name)
		}
	}
	slices.Sort(h.carried)
	slices.Sort(unlisted)
	return h, unlisted
}

// readLists returns the lists of the folder's files: its manifest, or the record of the state
// if the manifest is damaged or missing.
func (o *owner) readLists() (readLists []nameList, damaged bool) {
	data, err := o.read(ManifestPath)
	if err == nil {
		if m, err := decodeManifest(data); err == nil {
			return []nameList{m.listNames()}, false
		}
		damaged = true
	}
	return o.record, damaged
}

// adoptFormer accepts a site of the version before manifests.
func (o *owner) adoptFormer(files []treeFile) (contents, bool) {
	data, err := o.read(Marker)
	if err != nil || !isFormerRun(data) {
		return contents{}, false
	}
	h, unlisted := sortOut(files, formerList(files))
	return h, len(unlisted) == 0
}

// formerList lists the files with a name of the previous version, and the receipt of a preview.
func formerList(files []treeFile) nameList {
	l := nameList{files: map[string]bool{}}
	for _, f := range files {
		if isFormerName(f.name) || f.name == Receipt {
			l.files[f.name] = true
		}
	}
	return l
}

// adoptAll keeps unlisted files beside the new site. If a published site has lost its lists,
// files with names of a site count as the old site and are removed with it.
func (o *owner) adoptAll(files []treeFile, lists []nameList, foreign []string) contents {
	l := nameList{map[string]bool{}, map[string]bool{}}
	for _, known := range lists {
		maps.Copy(l.files, known.files)
		maps.Copy(l.kept, known.kept)
	}
	data, err := o.read(Marker)
	if len(lists) == 0 && err == nil && mayBeSite(data) {
		l = formerList(files)
		l.files[ManifestPath], l.kept = true, map[string]bool{}
	}
	for _, name := range foreign {
		if !l.files[name] {
			l.kept[name] = true
		}
	}
	h, unlisted := sortOut(files, l)
	for _, name := range unlisted { // listed, but not a regular file
		h.ours.kept[name] = true
		h.carried = append(h.carried, name)
	}
	slices.Sort(h.carried)
	return h
}

// refuseRepository refuses a folder with a repository in it, at any depth.
func (o *owner) refuseRepository(files []treeFile, folders []string) error {
	for _, f := range files {
		folders = append(folders, f.name)
	}
	for _, name := range folders {
		if slices.Contains(strings.Split(name, "/"), ".git") {
			at := name[:strings.LastIndex("/"+name, "/.git")] + ".git"
			return refuse("choose another folder with --out, --to or site.out",
				"%s holds a git repository, %s, which was not written by ip3dp", o.dir, at)
		}
	}
	return nil
}

// mostNamed is the maximum of files in a message.
const mostNamed = 5

// formatSome lists the first of many names.
func formatSome(names []string) string {
	text := strings.Join(names[:min(mostNamed, len(names))], ", ")
	if more := len(names) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// refuseForeign returns an error with the files that ip3dp did not write.
func (o *owner) refuseForeign(site, damaged bool, foreign []string) error {
	const adopt = "move these files elsewhere, choose another folder with --out, --to or site.out, or pass --adopt " +
		"once to keep them beside the site"
	switch {
	case site:
		what := "files that were not written by ip3dp"
		if len(foreign) == 1 {
			what = "a file that was not written by ip3dp"
		}
		return refuse(adopt, "%s holds %s: %s", o.dir, what, formatSome(foreign))
	case damaged:
		return refuse("empty the folder, or pass --adopt once to take it as it is",
			"%s has a damaged list of its files, %s, and the state has no record of them: it is not certain what was not "+
				"written by ip3dp (%s)", o.dir, ManifestPath, formatSome(foreign))
	}
	return refuse("choose another folder with --out, --to or site.out, empty this one, or pass --adopt once to "+
		"keep its files beside the site",
		"%s is not empty and was not written by ip3dp: it holds %s", o.dir, formatSome(foreign))
}
