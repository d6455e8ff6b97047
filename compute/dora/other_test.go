package dora

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Settings of other tools: an incident blames the deployment before it, however long
// before and however often the service deploys.
func TestBlamePrevious(t *testing.T) {
	h := shops(1, 1)
	for _, day := range []int{currentDay + 3, currentDay + 4, currentDay + 10} {
		h.Incidents = append(h.Incidents, fact.Incident{
			ID: at(day, 0).String(), Repository: "acme/team-00", Opened: at(day, 12), Resolved: at(day, 13),
		})
	}
	for _, tt := range []struct {
		blame  string
		failed int
	}{{ByWindow, 3}, {Previous, 3}} {
		t.Run(tt.blame, func(t *testing.T) {
			o := Defaults()
			o.Blame = tt.blame
			if tt.blame == ByWindow {
				o.WindowHours = 1 // no deployment is as near
				tt.failed = 0
			}
			r, err := Measure(o, h.organisation(t))
			if err != nil {
				t.Fatal(err)
			}
			m := r.Section.Find(FailRate, whole)
			if n := m.N[0]; n.N != tt.failed {
				t.Errorf("%s: %+v, want %d failed", tt.blame, m.N, tt.failed)
			}
		})
	}
	o := Defaults()
	o.Blame = "nobody"
	if _, err := Measure(o, h.organisation(t)); err == nil {
		t.Error("an unknown word: no error")
	}
}

// A settings change is another series; the defaults keep the identity they had.
func TestOtherSettingsAreOtherDefinitions(t *testing.T) {
	hash := func(edit func(*Options)) string {
		o := Defaults()
		edit(&o)
		specs, err := o.Specs()
		if err != nil {
			t.Fatal(err)
		}
		s := specs.Find(FailRate)
		return metric.Fingerprint(s.ID, s.Version, s.Config)
	}
	plain := hash(func(*Options) {})
	if hash(func(o *Options) { o.Blame = Previous }) == plain || hash(func(o *Options) { o.Bots = Counted }) == plain {
		t.Error("another setting has the same definition")
	}
	if hash(func(o *Options) { o.Blame, o.Bots = "", "" }) != plain {
		t.Error("the default has two definitions")
	}
}
