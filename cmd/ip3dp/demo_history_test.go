package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestDemoHistory writes the history of the example's content from two copies, in two time
// zones: the bytes are the same.
func TestDemoHistory(t *testing.T) {
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	var bundles [][]byte
	for _, hours := range []int{-11, 14} {
		time.Local = time.FixedZone("test", hours*60*60)
		dir := t.TempDir()
		if err := copyExample(dir); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		p := newProgram(nil, nil, &out, &errs)
		p.configFile = filepath.Join(dir, "config.toml")
		w, err := p.load()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.writeDemoHistory(w, dir); err != nil || errs.Len() > 0 {
			t.Fatalf("%v\n%s", err, errs.String())
		}
		data, err := os.ReadFile(filepath.Join(dir, bundleName))
		if err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, data)
	}
	if !bytes.Equal(bundles[0], bundles[1]) {
		t.Error("two runs wrote different bundles")
	}
}

// TestDemoHistoryOfOthers begins the history where an edit of the example's does not fit, and
// names the file.
func TestDemoHistoryOfOthers(t *testing.T) {
	dir := t.TempDir()
	if err := copyExample(dir); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "site", "roadmap", "vault-auto-rotation.md"), "effort = 4", "effort = 5")
	var out, errs bytes.Buffer
	p := newProgram(nil, nil, &out, &errs)
	p.configFile = filepath.Join(dir, "config.toml")
	w, err := p.load()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.writeDemoHistory(w, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, bundleName)); err != nil {
		t.Error(err)
	}
	const want = "content.bundle begins on 2024-11-04: history of content: commit of 2024-11-04: " +
		"roadmap/vault-auto-rotation.md has the text"
	if !bytes.Contains(errs.Bytes(), []byte(want)) {
		t.Errorf("the reason is missing: %s", errs.String())
	}
}
