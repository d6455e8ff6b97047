package content

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func readSite(t testing.TB) fact.Content {
	t.Helper()
	c, problems := Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		t.Fatal(problemsText(problems))
	}
	return c
}

func TestSiteHasTheOrganisationItPromises(t *testing.T) {
	c := readSite(t)
	developers := 0
	services := map[string]bool{}
	perGroup := map[string]int{}
	for i := range c.Teams {
		team := &c.Teams[i]
		developers += team.Developers
		perGroup[team.Group] += team.Developers
		if team.Developers < 3 || team.Developers > 6 {
			t.Errorf("team %s has %d developers", team.ID, team.Developers)
		}
		for _, o := range team.Owns {
			services[o.Repository+" "+strings.Join(o.Paths, " ")] = true
		}
	}
	if len(c.Teams) != 60 || developers != 250 || len(services) < 110 || len(services) > 120 {
		t.Errorf("%d teams, %d developers, %d services", len(c.Teams), developers, len(services))
	}
	for group, n := range perGroup {
		if n < 20 { // 72 % answer a survey, and rows need five answers
			t.Errorf("group %s has only %d developers", group, n)
		}
	}
}

func TestSiteScoresAsTheConceptDoes(t *testing.T) {
	c := readSite(t)
	scores := map[string]float64{}
	score := func(id string, r *fact.RICE) {
		impact, confidence := levelNumber(r.Impact, lintOptions.Impact), levelNumber(r.Confidence, lintOptions.Confidence)
		scores[id] = *r.Reach * *impact * *confidence / 100 / *r.Effort
	}
	open := 0
	for i := range c.Initiatives {
		x := &c.Initiatives[i]
		if x.Rice == nil || x.Status == fact.Done {
			continue
		}
		open++
		score(x.ID, x.Rice)
	}
	for i := range c.Cases {
		score(c.Cases[i].ID, c.Cases[i].Rice)
	}
	want := map[string]float64{
		"auto-deploy-on-merge": 180, "custom-backstage-theme": 200, "vault-auto-rotation": 26.25, "ai-code-assistant": 25,
		"faster-builds": 225, "kubernetes-dashboard": 210,
	}
	if diff := cmp.Diff(want, scores); diff != "" || open != 4 {
		t.Errorf("%d ranked: %s", open, diff)
	}
}

// What the example is known to leave undone is part of its story.
func TestSiteLint(t *testing.T) {
	want := `research/troubleshoot-applications.md:1: nobody works on this job; link it from an initiative, feature or case, or refuse it with wont-build [pain-not-worked-on] warning
roadmap/activities.toml:25: "Data Analysis" is 13 days late; declare it done, or give it more weeks [late] warning
roadmap/activities.toml:40: "NPS Survey Monthly" is 10 days late to start; declare it active, or move its start [late] warning
roadmap/auto-deploy-on-merge.md:8: numbers without a reason: no effort_because; write the reason for each number [rice-no-because] note
roadmap/custom-backstage-theme.md:1: nobody asked for this: it links to no research; link some: research = ["…"] [initiative-not-asked-for] warning
roadmap/custom-backstage-theme.md:12: confidence 100 % without any research; link the research, or be less sure [rice-confidence-without-research] warning
`
	if diff := cmp.Diff(want, findingsText(Lint(readSite(t), lintOptions))); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkReadSite(b *testing.B) {
	fsys := os.DirFS("../../site")
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Read(fsys); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}
