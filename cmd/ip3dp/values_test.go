package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// TestValuesOfTheExample holds value and state of every metric of the example to
// testdata/values/example.txt. A change that moves a number shows it there, and
// explains it.
func TestValuesOfTheExample(t *testing.T) {
	if _, err := exampleSite(); err != nil {
		t.Fatal(err)
	}
	holdsValues(t, "example", valuesOfExample)
}

// TestValuesOfSmallClones holds those of eight small clones.
func TestValuesOfSmallClones(t *testing.T) {
	for _, tt := range smallClones {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.make().write(t, tt.name, tt.depth)
			ip3dp := func(args ...string) {
				var out bytes.Buffer
				if code := start(args, nil, strings.NewReader(""), &out, &out); code != exit.Complete && code != exit.Partial {
					t.Fatalf("ip3dp %s: exit code %d\n%s", args[0], code, out.String())
				}
			}
			ip3dp("init", "--yes", dir)
			if tt.teams != "" {
				put(t, filepath.Join(dir, "teams.toml"), tt.teams)
			}
			file := filepath.Join(dir, "config.toml") // the numbers of teams are held, too
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			put(t, file, strings.Replace(string(data), `audience = "public"`, `audience = "organisation"`, 1))
			ip3dp("build", "--config", filepath.Join(dir, "config.toml"), "--now", "2026-05-02")
			values, err := publishedValues(filepath.Join(dir, "public"))
			if err != nil {
				t.Fatal(err)
			}
			holdsValues(t, tt.name, values)
		})
	}
}

// holdsValues compares values with their golden file, or writes it with -update.
func holdsValues(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", "values", name+".txt")
	if *updateGolden {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, golden, got)
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s: numbers moved (-was +is). If each is meant and explained, run with -update\n%s", golden, diff)
	}
}

// publishedValues returns a line for each metric and scope that a site published.
func publishedValues(public string) (string, error) {
	var m compute.Measured
	if err := readJSON(filepath.Join(public, "data", "measured.json"), &m); err != nil {
		return "", err
	}
	var r compute.Report
	if err := readJSON(filepath.Join(public, "data", "report.json"), &r); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, s := range append(m.Sections, r.Found) {
		for i := range s.Metrics {
			b.WriteString(valueLine(&s.Metrics[i]))
		}
	}
	return b.String(), nil
}

// valueLine has ID, scope, state, value with its interval to six digits, and n; for
// n/a the reason.
func valueLine(x *metric.Metric) string {
	number := func(v *float64) string {
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%.6g", *v)
	}
	scope := strings.TrimSpace(string(x.Scope.Kind) + " " + x.Scope.ID)
	line := fmt.Sprintf("%s | %s | %s | ", x.ID, scope, x.State)
	if x.State == metric.NotAvailable {
		return line + x.Why + "\n"
	}
	line += number(x.Value)
	if x.Lo != nil || x.Hi != nil {
		line += fmt.Sprintf(" (%s to %s)", number(x.Lo), number(x.Hi))
	}
	var n []string
	for _, c := range x.N {
		n = append(n, fmt.Sprintf("%d %s", c.N, c.What))
	}
	return line + " | " + strings.Join(n, ", ") + "\n"
}
