package compute_test

import (
	"fmt"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// example is the example platform, measured and decided once for all tests.
var example = sync.OnceValues(func() (compute.Report, error) {
	c, problems := content.Read(os.DirFS("../site"))
	for _, p := range problems {
		return compute.Report{}, p
	}
	e, err := demo.GenerateEvents(demo.ExampleOptions(c.Teams))
	if err != nil {
		return compute.Report{}, err
	}
	return measured(c, e)
})

func measured(c fact.Content, e fact.Events) (compute.Report, error) {
	o := compute.DefaultOptions()
	o.Platform = compute.Platform{Name: "Fawkes", Developers: 250}
	m, _, err := compute.Measure(o, c, e, compute.Past{}, demo.ExampleOptions(nil).AsOf)
	if err != nil {
		return compute.Report{}, err
	}
	return compute.Decide(o, c, m), nil
}

func theExample(t *testing.T) *compute.Report {
	t.Helper()
	r, err := example()
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

// Buildpacks made teams faster, by about the quarter that the generator put in;
// GitOps did not, as far as can be told.
func TestEffectsOfTheExample(t *testing.T) {
	r := theExample(t)
	e := r.Effect("buildpacks")
	if e == nil || e.Change == nil || e.Verdict != string(impact.Improved) || math.Abs(*e.Change+0.25) > 0.05 || *e.Lo > *e.Change || *e.Hi < *e.Change {
		t.Errorf("buildpacks: got %+v, want improved by about a quarter", e)
	}
	if e := r.Effect("gitops"); e == nil || e.Verdict == string(impact.Improved) || e.Verdict == string(impact.Worse) {
		t.Errorf("gitops: got %+v, want no claim", e)
	}
}

func TestRecommendationsOfTheExample(t *testing.T) {
	r := theExample(t)
	got := map[string]string{}
	for _, rec := range r.Recommendations {
		got[rec.Feature] = fmt.Sprint(rec.Verdict, ", ", rec.Strength, ", holds whatever: ", rec.HoldsWhatever)
	}
	for feature, want := range map[string]string{
		"custom-helm-charts": "deprecate, recommended, holds whatever: true",
		"buildpacks":         "make default, recommended, holds whatever: false",
	} {
		t.Run(feature, func(t *testing.T) {
			if got[feature] != want {
				t.Errorf("%s: got %s, want %s", feature, got[feature], want)
			}
		})
	}
	for _, rec := range r.Recommendations {
		if rec.Strength == decision.FindOut && len(rec.Settle) == 0 && !rec.Contradiction {
			t.Errorf("%s: find out, and nothing named that would settle it", rec.Feature)
		}
	}
}

func TestAdoptionAndSupportOfTheExample(t *testing.T) {
	r := theExample(t)
	for id, want := range map[string]string{"backstage": "220/250", "gitops": "45/60", "buildpacks": "50/60", "custom-helm-charts": "7/60"} {
		t.Run(id, func(t *testing.T) {
			f := r.Adoption.Find(id)
			if f == nil || fmt.Sprintf("%d/%d", f.Active, f.Eligible) != want {
				t.Errorf("%s: got %+v, want %s", id, f, want)
			}
		})
	}
	var parts string
	for _, p := range r.Adoption.Find("backstage").Parts {
		parts += fmt.Sprintf("%s %.0f%% ", p.ID, 100*p.Share)
	}
	if parts != "catalog 80% docs 10% templates 2% " {
		t.Errorf("parts of backstage: got %s", parts)
	}
	m := r.Section("support").Find("support.tickets_per_week", metric.Scope{Kind: metric.Organisation})
	if *m.Value != 12 || *m.Was.Value != 20 {
		t.Errorf("tickets a week: got %v, was %v", *m.Value, *m.Was.Value)
	}
	if a, b := r.Support.Themes[0].Share, r.Support.Themes[1].Share; math.Round(100*a) != 40 || math.Round(100*b) != 25 {
		t.Errorf("themes: got %v and %v", a, b)
	}
}
