package doctor

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect"
)

func TestJudgeEnvironments(t *testing.T) {
	seen := func(names ...string) []collect.Seen {
		var list []collect.Seen
		for _, n := range names {
			list = append(list, collect.Seen{Name: n, Count: 412})
		}
		return list
	}
	tests := []struct {
		name  string
		names []string
		want  []string // texts of suggestions
		line  string   // of the last
	}{
		{"as it should be", []string{"production", "staging", "github-pages", "pr-12", "production-preview", "Sandbox"}, nil, ""},
		{"near miss", []string{"production", "prd-eu", "dev"}, []string{`environment "prd-eu" ×412 looks like production and does not count`}, `[deploy] production = "(?i)^prod|(?i)^prd"`},
		{"in the middle", []string{"eu-live", "eu-staging"}, []string{`environment "eu-live" ×412 looks like production and does not count`}, `[deploy] production = "(?i)^prod|(?i)(^|[-_/. ])live"`},
		{"doubtful", []string{"production", "prod-test"}, []string{`environment "prod-test" ×412 counts as production and does not look like it`}, `[deploy] exclude = "(?i)^github-pages$|preview|staging|sandbox|^prod-test$"`},
		{"not near", []string{"production", "nonprod", "pre-prod", "maintenance", "reprod"}, nil, ""},
		{"nothing counts", []string{"blue", "dev"}, []string{"no environment counts as production: no deployment will be counted"}, `[deploy] production = "^blue$"`},
		{"none at all", nil, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := config.Default()
			_, hints := judgeEnvironments(&c, seen(tt.names...))
			var got []string
			line := ""
			for _, h := range hints {
				got, line = append(got, h.Text), h.Config
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || line != tt.line {
				t.Errorf("%s\nlast line %s, want %s", diff, line, tt.line)
			}
			if !strings.Contains(line, "production = ") {
				return
			}
			// What is suggested does what it says.
			changed, problems := config.Parse("config.toml", []byte("[deploy]\n"+strings.TrimPrefix(line, "[deploy] ")))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if _, again := judgeEnvironments(&changed, seen(tt.names...)); len(again) > 0 {
				t.Errorf("after it: %v", again)
			}
		})
	}
}

func TestJudgeWorkflowsAndLabels(t *testing.T) {
	f := &config.Forge{Kind: config.KindGitHub, ForgeKeys: &config.ForgeKeys{IncidentLabels: []string{"incident"}}, GitHub: &config.GitHub{}}
	workflows := []collect.Seen{
		{Name: ".github/workflows/deploy.yml", Count: 30}, {Name: "CI", Count: 500}, {Name: "deploy-preview.yml"}, {Name: "release.yml", Matched: true},
	}
	hints := judgeWorkflows(f, workflows, false)
	if len(hints) != 1 || hints[0].Config != `[[github]] deployments = ["workflows"], workflows = [{ file = "deploy.yml" }]` {
		t.Errorf("got %+v", hints)
	}
	if hints := judgeWorkflows(f, workflows, true); len(hints) > 0 {
		t.Errorf("environments count, and yet: %+v", hints)
	}
	labels := []collect.Seen{{Name: "incident", Matched: true}, {Name: "sev1", Count: 3}, {Name: "bug"}, {Name: "type: outage"}, {Name: "p100"}, {Name: "SEV-0"}}
	hints = judgeLabels(f, labels)
	if len(hints) != 3 || hints[2].Config != `[[github]] incident_labels = ["incident", "sev1", "type: outage", "SEV-0"]` {
		t.Errorf("got %+v", hints)
	}
}

func TestProductionPattern(t *testing.T) {
	for _, name := range []string{"prd-eu", "eu/prd", "LIVE", "prod2"} {
		if p := "(?i)" + productionPattern(name); !regexp.MustCompile(p).MatchString(name) {
			t.Errorf("%s does not match %s", p, name)
		}
	}
}
