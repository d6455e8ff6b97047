package compute_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// equalsGolden compares text with a file, or writes it with -update.
func equalsGolden(t *testing.T, path, text, question string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(written), "\n"), strings.Split(text, "\n")
	if string(written) != text {
		t.Errorf("%s differs: %s\n%s", path, question, strings.Join(differing(was, is), "\n"))
	}
}

// differing lists the lines that only one of two files has.
func differing(was, is []string) []string {
	count := map[string]int{}
	for _, l := range was {
		count[l]--
	}
	for _, l := range is {
		count[l]++
	}
	var out []string
	for _, l := range was {
		if count[l] < 0 {
			count[l]++
			out = append(out, "- "+l)
		}
	}
	for _, l := range is {
		if count[l] > 0 {
			count[l]--
			out = append(out, "+ "+l)
		}
	}
	return out
}

// allSpecs are the declarations of all metrics, with a measure that a team brings.
func allSpecs(t *testing.T, change func(*compute.Options)) metric.Specs {
	t.Helper()
	o := compute.DefaultOptions()
	change(&o)
	specs, err := compute.Specs(o)
	if err != nil {
		t.Fatal(err)
	}
	return append(specs, *measures.Spec(&fact.MeasureDef{ID: "example", Aggregate: "sum"}))
}

// A definition's identity is its ID, its version and the settings. The words are
// none of it, so people have to say whether other words have another meaning.
func TestDefinitionsKeepTheirMeaning(t *testing.T) {
	var b strings.Builder
	seen := map[string]bool{}
	for _, change := range []func(*compute.Options){
		func(*compute.Options) {},
		func(o *compute.Options) { o.DORA.LeadStart = dora.Opened },
		func(o *compute.Options) { o.DORA.LeadStart, o.DORA.LeadStatistic = dora.Ready, dora.Mean },
		func(o *compute.Options) { o.DORA.LeadStart, o.DORA.FailRateOf = dora.Merged, dora.OfIncidents },
		func(o *compute.Options) { o.DORA.Classes = []string{"incident_field", "rollback"} },
	} {
		for _, s := range allSpecs(t, change) {
			if s.Version < 1 {
				t.Errorf("%s: version %d; the first is 1", s.ID, s.Version)
			}
			if line := fmt.Sprintf("%s, version %d: %s\n", s.ID, s.Version, s.Text); !seen[line] {
				seen[line] = true
				b.WriteString(line)
			}
		}
	}
	equalsGolden(t, "testdata/definitions.txt", b.String(),
		"a definition reads differently. Does it have a new meaning, so that the same facts may give another number? Then raise its Version. In both cases run this test with -update")
}

// docs/metrics.md lists what is declared.
func TestMetricsAtAGlance(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics at a glance\n\n" +
		"This page lists every metric with its ID, its unit and its methods. Criteria of [phases and gates](roadmap.md) refer to a metric by its ID, for example `dora.lead_time`. [What each number means](definitions.md) has the definitions. A test writes this page from the declarations in the code.\n\n" +
		"| metric | ID | version | unit | better | value and interval | change | weekly series |\n|---|---|---|---|---|---|---|---|\n")
	for _, s := range allSpecs(t, func(*compute.Options) {}) {
		title, id, unit, series, change := s.Title, s.ID, string(s.Unit), "", s.Trend
		if strings.HasPrefix(id, "measure.") {
			title, id, unit, s.Estimate = "Measures", "measure.ID", "its own", "mean, median, sum or last"
		}
		if s.Series {
			series = "yes"
		}
		if change == "" {
			change = "not tested: " + s.Untested
		}
		fmt.Fprintf(&b, "| %s | `%s` | %d | %s | %s | %s | %s | %s |\n", title, id, s.Version, unit, s.Better, s.Estimate, change, series)
	}
	equalsGolden(t, "../docs/metrics.md", b.String(), "run with -update if the change is meant")
}
