package rice

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
)

// reference is testdata/rice.json: the four initiatives of the example.
type reference struct {
	Items []struct {
		Item struct {
			Name                  string
			Reach, Impact, Effort struct{ Lo, Hi float64 }
			Conf                  float64
		}
		Median, Lo90, Hi90 float64
		PRank              []float64
		VarianceShare      struct{ Reach, Impact, Effort float64 }
	}
	Item0Beats1 float64 `json:"p_item0_beats_item1_closed_form"`
}

func readReference(t *testing.T) (reference, []Factors) {
	t.Helper()
	data, err := os.ReadFile("testdata/rice.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	var factors []Factors
	for _, i := range ref.Items {
		factors = append(factors, Factors{
			Reach: FactorBetween(i.Item.Reach.Lo, i.Item.Reach.Hi), Impact: FactorBetween(i.Item.Impact.Lo, i.Item.Impact.Hi),
			Effort: FactorBetween(i.Item.Effort.Lo, i.Item.Effort.Hi), Confidence: i.Item.Conf,
		})
	}
	return ref, factors
}

func want(t *testing.T, name string, got, expect float64) {
	t.Helper()
	if !(math.Abs(got-expect) <= 1e-6) {
		t.Errorf("%s = %.12g, want %.12g", name, got, expect)
	}
}

func TestReferenceInitiatives(t *testing.T) {
	ref, factors := readReference(t)
	var scores []Scored
	for i, f := range factors {
		r, s, shares := ref.Items[i], f.Score(), f.VarianceShares()
		scores = append(scores, s)
		want(t, "median", s.Median, r.Median)
		want(t, "lo", s.Interval().Lo, r.Lo90)
		want(t, "hi", s.Interval().Hi, r.Hi90)
		want(t, "share of reach", shares.Reach, r.VarianceShare.Reach)
		want(t, "share of impact", shares.Impact, r.VarianceShare.Impact)
		want(t, "share of effort", shares.Effort, r.VarianceShare.Effort)
	}
	for i, row := range RankProbabilities(scores) {
		for k, p := range row {
			want(t, fmt.Sprintf("P(rank of %s = %d)", ref.Items[i].Item.Name, k+1), p, ref.Items[i].PRank[k])
		}
	}
	want(t, "P(0 beats 1)", scores[0].Beats(scores[1]), ref.Item0Beats1)
	if !scores[0].Ties(scores[1]) || scores[1].Ties(scores[2]) {
		t.Error("the first two tie, the third is behind")
	}
	want(t, "flip factor", scores[0].FlipFactor(scores[1]), ref.Items[1].Median/ref.Items[0].Median)
}

// Rows and columns add up to 1, and two items agree with the closed form.
func TestRankProbabilitiesAddUp(t *testing.T) {
	items := []Scored{{180, 0.4}, {200, 0.5}, {26, 0.3}, {25, 0.7}, {30, 0.05}, {500, 1.5}}
	ranks := RankProbabilities(items)
	for i := range items {
		row, column := 0.0, 0.0
		for k := range items {
			row += ranks[i][k]
			column += ranks[k][i]
		}
		if math.Abs(row-1) > 1e-9 || math.Abs(column-1) > 1e-6 {
			t.Errorf("item %d: row %v, column %v", i, row, column)
		}
	}
	two := RankProbabilities(items[:2])
	want(t, "P(first)", two[0][0], items[0].Beats(items[1]))
}

func TestRanksWithoutDoubt(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []Scored
		rank  int // of the first item, from 0
		want  float64
	}{
		{"clear", []Scored{{2, 0}, {3, 0}, {1, 0}}, 1, 1},
		{"equals share the ranks", []Scored{{2, 0}, {2, 0}, {2, 0}}, 1, 1.0 / 3},
		{"a score of 0 is last", []Scored{{0, 0.5}, {2, 0.5}}, 1, 1},
		{"a point within a range", []Scored{{2, 0}, {2, 0.5}}, 0, 0.5},
		{"alone", []Scored{{2, 1}}, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := RankProbabilities(c.items)[0][c.rank]; math.Abs(got-c.want) > 1e-6 {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		})
	}
	if got := RankProbabilities(nil); len(got) != 0 {
		t.Errorf("nothing: %v", got)
	}
}

func TestScoreOfTheConcept(t *testing.T) {
	theme := Factors{Reach: FactorAround(200, 1.25), Impact: FactorAround(1, 2), Effort: FactorAround(1, 1.5), Confidence: 1}
	if s := theme.Score(); s.Median != 200 || !s.Interval().Contains(200) {
		t.Errorf("%+v", s)
	}
	certain := Factors{Reach: Factor{Point: 200}, Impact: Factor{Point: 3}, Effort: Factor{Point: 3}, Confidence: 0.9}
	if s := certain.Score(); s.Median != 180 || s.Sigma != 0 || s.Interval().Width() != 0 || certain.VarianceShares() != (Shares{}) {
		t.Errorf("%+v", s)
	}
	if s := (Factors{}).Score(); s != (Scored{}) || !math.IsInf(s.FlipFactor(Scored{1, 1}), 1) {
		t.Errorf("nothing judged: %+v", s)
	}
}

func FuzzRankProbabilities(f *testing.F) {
	f.Add(180.0, 0.4, 200.0, 0.5, 0.0, 0.0)
	f.Add(1e300, 1e-9, 1e-300, 5.0, 1.0, -1.0)
	f.Fuzz(func(t *testing.T, m1, s1, m2, s2, m3, s3 float64) {
		for _, v := range []float64{m1, s1, m2, s2, m3, s3} {
			if math.IsNaN(v) || math.Abs(v) > 1e300 {
				return
			}
		}
		items := []Scored{{m1, s1}, {m2, s2}, {m3, s3}}
		for i, row := range RankProbabilities(items) {
			total := 0.0
			for _, p := range row {
				if !(p >= 0 && p <= 1+1e-9) {
					t.Errorf("item %d of %v: %v", i, items, row)
				}
				total += p
			}
			if math.Abs(total-1) > 1e-9 {
				t.Errorf("item %d of %v adds up to %v", i, items, total)
			}
		}
	})
}

func BenchmarkRankProbabilities(b *testing.B) {
	for _, n := range []int{4, 20, 60} {
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			var items []Scored
			for i := range n {
				items = append(items, Scored{Median: 10 * math.Pow(1.1, float64(i)), Sigma: 0.3 + 0.1*float64(i%5)})
			}
			b.ReportAllocs()
			for b.Loop() {
				RankProbabilities(items)
			}
		})
	}
}
