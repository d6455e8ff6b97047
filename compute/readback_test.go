package compute

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// TestMergeRows merges random halves of a history in any order: of each week, subject, metric and
// definition the row that was published first stays.
func TestMergeRows(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			first := map[rowKey]Row{}
			var halves [2][]Row
			for range 60 {
				v := r.Float64()
				row := Row{
					Week:   time.Date(2024, 1, 1+7*r.IntN(8), 0, 0, 0, 0, time.UTC),
					Metric: fmt.Sprint(r.IntN(2)), Hash: fmt.Sprint(r.IntN(2)), Figure: metric.Figure{Value: &v},
				}
				row.Computed = row.Week.AddDate(0, 0, 7*(1+r.IntN(1000)))
				half := &halves[r.IntN(2)]
				*half = append(*half, row)
				if was, ok := first[row.key()]; !ok || row.publishedAt().Before(was.publishedAt()) {
					first[row.key()] = row
				}
			}
			for _, got := range [][]Row{MergeRows(halves[0], halves[1]), MergeRows(halves[1], halves[0])} {
				if len(got) != len(first) {
					t.Fatalf("%d rows, want %d", len(got), len(first))
				}
				for i := range got {
					if want := first[got[i].key()]; !got[i].publishedAt().Equal(want.publishedAt()) {
						t.Errorf("row %d is of %s, want %s", i, got[i].publishedAt(), want.publishedAt())
					}
					if i > 0 && compareRows(got[i-1], got[i]) >= 0 {
						t.Errorf("row %d is out of order", i)
					}
				}
			}
		})
	}
}

func TestHealLog(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 11, n, 0, 0, 0, 0, time.UTC) }
	earlier := DecisionLog{
		Begun: day(1), Stands: map[string]Stand{"helm": {Words: "invest"}}, Reported: map[string]bool{"decision/helm/1": true},
		Changes: []DecisionLogEntry{{ID: "recommendation/helm/invest", Kind: RecommendationChanged, Subject: "helm", To: "invest"}},
	}
	again := DecisionLog{
		Begun: day(8), Stands: map[string]Stand{"helm": {Words: "invest"}, "vault": {Words: "keep"}}, Reported: map[string]bool{"x": true},
		Changes: []DecisionLogEntry{
			{ID: "recommendation/helm/invest", Kind: RecommendationChanged, Subject: "helm", To: "invest"},
			{ID: "recommendation/vault/keep", Kind: RecommendationChanged, Subject: "vault", To: "keep"},
		},
	}
	got := again.Heal(earlier)
	if !got.Begun.Equal(day(1)) || len(got.Changes) != 2 || len(got.Stands) != 2 || len(got.Reported) != 2 {
		t.Errorf("healed: %+v", got)
	}
	if got := again.Heal(DecisionLog{}); len(got.Changes) != 2 || !got.Begun.Equal(day(8)) {
		t.Errorf("healed by nothing: %+v", got)
	}
}

// TestStaleLedger reads a ledger that may lack later publications: its waves stay as they are,
// other closed waves are shown as a whole, and later runs continue so.
func TestStaleLedger(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	e := WaveEntry{Wave: "old", Sent: asOf.AddDate(0, -2, 0), N: 9, Aggregates: []byte(`{"id":"old"}`)}
	var err error
	if e.Hash, err = e.hashEntry(); err != nil {
		t.Fatal(err)
	}
	ledger := &Ledger{Version: LedgerVersion, Waves: []WaveEntry{e}}
	content := fact.Content{Surveys: []fact.Survey{{ID: "old", Sent: e.Sent}, {ID: "other", Sent: asOf.AddDate(0, -1, 0)}}}
	for _, tt := range []struct {
		name   string
		past   Past
		sealed bool
	}{
		{"whole", Past{Waves: ledger}, false},
		{"stale", Past{Waves: ledger, Stale: true}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, err := readWaves(tt.past, content, 14, asOf)
			if err != nil {
				t.Fatal(err)
			}
			next, err := w.next(nil)
			if err != nil || next.Check() != nil {
				t.Fatal(err, next.Check())
			}
			last := next.Waves[len(next.Waves)-1]
			if w.sealed["old"] != tt.sealed || last.Sealed != tt.sealed || w.lost.IsZero() == tt.sealed || next.Lost.IsZero() == tt.sealed {
				t.Errorf("sealed %v, kept %v, lost %s, kept %s", w.sealed["old"], last.Sealed, w.lost, next.Lost)
			}
			after, err := readWaves(Past{Waves: &next}, content, 14, asOf.AddDate(0, 0, 1))
			if err != nil || after.sealed["old"] != tt.sealed || !after.lost.Equal(next.Lost) {
				t.Errorf("the run after: sealed %v, lost %s, %v", after.sealed["old"], after.lost, err)
			}
		})
	}
}
