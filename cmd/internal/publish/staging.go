package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sitesFolder is the folder of the state with the records of sites.
const sitesFolder = "sites"

// writing is a file of a folder that is being written to: all in it is ours.
const writing = ".ip3dp-writing"

// Folders beside the site, followed by digits: the site being written, and the
// one before where the system cannot swap two folders in one step.
const (
	newSuffix = ".ip3dp-new-"
	oldSuffix = ".ip3dp-old-"
)

// Place is a folder that a site is put into.
type Place struct {
	Out string
	// State is the folder that is kept between runs; "": no record is kept.
	State   string
	Guarded []Guarded
	// Adopt keeps files that ip3dp did not write beside the site, where the folder
	// would be refused otherwise.
	Adopt bool
}

// Staging is a site being written beside the folder that it will replace.
//
// A kill or a power cut at any moment leaves the old site or the new one: all of the
// new one is synced before the two are swapped, and the folder that holds them after.
type Staging struct {
	disk     disk
	place    Place
	out      string // folder to replace; exists or not
	dir      string // folder written to
	record   string // file of the state; "" if none is kept
	release  func() // of the lock on dir
	made     map[string]bool
	manifest manifest
	hosts    map[string]bool // files for the host that the new site brings
	swapped  map[string]bool // once the site is published: the files of the old one
	late     []string        // files that others put there while the site was made
}

// Stage begins a site that will stand at a place. It refuses a folder that is not
// ours and removes what runs that died have left.
func Stage(p Place) (*Staging, error) { return stageReal(system{}, p) }

// stageReal begins a site on a disk of the system.
func stageReal(d disk, p Place) (*Staging, error) {
	if err := Guard(p.Out, p.Guarded); err != nil {
		return nil, err
	}
	out, err := resolve(p.Out)
	if err != nil {
		return nil, broken("choose another folder with --out or site.out", fmt.Errorf("output folder %s: %w", p.Out, err))
	}
	if p.State != "" {
		Sweep(filepath.Join(p.State, sitesFolder))
	}
	return stageOn(d, p, out)
}

// stageOn begins a site that will stand at out, a path without links.
func stageOn(d disk, p Place, out string) (*Staging, error) {
	s, err := prepare(d, p, out)
	var f *Fault
	if err != nil && !errors.As(err, &f) {
		err = broken("choose another folder with --out or site.out", fmt.Errorf("output folder %s: %w", p.Out, err))
	}
	return s, err
}

func prepare(d disk, p Place, out string) (*Staging, error) {
	s := &Staging{disk: d, place: p, out: out, manifest: manifest{Files: map[string]Row{}}, hosts: map[string]bool{}}
	if p.State != "" {
		sum := sha256.Sum256([]byte(out))
		s.record = filepath.Join(p.State, sitesFolder, hex.EncodeToString(sum[:8])+".json")
	}
	if err := makeFolders(d, filepath.Dir(out)); err != nil {
		return nil, err
	}
	unlock, err := s.lockPlace()
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := s.heal(); err != nil {
		return nil, err
	}
	if _, err := s.hold(); err != nil {
		return nil, err
	}
	if err := s.claim(); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// hold judges the output folder.
func (s *Staging) hold() (holding, error) {
	o := ownerOf(s.disk, s.out)
	o.dir, o.record, o.adopt = s.place.Out, s.readRecord(), s.place.Adopt
	return o.holdFolder(s.disk, s.out)
}

// lockPlace lets one run at a time look at the folder and change it, by a lock on the
// folder above: what is judged is what is replaced. Others wait for less than a second.
func (s *Staging) lockPlace() (unlock func(), err error) {
	const tries, pause = 6000, 10 * time.Millisecond
	for range tries {
		unlock, err := s.disk.Lock(filepath.Dir(s.out))
		if err == nil {
			return unlock, nil
		}
		if !errors.Is(err, errLocked) { // folders cannot be locked here
			return func() {}, nil
		}
		time.Sleep(pause)
	}
	return nil, &Fault{Busy, fmt.Errorf("another run publishes to %s", s.place.Out), "wait until it has ended, or end it"}
}

// readRecord returns what the state has of the folder.
func (s *Staging) readRecord() []list {
	if s.record == "" {
		return nil
	}
	data, err := s.disk.ReadFile(s.record)
	if err != nil {
		return nil
	}
	return decodeRecord(data)
}

// Out returns the folder that the site will stand in.
func (s *Staging) Out() string { return s.out }

// claim makes the folder to write to and locks it, so that other runs see that it is
// no leftover. One that another run took for a leftover first is made again.
func (s *Staging) claim() error {
	for range 100 {
		s.dir = s.out + newSuffix + strconv.FormatUint(uint64(rand.Uint32()), 10) // not a secret
		if err := s.disk.Mkdir(s.dir); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return err
		}
		made, err := s.disk.Lstat(s.dir)
		if err != nil {
			continue
		}
		release, err := s.disk.Lock(s.dir)
		if errors.Is(err, errLocked) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		// Where folders cannot be locked nothing is taken for a leftover either.
		if now, gone := s.disk.Lstat(s.dir); gone == nil && s.disk.SameFile(made, now) {
			s.release, s.made = release, map[string]bool{s.dir: true}
			return s.disk.Create(filepath.Join(s.dir, writing), nil)
		}
		if release != nil {
			release()
		}
	}
	return errors.New("no folder could be made beside it")
}

