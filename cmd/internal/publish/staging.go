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

// writing is a file in a folder that a run is writing: the run owns everything in it.
const writing = ".ip3dp-writing"

// Folders beside the site, followed by digits: the site being written, and the old site where
// the system cannot swap two folders in one step.
const (
	newSuffix = ".ip3dp-new-"
	oldSuffix = ".ip3dp-old-"
)

// FolderOptions selects the folder to put a site into.
type FolderOptions struct {
	Out string
	// State is the folder that is kept between runs; "": no record is kept.
	State   string
	Guarded []Guarded
	// Adopt keeps files that ip3dp did not write beside the site. Otherwise a folder with such
	// files is refused.
	Adopt bool
}

// Staging is a site that is written beside the folder it will replace.
//
// A kill or a power cut at any moment leaves the old site or the new one: all files of the new
// site are synced before the swap, and the folder above both after it.
type Staging struct {
	disk     disk
	options  FolderOptions
	out      string // folder to replace; may be missing
	dir      string // folder written to
	record   string // file of the state; "" if none is kept
	release  func() // of the lock on dir
	made     map[string]bool
	manifest manifest
	hosts    map[string]bool // files for the host in the new site
	swapped  map[string]bool // after the swap: the published files of the old site
	late     []string        // files of others that were added during the run
}

// Stage begins a site for a folder. It refuses a folder with files of others and removes what
// killed runs left.
func Stage(p FolderOptions) (*Staging, error) { return stageReal(system{}, p) }

// stageReal begins a site on a disk of the system.
func stageReal(d disk, p FolderOptions) (*Staging, error) {
	if err := Guard(p.Out, p.Guarded); err != nil {
		return nil, err
	}
	out, err := resolveOutput(p.Out)
	if err != nil {
		return nil, newBroken("choose another folder with --out or site.out", fmt.Errorf("output folder %s: %w", p.Out, err))
	}
	if p.State != "" {
		Sweep(filepath.Join(p.State, sitesFolder))
	}
	return stageOn(d, p, out)
}

// stageOn begins a site for out, a path without links.
func stageOn(d disk, p FolderOptions, out string) (*Staging, error) {
	s, err := newStaging(d, p, out)
	var f *Fault
	if err != nil && !errors.As(err, &f) {
		err = newBroken("choose another folder with --out or site.out", fmt.Errorf("output folder %s: %w", p.Out, err))
	}
	return s, err
}

func newStaging(d disk, p FolderOptions, out string) (*Staging, error) {
	s := &Staging{disk: d, options: p, out: out, manifest: manifest{Files: map[string]FileSum{}}, hosts: map[string]bool{}}
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
	if err := s.healFolder(); err != nil {
		return nil, err
	}
	if _, err := s.inspectFolder(); err != nil {
		return nil, err
	}
	if err := s.claimFolder(); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// inspectFolder classifies the files of the output folder.
func (s *Staging) inspectFolder() (contents, error) {
	o := newFolderOwner(s.disk, s.out)
	o.dir, o.record, o.adopt = s.options.Out, s.readRecord(), s.options.Adopt
	return o.inspectFolder(s.disk, s.out)
}

// lockPlace lets one run at a time inspect and change the folder, with a lock on the folder
// above. Others wait for less than a second.
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
	return nil, &Fault{
		Busy, fmt.Errorf("another run publishes to %s", s.options.Out),
		"wait until it has ended, or end it",
	}
}

// readRecord returns the state's lists of the folder's files.
func (s *Staging) readRecord() []nameList {
	if s.record == "" {
		return nil
	}
	data, err := s.disk.ReadFile(s.record)
	if err != nil {
		return nil
	}
	return decodeRecord(data)
}

// Out returns the output folder.
func (s *Staging) Out() string { return s.out }

// claimFolder makes the folder to write to and locks it, so that other runs do not remove it as
// a leftover. If one removed it before the lock, claimFolder makes another.
func (s *Staging) claimFolder() error {
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
		// Where folders cannot be locked, leftovers are not removed either.
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

// Write adds a file. It rejects a second file of one name, and a name outside the site.
func (s *Staging) Write(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." || name == ManifestPath {
		return fmt.Errorf("%q is not a path of a site", name)
	}
	if err := s.createFile(name, data); err != nil {
		return err
	}
	if isHostFile(name) { // it belongs to the host from now on
		s.hosts[name] = true
	} else {
		s.manifest.Files[name] = newFileSum(data)
	}
	return nil
}

func (s *Staging) createFile(name string, data []byte) error {
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

// Publish replaces the old site by the new one. Files of the host, previews and files kept by
// --adopt are carried over.
func (s *Staging) Publish() error {
	unlock, err := s.lockPlace()
	if err != nil {
		return err
	}
	defer unlock()
	held, err := s.finishSite()
	if err == nil {
		err = s.swapSite()
	}
	var f *Fault
	if err != nil && !errors.As(err, &f) {
		err = newBroken("the last site is untouched", fmt.Errorf("publish: %w", err))
	}
	if err != nil {
		return err
	}
	s.swapped = held.ours.files
	if err := s.disk.SyncFolder(filepath.Dir(s.out)); err != nil {
		return newBroken("the site is there; run again so that it survives a power cut", fmt.Errorf("publish: %w", err))
	}
	s.Discard()
	return nil
}

// finishSite completes the new site, so that it survives a power cut. It returns the contents
// of the folder to replace.
func (s *Staging) finishSite() (contents, error) {
	held, err := s.inspectFolder() // it may have changed
	if err == nil {
		err = s.completeSite(held)
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

// completeSite adds the files to carry over, and writes the manifest.
func (s *Staging) completeSite(held contents) error {
	for _, name := range held.carried {
		to := filepath.Join(s.dir, filepath.FromSlash(name))
		if _, written := s.manifest.Files[name]; s.hosts[name] || written && s.options.Adopt {
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
	return s.createFile(ManifestPath, s.manifest.encode())
}

// isBlocked reports whether the new site has a file in place of a needed folder.
func (s *Staging) isBlocked(dir string) bool {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, is := s.manifest.Files[dir]; is {
			return true
		}
	}
	return false
}

// keepRecord records the published files in the state: those of the new site and, in case the
// run ends before the swap, those of the old one. It is not synced, because the manifest
// decides after a power cut.
func (s *Staging) keepRecord(held contents) error {
	if s.record == "" {
		return nil
	}
	if err := makeFolders(s.disk, filepath.Dir(s.record)); err != nil {
		return err
	}
	r := siteRecord{Sites: []recordList{s.manifest.listNames().asRecord(), held.ours.asRecord()}}
	return replaceLightly(s.disk, s.record, r.encode())
}

// swapSite swaps the new site and the old one, if there is one.
func (s *Staging) swapSite() error {
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
	return s.replaceSite()
}

// replaceSite publishes with two renames, on systems that cannot swap two folders in one step.
// If a run is killed in between, the next run repairs it.
func (s *Staging) replaceSite() error {
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

// Late returns files that others added to the folder during the run. They stay there, and the
// next run refuses them.
func (s *Staging) Late() []string { return s.late }

// Discard removes the written files or, after Publish, the old site. The next run removes what
// is left.
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
