package publish

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// damagings change the bytes of a file in ways of which each matters.
var damagings = []func(rng *rand.Rand, data []byte) []byte{
	func(rng *rand.Rand, data []byte) []byte {
		data[rng.IntN(len(data))] ^= byte(1 << rng.IntN(8))
		return data
	},
	func(rng *rand.Rand, data []byte) []byte { return data[:rng.IntN(len(data))] },
	func(rng *rand.Rand, data []byte) []byte {
		at := rng.IntN(len(data))
		return append(data[:at:at], data[min(len(data), at+1+rng.IntN(40)):]...)
	},
	func(rng *rand.Rand, data []byte) []byte { // a line is lost, that of the checksum among others
		lines := bytes.SplitAfter(data, []byte("\n"))
		at := rng.IntN(len(lines) - 1)
		return bytes.Join(append(lines[:at:at], lines[at+1:]...), nil)
	},
	func(_ *rand.Rand, data []byte) []byte {
		return bytes.Replace(data, []byte("checksum"), []byte("Checksum"), 1)
	},
	func(_ *rand.Rand, data []byte) []byte {
		return bytes.Replace(data, []byte("files"), []byte("giles"), 1)
	},
	func(_ *rand.Rand, data []byte) []byte { return append(data, '\n') },
	func(_ *rand.Rand, data []byte) []byte { return make([]byte, len(data)) },
	func(_ *rand.Rand, _ []byte) []byte { return nil },
}

// TestDamagedLists damages the files that say what is ours: none is believed.
func TestDamagedLists(t *testing.T) {
	m := manifest{Files: map[string]FileSum{}, Kept: []string{"notes.md"}}
	for name, text := range siteNumber(3) {
		m.Files[name] = newFileSum([]byte(text))
	}
	record := siteRecord{Sites: []recordList{m.listNames().asRecord(), {Files: []string{"old.html"}}}}
	lists := []struct {
		name     string
		data     []byte
		believed func([]byte) bool
	}{
		{"manifest", m.encode(), func(data []byte) bool { _, err := decodeManifest(data); return err == nil }},
		{"record", record.encode(), func(data []byte) bool { return decodeRecord(data) != nil }},
		{"receipt", encodeReceipt(&receipt{At: day, Files: m.Files}), func(data []byte) bool { _, err := decodeReceipt(data); return err == nil }},
	}
	for _, l := range lists {
		t.Run(l.name, func(t *testing.T) {
			if !l.believed(l.data) || !l.believed(bytes.ReplaceAll(l.data, []byte("\n"), []byte("\r\n"))) {
				t.Errorf("%s: an undamaged one is refused", l.name)
			}
			silent := 0
			for seed := range uint64(1000) {
				rng := rand.New(rand.NewPCG(seed, 4))
				damaged := damagings[seed%uint64(len(damagings))](rng, bytes.Clone(l.data))
				if bytes.Equal(damaged, l.data) {
					t.Fatalf("%s: seed %d damages nothing", l.name, seed)
				}
				if l.believed(damaged) {
					silent++
					t.Errorf("%s: seed %d: believed: %s", l.name, seed, damaged)
				}
			}
			t.Logf("%s: 1000 damages, %d silent", l.name, silent)
		})
	}
}

// TestManifestNames refuses manifests that name what no site has.
func TestManifestNames(t *testing.T) {
	for _, name := range []string{"../config.toml", "/etc/passwd", "a/../b", "", ".git/config", "previews/pr-1/index.html", "a//b"} {
		m := manifest{Files: map[string]FileSum{name: {}}}
		if _, err := decodeManifest(m.encode()); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	newer := manifest{Files: map[string]FileSum{}}
	data := strings.Replace(string(newer.encode()), `"version": 1`, `"version": 9`, 1)
	if _, err := decodeManifest([]byte(data)); err == nil || !strings.Contains(err.Error(), "upgrade ip3dp") {
		t.Errorf("a newer one: %v", err)
	}
}
