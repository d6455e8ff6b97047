package content

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var lintOptions = LintOptions{
	AsOf:       date("2024-11-11"),
	Impact:     map[string]float64{"low": 1, "medium": 2, "high": 3, "very high": 4},
	Confidence: map[string]float64{"low": 50, "medium": 70, "high": 90},
}

func findingsText(list []Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s [%s] %s\n", f.Error(), f.Rule, f.Level)
	}
	return b.String()
}

// quiet is content that no rule has anything to say about, as of lintOptions.
func quiet() map[string]string {
	return map[string]string{
		"measures.toml":        "[[measure]]\nid = \"build_minutes\"\n",
		"features/gitops.md":   md + "owner = \"delivery\"\n[adoption]\neligible = 60\neligible_on = 2024-10-01\n" + md,
		"research/pain.md":     md + "kind = \"interview\"\ndate = 2024-10-01\nproblem = \"slow\"\n" + md,
		"roadmap/auto.md":      md + "status = \"idea\"\nresearch = [\"pain\"]\n" + md,
		"roadmap/never.md":     md + "status = \"wont-build\"\nreason = \"no\"\nrevisit = 2025-01-06\n" + md,
		"cases/builds.md":      md + "[[result]]\nmeasure = \"build_minutes\"\nbefore = 40\nafter = 8\n" + md + "See [it](../features/gitops.md#why) and [out](https://example.com/x.md).\n",
		"decisions/a.md":       md + "feature = \"gitops\"\ndecision = \"accept\"\nby = \"pm\"\non = 2024-11-05\ndeadline = 2025-06-30\nreason = \"r\"\n" + md,
		"roadmap/samples.md":   md + "draft = true\nstatus = \"active\"\nrice = { confidence = 90 }\n" + md + "[x](gone.md)",
		"tickets/themes.toml":  "",
		"surveys/2024-10.toml": "file = \"a.csv\"\nsent = 2024-10-15\nnps = \"q\"\n",
	}
}

func TestLintIsQuietOnGoodContent(t *testing.T) {
	c, problems := Read(mapFS(quiet()))
	if len(problems) > 0 {
		t.Fatal(problemsText(problems))
	}
	if diff := cmp.Diff("", findingsText(Lint(c, lintOptions))); diff != "" {
		t.Error(diff)
	}
}

// riceFile takes a status, research, impact, confidence and further lines.
const riceFile = md + "status = \"%s\"\nresearch = [%s]\n[rice]\nreach = 200\nreach_because = \"b\"\nimpact = %s\nimpact_because = \"b\"\nconfidence = %s\nconfidence_because = \"b\"\neffort = 3\neffort_because = \"b\"\n%s" + md

