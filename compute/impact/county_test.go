package impact

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// countyPanel is the published panel of county teen employment, 2003 to 2007, of
// Callaway and Sant'Anna (mpdta of the R package did).
func countyPanel(t *testing.T) []Row {
	t.Helper()
	f, err := os.Open("testdata/county.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var rows []Row
	for _, r := range records[1:] {
		for i, y := range r[2:] {
			rows = append(rows, Row{r[0], 2003 + i, int(number(r[1])), number(y)})
		}
	}
	return rows
}

// testdata/county.json holds what the R package did (2.x) gives for the panel,
// with and without comparisons that adopt later.
func TestPublishedCountyPanel(t *testing.T) {
	data, err := os.ReadFile("testdata/county.json")
	if err != nil {
		t.Fatal(err)
	}
	var expect map[string]struct {
		ATTGT                    [][3]float64
		Simple                   float64
		Dynamic, Group, Calendar map[string]float64
	}
	if err := json.Unmarshal(data, &expect); err != nil {
		t.Fatal(err)
	}
	rows := countyPanel(t)
	for name, want := range expect {
		got := estimate(t, rows, Options{NotYetTreated: name == "notYet", Permutations: 9})
		att := map[[2]int]float64{}
		for _, c := range got.ATTGT {
			att[[2]int{c.G, c.T}] = c.ATT
		}
		if len(att) != len(want.ATTGT) || len(att) != 12 {
			t.Errorf("%s: %d cells, want %d", name, len(att), len(want.ATTGT))
		}
		for _, c := range want.ATTGT {
			if v := att[[2]int{int(c[0]), int(c[1])}]; math.Abs(v-c[2]) > 1e-13 {
				t.Errorf("%s: ATT(%v, %v) = %v, want %v", name, c[0], c[1], v, c[2])
			}
		}
		if math.Abs(got.Simple-want.Simple) > 1e-13 {
			t.Errorf("%s: simple %v, want %v", name, got.Simple, want.Simple)
		}
		for key, pair := range map[string]struct {
			got  map[int]float64
			want map[string]float64
		}{
			"dynamic":  {got.Dynamic, want.Dynamic},
			"group":    {got.Group, want.Group},
			"calendar": {got.Calendar, want.Calendar},
		} {
			for at, w := range numbered(pair.want) {
				if v, ok := pair.got[at]; !ok || math.Abs(v-w) > 1e-13 {
					t.Errorf("%s: %s[%d] = %v, want %v", name, key, at, v, w)
				}
			}
		}
	}
}

// numbered has its keys as numbers.
func numbered(m map[string]float64) map[int]float64 {
	out := map[int]float64{}
	for k, v := range m {
		n, _ := strconv.Atoi(k)
		out[n] = v
	}
	return out
}
