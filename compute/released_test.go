package compute

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// testdata/released-history.json are four weeks that the last release without
// versions published of the example platform.
func TestPublishedRowsOfTheReleaseAreOfTheSameSeries(t *testing.T) {
	data, err := os.ReadFile("testdata/released-history.json")
	if err != nil {
		t.Fatal(err)
	}
	var history []Row
	if err := json.Unmarshal(data, &history); err != nil {
		t.Fatal(err)
	}
	o := DefaultOptions()
	o.Platform.Developers = 250
	m, _, err := Measure(o, fact.Content{}, fact.Events{}, Past{Rows: history}, history[len(history)-1].Week.AddDate(0, 0, 7))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.History) != len(history) {
		t.Errorf("%d rows, want the %d published", len(m.History), len(history))
	}
	inForce := map[string]bool{}
	for _, s := range m.Sections {
		for _, d := range s.Definitions {
			inForce[metric.Fingerprint(d.ID, 1, d.Config)] = true
		}
	}
	for i := range m.History {
		if r := &m.History[i]; !inForce[r.Hash] {
			t.Errorf("%s: published under %s, which is not read as version 1", r.Metric, r.Hash)
		}
	}
	if changes := m.DefinitionChanges(); changes != nil {
		t.Errorf("definitions changed: %+v", changes)
	}
}

// The hashes are those that the release gave with the same settings.
func TestReleasedHashesOfOtherSettings(t *testing.T) {
	tests := []struct {
		name                          string
		set                           func(*dora.Options)
		frequency, lead, fail, rework string
		review                        string
	}{
		{"defaults", func(*dora.Options) {}, "6ea354a0614b", "8fd47efe1a52", "d0a475919d7a", "65754a9b1e7b", "786dc41313f9"},
		{"the excluded environments of then", func(o *dora.Options) { o.Exclude = "^github-pages$" }, "6ea354a0614b", "8fd47efe1a52", "d0a475919d7a", "65754a9b1e7b", "786dc41313f9"},
		{"opened", func(o *dora.Options) { o.LeadStart = dora.Opened }, "6ea354a0614b", "13fbb86afbd1", "d0a475919d7a", "65754a9b1e7b", "ab9ec8addcab"},
		{"ready, mean", func(o *dora.Options) { o.LeadStart, o.LeadStatistic = dora.Ready, dora.Mean }, "6ea354a0614b", "0fd8eb66bd58", "d0a475919d7a", "65754a9b1e7b", "bb3886eeba00"},
		{"merged", func(o *dora.Options) { o.LeadStart = dora.Merged }, "6ea354a0614b", "4165deca7e06", "d0a475919d7a", "65754a9b1e7b", "e781b99bb266"},
		{"mean", func(o *dora.Options) { o.LeadStatistic = dora.Mean }, "6ea354a0614b", "5e52fa1dbd03", "d0a475919d7a", "65754a9b1e7b", "786dc41313f9"},
		{"incidents", func(o *dora.Options) { o.FailRateOf = dora.OfIncidents }, "6ea354a0614b", "8fd47efe1a52", "0965985bcd5a", "65754a9b1e7b", "786dc41313f9"},
		{"two classes", func(o *dora.Options) { o.Classes, o.WindowHours = []string{"incident_field", "window"}, 12 }, "6ea354a0614b", "8fd47efe1a52", "44747998b89c", "584cad82f65d", "786dc41313f9"},
		{"no window", func(o *dora.Options) { o.Classes = []string{"rollback", "revert"} }, "6ea354a0614b", "8fd47efe1a52", "37a3c157b5fa", "4452237709ef", "786dc41313f9"},
		{"other exclude", func(o *dora.Options) { o.Exclude = "^sandbox$" }, "2f4279ed7614", "ad6e3679f930", "1dd2b4208e8d", "a0c1e0acc68d", "786dc41313f9"},
		{"hotfix title", func(o *dora.Options) { o.HotfixTitle, o.MaxCommitAge = "(?i)hotfix", 30 }, "6ea354a0614b", "1b8f08f4285b", "52f54678c5c8", "9718b6171f38", "27ac96e2c9d6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := dora.Defaults()
			tt.set(&o)
			specs, err := o.Specs()
			if err != nil {
				t.Fatal(err)
			}
			for id, hash := range map[string]string{
				dora.Frequency: tt.frequency, dora.LeadTime: tt.lead, dora.FailRate: tt.fail, dora.Rework: tt.rework, dora.PhaseID("review"): tt.review,
			} {
				rows, err := readReleased([]Row{{Metric: id, Hash: hash}, {Metric: id, Hash: "0123456789ab"}}, []metric.Section{{Definitions: specs.Definitions()}})
				if err != nil {
					t.Fatal(err)
				}
				if s := specs.Find(id); rows[0].Hash != metric.Fingerprint(id, 1, s.Config) {
					t.Errorf("%s: %s of the release is not version 1 of %s", tt.name, hash, id)
				}
				if rows[1].Hash != "0123456789ab" {
					t.Errorf("%s: a hash of other settings was read as %s", tt.name, rows[1].Hash)
				}
			}
		})
	}
}

// A setting that the release did not have is the same series only at its default.
func TestReleasedConfigDropsNewDefaults(t *testing.T) {
	defaults := map[string]bool{`deploy.exclude = "new"`: true, `deploy.group = ""`: true}
	tests := []struct{ line, want string }{
		{`deploy.exclude = "new"`, `deploy.exclude = "^github-pages$"`},
		{`deploy.exclude = "own"`, `deploy.exclude = "own"`},
		{`deploy.group = ""`, ""},
		{`deploy.group = "commit"`, `deploy.group = "commit"`},
		{`dora.window_hours = 24`, `dora.window_hours = 24`},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := ""
			if lines := releasedConfig([]string{tt.line}, defaults); len(lines) > 0 {
				got = lines[0]
			}
			if got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}