// lintTests add one file to quiet and name all findings.
var lintTests = []struct{ name, file, text, want string }{
	{"persons in a page", "pages/a.md", md + "title = \"A\"\nsummary = \"ask jane.doe@example.com\"\n" + md + "Thanks to @jdoe (and @ann).\n\n`@code` and x@y\n```\n@Override\nme@example.com\n```\n@acme/platform, jane.doe@example.com, a@b-c.example.org\n", `
pages/a.md:3: names a person: jane.doe@example.com; publish roles, not people [names-a-person] warning
pages/a.md:5: names a person: @ann; publish roles, not people [names-a-person] warning
pages/a.md:5: names a person: @jdoe; publish roles, not people [names-a-person] warning
pages/a.md:12: names a person: a@b-c.example.org; publish roles, not people [names-a-person] warning`},
	{"persons in lists", "decisions/b.md", md + "feature = \"gitops\"\ndecision = \"accept\"\nby = \"@boss\"\non = 2024-11-05\ndeadline = 2025-06-30\nreason = \"r\"\nlinks = [{ title = \"bob@example.com\", url = \"https://example.com\" }]\n" + md, `
decisions/b.md:4: names a person: @boss; publish roles, not people [names-a-person] warning
decisions/b.md:8: names a person: bob@example.com; publish roles, not people [names-a-person] warning`},
	{"members are private", "teams.toml", "[[team]]\nid = \"a\"\ndevelopers = 3\nmembers = [\"ann@example.com\"]\n", ""},
	{"titles of teams are not", "teams.toml", "[[team]]\nid = \"a\"\ntitle = \"ann@example.com\"\n", `
teams.toml:1: names a person: ann@example.com; publish roles, not people [names-a-person] warning`},
	{"themes that never match", "tickets/themes.toml", "[[theme]]\ntitle = \"A\"\nmatch = [\"build\", \"log(in|out)\"]\n[[theme]]\ntitle = \"B\"\nmatch = [\"slow build\", \"login\"]\n[[theme]]\ntitle = \"C\"\nmatch = [\"build\", \"vault\"]\n[[theme]]\ntitle = \"D\"\nmatch = [\"x*\"]\n", `
tickets/themes.toml:4: theme "B" never matches: earlier themes take all of its titles; move it before them; the first theme that matches wins [theme-never] warning
tickets/themes.toml:10: match "x*" matches every title; write words that titles about it have [theme-all] warning`},
	{"nobody asked", "roadmap/a.md", md + "status = \"approved\"\n" + md, `
roadmap/a.md:1: nobody asked for this: it links to no research; link some: research = ["…"] [initiative-not-asked-for] warning`},
	{"asked from the other side", "research/other.md", md + "kind = \"interview\"\ndate = 2024-10-01\nproblem = \"p\"\ninitiatives = [\"auto\"]\n" + md, ""},
	{"off scale", "roadmap/a.md", fmt.Sprintf(riceFile, "idea", `"pain"`, "2.5", "70", ""), `
roadmap/a.md:7: impact 2.5 is not a step of the scale; steps are 1 (low), 2 (medium), 3 (high), 4 (very high) [rice-off-scale] warning`},
	{"unknown word", "roadmap/a.md", fmt.Sprintf(riceFile, "idea", `"pain"`, `"hihg"`, "70", ""), `
roadmap/a.md:7: unknown impact "hihg", so no score; did you mean "high"? [rice-unknown-word] error`},
	{"sure without research", "roadmap/a.md", fmt.Sprintf(riceFile, "requested", "", `"high"`, `"high"`, ""), `
roadmap/a.md:9: confidence 90 % without any research; link the research, or be less sure [rice-confidence-without-research] warning`},
	{"outside range", "roadmap/a.md", fmt.Sprintf(riceFile, "idea", `"pain"`, `"high"`, "70", "effort_range = [4, 5]\nimpact_range = [1, 2]\n"), `
roadmap/a.md:13: effort 3 is outside its range 4 to 5 [rice-outside-range] warning
roadmap/a.md:14: impact 3 is outside its range 1 to 2 [rice-outside-range] warning`},
	{"stale", "roadmap/a.md", fmt.Sprintf(riceFile, "idea", `"pain"`, `"high"`, "70", "estimated = 2024-01-01\n"), `
roadmap/a.md:4: estimate is 315 days old; review it, and set estimated to that day [rice-stale] warning`},
	{"incomplete", "roadmap/a.md", md + "status = \"idea\"\nresearch = [\"pain\"]\nrice = { reach = 3 }\n" + md, `
roadmap/a.md:4: no score: impact, confidence, effort missing [rice-incomplete] warning
roadmap/a.md:4: numbers without a reason: no reach_because; write the reason for each number [rice-no-because] note`},
	{"phases", "roadmap/a.md", md + `status = "active"
research = ["pain"]
[[phase]]
name = "alpha"
start = 2024-10-07
weeks = 4
[[phase]]
name = "beta"
start = 2024-10-01
status = "planned"
criteria = [{ text = "t" }]
` + md, `
roadmap/a.md:4: phase "alpha" has no criteria for leaving it; write what must be true to go on [phase-without-criteria] warning
roadmap/a.md:7: phase "alpha" is 7 days late; declare it done, or give it more weeks [late] warning
roadmap/a.md:10: phase "beta" is 41 days late to start; declare it active, or move its start [late] warning
roadmap/a.md:10: phase "beta" starts before "alpha" [phase-order] warning`},
	{"left phases are not late", "roadmap/a.md", md + `status = "active"
research = ["pain"]
[[phase]]
name = "alpha"
start = 2024-09-01
weeks = 2
criteria = [{ text = "t" }]
[[phase]]
name = "ga"
start = 2024-11-04
criteria = [{ text = "t" }]
` + md, ""},
	{"active without phase", "roadmap/a.md", md + "status = \"active\"\nresearch = [\"pain\"]\n" + md, `
roadmap/a.md:2: active, but has no phase; add [[phase]] with name, start and weeks [phase-missing] warning`},
	{"done without result", "roadmap/a.md", md + "status = \"done\"\nresearch = [\"pain\"]\n" + md, `
roadmap/a.md:2: done, but it has no result; add [[result]], also if nothing changed [result-missing] warning`},
	{"override", "roadmap/a.md", md + "status = \"idea\"\nresearch = [\"pain\"]\n[override]\npriority = 1\nreason = \"r\"\nuntil = 2024-11-10\n" + md, `
roadmap/a.md:4: override has no role or no date; add by and on [override-unsigned] warning
roadmap/a.md:7: override expired 1 day ago: the score decides again; remove it, or renew it with a reason [override-expired] warning`},
	{"override clash", "roadmap/zz.md", md + "status = \"idea\"\nresearch = [\"pain\"]\n[override]\npriority = 1\nreason = \"r\"\nby = \"pm\"\non = 2024-10-01\n" + md, `
roadmap/zz.md:5: priority 1 is claimed by "first" too [override-clash] warning`},
	{"revisit", "roadmap/a.md", md + "status = \"wont-build\"\nreason = \"r\"\nrevisit = 2024-11-01\n" + md, `
roadmap/a.md:4: its revisit date passed 10 days ago; decide again, or move revisit [revisit-due] warning`},
	{"activity", "roadmap/activities.toml", "[[activity]]\ntitle = \"A\"\ntrack = \"discovery\"\nstatus = \"active\"\nstart = 2024-10-22\nweeks = 1\n[[activity]]\ntitle = \"B\"\ntrack = \"discovery\"\nstart = 2024-11-01\n", `
roadmap/activities.toml:6: "A" is 13 days late; declare it done, or give it more weeks [late] warning
roadmap/activities.toml:10: "B" is 10 days late to start; declare it active, or move its start [late] warning`},
	{"pain", "research/a.md", md + "kind = \"shadowing\"\nproblem = \"p\"\n" + md, `
research/a.md:1: has no date, so it counts in no quarter; add date [research-undated] warning
research/a.md:3: nobody works on this pain; link it from an initiative, feature or case, or refuse it with wont-build [pain-not-worked-on] warning`},
	{"job", "research/a.md", md + "kind = \"job\"\n" + md, `
research/a.md:1: nobody works on this job; link it from an initiative, feature or case, or refuse it with wont-build [pain-not-worked-on] warning`},
	{"insight", "research/a.md", md + "kind = \"insight\"\ndate = 2024-10-01\n" + md, `
research/a.md:1: insight names no source of data; add source or measure [evidence-missing] warning`},
	{"unanswered", "research/a.md", md + "kind = \"conversation\"\ndate = 2024-10-01\nrequest = \"r\"\n" + md, `
research/a.md:4: asked more than 30 days ago, and no answer is recorded; set answered to the day they heard back [request-unanswered] note`},
	{"feature", "features/a.md", md + "[adoption]\neligible = 60\n" + md, `
features/a.md:1: has no owner; name a team or role: owner = "…" [owner-missing] note
features/a.md:3: eligible units were counted on an unknown day; add eligible_on [eligible-undated] note`},
	{"case", "cases/a.md", md + "value = { basis = \"estimated\" }\n[[result]]\ntext = \"t\"\nbasis = \"measured\"\n" + md, `
cases/a.md:2: value is estimated without a reason; add because [evidence-missing] note
cases/a.md:3: result is called measured but names no measure; declare the measure, or write basis = "reported" [evidence-missing] warning`},
	{"deadline", "decisions/b.md", md + "feature = \"gitops\"\ndecision = \"accept\"\nby = \"pm\"\non = 2024-10-05\ndeadline = 2024-11-01\nreason = \"r\"\n" + md, `
decisions/b.md:6: deadline passed 10 days ago; record what happened, or a new decision [late] warning`},
	{"dead link", "pages/a.md", md + md + "\nText\nand [x](../features/gitps.md) [y](#z) [z](../roadmap/auto.md)\n", `
pages/a.md:5: link to "../features/gitps.md" has no target; did you mean "features/gitops.md"? [dead-link] warning`},
}

func TestLint(t *testing.T) {
	for _, test := range lintTests {
		t.Run(test.name, func(t *testing.T) {
			files := quiet()
			files[test.file] = test.text
			if test.name == "override clash" {
				files["roadmap/first.md"] = test.text
			}
			c, problems := Read(mapFS(files))
			if len(problems) > 0 {
				t.Fatal(problemsText(problems))
			}
			got := strings.TrimSuffix(findingsText(Lint(c, lintOptions)), "\n")
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
