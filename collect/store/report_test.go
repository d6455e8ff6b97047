package store

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
)

// TestReportDamages: a report is what was written, or refused.
func TestReportDamages(t *testing.T) {
	const at = "2024-11-11T00:00:00Z"
	want := collect.Report{Source: "acme", Requests: 37, Retries: 1, Pages: 30, Until: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), Notes: []string{"a note"}}
	body, err := encodeReport(at, want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeReport(at, body); err != nil || !cmp.Equal(want, got) {
		t.Fatalf("%v, %v", got, err)
	}
	if got, err := decodeReport(at, `{"source":"acme","requests":37,"retries":1,"pages":30,"items":0,"budget":{"limit":0,"left":0}}`); err != nil || got.Requests != 37 {
		t.Errorf("of the version before: %v, %v", got, err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		damaged := []byte(body)
		switch i := r.IntN(len(damaged)); r.IntN(3) {
		case 0:
			damaged[i] ^= 1 << r.IntN(8)
		case 1:
			damaged = damaged[:i]
		default:
			damaged[i] = "0123456789 x"[r.IntN(12)]
		}
		if got, err := decodeReport(at, string(damaged)); err == nil && string(damaged) != body {
			t.Errorf("%s is taken: %+v", damaged, got)
		}
	}
}
