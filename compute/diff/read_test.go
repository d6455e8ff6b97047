package diff

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func encoded(tb testing.TB) ([]byte, Diff) {
	tb.Helper()
	head := plan()
	head.Initiatives[0].Rice.Effort = of(2)
	head.Initiatives[1].Status = fact.Idea
	head.Initiatives[2].Phases = []fact.Phase{{Name: "alpha", Start: date(12, 2), Weeks: 2}}
	d := Compare(Input{Base: side(plan()), Head: side(head), BaseName: "main"})
	data, err := json.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	return data, d
}

func TestReadGivesBack(t *testing.T) {
	data, want := encoded(t)
	got, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	data, _ := encoded(t)
	whole := string(data)
	for name, text := range map[string]string{
		"nothing":           "",
		"no JSON":           "<script>",
		"an array":          "[]",
		"another version":   strings.Replace(whole, `"version":2`, `"version":1`, 1),
		"no version":        `{"changes":[]}`,
		"an unknown key":    strings.Replace(whole, `"base"`, `"pull_request":7,"base"`, 1),
		"two documents":     whole + "{}",
		"an unknown kind":   `{"version":2,"changes":[{"kind":"run","item":{"change":"added"}}]}`,
		"a kind without it": `{"version":2,"changes":[{"kind":"rank"}]}`,
		"an empty override": `{"version":2,"changes":[{"kind":"override","override":{}}]}`,
		"no criterion":      `{"version":2,"changes":[{"kind":"criteria","criteria":[{"phase":"ga"}]}]}`,
		"no status":         `{"version":2,"changes":[{"kind":"status"}]}`,
		"no evidence":       `{"version":2,"changes":[{"kind":"evidence","item":{"change":"added"}}]}`,
		"two parts":         `{"version":2,"changes":[{"kind":"item","item":{"change":"added"},"rank":{}}]}`,
		"too many changes":  `{"version":2,"changes":[` + strings.Repeat(`{"kind":"nightly","what":"x"},`, mostChanges) + `{"kind":"nightly","what":"x"}]}`,
		"too large":         `{"version":2,"base":"` + strings.Repeat("x", MaxJSON) + `","changes":[]}`,
		"too deep":          `{"version":2,"changes":` + strings.Repeat("[", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := Read([]byte(text)); err == nil {
				t.Errorf("%s: %d changes", name, len(d.Changes))
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	data, _ := encoded(f)
	f.Add(data)
	for _, x := range []string{`{"version":2,"changes":[{"kind":"gate","gate":{"phase":"a"},"failed":true}]}`, `{"version":2}`} {
		f.Add([]byte(x))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(again); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	base, head := plan(), plan()
	for i := range 100 {
		for _, c := range []*fact.Content{&base, &head} {
			in := c.Initiatives[0]
			in.ID, in.Override = fmt.Sprintf("more-%d", i), nil
			r := *in.Rice
			in.Rice = &r
			c.Initiatives = append(c.Initiatives, in)
		}
	}
	head.Initiatives[0].Rice.Effort = of(2)
	in := Input{Base: side(base), Head: side(head)}
	b.ReportAllocs()
	for b.Loop() {
		Compare(in)
	}
}
