package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// beside are the files of a folder that belong to its host: they are carried along.
var beside = []string{"CNAME", ".nojekyll", ".htaccess", ".well-known"}

// isBeside reports whether a file belongs to the host.
func isBeside(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains(beside, first)
}

// isPreview reports whether a file lies in a preview.
func isPreview(name string) bool { return strings.HasPrefix(name, Previews+"/") }

// holding is what a folder holds before a site is put there.
type holding struct {
	ours    list     // files of ours that are there: nothing else is ever removed
	carried []string // files that stay, in order
}

// owner judges whose a folder is.
type owner struct {
	dir    string                       // as messages call it
	read   func(string) ([]byte, error) // of a file in it
	record []list                       // of the state
	adopt  bool
}

// ownerOf returns the judge of a folder of a disk.
func ownerOf(d disk, dir string) *owner {
	return &owner{dir: dir, read: func(name string) ([]byte, error) {
		return d.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	}}
}

// holdFolder judges a folder of a disk.
func (o *owner) holdFolder(d disk, dir string) (holding, error) {
	files, folders, err := readTree(d, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return holding{}, nil
	}
	if err != nil {
		return holding{}, err
	}
	return o.judge(files, folders)
}

// judge judges a folder with that content, and refuses one with files that are not
// ours. The manifest decides; if it is damaged or missing, the record of the state; if
// neither lists all, a site of the former version is taken over if its files have that
// version's names.
func (o *owner) judge(files []treeFile, folders []string) (holding, error) {
	if err := o.refuseRepository(files, folders); err != nil {
		return holding{}, err
	}
	lists, damaged := o.lists()
	best, foreign := holding{}, []string(nil)
	for i, l := range lists {
		h, unlisted := sortOut(files, l)
		if len(unlisted) == 0 {
			return h, nil
		}
		if i == 0 || len(unlisted) < len(foreign) {
			best, foreign = h, unlisted
		}
	}
	if h, ok := o.takeFormer(files); ok {
		return h, nil
	}
	if len(lists) == 0 {
		best, foreign = sortOut(files, list{})
		if len(foreign) == 0 { // nothing but what belongs to the host
			return best, nil
		}
	}
	if o.adopt {
		return o.adoptAll(files, lists, foreign), nil
	}
	return holding{}, o.refuseForeign(len(lists) > 0, damaged, foreign)
}

// sortOut tells what is ours from what is carried along and from what nobody listed.
func sortOut(files []treeFile, l list) (h holding, unlisted []string) {
	h.ours = list{map[string]bool{}, map[string]bool{}}
	for _, f := range files {
		switch {
		case l.files[f.name] && f.regular:
			h.ours.files[f.name] = true
		case l.kept[f.name]:
			h.ours.kept[f.name] = true
			h.carried = append(h.carried, f.name)
		case isBeside(f.name), isPreview(f.name):
			h.carried = append(h.carried, f.name)
		default:
			unlisted = append(unlisted, f.name)
		}
	}
	slices.Sort(h.carried)
	slices.Sort(unlisted)
	return h, unlisted
}

// lists returns what lists the folder's files: its manifest or, if that is damaged or
// missing, the record of the state.
func (o *owner) lists() (lists []list, damaged bool) {
	data, err := o.read(ManifestPath)
	if err == nil {
		if m, err := decodeManifest(data); err == nil {
			return []list{m.list()}, false
		}
		damaged = true
	}
	return o.record, damaged
}

// takeFormer takes over a site that the version before manifests wrote.
func (o *owner) takeFormer(files []treeFile) (holding, bool) {
	data, err := o.read(Marker)
	if err != nil || !isFormerRun(data) {
		return holding{}, false
	}
	h, unlisted := sortOut(files, formerList(files))
	return h, len(unlisted) == 0
}

// formerList lists the files that have a name of the former version, and the receipt
// of a preview.
func formerList(files []treeFile) list {
	l := list{files: map[string]bool{}}
	for _, f := range files {
		if isFormerName(f.name) || f.name == Receipt {
			l.files[f.name] = true
		}
	}
	return l
}

// adoptAll keeps beside the new site what nobody listed. Where a site of ours lost its
// lists, files with names of a site are those of the old one and go with it.
func (o *owner) adoptAll(files []treeFile, lists []list, foreign []string) holding {
	l := list{map[string]bool{}, map[string]bool{}}
	for _, known := range lists {
		for name := range known.files {
			l.files[name] = true
		}
		for name := range known.kept {
			l.kept[name] = true
		}
	}
	data, err := o.read(Marker)
	if len(lists) == 0 && err == nil && isOfSite(data) {
		l = formerList(files)
		l.files[ManifestPath], l.kept = true, map[string]bool{}
	}
	for _, name := range foreign {
		if !l.files[name] {
			l.kept[name] = true
		}
	}
	h, unlisted := sortOut(files, l)
	for _, name := range unlisted { // listed, and not a regular file
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

// mostNamed is how many files a message names.
const mostNamed = 5

// nameSome lists some names of many.
func nameSome(names []string) string {
	text := strings.Join(names[:min(mostNamed, len(names))], ", ")
	if more := len(names) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// refuseForeign names the files that are not ours.
func (o *owner) refuseForeign(site, damaged bool, foreign []string) error {
	const adopt = "move these files elsewhere, choose another folder with --out, --to or site.out, or pass --adopt " +
		"once to keep them beside the site"
	switch {
	case site:
		what := "files that were not written by ip3dp"
		if len(foreign) == 1 {
			what = "a file that was not written by ip3dp"
		}
		return refuse(adopt, "%s holds %s: %s", o.dir, what, nameSome(foreign))
	case damaged:
		return refuse("empty the folder, or pass --adopt once to take it as it is",
			"%s has a damaged list of its files, %s, and the state has no record of them: it is not certain what was not "+
				"written by ip3dp (%s)", o.dir, ManifestPath, nameSome(foreign))
	}
	return refuse("choose another folder with --out, --to or site.out, empty this one, or pass --adopt once to "+
		"keep its files beside the site",
		"%s is not empty and was not written by ip3dp: it holds %s", o.dir, nameSome(foreign))
}
