package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// TestRecordFailure checks that a published gap has neither paths of the machine nor
// cells of the file.
func TestRecordFailure(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/home/ann/exports/wave.csv", Err: fs.ErrPermission}
	w := collect.Window{From: time.Unix(0, 0), To: time.Unix(1, 0)}
	const next = "see the log of the run, fix the file or its options, and build again"
	tests := []struct {
		name, in     string
		open         error
		reason, next string
	}{
		{"no header row", "ann@example.org,9\n", nil, `wave.csv: no column "id"`, next},
		{"permission", "", denied, "wave.csv: permission denied", next},
		{"no file", "", fs.ErrNotExist, "wave.csv: no such file", "export it to wave.csv, or remove the source from config.toml"},
		{"ambiguous", "id,at\n1,3/4/2024\n", nil, `wave.csv: line 2: column "at": ` + errAmbiguous.Error(), next},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := File{Path: "wave.csv", Open: func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(tt.in)), tt.open
			}}
			_, err := ReadFile(context.Background(), f, Options{}, func(int, *person) error { return nil })
			e, failed := RecordFailure("survey", f, w, err)
			if err == nil || failed == nil || tt.open != nil && !errors.Is(failed, tt.open) {
				t.Errorf("errors %v, %v", err, failed)
			}
			want := fact.Events{Gaps: []fact.Gap{{Source: "survey", From: w.From, To: w.To, Reason: tt.reason, Next: tt.next}}}
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// sized is a file of a size that is never read.
type sized struct {
	io.ReadCloser
	fs.FileInfo
	size int64
}

func (s sized) Stat() (fs.FileInfo, error) { return s, nil }
func (s sized) Size() int64                { return s.size }
func (s sized) Close() error               { return nil }
func (s sized) Read([]byte) (int, error)   { panic("a file that is too large was read") }

// TestSizeBeforeReading holds that the size of a file is checked before it is read, against the
// setting or its default.
func TestSizeBeforeReading(t *testing.T) {
	for _, tt := range []struct{ size, limit, want int64 }{{1001, 1000, 1000}, {512<<20 + 1, 0, 512 << 20}, {2 << 30, 1 << 30, 1 << 30}} {
		t.Run(fmt.Sprint(tt.size), func(t *testing.T) {
			f := File{Path: "big.csv", Open: func() (io.ReadCloser, error) { return sized{size: tt.size}, nil }}
			_, err := ReadFile(t.Context(), f, Options{MaxBytes: tt.limit}, func(int, *wide) error { return nil })
			want := fmt.Sprintf("big.csv: more than %d bytes: set max_bytes", tt.want)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d bytes: %v, want %q", tt.size, err, want)
			}
		})
	}
}
