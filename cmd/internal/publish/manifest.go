package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// ManifestPath is the file of a site that lists its files. It is written last.
const ManifestPath = "data/manifest.json"

// manifestVersion is the version of manifests and of records of sites.
const manifestVersion = 1

// FileSum is the hash of a file's bytes, in hexadecimal, and their number.
type FileSum struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// newFileSum returns the sum of a file's content.
func newFileSum(data []byte) FileSum {
	sum := sha256.Sum256(data)
	return FileSum{hex.EncodeToString(sum[:]), int64(len(data))}
}

// manifest lists the files of a site by path, without itself. Kept lists files in the folder
// that ip3dp did not write and that --adopt keeps beside the site.
type manifest struct {
	Version  int                `json:"version"`
	Tool     string             `json:"tool"`
	Checksum string             `json:"checksum"` // of the encoded manifest with "" here
	Files    map[string]FileSum `json:"files"`
	Kept     []string           `json:"kept,omitempty"`
}

// encode returns the manifest's bytes. The same list gives the same bytes.
func (m *manifest) encode() []byte {
	m.Version, m.Tool = manifestVersion, "ip3dp"
	return encodeSealed(m, &m.Checksum)
}

// encodeSealed encodes a value with the checksum of its own encoding in it.
func encodeSealed(v any, checksum *string) []byte {
	*checksum = ""
	sum := sha256.Sum256(encodeIndented(v))
	*checksum = "sha256:" + hex.EncodeToString(sum[:])
	return encodeIndented(v)
}

func encodeIndented(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if e.Encode(v) != nil { // maps come in order of key
		return nil // impossible for these types
	}
	return out.Bytes()
}

// errDamaged means that a list of files cannot be trusted.
var errDamaged = errors.New("it is damaged, or was not written by ip3dp")

// decodeSealed decodes the output of encodeSealed and rejects any other byte. It accepts the
// line ends of a checkout on Windows.
func decodeSealed(data []byte, v any, checksum *string) error {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if json.Unmarshal(data, v) != nil || !bytes.Equal(encodeSealed(v, checksum), data) {
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
	if err := decodeSealed(data, &m, &m.Checksum); err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestPath, err)
	}
	if m.Tool != "ip3dp" || m.Version < 1 || m.Files == nil {
		return nil, fmt.Errorf("%s: %w", ManifestPath, errDamaged)
	}
	for name := range m.Files {
		hidden := strings.Contains("/"+name, "/.") && name != Receipt
		if hidden || name != Receipt && rejectName(name) != "" || !fs.ValidPath(name) || isPreview(name) {
			return nil, fmt.Errorf("%s names %q, which is not a file of a site", ManifestPath, name)
		}
	}
	return &m, nil
}

// nameList has the names of a folder's files: of the site, and of files kept beside it.
type nameList struct{ files, kept map[string]bool }

// listNames returns the names in the manifest, with its own and that of a receipt.
func (m *manifest) listNames() nameList {
	l := nameList{map[string]bool{ManifestPath: true, Receipt: true}, map[string]bool{}}
	for name := range m.Files {
		l.files[name] = true
	}
	for _, name := range m.Kept {
		l.kept[name] = true
	}
	return l
}

// siteRecord is the state's record of the sites in one folder: the last one and, because a run
// may end between the record and the swap, the one before.
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
	return encodeSealed(r, &r.Checksum)
}

// decodeRecord returns the lists of a record, or nil if it is damaged.
func decodeRecord(data []byte) []nameList {
	var r siteRecord
	if decodeSealed(data, &r, &r.Checksum) != nil || r.Tool != "ip3dp" || r.Version != manifestVersion {
		return nil
	}
	var lists []nameList
	for _, s := range r.Sites {
		l := nameList{map[string]bool{}, map[string]bool{}}
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

// asRecord converts a list to the form of a record, in order.
func (l nameList) asRecord() recordList {
	return recordList{Files: sortedNames(l.files), Kept: sortedNames(l.kept)}
}

func sortedNames(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
