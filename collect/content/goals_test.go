package content

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestGoalsAreResolved(t *testing.T) {
	c, problems := Read(fstest.MapFS{
		"teams.toml":         {Data: []byte("[[group]]\nid = \"shop\"\n[[team]]\nid = \"checkout\"\nformerly = [\"cart\"]\n")},
		"features/gitops.md": {Data: []byte("+++\ntitle = \"GitOps\"\n+++\n")},
		"goals.toml": {Data: []byte(`[[goal]]
metric = "dora.lead_time"
at_most = 1
unit = "hours"
by = 2025-01-01
owner = "x"
[[goal]]
metric = "dora.lead_time"
at_most = 2
unit = "hours"
by = 2025-01-01
for = "cart"
owner = "x"
[[goal]]
metric = "space.nps"
at_least = 40
by = 2025-01-01
for = "shop"
owner = "x"
[[goal]]
metric = "adoption.share"
at_least = 70
unit = "%"
by = 2025-01-01
for = "gitops"
owner = "x"
[[goal]]
metric = "dora.lead_time"
at_most = 3
unit = "hours"
by = 2025-01-01
for = "organisation"
owner = "x"
`)},
	})
	if len(problems) != 1 || problems[0].Line != 28 || problems[0].Text != "goal for dora.lead_time by 2025-01-01 is written twice" {
		t.Errorf("%v", problems)
	}
	want := []struct {
		kind fact.GoalKind
		id   string
		line int
	}{
		{fact.GoalOrganisation, "", 1}, {fact.GoalTeam, "checkout", 7}, {fact.GoalGroup, "shop", 14}, {fact.GoalFeature, "gitops", 20}, {fact.GoalOrganisation, "", 27},
	}
	for i, w := range want {
		t.Run(fmt.Sprint(w.kind), func(t *testing.T) {
			if g := &c.Goals[i]; g.Kind != w.kind || g.For != w.id || g.Line != w.line {
				t.Errorf("goal %d: %s %q on line %d, want %+v", i, g.Kind, g.For, g.Line, w)
			}
		})
	}
	if g := &c.Goals[1]; g.LineOf("for") != 12 || g.LineOf("because") != 7 {
		t.Errorf("lines %v", g.Lines)
	}
}

func TestExpectedEffectsAreChecked(t *testing.T) {
	read := func(expected string) []Problem {
		_, problems := Read(fstest.MapFS{"roadmap/a.md": {Data: []byte("+++\nstatus = \"idea\"\n[expected]\n" + expected + "+++\n")}})
		return problems
	}
	whole := "outcome = \"dora.lead_time\"\nchange = -20\nrange = [-35, -5]\non = 2024-10-07\nlooks = [2025-01-06, 2025-02-03]\n"
	if p := read(whole); len(p) > 0 {
		t.Errorf("%v", p)
	}
	for text, want := range map[string]string{
		"": "outcome is missing",
		"outcome = \"dora.lead_time\"\nlooks = [2025-01-06]\non = 2024-10-07\n":                                  "change is missing",
		"outcome = \"dora.lead_time\"\nchange = 0\nlooks = [2025-01-06]\non = 2024-10-07\n":                      "change is 0, which is not an effect",
		"outcome = \"dora.lead_time\"\nchange = -100\nlooks = [2025-01-06]\non = 2024-10-07\n":                   "change is -100 %, but nothing can fall by 100 % or more",
		"outcome = \"dora.lead_time\"\nchange = -20\nrange = [-5, -35]\nlooks = [2025-01-06]\non = 2024-10-07\n": "range [-5, -35] is not a range",
		"outcome = \"dora.lead_time\"\nchange = -20\nrange = [-15, -5]\nlooks = [2025-01-06]\non = 2024-10-07\n": "change -20 is outside range [-15, -5]",
		"outcome = \"dora.lead_time\"\nchange = -20\non = 2024-10-07\n":                                          "looks is missing",
		"outcome = \"dora.lead_time\"\nchange = -20\nlooks = [2025-01-06]\n":                                     "on is missing",
		"outcome = \"dora.lead_time\"\nchange = -20\nlooks = [2025-02-03, 2025-01-06]\non = 2024-10-07\n":        "looks are not in order",
		"outcome = \"dora.lead_time\"\nchange = -20\nlooks = [2024-10-07]\non = 2024-10-07\n":                    "first look 2024-10-07 is not after the prediction of 2024-10-07",
		"outcome = \"lead\"\nchange = -20\nlooks = [2025-01-06]\non = 2024-10-07\n":                              "unknown measure \"lead\" in outcome",
		"outcome = \"dora.lead_time\"\nchange = -20\nunit = \"hours\"\nlooks = [2025-01-06]\non = 2024-10-07\n":  "unknown unit \"hours\"",
	} {
		t.Run(text, func(t *testing.T) {
			found := false
			for _, p := range read(text) {
				found = found || p.Text == want
			}
			if !found {
				t.Errorf("%q: %v, want %q", text, read(text), want)
			}
		})
	}
}
