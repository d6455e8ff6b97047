package store

import (
	"path/filepath"
	"testing"
)

// TestIdle: a run that finds nothing to do opens and closes the store, again and
// again.
func TestIdle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "store.db")
	for i := range 4 {
		s, err := Open(t.Context(), Options{File: file})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close %d: %v", i, err)
		}
	}
}
