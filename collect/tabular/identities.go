package tabular

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
)

// Identities finds the rows of large exports that may be the same. It keeps a keyed hash of eight
// bytes for each row. Beyond a limit it writes them to a temporary file, in sorted runs, which
// are merged in the end. Two rows with equal hashes may still differ: the caller reads both again
// and compares them. So the random key changes the work, and never the result.
type Identities struct {
	seed   maphash.Seed
	limit  int    // number of hashes in memory
	mask   uint64 // bits of a hash that count; tests leave out most
	hashes []uint64
	file   *os.File
	runs   []int // number of hashes of each run in file
}

// DefaultIdentities is the number of hashes that stay in memory: 8 MiB.
const DefaultIdentities = 1 << 20

// NewIdentities returns an empty set. limit is the number of hashes in memory, 0 the default.
// bits is the number of bits that count, 0 all: with few of them, different rows collide.
func NewIdentities(limit, bits int) *Identities {
	s := &Identities{seed: maphash.MakeSeed(), limit: limit, mask: ^uint64(0)}
	if limit == 0 {
		s.limit = DefaultIdentities
	}
	if bits > 0 {
		s.mask = 1<<bits - 1
	}
	return s
}

// Hasher hashes identities. It is not safe for concurrent use.
type Hasher struct {
	hash maphash.Hash
	mask uint64
}

// NewHasher returns a hasher with the key of the set.
func (s *Identities) NewHasher() *Hasher {
	h := &Hasher{mask: s.mask}
	h.hash.SetSeed(s.seed)
	return h
}

// Hash returns the hash of the parts of an identity.
func (h *Hasher) Hash(parts ...string) uint64 {
	h.hash.Reset()
	for _, part := range parts {
		_, _ = h.hash.WriteString(part)
		_ = h.hash.WriteByte(0)
	}
	return h.hash.Sum64() & h.mask
}

// Add adds the hash of a row.
func (s *Identities) Add(hash uint64) error {
	if len(s.hashes) >= s.limit {
		if err := s.spill(); err != nil {
			return fmt.Errorf("the identities of rows cannot be written to a temporary file: %w", err)
		}
	}
	s.hashes = append(s.hashes, hash)
	return nil
}

// spill writes the hashes in memory as a sorted run. The file has no name from the beginning,
// where the system allows that, so that no run of any kind leaves it behind.
func (s *Identities) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp("", "ip3dp-*")
		if err != nil {
			return err
		}
		_ = os.Remove(file.Name())
		s.file = file
	}
	slices.Sort(s.hashes)
	w := bufio.NewWriter(s.file)
	var b [8]byte
	for _, hash := range s.hashes {
		binary.LittleEndian.PutUint64(b[:], hash)
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	s.runs = append(s.runs, len(s.hashes))
	s.hashes = s.hashes[:0]
	return w.Flush()
}

// Close removes the temporary file.
func (s *Identities) Close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name()) // on systems that keep the name of an open file
		s.file = nil
	}
}

// Repeated holds the hashes of more than one row, in order.
type Repeated []uint64

// Has reports whether several rows have a hash.
func (r Repeated) Has(hash uint64) bool {
	_, found := slices.BinarySearch(r, hash)
	return found
}

// ListRepeated returns the hashes that were added more than once.
func (s *Identities) ListRepeated() (Repeated, error) {
	slices.Sort(s.hashes)
	var repeated Repeated
	last, any := uint64(0), false
	see := func(hash uint64) {
		if any && hash == last && (len(repeated) == 0 || repeated[len(repeated)-1] != hash) {
			repeated = append(repeated, hash)
		}
		last, any = hash, true
	}
	if s.file == nil {
		for _, hash := range s.hashes {
			see(hash)
		}
		return repeated, nil
	}
	if err := s.mergeRuns(see); err != nil {
		return nil, fmt.Errorf("the identities of rows cannot be read from a temporary file: %w", err)
	}
	return repeated, nil
}

// mergeRuns passes all hashes in order.
func (s *Identities) mergeRuns(see func(uint64)) error {
	const size = 8
	var runs []hashRun
	var start int64
	for _, n := range s.runs {
		section := io.NewSectionReader(s.file, start, int64(n)*size)
		start += int64(n) * size
		runs = append(runs, hashRun{r: bufio.NewReaderSize(section, 32<<10)})
	}
	rest := make([]byte, 0, len(s.hashes)*size)
	for _, hash := range s.hashes {
		rest = binary.LittleEndian.AppendUint64(rest, hash)
	}
	s.hashes = nil
	runs = append(runs, hashRun{r: bufio.NewReader(bytes.NewReader(rest))})
	live := runs[:0]
	for i := range runs {
		if more, err := runs[i].advance(); err != nil {
			return err
		} else if more {
			live = append(live, runs[i])
		}
	}
	for len(live) > 0 {
		least := 0
		for i := range live {
			if live[i].hash < live[least].hash {
				least = i
			}
		}
		see(live[least].hash)
		switch more, err := live[least].advance(); {
		case err != nil:
			return err
		case !more:
			live = slices.Delete(live, least, least+1)
		}
	}
	return nil
}

// hashRun is a sorted run with its next hash.
type hashRun struct {
	r    *bufio.Reader
	hash uint64
}

func (r *hashRun) advance() (more bool, err error) {
	var b [8]byte
	if _, err := io.ReadFull(r.r, b[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, err
	}
	r.hash = binary.LittleEndian.Uint64(b[:])
	return true, nil
}
