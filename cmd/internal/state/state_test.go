package state

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestChanged(t *testing.T) {
	one := compute.DecisionLogEntry{ID: "1"}
	two := compute.DecisionLogEntry{ID: "2"}
	before := compute.DecisionLog{Begun: time.Unix(1, 0), Changes: []compute.DecisionLogEntry{one}}
	log := compute.DecisionLog{Changes: []compute.DecisionLogEntry{one, two}}
	if got := ListChanged(&before, &log); len(got) != 1 || got[0].ID != "2" {
		t.Errorf("changed = %v, want the second", got)
	}
	if got := ListChanged(&compute.DecisionLog{}, &log); got != nil {
		t.Errorf("a first run changed %v", got)
	}
}

// measuredOf takes the bytes of a measured.json.
func measuredOf(data []byte) (m compute.Measured, err error) {
	if _, err = MeasuredForm.Decode(data, &m); err == nil {
		err = plausibleMeasured(&m)
	}
	return m, err
}

// smallMeasured is a measured.json of the version before checksums.
func smallMeasured(tb testing.TB) []byte {
	tb.Helper()
	m := compute.Measured{Version: MeasuredForm.Bare, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
	data, err := json.Marshal(m)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestDecodeMeasured(t *testing.T) {
	good := string(smallMeasured(t))
	if _, err := measuredOf([]byte(good)); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "no object": "[1]", "another thing": "{}",
		"newer":            strings.Replace(good, `"version":1`, `"version":99`, 1),
		"no time of ours":  strings.Replace(good, `"cut_off":"2024`, `"cut_off":"0001`, 1),
		"a row of no time": strings.Replace(good, `"history":null`, `"history":[{"week":"9999-01-01T00:00:00Z","subject":"","metric":"m","value":1,"lo":null,"hi":null,"n":1,"hash":"h"}]`, 1),
		"a row of nothing": strings.Replace(good, `"history":null`, `"history":[{"week":"2024-11-04T00:00:00Z","subject":"","metric":"","value":1,"lo":null,"hi":null,"n":1,"hash":"h"}]`, 1),
		"a damaged row":    strings.Replace(good, `"history":null`, `"history":[{}]`, 1),
		"a wrong number":   strings.Replace(good, `"services":0`, `"services":1e999`, 1),
		"too deep":         `{"version":1,"sections":` + strings.Repeat("[", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := measuredOf([]byte(text)); err == nil {
				t.Errorf("%s is taken", name)
			}
		})
	}
}

// What is fetched is anybody's: whatever is taken can be decided on.
func FuzzMeasured(f *testing.F) {
	f.Add(smallMeasured(f))
	odd := compute.Measured{Version: MeasuredForm.Bare, CutOff: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)}
	odd.Sections = []metric.Section{{Family: "dora", Metrics: []metric.Metric{{ID: dora.LeadTime, Trend: &metric.Trend{}}}}}
	odd.Adoption.Features = []adoption.Feature{{ID: "helm", Known: true, Active: 9, Eligible: -1}}
	data, err := json.Marshal(odd)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	content := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "helm"}, Successor: "x"}}}
	f.Fuzz(func(_ *testing.T, data []byte) {
		if m, err := measuredOf(data); err == nil {
			m.AsOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC) // as diff does
			compute.Decide(compute.DefaultOptions(), content, m)
		}
	})
}
