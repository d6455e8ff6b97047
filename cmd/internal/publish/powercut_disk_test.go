package publish

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// errCut is what every call gives once the power is gone.
var errCut = errors.New("the power is cut")

// forgetful is a disk in memory. At a power cut it drops any of what was not synced:
// bytes of files, and changes of the names in folders, each for itself.
type forgetful struct {
	root     *node
	exchange bool // whether folders can be swapped in one step
	left     int  // calls until the power is cut; below 0: it stays
}

// node is a file or folder.
type node struct {
	folder  bool
	data    []byte
	synced  bool             // the bytes
	names   map[string]*node // as programs see them
	durable map[string]*node
	pending []map[string]*node // changes of names, each of them whole; nil removes a name
}

func newFolder() *node {
	return &node{folder: true, names: map[string]*node{}, durable: map[string]*node{}}
}

// step counts a call.
func (d *forgetful) step() error {
	if d.left == 0 {
		return errCut
	}
	d.left--
	return nil
}

// cut drops a random part of what was not synced, and gives the power back.
func (d *forgetful) cut(rng *rand.Rand) {
	seen := map[*node]bool{}
	var drop func(n *node)
	drop = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if !n.folder {
			if !n.synced {
				switch rng.IntN(4) {
				case 0:
					n.data = nil
				case 1:
					n.data = n.data[:rng.IntN(len(n.data)+1)]
				case 2:
					n.data = make([]byte, len(n.data))
				}
				n.synced = true
			}
			return
		}
		keep := rng.Float64()
		for _, change := range n.pending {
			if rng.Float64() < keep {
				apply(n.durable, change)
			}
		}
		n.pending, n.names = nil, maps.Clone(n.durable)
		for _, name := range slices.Sorted(maps.Keys(n.names)) {
			drop(n.names[name])
		}
	}
	drop(d.root)
	d.left = -1
}

func apply(names, change map[string]*node) {
	for name, n := range change {
		if n == nil {
			delete(names, name)
		} else {
			names[name] = n
		}
	}
}

func (n *node) change(change map[string]*node) {
	apply(n.names, change)
	n.pending = append(n.pending, change)
}

func (d *forgetful) find(name string) (*node, error) {
	n := d.root
	for _, part := range strings.Split(strings.Trim(filepath.ToSlash(name), "/"), "/") {
		if part == "" {
			continue
		}
		if n = n.names[part]; n == nil {
			return nil, &fs.PathError{Op: "find", Path: name, Err: fs.ErrNotExist}
		}
	}
	return n, nil
}

// above returns the folder of a name and its last part.
func (d *forgetful) above(name string) (*node, string, error) {
	dir, base := filepath.Split(filepath.Clean(name))
	n, err := d.find(dir)
	return n, base, err
}

func (d *forgetful) add(name string, n *node) error {
	if err := d.step(); err != nil {
		return err
	}
	dir, base, err := d.above(name)
	if err != nil {
		return err
	}
	if dir.names[base] != nil {
		return &fs.PathError{Op: "add", Path: name, Err: fs.ErrExist}
	}
	dir.change(map[string]*node{base: n})
	return nil
}

func (d *forgetful) Mkdir(name string) error { return d.add(name, newFolder()) }

func (d *forgetful) Create(name string, data []byte) error {
	return d.add(name, &node{data: slices.Clone(data)})
}

func (d *forgetful) Link(from, to string) error {
	n, err := d.find(from)
	if err != nil {
		return err
	}
	return d.add(to, n)
}

func (d *forgetful) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	dir, base, err := d.above(from)
	if err != nil {
		return err
	}
	other, next, err := d.above(to)
	if err != nil {
		return err
	}
	n := dir.names[base]
	if n == nil || other != dir {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	if old := dir.names[next]; old != nil && old.folder && len(old.names) > 0 {
		return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
	}
	dir.change(map[string]*node{base: nil, next: n})
	return nil
}

func (d *forgetful) Exchange(a, b string) error {
	if err := d.step(); err != nil {
		return err
	}
	dir, x, err := d.above(a)
	if err != nil || !d.exchange {
		return errors.ErrUnsupported
	}
	_, y, _ := d.above(b)
	if dir.names[x] == nil || dir.names[y] == nil {
		return fs.ErrNotExist
	}
	dir.change(map[string]*node{x: dir.names[y], y: dir.names[x]})
	return nil
}

func (d *forgetful) Remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	dir, base, err := d.above(name)
	if err != nil {
		return err
	}
	n := dir.names[base]
	if n == nil || len(n.names) > 0 {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	dir.change(map[string]*node{base: nil})
	return nil
}

func (n *node) sync(below bool) {
	n.synced = true
	for _, change := range n.pending {
		apply(n.durable, change)
	}
	n.pending = nil
	for _, child := range n.names {
		if below {
			child.sync(true)
		}
	}
}

func (d *forgetful) syncAt(name string, below bool) error {
	if err := d.step(); err != nil {
		return err
	}
	n, err := d.find(name)
	if err == nil {
		n.sync(below)
	}
	return err
}

func (d *forgetful) SyncTree(name string) error   { return d.syncAt(name, true) }
func (d *forgetful) SyncFolder(name string) error { return d.syncAt(name, false) }

func (d *forgetful) Lock(name string) (func(), error) {
	_, err := d.find(name)
	return func() {}, err
}

func (d *forgetful) ReadFile(name string) ([]byte, error) {
	n, err := d.find(name)
	if err == nil && n.folder {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, err
	}
	return n.data, nil
}

func (d *forgetful) Lstat(name string) (fs.FileInfo, error) {
	n, err := d.find(name)
	return about{filepath.Base(name), n}, err
}

func (d *forgetful) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := d.find(name)
	if err != nil {
		return nil, err
	}
	var out []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		out = append(out, fs.FileInfoToDirEntry(about{name, n.names[name]}))
	}
	return out, nil
}

func (d *forgetful) SameFile(a, b fs.FileInfo) bool {
	return a.(about).node == b.(about).node
}

// about is a node in the form that fs has.
type about struct {
	name string
	node *node
}

func (a about) Name() string       { return a.name }
func (a about) Size() int64        { return int64(len(a.node.data)) }
func (a about) ModTime() time.Time { return time.Time{} }
func (a about) IsDir() bool        { return a.node.folder }
func (a about) Sys() any           { return a.node }
func (a about) Mode() fs.FileMode {
	if a.node.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
