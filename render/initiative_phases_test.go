package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// The example has one gate of each kind: met by a metric, by hand, and overridden.
func TestInitiativeTellsItsGates(t *testing.T) {
	site := example(t, fact.Measure{ID: "build_minutes", At: time.Date(2024, 4, 15, 12, 0, 0, 0, time.UTC), Value: 9},
		fact.Measure{ID: "build_minutes", At: time.Date(2024, 4, 22, 12, 0, 0, 0, time.UTC), Value: 9})
	says(t, "buildpack-layer-caching", site["initiatives/buildpack-layer-caching/index.html"],
		"Second build fetches no dependency met on 14 Feb 2024", "not known: the last value is of the week of 2024-04-22", "!bring newer figures",
		"overridden Left with 1 of 2 criteria not met: Gradle needs a cache of its own; the Node.js teams should not wait for it product manager, 19 Apr 2024",
	)
	says(t, "buildpacks", site["features/buildpacks/index.html"], "Buildpack layer caching left Beta with 1 criterion not met, by the product manager")
	page := site["initiatives/gitops-rollout/index.html"]
	says(t, "gitops-rollout", page, "▲ gate not passed Left with 1 of 2 criteria not met, and nobody gave a reason.", "Adoption of GitOps at least 50")
	if n := strings.Count(page, "gate not passed"); n != 2 { // alpha and beta were measured by nothing here
		t.Errorf("%d gates were not passed", n)
	}
}

func TestMeasuredWords(t *testing.T) {
	e := measures.Evaluation{
		State: measures.Met, Value: metric.Of(0.62), Lo: metric.Of(0.55), Hi: metric.Of(0.69), N: 180, Unit: metric.Share, MayBeChance: true,
		Week:   time.Date(2024, 10, 28, 0, 0, 0, 0, time.UTC),
		Window: metric.Window{From: time.Date(2024, 10, 7, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)},
	}
	got, met := measuredWords(&e)
	if want := "met, may be chance, measured: 62 % (55 % to 69 %, n = 180) in 7 Oct–3 Nov 2024"; !met || plainSpaces(got) != want {
		t.Errorf("got %q, want %q", plainSpaces(got), want)
	}
	e.State = measures.NotMet
	if got, met = measuredWords(&e); met || !strings.HasPrefix(got, "not met, may be chance, measured: ") {
		t.Errorf("got %q", got)
	}
}

// A gate is told on the page of its own initiative only.
func TestGateOf(t *testing.T) {
	s := &site{report: compute.Report{Crossings: []compute.Crossing{{Initiative: "x", Left: "alpha", Unmet: make([]compute.Gate, 2), Reason: "a <b>", By: "lead"}}}}
	ph := fact.Phase{Name: "alpha", Criteria: make([]fact.Criterion, 3)}
	if v := s.gateOf("x", &ph); plainSpaces(v.Text) != "Left with 2 of 3 criteria not met" || v.Failed || v.Reason != "a <b>" || v.Signed != "lead" {
		t.Errorf("%+v", v)
	}
	if v := s.gateOf("y", &ph); v != nil {
		t.Errorf("another initiative's gate: %+v", v)
	}
}