// Write adds a file. Two files of one name are an error, and so is a name that
// leads out of the site.
func (s *Staging) Write(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." || name == ManifestPath {
		return fmt.Errorf("%q is not a path of a site", name)
	}
	if err := s.create(name, data); err != nil {
		return err
	}
	if isBeside(name) { // it belongs to the host from now on
		s.hosts[name] = true
	} else {
		s.manifest.Files[name] = rowOf(data)
	}
	return nil
}

func (s *Staging) create(name string, data []byte) error {
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := s.makeFolder(filepath.Dir(file)); err != nil {
		return err
	}
	return s.disk.Create(file, data)
}

// makeFolder makes a folder of the new site and those above it.
func (s *Staging) makeFolder(dir string) error {
	if s.made[dir] {
		return nil
	}
	if err := s.makeFolder(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := s.disk.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	s.made[dir] = true
	return nil
}

// Publish puts the new site in the place of the old one and removes the old. Files
// that belong to the host, previews and files that --adopt kept are carried along.
func (s *Staging) Publish() error {
	unlock, err := s.lockPlace()
	if err != nil {
		return err
	}
	defer unlock()
	held, err := s.finish()
	if err == nil {
		err = s.swap()
	}
	var f *Fault
	if err != nil && !errors.As(err, &f) {
		err = broken("the last site is untouched", fmt.Errorf("publish: %w", err))
	}
	if err != nil {
		return err
	}
	s.swapped = held.ours.files
	if err := s.disk.SyncFolder(filepath.Dir(s.out)); err != nil {
		return broken("the site is there; run again so that it survives a power cut", fmt.Errorf("publish: %w", err))
	}
	s.Discard()
	return nil
}

// finish makes the new site whole, so that it survives a power cut, and returns what
// the folder holds that it will replace.
func (s *Staging) finish() (holding, error) {
	held, err := s.hold() // it may have changed
	if err == nil {
		err = s.complete(held)
	}
	if err == nil {
		err = s.keepRecord(held)
	}
	if err == nil {
		err = s.disk.Remove(filepath.Join(s.dir, writing))
	}
	if err == nil {
		err = s.disk.SyncTree(s.dir)
	}
	return held, err
}

// complete carries along what stays, and writes the manifest.
func (s *Staging) complete(held holding) error {
	for _, name := range held.carried {
		to := filepath.Join(s.dir, filepath.FromSlash(name))
		if _, written := s.manifest.Files[name]; s.hosts[name] || written && s.place.Adopt {
			continue
		}
		err := s.makeFolder(filepath.Dir(to))
		if err == nil {
			err = s.disk.Link(filepath.Join(s.out, filepath.FromSlash(name)), to)
		}
		if errors.Is(err, fs.ErrExist) || err != nil && s.isBlocked(path.Dir(name)) {
			return refuse("move the file elsewhere, or rename what is published under its name",
				"%s holds %s, which was not written by ip3dp, and the new site has a file of that name", s.out, name)
		}
		if err != nil {
			return err
		}
		if held.ours.kept[name] {
			s.manifest.Kept = append(s.manifest.Kept, name)
		}
	}
	slices.Sort(s.manifest.Kept)
	return s.create(ManifestPath, s.manifest.encode())
}

// isBlocked reports whether a file of the new site stands where a folder should.
func (s *Staging) isBlocked(dir string) bool {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, is := s.manifest.Files[dir]; is {
			return true
		}
	}
	return false
}

// keepRecord notes in the state which files are ours: those of the new site and, if
// the run ends before the swap, those that are there now. It is not synced: after a
// power cut the manifest is whole, and decides.
func (s *Staging) keepRecord(held holding) error {
	if s.record == "" {
		return nil
	}
	if err := makeFolders(s.disk, filepath.Dir(s.record)); err != nil {
		return err
	}
	r := siteRecord{Sites: []recordList{s.manifest.list().asRecord(), held.ours.asRecord()}}
	return replaceLightly(s.disk, s.record, r.encode())
}

// swap puts the new site at its place and the old one, if any, at the new one's.
func (s *Staging) swap() error {
	_, err := s.disk.Lstat(s.out)
	if errors.Is(err, fs.ErrNotExist) {
		return s.disk.Rename(s.dir, s.out)
	}
	if err != nil {
		return err
	}
	if err := s.disk.Exchange(s.dir, s.out); err == nil {
		return nil
	}
	return s.replace()
}

// replace publishes in two renames, for systems that cannot swap two folders in
// one. A run that dies in between is healed by the next.
func (s *Staging) replace() error {
	number := s.dir[strings.LastIndex(s.dir, newSuffix)+len(newSuffix):]
	old := s.out + oldSuffix + number
	if err := s.disk.Rename(s.out, old); err != nil {
		return err
	}
	if err := s.disk.Rename(s.dir, s.out); err != nil {
		return errors.Join(err, s.disk.Rename(old, s.out))
	}
	s.dir = old
	return nil
}

// Late names files that others put into the folder while the site was made. They
// stand in it still; the next run refuses them.
func (s *Staging) Late() []string { return s.late }

// Discard removes what was written or, once the site is published, the old site. What
// it cannot remove the next run will.
func (s *Staging) Discard() {
	if s.dir == "" {
		return
	}
	if s.swapped == nil {
		removeAll(s.disk, s.dir)
	} else {
		s.late = removeSite(s.disk, s.dir, s.out, s.swapped)
	}
	if s.release != nil {
		s.release()
	}
	s.dir = ""
}
