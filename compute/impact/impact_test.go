package impact

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// exactPanel is testdata/did_exact.json: a panel without noise whose effects are
// known by construction.
type exactPanel struct {
	Data []struct {
		Unit       int
		Period     int
		FirstTreat int `json:"first_treat"`
		Y          float64
	}
	Expect struct {
		ATTGT []struct {
			G, T int
			ATT  float64
		}
		Simple                   float64
		Dynamic, Group, Calendar map[string]float64
	}
}

func (e exactPanel) rows() []Row {
	var rows []Row
	for _, d := range e.Data {
		rows = append(rows, Row{strconv.Itoa(d.Unit), d.Period, d.FirstTreat, d.Y})
	}
	return rows
}

func readExact(t *testing.T) exactPanel {
	t.Helper()
	data, err := os.ReadFile("testdata/did_exact.json")
	if err != nil {
		t.Fatal(err)
	}
	var e exactPanel
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestExactPanel(t *testing.T) {
	exact := readExact(t)
	for _, notYet := range []bool{false, true} {
		got, err := Estimate(exact.rows(), Options{NotYetTreated: notYet})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.ATTGT) != len(exact.Expect.ATTGT) {
			t.Errorf("%d effects, want %d", len(got.ATTGT), len(exact.Expect.ATTGT))
		}
		want := map[[2]int]float64{}
		for _, c := range exact.Expect.ATTGT {
			want[[2]int{c.G, c.T}] = c.ATT
		}
		for _, c := range got.ATTGT {
			if att, ok := want[[2]int{c.G, c.T}]; !ok || !near(c.ATT, att) {
				t.Errorf("ATT(%d, %d) = %v, want %v", c.G, c.T, c.ATT, att)
			}
		}
		if math.Abs(got.Simple-exact.Expect.Simple) > 1e-9 {
			t.Errorf("simple %v, want %v", got.Simple, exact.Expect.Simple)
		}
		wantAverages(t, "dynamic", got.Dynamic, exact.Expect.Dynamic)
		wantAverages(t, "group", got.Group, exact.Expect.Group)
		wantAverages(t, "calendar", got.Calendar, exact.Expect.Calendar)
		if got.Adopters != 4 || got.PrePeriods != 4 || got.PostPeriods != 4 || !got.Interval.Contains(got.Simple) {
			t.Errorf("%+v", got)
		}
	}
}

func wantAverages(t *testing.T, name string, got map[int]float64, want map[string]float64) {
	t.Helper()
	overall := 0.0
	for key, v := range got {
		if w, ok := want[strconv.Itoa(key)]; !ok || !near(v, w) {
			t.Errorf("%s[%d] = %v, want %v", name, key, v, w)
		}
		overall += v / float64(len(got))
	}
	if w, ok := want["overall"]; ok {
		delete(want, "overall")
		if !near(overall, w) {
			t.Errorf("%s overall %v, want %v", name, overall, w)
		}
		defer func() { want["overall"] = w }()
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d entries, want %d", name, len(got), len(want))
	}
}
