// Package publish puts a site where it stands: a folder, an archive, a branch that a
// forge serves, or a bucket. It never touches previews but the one it is asked about,
// nor anything that it did not publish.
package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Previews is the folder of a published site that previews of pull requests stand
// in, each in a folder of its own. Publishing the site leaves it as it is.
const Previews = "previews"

// Receipt is the file that says what was published, and when: in every preview and,
// in a bucket, of the site too. No site has a file that begins with a dot.
const Receipt = ".ip3dp-published.json"

// receiptVersion is the version of Receipt: from 2 on it has a checksum.
const receiptVersion = 2

// Target is a place that sites are published to. A prefix is "" for the site itself
// or that of a preview, as ParsePrefix returns it.
type Target interface {
	// Publish makes the site stand at prefix. An error leaves what stood there, or
	// says what it leaves.
	Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Result, error)
	// Remove removes a preview; one that is not there is no error.
	Remove(ctx context.Context, prefix string, now time.Time) (Result, error)
	// Prune removes the previews that were last published before a time.
	Prune(ctx context.Context, before, now time.Time) (Result, error)
	// String is the target as people may read it: without credentials.
	String() string
}

// Result counts files, and names the previews removed in order.
type Result struct {
	Written, Unchanged, Removed int
	Previews                    []string
}

// Site is a folder that ip3dp built.
type Site struct {
	Files []File    // in order of path
	AsOf  time.Time // of its data
	// Changed names files that are not as they were built, in order.
	Changed  []string
	dir      string
	root     *os.Root
	manifest []byte // of the files as they are
}

// File is one file of a site. Its path has slashes and is relative to the site.
type File struct {
	Path string
	Size int64
}

// Marker is the record of the run that built a site. GitHub Pages publishes no path
// that begins with a dot, so it is no hidden file.
const Marker = "data/run.json"

// ErrForeign says that a folder was not built by ip3dp.
var ErrForeign = errors.New("it was not built by ip3dp: there is no data/run.json of its own")

// Open lists a built site. It refuses a folder that ip3dp did not build, one that
// lacks a file of its manifest, and one with anything in it that no site has: links,
// names that begin with a dot but those for the host, and a folder named previews.
// Files that its manifest does not list are refused unless adopt makes them part of
// the site. Close it after use.
func Open(dir string, adopt bool) (*Site, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Site{dir: dir, root: root}
	if err := s.list(adopt); err != nil {
		root.Close() // read only
		return nil, err
	}
	return s, nil
}

func (s *Site) list(adopt bool) error {
	var record struct {
		runRecord
		AsOf time.Time `json:"as_of"`
	}
	data, err := s.root.ReadFile(Marker)
	if err != nil || json.Unmarshal(data, &record) != nil || record.Tool != "ip3dp" {
		return ErrForeign
	}
	s.AsOf = record.AsOf
	var built *manifest // nil: of the version before manifests
	if data, err := s.root.ReadFile(ManifestPath); err == nil {
		if built, err = decodeManifest(data); err != nil {
			return err
		}
	} else if record.Manifest != "" {
		return fmt.Errorf("it is not whole: %s is missing", ManifestPath)
	}
	if err := s.walk(); err != nil {
		return err
	}
	if built != nil {
		if err := s.compare(built, adopt); err != nil {
			return err
		}
	}
	return s.seal(built)
}

// walk lists the files that are there, without the manifest.
func (s *Site) walk() error {
	err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if why := unfit(name); why != "" && (!isBeside(name) || strings.HasPrefix(path.Base(name), ".git")) {
			return fmt.Errorf("%q %s: it is no file of a site", name, why)
		}
		if d.IsDir() || name == ManifestPath {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%q is no regular file: a site has no links", name)
		}
		s.Files = append(s.Files, File{Path: name, Size: info.Size()})
		return nil
	})
	slices.SortFunc(s.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return err
}

