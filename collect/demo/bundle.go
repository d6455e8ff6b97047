package demo

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// The kinds of objects in a pack.
const commitKind, treeKind, blobKind = 1, 2, 3

var kindNames = map[byte]string{commitKind: "commit", treeKind: "tree", blobKind: "blob"}

// committer is the author of all commits: the example names no people.
const committer = "Platform team <platform@example.com>"

// WriteBundle writes a git bundle with one branch, main, whose commits are snapshots. The same
// snapshots give the same bytes: objects are stored without compression, and no program is run.
// The format is that of gitformat-bundle and gitformat-pack.
func WriteBundle(w io.Writer, snapshots []Snapshot) error {
	p := pack{known: map[[sha1.Size]byte]bool{}}
	parent := ""
	for i := range snapshots {
		s := &snapshots[i]
		var b strings.Builder
		fmt.Fprintf(&b, "tree %x\n", p.addFolder(s.Files, ""))
		if parent != "" {
			fmt.Fprintf(&b, "parent %s\n", parent)
		}
		stamp := fmt.Sprintf("%s %d +0000", committer, s.At.Unix())
		fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s\n", stamp, stamp, s.Subject)
		id := p.addObject(commitKind, []byte(b.String()))
		parent = hex.EncodeToString(id[:])
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# v2 git bundle\n%[1]s HEAD\n%[1]s refs/heads/main\n\n", parent)
	p.writeTo(&out)
	_, err := w.Write(out.Bytes())
	return err
}

// pack collects objects, each once.
type pack struct {
	known map[[sha1.Size]byte]bool
	count uint32
	body  bytes.Buffer
}

// addFolder adds the tree of a folder and all below it. folder is "" or ends with a slash.
func (p *pack) addFolder(files map[string][]byte, folder string) [sha1.Size]byte {
	// Git sorts folders as if their names ended with a slash.
	var entries []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		rest, ok := strings.CutPrefix(name, folder)
		if !ok {
			continue
		}
		if first, _, below := strings.Cut(rest, "/"); below {
			rest = first + "/"
		}
		if len(entries) == 0 || entries[len(entries)-1] != rest {
			entries = append(entries, rest)
		}
	}
	slices.Sort(entries)
	var tree bytes.Buffer
	for _, name := range slices.Compact(entries) {
		mode, id := "100644", [sha1.Size]byte{}
		if below, ok := strings.CutSuffix(name, "/"); ok {
			mode, id = "40000", p.addFolder(files, folder+name)
			name = below
		} else {
			id = p.addObject(blobKind, files[folder+name])
		}
		fmt.Fprintf(&tree, "%s %s\x00%s", mode, name, id[:])
	}
	return p.addObject(treeKind, tree.Bytes())
}

// addObject adds an object and returns its hash.
func (p *pack) addObject(kind byte, data []byte) [sha1.Size]byte {
	id := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kindNames[kind], len(data), data))
	if p.known[id] {
		return id
	}
	p.known[id] = true
	p.count++
	// The kind and the lowest 4 bits of the size, then 7 bits a byte; the top bit means more.
	first, size := kind<<4|byte(len(data)&15), len(data)>>4
	for size > 0 {
		p.body.WriteByte(first | 0x80)
		first, size = byte(size&0x7f), size>>7
	}
	p.body.WriteByte(first)
	z, err := zlib.NewWriterLevel(&p.body, zlib.NoCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // a buffer in memory takes everything
	}
	return id
}

// writeTo writes the pack with its header and checksum.
func (p *pack) writeTo(out *bytes.Buffer) {
	start := out.Len()
	out.WriteString("PACK")
	out.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 2), p.count))
	out.Write(p.body.Bytes())
	sum := sha1.Sum(out.Bytes()[start:])
	out.Write(sum[:])
}
