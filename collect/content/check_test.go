package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ip3dp/ip3dp/collect/text"
)

// checkTests replace one file of small and name the problems of that file.
var checkTests = []struct{ name, file, text, want string }{
	{"unknown group", "teams.toml", "[[group]]\nid = \"payments\"\n[[team]]\nid = \"a\"\ngroup = \"payment\"\n", `
teams.toml:5: unknown group "payment" in group; did you mean "payments"?`},
	{"unknown parent", "teams.toml", "[[group]]\nid = \"payments\"\n[[group]]\nid = \"cards\"\nparent = \"payment\"\n", `
teams.toml:5: unknown group "payment" in parent; did you mean "payments"?`},
	{"group of itself", "teams.toml", "[[group]]\nid = \"a\"\nparent = \"a\"\n", `
teams.toml:3: group "a" is part of itself: a → a; leave parent out in one of them`},
	{"circle of groups", "teams.toml", "[[group]]\nid = \"z\"\nparent = \"a\"\n[[group]]\nid = \"a\"\nparent = \"b\"\n[[group]]\nid = \"b\"\nparent = \"a\"\n", `
teams.toml:6: group "a" is part of itself: a → b → a; leave parent out in one of them`},
	{"groups of groups", "teams.toml", "[[group]]\nid = \"a\"\n[[group]]\nid = \"b\"\nparent = \"a\"\n[[group]]\nid = \"c\"\nparent = \"b\"\n", ""},
	{"team twice", "teams.toml", "[[team]]\nid = \"a\"\n[[team]]\nid = \"a\"\n", `
teams.toml:4: team "a" is written twice; remove one`},
	{"former ID taken", "teams.toml", "[[team]]\nid = \"a\"\n[[team]]\nid = \"b\"\nformerly = [\"a\"]\n", `
teams.toml:5: former ID "a" of "b" is taken by team "a"`},
	{"two heirs of one ID", "teams.toml", "[[team]]\nid = \"a\"\nformerly = [\"x\"]\n[[team]]\nid = \"b\"\nformerly = [\"x\"]\n", `
teams.toml:6: former ID "x" of "b" is taken by team "a"`},
	{"team and group", "teams.toml", "[[group]]\nid = \"a\"\n[[team]]\nid = \"a\"\n", `
teams.toml:2: "a" is a team and a group; surveys name both: give one of them another ID`},
	{"invalid ID", "teams.toml", "[[team]]\nid = \"Team A\"\n[[team]]\n", `
teams.toml:2: "Team A" is not a valid ID; use lower-case letters, digits and dashes, at most 80
teams.toml:3: id is missing; every team needs one`},
	{"reserved by file systems", "teams.toml", "[[team]]\nid = \"con\"\n[[team]]\nid = \"com1\"\n[[team]]\nid = \"lpt10\"\n[[team]]\nid = \"console\"\n", `
teams.toml:2: "con" is a name that file systems reserve for a device; choose another ID, such as "con-1"
teams.toml:4: "com1" is a name that file systems reserve for a device; choose another ID, such as "com1-1"`},
	{"reserved file", "features/aux.md", md + md, `
features/aux.md: "aux" is a name that file systems reserve for a device; choose another ID, such as "aux-1"`},
	{"one repository in several spellings", "teams.toml", "[[team]]\nid = \"a\"\n[[team.owns]]\nrepository = \"Acme/X\"\n[[team.owns]]\nrepository = \"https://github.com/acme/x.git\"\n", `
teams.toml:5: team "a" owns Acme/X twice at the same time; first on line 3; give them dates that do not overlap`},
	{"negative developers", "teams.toml", "[[team]]\nid = \"a\"\ndevelopers = -1\n", `
teams.toml:3: developers is -1, below 0`},
	{"scope owned twice", "teams.toml", "[[team]]\nid = \"a\"\n[[team.owns]]\nrepository = \"x/y\"\nuntil = 2024-06-01\n[[team.owns]]\nrepository = \"x/y\"\nfrom = 2024-05-01\n", `
teams.toml:6: team "a" owns x/y twice at the same time; first on line 3; give them dates that do not overlap`},
	{"scope handed over", "teams.toml", "[[team]]\nid = \"a\"\n[[team.owns]]\nrepository = \"x/y\"\nuntil = 2024-05-01\n[[team.owns]]\nrepository = \"x/y\"\nfrom = 2024-05-01\n", ""},
	{"scope shared", "teams.toml", "[[team]]\nid = \"a\"\nowns = [{ repository = \"x/y\" }]\n[[team]]\nid = \"b\"\nowns = [{ repository = \"x/y\" }]\n", ""},
	{"ownership", "teams.toml", "[[team]]\nid = \"a\"\n[[team.owns]]\nfrom = 2024-02-01\nuntil = 2024-01-01\npaths = [\"/a\", \"b/../../c\", \"[\", \"\"]\n", `
teams.toml:3: repository is missing; write repository = "owner/name"
teams.toml:5: until 2024-01-01 is not after from 2024-02-01
teams.toml:6: path "/a" does not begin at the root of the repository; write it like "services/a/**"
teams.toml:6: path "[" is not a pattern; write it like "services/a/**"
teams.toml:6: path "b/../../c" leads out of the repository; write it like "services/a/**"
teams.toml:6: path is empty; write it like "services/a/**"`},
	{"measure", "measures.toml", "[[measure]]\nid = \"a\"\nbetter = \"higher\"\naggregate = \"avg\"\n[[measure]]\nid = \"b\"\ntarget = 3\n", `
measures.toml:1: unknown aggregate "avg"; one of mean, median, sum, last
measures.toml:1: unknown better "higher"; one of up, down
measures.toml:5: measure "b" has a target but no direction; write better = "up" or "down"`},
	{"failures", "failures.toml", "[[failure]]\n[[failure]]\ndeployment = \"7\"\nfailed = false\nrestored = 2024-10-07\nreason = \"r\"\nby = \"sre\"\non = 2024-10-07\n[[failure]]\ndeployment = \"7\"\nfailed = true\nreason = \"r\"\nby = \"sre\"\non = 2024-10-07\n", `
failures.toml:1: by is missing; write a role: by = "on-call engineer"
failures.toml:1: deployment is missing; write the deployment's ID as the evidence page shows it
failures.toml:1: failed is missing; write failed = true or failed = false
failures.toml:1: on is missing; write the day it was decided: on = 2024-10-07
failures.toml:1: reason is missing; write why other evidence is wrong or missing
failures.toml:5: restored is set for a deployment that did not fail
failures.toml:10: deployment "7" is listed twice; first on line 2; keep one`},
	{"own successor", "features/a.md", md + "successor = \"a\"\n" + md, `
features/a.md:2: feature "a" is its own successor`},
	{"adoption", "features/a.md", md + "[adoption]\nunit = \"teams\"\nsource = \"rule\"\npredicted = 120\n[decision]\nadoption_low = 70\nadoption_high = 20\n" + md, `
features/a.md:3: unknown unit "teams"; did you mean "team"?
features/a.md:4: source is "rule", but the rule is missing; add [adoption.rule] with pipeline, deployed, creator or environment
features/a.md:5: predicted is 120, outside 0 to 100 %
features/a.md:7: adoption_low 70 is not below adoption_high 20`},
	{"rule and list not used", "features/a.md", md + "[adoption]\nrule = { deployed = \"(\" }\nuse = [{ unit = \"checkout\" }]\n" + md, `
features/a.md:3: deployed "(" is not a regular expression; see https://golang.org/s/re2syntax
features/a.md:3: rule is not used; write source = "rule"
features/a.md:4: list is not used; write source = "list"`},
	{"parts", "features/a.md", md + "part = [{ id = \"a\" }, { id = \"a\" }, { id = \"\" }]\n" + md, `
features/a.md:2: "" is not a valid ID; use lower-case letters, digits and dashes
features/a.md:2: part "a" is written twice`},
	{"status", "roadmap/a.md", md + "status = \"activ\"\n" + md, `
roadmap/a.md:2: unknown status "activ"; did you mean "active"?`},
	{"no status", "roadmap/a.md", md + md, `
roadmap/a.md:1: status is missing; one of requested, idea, approved, active, done, wont-build`},
	{"refused without a reason", "roadmap/a.md", md + "status = \"wont-build\"\n" + md, `
roadmap/a.md:1: reason is missing; write why it is not built; the reason is public`},
	{"override without a reason", "roadmap/a.md", md + "status = \"idea\"\n[override]\npriority = 0\nreason = \" \"\n" + md, `
roadmap/a.md:4: priority is 0, but the first is 1
roadmap/a.md:5: reason is missing; write why its rank differs from its score; without a reason the score decides`},
	{"rice", "roadmap/a.md", md + "status = \"idea\"\n[rice]\nreach = -1\nconfidence = 120\neffort = 0\neffort_range = [3, 2]\nreach_range = [1]\n" + md, `
roadmap/a.md:4: reach is -1, below 0
roadmap/a.md:5: confidence is 120, outside 0 to 100 %
roadmap/a.md:6: effort is 0, but must be above 0; write half a week as 0.5
roadmap/a.md:7: effort_range [3, 2] is not a range; write the low end first, above 0
roadmap/a.md:8: rice.reach_range: want two numbers, [low, high]`},
	{"phases", "roadmap/a.md", md + "status = \"active\"\n[[phase]]\nname = \"alpha\"\nstatus = \"started\"\nweeks = 999\naudience = { all = \"team\" }\n[[phase]]\nname = \"alpha\"\ncriteria = [\n{},\n{ text = \"t\", at_least = 3 },\n{ measure = \"gitops_uptime\" },\n{ measure = \"gitops_uptme\", under = 3 },\n{ measure = \"dora.lead_time\", under = 3 },\n]\n" + md, `
roadmap/a.md:5: unknown status "started"; one of planned, active, done, stopped
roadmap/a.md:6: weeks is 999, more than ten years
roadmap/a.md:7: unknown all "team"; did you mean "teams"?
roadmap/a.md:9: phase "alpha" is written twice
roadmap/a.md:11: criterion is empty; give it a text, or a measure with a limit
roadmap/a.md:12: criterion has a limit but no measure; name the measure; it is declared in measures.toml
roadmap/a.md:13: criterion on "gitops_uptime" has no limit; add at_least, at_most, over or under
roadmap/a.md:14: unknown measure "gitops_uptme" in measure; did you mean "gitops_uptime"?`},
	{"gates", "roadmap/a.md", md + "status = \"active\"\n[[phase]]\nname = \"alpha\"\noverride = \" \"\ncriteria = [\n{ measure = \"adoption.active\", feature = \"gitops\", at_least = 50 },\n{ measure = \"adoption.active\", at_least = 50 },\n{ measure = \"gitops_uptime\", feature = \"gitops\", at_least = 80, unit = \"%\" },\n{ measure = \"dora.lead_time\", under = 2, unit = \"hour\" },\n{ measure = \"gitops_uptime\", at_least = 80, unit = \"minutes\" },\n{ measure = \"adoption.share\", feature = \"gitop\", over = 3 },\n]\n[[phase]]\nname = \"beta\"\noverride = { reason = \"r\", by = \"lead\", on = 2024-10-07 }\n[[phase]]\nname = \"ga\"\noverride = { why = \"r\" }\n" + md, `
roadmap/a.md:5: reason is missing; write why the phase may be left without its criteria; the reason is public
roadmap/a.md:8: criterion on "adoption.active" needs a feature; add the key feature
roadmap/a.md:9: feature belongs to a metric of features only; write measure = "adoption.active" or another metric; the feature of a measure belongs in measures.toml
roadmap/a.md:10: unknown unit "hour"; did you mean "hours"?
roadmap/a.md:11: limit is in "minutes", but gitops_uptime is measured in "%"; leave unit out, or write the limit in that unit
roadmap/a.md:12: unknown feature "gitop" in feature; did you mean "gitops"?
roadmap/a.md:19: phase.2.override: want "the reason", or { reason = "…", by = "a role", on = 2024-10-07 }`},
	{"links", "roadmap/a.md", md + "status = \"idea\"\nlinks = [\n\"javascript:alert(1)\",\n\"/x\",\n{ title = \"t\" },\n]\nfeatures = [\n\"gitops\",\n\"argo\",\n\"gitop\"\n]\n" + md, `
roadmap/a.md:4: link "javascript:alert(1)" is not a web address; begin it with https://
roadmap/a.md:5: link "/x" is not a web address; begin it with https://
roadmap/a.md:6: links.2: want "https://…" or { title = "…", url = "https://…" }
roadmap/a.md:10: feature "gitops" is named twice in features
roadmap/a.md:11: unknown feature "gitop" in features.2; did you mean "gitops"?`},
	{"result", "roadmap/a.md", md + "status = \"done\"\n[[result]]\nbefore = 3\nbasis = \"guess\"\n" + md, `
roadmap/a.md:3: result has only one of before and after
roadmap/a.md:3: result is empty; give it a measure with before and after, or a text
roadmap/a.md:5: unknown basis "guess"; one of measured, reported, estimated`},
	{"activity", "roadmap/activities.toml", "[[activity]]\ntrack = \"discover\"\nweeks = -1\n", `
roadmap/activities.toml:1: id is missing; every activity needs one
roadmap/activities.toml:1: title is missing
roadmap/activities.toml:2: unknown track "discover"; did you mean "discovery"?
roadmap/activities.toml:3: weeks is -1, below 0`},
	{"research", "research/a.md", md + "kind = \"talk\"\nteams = [\"chekout\"]\njobs = [\"feature-flags\"]\nshare = 400\nasked = 2024-02-01\nanswered = 2024-01-01\nwhys = [[\"a\", \"b\", \"c\"]]\n" + md, `
research/a.md:2: unknown kind "talk"; one of interview, shadowing, job, insight, office-hours, retrospective, conversation
research/a.md:3: unknown team "chekout" in teams.0; did you mean "checkout"?
research/a.md:4: research "feature-flags" is of kind "conversation", not job
research/a.md:5: share is 400, outside 0 to 100 %
research/a.md:7: answered 2024-01-01 is before asked 2024-02-01
research/a.md:8: whys.0: want ["question", "answer"]`},
	{"case", "cases/a.md", md + "[value]\nsaved_per_year = 3\ncurrency = \"$\"\n[[delivery]]\nphase = \"alpha\"\n" + md, `
cases/a.md:2: basis is missing; one of measured, reported, estimated
cases/a.md:4: currency "$" is not a three-letter code; write it like "USD"
cases/a.md:5: text is missing`},
	{"theme", "tickets/themes.toml", "[[theme]]\ntitle = \"A\"\nmatch = [\"a\", \"(\"]\n[[theme]]\ntitle = \"B\"\n", `
tickets/themes.toml:3: match "(" is not a regular expression; see https://golang.org/s/re2syntax
tickets/themes.toml:4: match is missing; list regular expressions: match = ["slow.*build"]`},
	{"survey", "surveys/2024-11.toml", "sent = 2024-11-08\nclosed = 2024-11-01\nfile = \"../x\"\n[teams]\nTills = \"chekout\"\n", `
surveys/2024-11.toml:1: survey has no question; name the column of a question: nps = "How likely are you to recommend …"
surveys/2024-11.toml:2: closed 2024-11-01 is not after sent 2024-11-08
surveys/2024-11.toml:3: file "../x" is not a path below the folder of exports
surveys/2024-11.toml:5: unknown team or group "chekout" in teams; did you mean "checkout"?`},
	{"questions", "surveys/2024-11.toml", "file = \"x\"\nsent = 2024-11-01\n[[feature]]\nfeature = \"gitops\"\nquestion = \"q\"\n[[feature]]\nfeature = \"argo\"\n[[item]]\nid = \"a\"\nquestion = \"q\"\n[[item]]\nid = \"a\"\nmin = 3\nmax = 1\ndimension = \"joy\"\n[[code]]\nname = \"x\"\n", `
surveys/2024-11.toml:6: question is missing; name the column
surveys/2024-11.toml:7: feature "gitops" is asked about twice
surveys/2024-11.toml:11: question is missing; name the column
surveys/2024-11.toml:12: item "a" is written twice
surveys/2024-11.toml:14: scale from 3 to 1 is empty
surveys/2024-11.toml:15: unknown dimension "joy"; one of satisfaction, performance, activity, communication, efficiency
surveys/2024-11.toml:16: match is missing`},
	{"words of a survey", "surveys/2024-11.toml", "file = \"x\"\nsent = 2024-11-01\nnps = \"q\"\n[nps_words]\n\"Extremely likely\" = 10\nMaybe = 5.5\n[[feature]]\nfeature = \"gitops\"\nquestion = \"q\"\npositive = [\"yes\"]\nneutral = [\"Yes\"]\n[[item]]\nid = \"a\"\nquestion = \"q\"\nfractions = true\nwords = { yes = 6 }\n", `
surveys/2024-11.toml:6: "Maybe" is 5.5; a score is a whole number from 0 to 10
surveys/2024-11.toml:11: "Yes" is also positive; list each answer once
surveys/2024-11.toml:16: "yes" is 6; the scale is 1 to 5`},
	{"decision", "decisions/a.md", md + "feature = \"gitpos\"\ndecision = \"yes\"\nrecommended = \"kill\"\non = 2024-02-01\ndeadline = 2024-01-01\n" + md, `
decisions/a.md:1: by is missing; name the role that decided: by = "product manager"
decisions/a.md:1: reason is missing; a decision without a reason cannot be reviewed
decisions/a.md:2: unknown feature "gitpos" in feature; did you mean "gitops"?
decisions/a.md:3: unknown decision "yes"; one of accept, reject, postpone
decisions/a.md:4: unknown recommended "kill"; one of make default, invest, investigate, pivot or sunset, deprecate
decisions/a.md:6: deadline 2024-01-01 is not after on 2024-02-01`},
}

