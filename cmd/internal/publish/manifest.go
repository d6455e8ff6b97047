package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// ManifestPath is the file of a site that lists its files. It is written last.
const ManifestPath = "data/manifest.json"

// manifestVersion is the version of manifests and of records of sites.
const manifestVersion = 1

// Row is a file of a list: the hash of its bytes, in hexadecimal, and their number.
type Row struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// rowOf returns the row of a file with that content.
func rowOf(data []byte) Row {
	sum := sha256.Sum256(data)
	return Row{hex.EncodeToString(sum[:]), int64(len(data))}
}

// manifest lists the files of a site by path, without itself. Kept are files in the
// folder that ip3dp did not write and that --adopt keeps beside the site.
type manifest struct {
	Version  int            `json:"version"`
	Tool     string         `json:"tool"`
	Checksum string         `json:"checksum"` // of the encoded manifest with "" here
	Files    map[string]Row `json:"files"`
	Kept     []string       `json:"kept,omitempty"`
}

// encode returns the manifest's bytes: the same list gives the same bytes.
func (m *manifest) encode() []byte {
	m.Version, m.Tool = manifestVersion, "ip3dp"
	return sealed(m, &m.Checksum)
}

// sealed encodes a value with the checksum of its own encoding in it.
func sealed(v any, checksum *string) []byte {
	*checksum = ""
	sum := sha256.Sum256(indented(v))
	*checksum = "sha256:" + hex.EncodeToString(sum[:])
	return indented(v)
}

func indented(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if e.Encode(v) != nil { // maps come in order of key
		return nil // not for these types
	}
	return out.Bytes()
}

// errDamaged says that a list of ours cannot be trusted.
var errDamaged = errors.New("it is damaged, or was not written by ip3dp")

// unseal decodes what sealed wrote, and refuses any other byte. Line ends may be
// those that a checkout on Windows makes.
func unseal(data []byte, v any, checksum *string) error {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if json.Unmarshal(data, v) != nil || !bytes.Equal(sealed(v, checksum), data) {
		return errDamaged
	}
	return nil
}

// decodeManifest reads a manifest, which others may have changed.
func decodeManifest(data []byte) (*manifest, error) {
	var m manifest
	if json.Unmarshal(data, &m) == nil && m.Version > manifestVersion && m.Tool == "ip3dp" {
		return nil, fmt.Errorf("%s has version %d, newer than %d: upgrade ip3dp", ManifestPath, m.Version, manifestVersion)
	}
	m = manifest{}
	if err := unseal(data, &m, &m.Checksum); err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestPath, err)
	}
	if m.Tool != "ip3dp" || m.Version < 1 || m.Files == nil {
		return nil, fmt.Errorf("%s: %w", ManifestPath, errDamaged)
	}
	for name := range m.Files {
		hidden := strings.Contains("/"+name, "/.") && name != Receipt
		if hidden || name != Receipt && unfit(name) != "" || !fs.ValidPath(name) || isPreview(name) {
			return nil, fmt.Errorf("%s names %q, which is not a file of a site", ManifestPath, name)
		}
	}
	return &m, nil
}

// list is the names that are known of a folder: of the site, and of files that are
// kept beside it.
type list struct{ files, kept map[string]bool }

// list returns the names of the manifest, its own and that of a receipt among them.
func (m *manifest) list() list {
	l := list{map[string]bool{ManifestPath: true, Receipt: true}, map[string]bool{}}
	for name := range m.Files {
		l.files[name] = true
	}
	for _, name := range m.Kept {
		l.kept[name] = true
	}
	return l
}

// siteRecord is what the state has of the sites in one folder: the one that was put
// there last and, because a run may end between the record and the swap, the one
// before.
type siteRecord struct {
	Version  int          `json:"version"`
	Tool     string       `json:"tool"`
	Checksum string       `json:"checksum"`
	Sites    []recordList `json:"sites"`
}

type recordList struct {
	Files []string `json:"files"`
	Kept  []string `json:"kept,omitempty"`
}

func (r *siteRecord) encode() []byte {
	r.Version, r.Tool = manifestVersion, "ip3dp"
	return sealed(r, &r.Checksum)
}

// decodeRecord returns the lists of a record; none if it is damaged.
func decodeRecord(data []byte) []list {
	var r siteRecord
	if unseal(data, &r, &r.Checksum) != nil || r.Tool != "ip3dp" || r.Version != manifestVersion {
		return nil
	}
	var lists []list
	for _, s := range r.Sites {
		l := list{map[string]bool{}, map[string]bool{}}
		for _, name := range s.Files {
			l.files[name] = true
		}
		for _, name := range s.Kept {
			l.kept[name] = true
		}
		lists = append(lists, l)
	}
	return lists
}

// asRecord returns a list in the form of a record, in order.
func (l list) asRecord() recordList {
	return recordList{Files: sortedNames(l.files), Kept: sortedNames(l.kept)}
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
