package stat

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// vector is one reference value of testdata/estimators.json, made with R 4.2.2.
type vector struct {
	ID     string         `json:"id"`
	Fn     string         `json:"fn"`
	Input  map[string]any `json:"input"`
	Expect map[string]any `json:"expect"`
	Tol    float64        `json:"tol"`
}

func (v vector) num(key string) float64 { return v.Input[key].(float64) }
func (v vector) int(key string) int     { return int(v.num(key)) }
func (v vector) list(key string) []float64 {
	return floats(v.Input[key].([]any))
}

func floats(in []any) []float64 {
	out := make([]float64, len(in))
	for i, x := range in {
		out[i] = x.(float64)
	}
	return out
}

// want compares got with an expected number.
func (v vector) want(t *testing.T, key string, got float64) {
	t.Helper()
	if want := v.Expect[key].(float64); math.IsNaN(got) || math.Abs(got-want) > v.Tol*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %.15g, want %.15g ± %g", key, got, want, v.Tol)
	}
}

func (v vector) wantInterval(t *testing.T, iv Interval) {
	t.Helper()
	v.want(t, "lo", iv.Lo)
	v.want(t, "hi", iv.Hi)
}

// vectorChecks has one function for every fn of the file.
var vectorChecks = map[string]func(*testing.T, vector){
	"wilson": func(t *testing.T, v vector) {
		v.wantInterval(t, Wilson(v.int("x"), v.int("n"), v.num("conf")))
	},
	"newcombe_diff": func(t *testing.T, v vector) {
		v.wantInterval(t, Newcombe(v.int("x1"), v.int("n1"), v.int("x2"), v.int("n2"), v.num("conf")))
	},
	"quantile_ci_ranks": func(t *testing.T, v vector) {
		lo, hi, coverage := QuantileRanks(v.int("n"), v.num("q"), v.num("conf"))
		v.want(t, "lo_rank", float64(lo))
		v.want(t, "hi_rank", float64(hi))
		v.want(t, "coverage", coverage)
	},
	"poisson_exact_ci": func(t *testing.T, v vector) {
		v.wantInterval(t, PoissonInterval(v.int("k"), v.num("exposure"), v.num("conf")))
	},
	"quasi_rate_ratio": func(t *testing.T, v vector) {
		ratio, phi, p, iv := QuasiPoissonRatio(v.list("before"), v.list("after"), v.num("conf"))
		v.want(t, "ratio", ratio)
		v.want(t, "phi", phi)
		v.want(t, "p", p)
		v.wantInterval(t, iv)
	},
	"mann_whitney":         checkMannWhitney,
	"wilcoxon_signed_rank": checkSignedRank,
	"kaplan_meier":         checkKaplanMeier,
	"hodges_lehmann": func(t *testing.T, v vector) {
		shift, iv := HodgesLehmann(v.list("x"), v.list("y"), v.num("conf"))
		v.want(t, "est", shift)
		v.wantInterval(t, iv)
	},
	"benjamini_hochberg": func(t *testing.T, v vector) {
		rejected := 0
		want := floats(v.Expect["adjusted"].([]any))
		for i, got := range BenjaminiHochberg(v.list("p")) {
			if math.Abs(got-want[i]) > v.Tol {
				t.Errorf("adjusted[%d] = %.15g, want %.15g", i, got, want[i])
			}
			if got <= v.num("q") {
				rejected++
			}
		}
		v.want(t, "rejected", float64(rejected))
	},
	"nps": func(t *testing.T, v vector) {
		nps, iv := NPS(v.int("promoters"), v.int("passives"), v.int("detractors"), 0, v.num("conf"))
		net, _ := adjustedNet(v.int("promoters"), v.int("passives"), v.int("detractors"), 1)
		v.want(t, "nps", nps)
		v.want(t, "adj", 100*net)
		v.wantInterval(t, iv)
	},
	"xmr": func(t *testing.T, v vector) {
		mean, lo, hi := XmR(v.list("x"))
		v.want(t, "mean", mean)
		v.wantInterval(t, Interval{lo, hi})
	},
}

func checkMannWhitney(t *testing.T, v vector) {
	x, y := v.list("x"), v.list("y")
	u, p := MannWhitney(x, y)
	doubled, ties := midranks(slices.Concat(x, y))
	normal := mannWhitneyNormal(u, len(x), len(y), ties)
	if v.Input["alternative"] == "greater" {
		// Without ties the distribution is symmetric: a one-sided p is half.
		p, normal = p/2, normal/2
		if ties != 0 || len(doubled) != len(x)+len(y) {
			t.Fatal("the example has no ties")
		}
	}
	v.want(t, "U", u)
	v.want(t, "p_exact", p)
	v.want(t, "p_normal_cc", normal)
}

func checkSignedRank(t *testing.T, v vector) {
	signed, p := SignedRank(v.list("d"))
	center, iv := PseudoMedian(v.list("d"), v.num("conf"))
	v.want(t, "V", signed)
	v.want(t, "p_two", p)
	v.want(t, "hl", center)
	v.wantInterval(t, iv)
}

func checkKaplanMeier(t *testing.T, v vector) {
	var closed []bool
	for _, e := range v.list("event") {
		closed = append(closed, e == 1)
	}
	curve := kaplanMeier(v.list("time"), closed)
	times := floats(v.Expect["times"].([]any))
	survival, se := floats(v.Expect["surv"].([]any)), floats(v.Expect["se"].([]any))
	if len(curve) != len(times) {
		t.Fatalf("%d steps, want %d", len(curve), len(times))
	}
	for i, step := range curve {
		gotSE := step.survival * math.Sqrt(step.greenwood)
		if step.time != times[i] || math.Abs(step.survival-survival[i]) > v.Tol || math.Abs(gotSE-se[i]) > v.Tol {
			t.Errorf("step %d: %v, standard error %v", i, step, gotSE)
		}
	}
	median, iv := KaplanMeierMedian(v.list("time"), closed, 0.95)
	v.want(t, "median", median)
	if want := (Interval{13, math.Inf(1)}); iv != want { // R: survfit(conf.type = "log-log")
		t.Errorf("interval %v, want %v", iv, want)
	}
}

func TestReferenceVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/estimators.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			check, ok := vectorChecks[v.Fn]
			if !ok {
				t.Fatalf("no check for %s", v.Fn)
			}
			check(t, v)
		})
	}
}