func TestCheck(t *testing.T) {
	for _, test := range checkTests {
		t.Run(test.name, func(t *testing.T) {
			files := small()
			files[test.file] = test.text
			_, problems := Read(mapFS(files))
			var own []Problem
			for _, p := range problems {
				if p.File == test.file { // replacing teams.toml breaks others' links to it
					own = append(own, p)
				}
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), strings.TrimSuffix(problemsText(own), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckFindsLongerCircleOfSuccessors(t *testing.T) {
	_, problems := Read(mapFS(map[string]string{
		"features/a.md": md + "successor = \"b\"\n" + md,
		"features/b.md": md + "successor = \"c\"\n" + md,
		"features/c.md": md + "successor = \"b\"\n" + md,
	}))
	want := "features/b.md:2: feature \"b\" is its own successor\nfeatures/c.md:2: feature \"c\" is its own successor\n"
	if diff := cmp.Diff(want, problemsText(problems)); diff != "" {
		t.Error(diff)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"effort", "reach", "reach_range", "title"}
	for got, want := range map[string]string{
		"efort": "effort", "effrot": "effort", "Effort": "effort", "raech": "reach",
		"reach-range": "reach_range", "completely": "", "": "",
	} {
		t.Run(got, func(t *testing.T) {
			if near := text.Nearest(got, names); near != want {
				t.Errorf("nearest(%q) = %q, want %q", got, near, want)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	for title, want := range map[string]string{
		"My build is slow": "my-build-is-slow", "  GitOps: Auto-Deploy! ": "gitops-auto-deploy", "Ünicode": "nicode",
		strings.Repeat("ab ", 40): strings.TrimSuffix(strings.Repeat("ab-", 27)[:80], "-"),
	} {
		t.Run(title, func(t *testing.T) {
			if got := makeSlug(title); got != want || !validID(got, "-") {
				t.Errorf("slug(%q) = %q, want %q", title, got, want)
			}
		})
	}
	for id, want := range map[string]bool{"a": true, "2024-11": true, "": false, "-a": false, "a_b": false, "A": false, strings.Repeat("a", 81): false, "é": false} {
		t.Run(id, func(t *testing.T) {
			if validID(id, "-") != want {
				t.Errorf("validID(%q) = %v", id, !want)
			}
		})
	}
}
