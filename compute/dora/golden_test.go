package dora

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/definitions.md")

// golden reads the four weeks of one service in testdata/golden, as any user's
// export is read.
func golden(t *testing.T) *org.Organisation {
	t.Helper()
	var all fact.Events
	window := collect.Window{From: time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}
	for _, kind := range []events.Kind{events.Deployments, events.Changes, events.Incidents} {
		path := filepath.Join("testdata", "golden", string(kind)+".csv")
		file := tabular.File{Path: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
		src, err := events.New(string(kind), kind, file, events.Options{CoversFrom: window.From, CoversTo: window.To})
		if err != nil {
			t.Fatal(err)
		}
		e, err := src.Collect(context.Background(), window)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range e.Imports {
			if im.Read != im.Used {
				t.Fatalf("%s: %d rows read, %d used: %+v", path, im.Read, im.Used, im.Rejected)
			}
		}
		all.Merge(e)
	}
	c := fact.Content{Teams: []fact.Team{{ID: "shop", Developers: 5, Owns: []fact.Ownership{{Repository: repo}}}}}
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: window.To, MaturityDays: 7}, ShowFew: true}, c, all)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// reading is one way to define a number.
type reading struct {
	words string // what is counted
	knobs string // as in config.toml
	id    string
	edit  func(*Options)
	mean  bool // the mean beneath the median
}

var leadReadings = []reading{
	{"first commit → deployed, median (ours)", "the default", LeadTime, func(*Options) {}, false},
	{"first commit → deployed, mean", `dora.lead_statistic = "mean"`, LeadTime, func(o *Options) { o.LeadStatistic = Mean }, false},
	{"first commit → deployed, mean, old branches as they are", `dora.lead_statistic = "mean", dora.max_commit_age_days = 3650`, LeadTime, func(o *Options) { o.LeadStatistic, o.MaxCommitAge = Mean, 3650 }, false},
	{"request opened → deployed, median", `dora.lead_start = "opened"`, LeadTime, func(o *Options) { o.LeadStart = Opened }, false},
	{"merged → deployed, median", `dora.lead_start = "merged"`, LeadTime, func(o *Options) { o.LeadStart = Merged }, false},
}

var failReadings = []reading{
	{"failed ÷ deployments, all evidence (ours)", "the default", FailRate, func(*Options) {}, false},
	{"incidents that name a deployment only", `dora.failure_evidence = ["incident_field"]`, FailRate, only("incident_field"), false},
	{"rollbacks and reverts only", `dora.failure_evidence = ["rollback", "revert"]`, FailRate, only("rollback", "revert"), false},
	{"incidents within 24 hours only, wherever they came from", `dora.failure_evidence = ["window"]`, FailRate, only("window"), false},
	{"incidents ÷ deployments", `dora.fail_rate = "incidents"`, FailRate, func(o *Options) { o.FailRateOf = OfIncidents }, false},
	{"roll-outs that never succeeded ÷ roll-outs", "its own metric", JobFailureRate, func(*Options) {}, false},
	{"unplanned fixes ÷ deployments", "its own metric", Rework, func(*Options) {}, false},
}

var frequencyReadings = []reading{
	{"production, retries are one, first success counts (ours)", "the default", Frequency, func(*Options) {}, false},
	{"every environment", "deploy.production = \".*\"`, `deploy.exclude = \"\"", Frequency, func(o *Options) { o.Production, o.Exclude = ".*", "" }, false},
}

var restoreReadings = []reading{
	{"failed deployment → restored, median", "its own metric", RecoveryTime, func(*Options) {}, false},
	{"all incidents, opened → resolved, median (ours)", "the default", RestoreTime, func(*Options) {}, false},
	{"all incidents, opened → resolved, mean", "beneath the median", RestoreTime, func(*Options) {}, true},
}

func only(classes ...string) func(*Options) { return func(o *Options) { o.Classes = classes } }

