package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/decision"
)

var nextDate = regexp.MustCompile(`(first possible|looked at again) on \d{1,2} \w{3} \d{4}`)

// TestSmallPlatform: on the example of a small platform every feature's page has a
// next date, a feature that is two weeks old is too early to judge, and the one that
// makes teams faster leans the right way.
func TestSmallPlatform(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/small")); err != nil {
		t.Fatal(err)
	}
	for _, built := range []string{".ip3dp", "public"} { // by make example-small
		if err := os.RemoveAll(filepath.Join(dir, built)); err != nil {
			t.Fatal(err)
		}
	}
	config, public := filepath.Join(dir, "config.toml"), filepath.Join(dir, "public")
	for _, command := range [][]string{{"demo", "--small"}, {"build"}} {
		var out bytes.Buffer
		if code := start(append(command, "--config", config), nil, strings.NewReader(""), &out, &out); code != 0 {
			t.Fatalf("%q: %d\n%s", command, code, out.String())
		}
	}
	data, err := os.ReadFile(filepath.Join(public, "data", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Recommendations []decision.Recommendation `json:"recommendations"`
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	pages, err := pageTexts(os.DirFS(public))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range report.Recommendations {
		got[r.Feature] = string(r.Strength) + ": " + string(r.Verdict)
		if !r.Next.After(time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: next on %s", r.Feature, r.Next)
		}
		if page := pages["features/"+r.Feature+"/index.html"]; !nextDate.MatchString(page) {
			t.Errorf("%s: its page has no next date", r.Feature)
		}
	}
	want := map[string]string{
		"buildpacks": "leaning towards: make default", "custom-helm-charts": "too early: too early",
		"gitops": "find out: investigate (insufficient data)", "vault": "find out: investigate (insufficient data)",
	}
	for feature, verdict := range want {
		t.Run(feature, func(t *testing.T) {
			if got[feature] != verdict {
				t.Errorf("%s: %q, want %q", feature, got[feature], verdict)
			}
		})
	}
	charts := pages["features/custom-helm-charts/index.html"]
	for _, text := range []string{"too early", "first possible on 23 jan 2025", "12 weeks since general availability"} {
		if !strings.Contains(charts, text) {
			t.Errorf("the page of a feature that is two weeks old does not say %q", text)
		}
	}
	if strings.Contains(charts, "recommended deprecate") || strings.Contains(charts, "holds whatever") {
		t.Error("something is recommended about a feature that is two weeks old")
	}
}