// compare holds the files that are there to those that were built.
func (s *Site) compare(built *manifest, adopt bool) error {
	there, known := map[string]bool{}, built.list()
	var unlisted, missing []string
	for _, f := range s.Files {
		there[f.Path] = true
		if !known.files[f.Path] && !known.kept[f.Path] && !isBeside(f.Path) {
			unlisted = append(unlisted, f.Path)
		}
	}
	for name := range built.Files {
		if !there[name] {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	switch {
	case len(missing) > 0:
		return fmt.Errorf("it is not whole, %s is missing: build it again", nameSome(missing))
	case len(unlisted) > 0 && !adopt:
		return fmt.Errorf("it holds files that were not written by ip3dp, %s: move them elsewhere, or pass --adopt to "+
			"publish them as part of it", nameSome(unlisted))
	}
	return nil
}

// seal makes the manifest of the files as they are, and notes which were changed.
func (s *Site) seal(built *manifest) error {
	m := manifest{Files: map[string]Row{}}
	for _, f := range s.Files {
		if isBeside(f.Path) {
			continue
		}
		data, err := s.Read(f.Path)
		if err != nil {
			return err
		}
		m.Files[f.Path] = rowOf(data)
		if built == nil {
			continue
		}
		if was, listed := built.Files[f.Path]; listed && was != m.Files[f.Path] {
			s.Changed = append(s.Changed, f.Path)
		}
	}
	s.manifest = m.encode()
	s.Files = append(s.Files, File{Path: ManifestPath, Size: int64(len(s.manifest))})
	slices.SortFunc(s.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// unfit says why a name is none of a site; "" if it may be one.
func unfit(name string) string {
	switch {
	case name == Previews:
		return "would hide the previews"
	case strings.HasPrefix(path.Base(name), "."):
		return "begins with a dot"
	case strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || r == '"' || r == '\\' || r == unicode.ReplacementChar
	}):
		return "has a character that no address has"
	}
	return ""
}

// Read returns a file's bytes.
func (s *Site) Read(name string) ([]byte, error) {
	if name == ManifestPath {
		return s.manifest, nil
	}
	return s.root.ReadFile(name)
}

// Close lets go of the folder.
func (s *Site) Close() error { return s.root.Close() }

var prefixPattern = regexp.MustCompile(`^` + Previews + `/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ParsePrefix checks where a site is to stand: "" is the site itself, and a preview
// is written "previews/NAME" with or without a slash at its end.
func ParsePrefix(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	prefix := strings.TrimSuffix(text, "/")
	if !prefixPattern.MatchString(prefix) {
		return "", fmt.Errorf("prefix %q is not previews/NAME, where NAME has letters, digits, dots and dashes only", text)
	}
	return prefix, nil
}

// receipt is the content of Receipt. Files is empty where the target itself knows
// what is there.
type receipt struct {
	Version  int            `json:"version"`
	Tool     string         `json:"tool"`
	Checksum string         `json:"checksum,omitempty"`
	At       time.Time      `json:"at"`
	Files    map[string]Row `json:"files,omitempty"` // a hash is "" while its file is being written
}

// NewReceipt is the receipt of a preview where the target itself knows its files.
func NewReceipt(now time.Time) []byte {
	return encodeReceipt(&receipt{At: now})
}

func encodeReceipt(r *receipt) []byte {
	r.Version, r.Tool, r.At = receiptVersion, "ip3dp", r.At.UTC().Truncate(time.Second)
	return sealed(r, &r.Checksum)
}

// Published is when a preview was published, by its receipt; false if that is none.
func Published(receipt []byte) (time.Time, bool) {
	r, err := decodeReceipt(receipt)
	if err != nil {
		return time.Time{}, false
	}
	return r.At, true
}

func decodeReceipt(data []byte) (*receipt, error) {
	var r receipt
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", Receipt, errDamaged)
	}
	if r.Tool != "ip3dp" || r.At.IsZero() || r.Version < 1 {
		return nil, fmt.Errorf("%s was not written by ip3dp: %w", Receipt, errDamaged)
	}
	if r.Version > receiptVersion {
		return nil, fmt.Errorf("%s has version %d, newer than %d: upgrade ip3dp", Receipt, r.Version, receiptVersion)
	}
	if r.Version == receiptVersion || r.Checksum != "" {
		r = receipt{}
		if err := unseal(data, &r, &r.Checksum); err != nil {
			return nil, fmt.Errorf("%s: %w", Receipt, err)
		}
	}
	for name := range r.Files {
		// It is read back from a place that others may write to.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, Previews+"/") {
			return nil, fmt.Errorf("%s names %q, which is no file of a site", Receipt, name)
		}
	}
	return &r, nil
}