// table prints what each reading makes of the same events.
func table(t *testing.T, o *org.Organisation, readings []reading) (text string, values []float64) {
	t.Helper()
	var b strings.Builder
	b.WriteString("| what is counted | how | result |\n|---|---|---|\n")
	for _, r := range readings {
		options := Defaults()
		r.edit(&options)
		res, err := Measure(options, o)
		if err != nil {
			t.Fatal(err)
		}
		m := res.Section.Find(r.id, shopTeam)
		if m.Value == nil {
			t.Fatalf("%s: %s", r.words, m.Why)
		}
		v, n := *m.Value, m.N
		if r.mean {
			v = *m.Details[0].Value
		}
		values = append(values, v)
		knobs := r.knobs
		if knobs != "" && strings.ContainsAny(knobs, "=") {
			knobs = "`" + knobs + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.words, knobs, inWords(v, m.Unit, n))
	}
	return b.String(), values
}

func inWords(v float64, u metric.Unit, n []metric.Count) string {
	switch u {
	case metric.Seconds:
		return fmt.Sprintf("%.1f h", v/3600)
	case metric.Share:
		return fmt.Sprintf("%d of %d, %.1f %%", n[0].N, n[1].N, 100*v)
	case metric.Number:
		return fmt.Sprintf("%d for %d, %.1f %%", n[0].N, n[1].N, 100*v)
	}
	return fmt.Sprintf("%d, %.2f a day", n[0].N, v)
}

// The popular definitions disagree widely about the same four weeks. The tables
// of docs/definitions.md are made here, so that its example stays true.
func TestPopularDefinitionsDisagree(t *testing.T) {
	const path = "../../docs/definitions.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, o := string(data), golden(t)
	for _, tt := range []struct {
		mark     string
		readings []reading
		factor   float64 // how far apart the readings are at least
	}{
		{"lead", leadReadings, 50}, {"fail", failReadings, 4}, {"frequency", frequencyReadings, 1.5}, {"restore", restoreReadings, 5},
	} {
		t.Run(tt.mark, func(t *testing.T) {
			made, values := table(t, o, tt.readings)
			lo, hi := values[0], values[0]
			for _, v := range values {
				lo, hi = min(lo, v), max(hi, v)
			}
			if hi < tt.factor*lo {
				t.Errorf("%s: readings from %v to %v are less than %v-fold apart", tt.mark, lo, hi, tt.factor)
			}
			begin, end := "<!-- "+tt.mark+" -->\n", "<!-- end "+tt.mark+" -->"
			before, rest, found := strings.Cut(text, begin)
			written, after, ended := strings.Cut(rest, end)
			if !found || !ended {
				t.Fatalf("%s has no table between %q and %q", path, begin, end)
			}
			if written != made && !*update {
				t.Errorf("%s, table %q: got\n%s\nwant\n%s\nrun with -update if the change is meant", path, tt.mark, written, made)
			}
			text = before + begin + made + end + after
		})
	}
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What is known by hand of the golden weeks.
func TestGoldenWeeks(t *testing.T) {
	r, err := Measure(Defaults(), golden(t))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "failures", failures(r.Linked[0]), []string{
		"d2: incident_field i1, 09T15:05",
		"d4: rollback d4back, 11T15:10",
		"d9: revert d11, 18T14:10",
		"d15: window i3, 22T23:30",
		"d17: hotfix d18, 25T14:10",
	})
	want(t, "fixes", fixes(r.Linked[0]), []string{"d4back rollback", "d11 revert", "d18 hotfix"})
	for id, n := range map[string]string{
		Frequency: "[{deployments 21}]", LeadTime: "[{changes 23} {deployments 20}]", FailRate: "[{failed 5} {deployments 21}]",
		RecoveryTime: "[{failed deployments 5}]", RestoreTime: "[{incidents 6}]", JobFailureRate: "[{never succeeded 2} {roll-outs 23}]",
	} {
		t.Run(id, func(t *testing.T) {
			want(t, id, r.Section.Find(id, shopTeam).N, n)
		})
	}
}
