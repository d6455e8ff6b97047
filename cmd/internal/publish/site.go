// Package publish publishes a site: to a folder, an archive, a branch that a forge serves, or a
// bucket. It never changes other previews than the requested one, nor files that it did not
// publish.
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

// Previews is the folder of a published site with the previews of pull requests, one folder
// each. Publishing the site leaves it unchanged.
const Previews = "previews"

// Receipt is the file with the published files and the time: in every preview and, in a bucket,
// of the site too. No site has a file that begins with a dot.
const Receipt = ".ip3dp-published.json"

// receiptVersion is the version of Receipt. Since version 2 it has a checksum.
const receiptVersion = 2

// Destination receives sites. A prefix is "" for the site itself, or the prefix of a preview
// from ParsePrefix.
type Destination interface {
	// Publish puts the site at prefix. If it returns an error, the previous site is unchanged,
	// or the error describes what was changed.
	Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Summary, error)
	// Remove removes a preview. A missing one is not an error.
	Remove(ctx context.Context, prefix string, now time.Time) (Summary, error)
	// Prune removes the previews that were last published before a time.
	Prune(ctx context.Context, before, now time.Time) (Summary, error)
	// String returns the destination for messages: without credentials.
	String() string
}

// Summary counts files and lists the removed previews in order.
type Summary struct {
	Written, Unchanged, Removed int
	Previews                    []string
}

// Site is a folder with a site that ip3dp built.
type Site struct {
	Files []File    // in order of path
	AsOf  time.Time // of its data
	// Changed lists files that were changed since the build, in order.
	Changed  []string
	dir      string
	root     *os.Root
	manifest []byte // of the present files
}

// File is one file of a site. Its path has slashes and is relative to the site.
type File struct {
	Path string
	Size int64
}

// Marker is the record of the run that built a site. It is not a hidden file, because GitHub
// Pages publishes no path that begins with a dot.
const Marker = "data/run.json"

// ErrForeign means that ip3dp did not build a folder.
var ErrForeign = errors.New("it was not built by ip3dp: its own data/run.json is missing")

// Open opens a built site. It rejects a folder that ip3dp did not build, one without a file of
// its manifest, and one with files that no site has: links, names that begin with a dot other
// than those of the host, and a folder named previews. Files outside the manifest are rejected
// unless adopt makes them part of the site. Close it after use.
func Open(dir string, adopt bool) (*Site, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Site{dir: dir, root: root}
	if err := s.loadFiles(adopt); err != nil {
		root.Close() // read only
		return nil, err
	}
	return s, nil
}

func (s *Site) loadFiles(adopt bool) error {
	var record struct {
		runRecord
		AsOf time.Time `json:"as_of"`
	}
	data, err := s.root.ReadFile(Marker)
	if err != nil || json.Unmarshal(data, &record) != nil || record.Tool != "ip3dp" {
		return ErrForeign
	}
	s.AsOf = record.AsOf
	var built *manifest // nil: from a version without manifests
	if data, err := s.root.ReadFile(ManifestPath); err == nil {
		if built, err = decodeManifest(data); err != nil {
			return err
		}
	} else if record.Manifest != "" {
		return fmt.Errorf("it is incomplete: %s is missing", ManifestPath)
	}
	if err := s.listFiles(); err != nil {
		return err
	}
	if built != nil {
		if err := s.compareManifest(built, adopt); err != nil {
			return err
		}
	}
	return s.sealManifest(built)
}

// listFiles lists the files in the folder, without the manifest.
func (s *Site) listFiles() error {
	err := fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if why := rejectName(name); why != "" && (!isHostFile(name) || strings.HasPrefix(path.Base(name), ".git")) {
			return fmt.Errorf("%q %s: it is not a file of a site", name, why)
		}
		if d.IsDir() || name == ManifestPath {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%q is not a regular file: a site has no links", name)
		}
		s.Files = append(s.Files, File{Path: name, Size: info.Size()})
		return nil
	})
	slices.SortFunc(s.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return err
}

// compareManifest compares the present files with those of the build.
func (s *Site) compareManifest(built *manifest, adopt bool) error {
	there, known := map[string]bool{}, built.listNames()
	var unlisted, missing []string
	for _, f := range s.Files {
		there[f.Path] = true
		if !known.files[f.Path] && !known.kept[f.Path] && !isHostFile(f.Path) {
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
		return fmt.Errorf("it is incomplete, %s is missing: build it again", formatSome(missing))
	case len(unlisted) > 0 && !adopt:
		return fmt.Errorf("it holds files that were not written by ip3dp, %s: move them elsewhere, or pass --adopt to "+
			"publish them as part of it", formatSome(unlisted))
	}
	return nil
}

// sealManifest makes the manifest of the present files, and lists the changed ones.
func (s *Site) sealManifest(built *manifest) error {
	m := manifest{Files: map[string]FileSum{}}
	for _, f := range s.Files {
		if isHostFile(f.Path) {
			continue
		}
		data, err := s.Read(f.Path)
		if err != nil {
			return err
		}
		m.Files[f.Path] = newFileSum(data)
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

// rejectName returns the reason why a site cannot have a name, or "".
func rejectName(name string) string {
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

// Close closes the folder.
func (s *Site) Close() error { return s.root.Close() }

var prefixPattern = regexp.MustCompile(`^` + Previews + `/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ParsePrefix checks a prefix: "" for the site itself, or "previews/NAME" for a preview, with
// or without a slash at its end.
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

// receipt is the content of Receipt. Files is empty if the destination itself lists its files.
type receipt struct {
	Version  int                `json:"version"`
	Tool     string             `json:"tool"`
	Checksum string             `json:"checksum,omitempty"`
	At       time.Time          `json:"at"`
	Files    map[string]FileSum `json:"files,omitempty"` // a hash is "" while its file is being written
}

// NewReceipt returns the receipt of a preview in a destination that lists its files itself.
func NewReceipt(now time.Time) []byte {
	return encodeReceipt(&receipt{At: now})
}

func encodeReceipt(r *receipt) []byte {
	r.Version, r.Tool, r.At = receiptVersion, "ip3dp", r.At.UTC().Truncate(time.Second)
	return encodeSealed(r, &r.Checksum)
}

// PublishedAt returns the time in a preview's receipt; false if the receipt is damaged.
func PublishedAt(receipt []byte) (time.Time, bool) {
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
		if err := decodeSealed(data, &r, &r.Checksum); err != nil {
			return nil, fmt.Errorf("%s: %w", Receipt, err)
		}
	}
	for name := range r.Files {
		// Others may write to the place that it is read from.
		if !fs.ValidPath(name) || name == "." || strings.HasPrefix(name, Previews+"/") {
			return nil, fmt.Errorf("%s names %q, which is not a file of a site", Receipt, name)
		}
	}
	return &r, nil
}
