package main

import (
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// scenario is a request, and the consequences that its comment must have: no more and no fewer.
type scenario struct {
	kind, change, name string
	before             func(r *request) // edits of both sides
	edit               func(r *request)
	want               string // the consequences, as their kind and what they concern
	text               []string
	code               exit.Code
}

const (
	autoDeploy = "site/roadmap/auto-deploy-on-merge.md"
	theme      = "site/roadmap/custom-backstage-theme.md"
	assistant  = "site/roadmap/ai-code-assistant.md"
	rotation   = "site/roadmap/vault-auto-rotation.md"
	flags      = "site/roadmap/feature-flags.md"
	helm       = "site/features/custom-helm-charts.md"
	packs      = "site/features/buildpacks.md"
	deprecate  = "site/decisions/2024-11-05-custom-helm-charts.md"
	activities = "site/roadmap/activities.toml"
	themes     = "site/tickets/themes.toml"
	measuresOf = "site/measures.toml"
	goalsOf    = "site/goals.toml"
	teamsOf    = "site/teams.toml"
	october    = "site/surveys/2024-10.toml"
	settings   = "config.toml"
)

// replace returns an edit of one text.
func replace(file, old, text string) func(*request) {
	return func(r *request) { r.edit(file, old, text) }
}

func write(file, text string) func(*request) { return func(r *request) { r.put(file, text) } }

func appended(file, text string) func(*request) { return func(r *request) { r.add(file, text) } }

func removed(file string) func(*request) { return func(r *request) { r.remove(file) } }

// unlinked removes a file and every link to it.
func unlinked(file, id string) func(*request) {
	return func(r *request) {
		r.remove(file)
		r.unlink(id)
	}
}

func renamed(from, to string) func(*request) {
	return func(r *request) { r.rename(from, to, true) }
}

// idea is a new initiative with a score of 100.
const idea = "+++\ntitle = \"Faster tests\"\nstatus = \"idea\"\n[rice]\nreach = 100\nimpact = \"medium\"\nconfidence = 50\neffort = 1\n+++\n"

// lonely is a feature that nothing refers to.
const lonely = "+++\ntitle = \"Preview environments\"\nowner = \"delivery-experience\"\n+++\nOne for each request.\n"

// story is a case that nothing refers to.
const story = "+++\ntitle = \"A quiet week\"\nrequest = \"Fewer alerts\"\noutcome = \"Alerts that nobody read are gone\"\n+++\n"

// talk is an interview.
const talk = "+++\nkind = \"interview\"\ntitle = \"Search is slow\"\ndate = 2024-11-05\nteams = [\"fraud\"]\npeople = 1\nminutes = 30\nproblem = \"Search takes a minute.\"\n+++\n"

// verdictOnGitOps is a decision of people.
const verdictOnGitOps = "+++\ntitle = \"Go on with GitOps\"\nfeature = \"gitops\"\nrecommended = \"investigate\"\ndecision = \"accept\"\nby = \"product manager\"\non = 2024-11-08\nreason = \"we look at lead time again\"\n+++\n"

const page = "+++\ntitle = \"How we answer\"\n+++\nWithin a week.\n"

const wave = "title = \"November 2024\"\nfile = \"2024-11.csv\"\nsent = 2024-11-05\ninvited = 250\nnps = \"How likely are you to recommend this platform to a colleague?\"\n"

// broken are the ways in which a file with front matter cannot be read.
var broken = []struct {
	name string
	edit func(r *request, file string)
}{
	{"not TOML", func(r *request, file string) { r.put(file, "+++\ntitle = \n+++\n") }},
	{"an unknown key", func(r *request, file string) { r.put(file, "+++\ntitel = \"x\"\n+++\n") }},
	{"a wrong type", func(r *request, file string) { r.put(file, "+++\ntitle = 5\n+++\n") }},
	{"no front matter", func(r *request, file string) { r.put(file, "Nothing.\n") }},
	{"not UTF-8", func(r *request, file string) { r.put(file, "+++\ntitle = \"\xff\"\n+++\n") }},
	{"too large", func(r *request, file string) { r.put(file, "+++\n+++\n"+strings.Repeat("x", 1<<20)) }},
	{"a symbolic link", func(r *request, file string) { r.link("/etc/passwd", file) }},
	{"a folder", func(r *request, file string) { r.remove(file); r.put(file+"/x.md", "+++\n+++\n") }},
	{"empty", func(r *request, file string) { r.put(file, "") }},
}

// brokenFiles are the scenarios in which one file cannot be read: nothing else may be reported.
func brokenFiles() []scenario {
	var out []scenario
	add := func(kind, file, name string, edit func(r *request, file string)) {
		out = append(out, scenario{
			kind: kind, change: "broken", name: name, edit: func(r *request) { edit(r, file) },
			want: "broken:" + strings.TrimPrefix(file, "site/"), code: exit.Configuration,
		})
	}
	files := []struct{ kind, file string }{
		{"initiatives", autoDeploy},
		{"features", helm},
		{"refusals", flags},
		{"research", "site/research/feature-flags.md"},
		{"cases", "site/cases/faster-builds.md"},
		{"decisions", deprecate},
		{"pages", "site/pages/the-loop.md"},
	}
	for i, f := range files { // each kind in some ways, and each way with some kinds
		for k, b := range broken {
			if (i+k)%3 == 0 {
				add(f.kind, f.file, b.name, b.edit)
			}
		}
	}
	lists := []struct{ kind, file string }{
		{"themes", themes},
		{"measures", measuresOf},
		{"teams", teamsOf},
		{"goals", goalsOf},
		{"activities", activities},
		{"surveys", october},
		{"failures", "site/failures.toml"},
	}
	for _, f := range lists {
		add(f.kind, f.file, "not TOML", func(r *request, file string) { r.put(file, "[[\n") })
		add(f.kind, f.file, "an unknown key", func(r *request, file string) { r.put(file, "nonsense = 1\n") })
	}
	add("teams", teamsOf, "a symbolic link", func(r *request, file string) { r.link("../../etc/passwd", file) })
	return out
}

// scenarios are requests for each kind of content.
var scenarios = append(brokenFiles(), []scenario{
	{"initiatives", "added", "with a score", nil, write("site/roadmap/faster-tests.md", idea), "item:faster-tests rank:faster-tests displaced:vault-auto-rotation displaced:ai-code-assistant", nil, 0},
	{"initiatives", "added", "without a score", nil, write("site/roadmap/faster-tests.md", "+++\ntitle = \"Faster tests\"\nstatus = \"idea\"\n+++\n"), "item:faster-tests", nil, 0},
	{"initiatives", "added", "as a draft", nil, write("site/roadmap/faster-tests.md", strings.Replace(idea, "status", "draft = true\nstatus", 1)), "", nil, 0},
	{"initiatives", "edited", "a point inside its range", nil, replace(autoDeploy, "effort = 3\n", "effort = 2\n"), "rank:auto-deploy-on-merge prediction:auto-deploy-on-merge", []string{"180 → 270", "2–4.5"}, 0},
	{"initiatives", "edited", "a range around its point", nil, replace(autoDeploy, "effort_range = [2, 4.5]", "effort_range = [1, 9]"), "rank:auto-deploy-on-merge prediction:auto-deploy-on-merge?", []string{"1–9"}, 0},
	{"initiatives", "edited", "a point outside its range", nil, replace(autoDeploy, "effort = 3\n", "effort = 9\n"), "rank:auto-deploy-on-merge prediction:auto-deploy-on-merge", []string{"180 → 60"}, 0},
	{"initiatives", "edited", "a word", nil, replace(rotation, `impact = "high"`, `impact = "medium"`), "rank:vault-auto-rotation prediction:vault-auto-rotation displaced:ai-code-assistant", []string{"medium"}, 0},
	{"initiatives", "edited", "a reason of a number", nil, replace(assistant, `effort_because = "licences, security review, roll-out"`, `effort_because = "licences"`), "", nil, 0},
	{"initiatives", "edited", "its title", nil, replace(assistant, `title = "AI code assistant"`, `title = "Code assistant"`), "item:ai-code-assistant", []string{"AI code assistant", "Code assistant"}, 0},
	{"initiatives", "edited", "its text", nil, replace(autoDeploy, "Merging deploys.", "Every merge deploys."), "", []string{"Nothing moves"}, 0},
	{"initiatives", "edited", "done", nil, replace(theme, `status = "idea"`, `status = "done"`), "rank:custom-backstage-theme status:custom-backstage-theme displaced:auto-deploy-on-merge? displaced:vault-auto-rotation displaced:ai-code-assistant", nil, 0},
	{"initiatives", "edited", "without an override", nil, replace(autoDeploy, "[override]\npriority = 1\nreason = \"highest impact, reasonable effort\"\nby = \"product manager\"\non = 2024-10-07\n", ""), "override:auto-deploy-on-merge displaced:auto-deploy-on-merge? displaced:custom-backstage-theme", nil, 0},
	{"initiatives", "edited", "an override that has expired", nil, replace(autoDeploy, "on = 2024-10-07\n", "on = 2024-10-07\nuntil = 2024-11-01\n"), "override:auto-deploy-on-merge displaced:auto-deploy-on-merge? displaced:custom-backstage-theme", nil, 0},
	{"initiatives", "edited", "an override to the second rank", nil, replace(rotation, "[[phase]]", "[override]\npriority = 2\nreason = \"auditors wait\"\nby = \"head of platform\"\non = 2024-11-08\n[[phase]]"), "override:vault-auto-rotation displaced:vault-auto-rotation? displaced:custom-backstage-theme", nil, 0},
	{"initiatives", "edited", "an override without a reason", nil, replace(autoDeploy, "reason = \"highest impact, reasonable effort\"\n", ""), "broken:roadmap/auto-deploy-on-merge.md", nil, 2},
	{"initiatives", "edited", "approved again", nil, func(r *request) {
		r.edit(autoDeploy, "approved = 2024-10-07 ", "approved = 2024-11-08 ")
		r.edit(autoDeploy, "effort = 3\n", "effort = 2\n")
	}, "rank:auto-deploy-on-merge prediction:auto-deploy-on-merge?", nil, 0},
	{"initiatives", "edited", "an expected effect", nil, replace(autoDeploy, "change = -20\n", "change = -30\n"), "prediction:auto-deploy-on-merge", nil, 0},
	{"initiatives", "edited", "a phase that begins later", nil, replace(rotation, "start = 2024-11-22", "start = 2024-12-06"), "dates:vault-auto-rotation", []string{"6 Dec"}, 0},
	{"initiatives", "edited", "a phase that is left too early", nil, replace(autoDeploy, "status = \"active\"\nstart = 2024-11-01\nweeks = 3", "status = \"done\"\nstart = 2024-11-01\nweeks = 1"), "gate:auto-deploy-on-merge dates:auto-deploy-on-merge", nil, 2},
	{"initiatives", "edited", "a phase that is left with a reason", nil, replace(autoDeploy, "status = \"active\"\nstart = 2024-11-01\nweeks = 3", "status = \"done\"\nstart = 2024-11-01\nweeks = 1\noverride = { reason = \"the canary is enough\", by = \"product manager\", on = 2024-11-08 }"), "gate:auto-deploy-on-merge dates:auto-deploy-on-merge", nil, 0},
	{"initiatives", "edited", "a criterion that is met", nil, replace(rotation, `{ text = "Tickets about rotation halved" }`, `{ text = "Tickets about rotation halved", met = 2024-11-08 }`), "criteria:vault-auto-rotation", nil, 0},
	{"initiatives", "edited", "a limit of a criterion", nil, replace(autoDeploy, `{ measure = "deploy_minutes", under = 5 }`, `{ measure = "deploy_minutes", under = 50 }`), "criteria:auto-deploy-on-merge", nil, 0},
	{"initiatives", "edited", "another phase", nil, replace(rotation, "halved\" },\n]\n+++\n", "halved\" },\n]\n[[phase]]\nname = \"ga\"\nstart = 2025-01-06\nweeks = 1\n+++\n"), "dates:vault-auto-rotation", nil, 0},
	{"initiatives", "edited", "its owner and its tracker", nil, replace(rotation, `owner = "platform-security"`, `owner = "security"`), "", nil, 0},
	{"initiatives", "removed", "with its links", nil, unlinked(assistant, "ai-code-assistant"), "item:ai-code-assistant rank:ai-code-assistant", nil, 0},
	{"initiatives", "removed", "without its links", nil, removed(rotation), "broken:research/interview-fraud.md displaced:ai-code-assistant item:vault-auto-rotation prediction:vault-auto-rotation rank:vault-auto-rotation", []string{"1 place still names it"}, 2},
	{"initiatives", "renamed", "with its former ID", nil, renamed(autoDeploy, "site/roadmap/deploy-by-itself.md"), "item:deploy-by-itself", nil, 0},
	{"initiatives", "renamed", "without its former ID", nil, func(r *request) { r.rename(autoDeploy, "site/roadmap/deploy-by-itself.md", false) }, "broken:roadmap/auto-deploy-on-merge.md", nil, 2},
	{"initiatives", "renamed", "and edited", nil, func(r *request) {
		r.edit(autoDeploy, "effort = 3\n", "effort = 2\n")
		r.rename(autoDeploy, "site/roadmap/deploy-by-itself.md", true)
	}, "item:deploy-by-itself rank:deploy-by-itself prediction:deploy-by-itself", []string{"180 → 270"}, 0},
	{"initiatives", "renamed", "and broken", nil, func(r *request) {
		r.rename(autoDeploy, "site/roadmap/deploy-by-itself.md", true)
		r.edit("site/roadmap/deploy-by-itself.md", "effort = 3\n", "effort = three\n")
	}, "broken:roadmap/deploy-by-itself.md", nil, 2},

	{"refusals", "added", "instead of an idea", nil, replace(assistant, "status = \"idea\"\n", "status = \"wont-build\"\nreason = \"no effect in a trial\"\n"), "refusal:ai-code-assistant rank:ai-code-assistant status:ai-code-assistant?", []string{"no effect in a trial"}, 0},
	{"refusals", "added", "without a reason", nil, replace(assistant, "status = \"idea\"\n", "status = \"wont-build\"\n"), "broken:roadmap/ai-code-assistant.md", nil, 2},
	{"refusals", "edited", "another reason", nil, replace(flags, "low confidence it solves real problem", "deployment is the problem"), "refusal:feature-flags", []string{"deployment is the problem"}, 0},
	{"refusals", "edited", "looked at later", nil, replace(flags, "revisit = 2025-01-06", "revisit = 2025-04-07"), "refusal:feature-flags", []string{"7 Apr 2025"}, 0},
	{"refusals", "edited", "reopened without a reason", nil, func(r *request) {
		r.edit(flags, "status = \"wont-build\"", "status = \"idea\"")
		r.edit(flags, "reason = \"low confidence it solves real problem\"\n", "")
	}, "refusal:feature-flags status:feature-flags?", nil, 0},
	{"refusals", "removed", "with its links", nil, unlinked("site/roadmap/python-2-7.md", "python-2-7"), "refusal:python-2-7 item:python-2-7", nil, 0},
	{"refusals", "renamed", "with its former ID", nil, renamed(flags, "site/roadmap/flags.md"), "item:flags", nil, 0},

	{"features", "added", "in use nowhere", nil, write("site/features/preview-environments.md", lonely), "item:preview-environments nightly:features/preview-environments.md", nil, 0},
	{"features", "edited", "no successor", nil, replace(helm, "successor = \"buildpacks\"\n", ""), "verdict:custom-helm-charts", []string{"pivot or sunset"}, 0},
	{"features", "edited", "another successor", nil, replace(helm, `successor = "buildpacks"`, `successor = "gitops"`), "verdict:custom-helm-charts", []string{"GitOps"}, 0},
	{"features", "edited", "a threshold of its own", nil, replace(packs, "measures = [\"build_minutes\"]\n", "measures = [\"build_minutes\"]\n[decision]\nsatisfied = 90\n"), "verdict:buildpacks", nil, 0},
	{"features", "edited", "a threshold that changes nothing", nil, replace(packs, "measures = [\"build_minutes\"]\n", "measures = [\"build_minutes\"]\n[decision]\nadoption_low = 19\n"), "threshold:buildpacks", nil, 0},
	{"features", "edited", "its owner", nil, replace(packs, `owner = "build-experience"`, `owner = "builders"`), "", nil, 0},
	{"features", "edited", "its names in exports", nil, replace(packs, `labels = ["Buildpacks"]`, `labels = ["Paketo"]`), "nightly:features/buildpacks.md", nil, 0},
	{"features", "edited", "fewer units", nil, replace(packs, "eligible = 60\n", "eligible = 80\n"), "nightly:features/buildpacks.md", nil, 0},
	{"features", "edited", "a draft", nil, replace(packs, "owner =", "draft = true\nowner ="), "item:buildpacks nightly:features/buildpacks.md verdict:custom-helm-charts?", nil, 0},
	{"features", "removed", "that nothing refers to", write("site/features/preview-environments.md", lonely), removed("site/features/preview-environments.md"), "item:preview-environments nightly:features/preview-environments.md", nil, 0},
	{
		"features", "removed", "that others refer to", nil, removed(packs), "broken:cases/faster-builds.md broken:features/custom-helm-charts.md broken:measures.toml broken:research/deploy-changes-quickly.md broken:research/faster-builds.md broken:research/interview-pricing.md broken:research/interview-shipping.md broken:research/shadowing-media.md broken:research/tickets-slow-builds.md broken:roadmap/buildpack-layer-caching.md broken:surveys/2024-09.toml broken:surveys/2024-10.toml broken:tickets/themes.toml item:buildpacks nightly:features/buildpacks.md",
		[]string{"13 places still name it", "It was recommended: make default"},
		2,
	},
	{"features", "renamed", "with its former ID", nil, renamed(packs, "site/features/packs.md"), "item:packs", nil, 0},
	{"features", "renamed", "without its former ID", nil, func(r *request) { r.rename(packs, "site/features/packs.md", false) }, "broken:features/buildpacks.md", nil, 2},

	{"decisions", "added", "about GitOps", nil, write("site/decisions/2024-11-08-gitops.md", verdictOnGitOps), "decision:2024-11-08-gitops", nil, 0},
	{"decisions", "edited", "a deadline that moves", nil, replace(deprecate, "deadline = 2025-06-30", "deadline = 2025-12-31"), "decision:2024-11-05-custom-helm-charts", []string{"31 Dec 2025"}, 0},
	{"decisions", "edited", "rejected", nil, replace(deprecate, `decision = "accept" `, `decision = "reject" `), "decision:2024-11-05-custom-helm-charts", nil, 0},
	{"decisions", "edited", "its text", nil, replace(deprecate, "We talk to the seven teams first.", "We ask the seven teams first."), "", nil, 0},
	{"decisions", "removed", "", nil, removed(deprecate), "decision:2024-11-05-custom-helm-charts", nil, 0},
	{"decisions", "renamed", "with its former ID", nil, renamed(deprecate, "site/decisions/2024-11-05-helm.md"), "", nil, 0},

	{"research", "added", "an interview", nil, write("site/research/interview-search.md", talk), "item:interview-search", nil, 0},
	{"research", "edited", "its text", nil, replace("site/research/interview-fraud.md", "minutes = 45", "minutes = 50"), "", nil, 0},
	{"research", "edited", "a share of an insight", nil, replace("site/research/tickets-slow-builds.md", "share = 25\n", "share = 20\n"), "", nil, 0},
	{"research", "edited", "a job", nil, replace("site/research/monitor-health.md", "Grafana dashboard showing SLIs", "A dashboard of SLIs"), "", nil, 0},
	{"research", "removed", "with its links", nil, unlinked("site/research/retro-gitops-alpha.md", "retro-gitops-alpha"), "item:retro-gitops-alpha", nil, 0},
	{"research", "removed", "without its links", nil, removed("site/research/retro-gitops-alpha.md"), "broken:roadmap/gitops-rollout.md item:retro-gitops-alpha", nil, 2},
	{"research", "renamed", "with its former ID", nil, renamed("site/research/retro-gitops-alpha.md", "site/research/retro-alpha.md"), "item:retro-alpha", nil, 0},

	{"cases", "added", "", nil, write("site/cases/quiet.md", story), "item:quiet", nil, 0},
	{"cases", "edited", "its outcome", nil, replace("site/cases/faster-builds.md", "Solved with caching, not more powerful servers", "Solved with caching"), "", nil, 0},
	{"cases", "removed", "that nothing refers to", write("site/cases/quiet.md", story), removed("site/cases/quiet.md"), "item:quiet", nil, 0},
	{"cases", "renamed", "with its former ID", nil, renamed("site/cases/faster-builds.md", "site/cases/builds.md"), "item:builds", nil, 0},

	{"pages", "added", "", nil, write("site/pages/how.md", page), "item:how", nil, 0},
	{"pages", "edited", "its text", nil, appended("site/pages/the-loop.md", "\nAnd again.\n"), "", nil, 0},
	{"pages", "removed", "", write("site/pages/how.md", page), removed("site/pages/how.md"), "item:how", nil, 0},
	{"pages", "renamed", "with its former ID", write("site/pages/how.md", page), renamed("site/pages/how.md", "site/pages/answers.md"), "item:answers", nil, 0},

	{"surveys", "added", "a wave that is open", nil, write("site/surveys/2024-11.toml", wave), "nightly:surveys/2024-11.toml", nil, 0},
	{"surveys", "edited", "a question", nil, replace(october, `loved = "Which features do you love?"`, `loved = "What do you love?"`), "nightly:surveys/2024-10.toml", nil, 0},
	{"surveys", "removed", "the last wave", nil, removed(october), "nightly:surveys/2024-10.toml", nil, 0},
	{"surveys", "renamed", "the last wave", nil, func(r *request) {
		r.rename(october, "site/surveys/october.toml", false)
	}, "nightly:surveys/october.toml nightly:surveys/2024-10.toml?", nil, 0},
	{"themes", "added", "", nil, appended(themes, "\n[[theme]]\ntitle = \"Quota\"\nmatch = [\"quota\"]\n"), "nightly:tickets/themes.toml", nil, 0},
	{"themes", "edited", "a pattern", nil, replace(themes, `"access to"`, `"access"`), "nightly:tickets/themes.toml", nil, 0},
	{"themes", "edited", "a hint", nil, replace(themes, "access is granted by hand", "access is granted in the portal"), "nightly:tickets/themes.toml?", nil, 0},
	{"themes", "removed", "one of the file", nil, replace(themes, "[[theme]]\ntitle = \"I lack access\"\nmatch = [\"permission\", \"access to\"]\nhint = \"access is granted by hand\"\n", ""), "nightly:tickets/themes.toml", nil, 0},
	{"themes", "removed", "the file", nil, func(r *request) {
		r.remove(themes)
		r.edit("site/research/tickets-slow-builds.md", "theme = \"my-build-is-slow\"\n", "")
		r.edit("site/research/tickets-deploy-to-production.md", "theme = \"how-do-i-deploy-to-production\"\n", "")
	}, "nightly:tickets/themes.toml", nil, 0},
	{"measures", "added", "", nil, appended(measuresOf, "\n[[measure]]\nid = \"test_minutes\"\nunit = \"minutes\"\n"), "nightly:measures.toml", nil, 0},
	{"measures", "edited", "a target", nil, replace(measuresOf, "target = 99.5\n", "target = 99\n"), "nightly:measures.toml", nil, 0},
	{"measures", "removed", "that a goal needs", nil, replace(measuresOf, "[[measure]]\nid = \"slack_questions\"\ntitle = \"Questions asked in the platform's Slack channels per week\"\nunit = \"messages\"\nbetter = \"down\"\naggregate = \"sum\"\ndimension = \"communication\"\n", ""), "broken:measures.toml", nil, 2},
	{"teams", "added", "", nil, appended(teamsOf, "\n[[team]]\nid = \"returns-desk\"\ngroup = \"payments\"\ndevelopers = 4\n"), "nightly:teams.toml", nil, 0},
	{"teams", "edited", "more people", nil, func(r *request) { r.editFirst(teamsOf, "developers = 4", "developers = 9") }, "nightly:teams.toml", nil, 0},
	{"teams", "removed", "all of them", nil, removed(teamsOf), "broken:teams.toml", nil, 2},
	{"teams", "renamed", "with its former ID", nil, func(r *request) {
		r.editFirst(teamsOf, "id = \"fraud\"\n", "id = \"anti-fraud\"\nformerly = [\"fraud\"]\n")
	}, "nightly:teams.toml?", nil, 0},

	{"goals", "added", "", nil, appended(goalsOf, "\n[[goal]]\ntitle = \"Lead time\"\nmetric = \"dora.lead_time\"\nat_most = 30\nunit = \"minutes\"\nby = 2025-01-31\nowner = \"product manager\"\nbecause = \"a fix before lunch\"\n"), "goal:dora.lead_time", nil, 0},
	{"goals", "edited", "a level", nil, replace(goalsOf, "at_least = 85\n", "at_least = 60\n"), "goal:adoption.share", nil, 0},
	{"goals", "edited", "a day", nil, replace(goalsOf, "by = 2025-03-31\n", "by = 2025-06-30\n"), "goal:adoption.share", []string{"30 Jun 2025"}, 0},
	{"goals", "removed", "the file", nil, removed(goalsOf), "goal:space.nps goal:space.task_minutes.deploy goal:space.task_minutes.onboard-service goal:adoption.share goal:dora.lead_time goal:measure.slack_questions", nil, 0},
	{"goals", "edited", "a metric that does not exist", nil, replace(goalsOf, `metric = "space.nps"`, `metric = "space.npps"`), "broken:goals.toml", nil, 2},

	{"activities", "added", "", nil, appended(activities, "\n[[activity]]\ntitle = \"Card sorting\"\ntrack = \"discovery\"\nstart = 2024-11-18\nweeks = 1\n"), "dates:card-sorting", nil, 0},
	{"activities", "edited", "longer", nil, replace(activities, "start = 2024-10-22\nweeks = 1\n", "start = 2024-10-22\nweeks = 3\n"), "dates:data-analysis", nil, 0},
	{"activities", "removed", "the last", nil, replace(activities, "[[activity]]\ntitle = \"NPS Survey Monthly\"\ntrack = \"measurement\"\nstart = 2024-11-01\nweeks = 4\nperson_days = 4\n", ""), "dates:nps-survey-monthly", nil, 0},

	{"failures", "added", "", nil, write("site/failures.toml", failure), "nightly:failures.toml", nil, 0},
	{"failures", "edited", "", write("site/failures.toml", failure), replace("site/failures.toml", "failed = true", "failed = false"), "nightly:failures.toml", nil, 0},
	{"failures", "removed", "", write("site/failures.toml", failure), removed("site/failures.toml"), "nightly:failures.toml", nil, 0},

	{"settings", "added", "a source", nil, appended(settings, "\n[[tickets]]\nname = \"more\"\nfile = \"more.csv\"\n"), "nightly:" + settings, nil, 0},
	{"settings", "edited", "a scale", nil, replace(settings, "high = 3, ", "high = 3.5, "), "threshold:rice.impact.high rank:auto-deploy-on-merge? rank:vault-auto-rotation? prediction:auto-deploy-on-merge? prediction:vault-auto-rotation? displaced:custom-backstage-theme? threshold:dashboard-for-every-service threshold:kubernetes-dashboard", nil, 0},
	{"settings", "edited", "a threshold", nil, replace(settings, "satisfied = 60\n", "satisfied = 90\n"), "threshold:decision.satisfied verdict:buildpacks verdict:gitops? verdict:grafana-dashboards? verdict:backstage?", nil, 0},
	{"settings", "edited", "a level of discovery", nil, replace(settings, "interviews = 10 ", "interviews = 20 "), "threshold:discovery.interviews", nil, 0},
	{"settings", "edited", "what production is", nil, replace(settings, "[deploy]\n", "[deploy]\nproduction = \"^live$\"\n"), "nightly:" + settings, nil, 0},
	{"settings", "edited", "an address", nil, replace(settings, "[history]\n", "[history]\nfrom = \"https://example.com/\"\n"), "", nil, 0},
	{"settings", "edited", "content that is elsewhere", nil, replace(settings, `path = "site" `, `path = "../other" `), "broken:" + settings, nil, 2},
	{"settings", "broken", "not TOML", nil, write(settings, "content = = 1\n"), "broken:" + settings, nil, 2},
	{"settings", "broken", "unknown keys", nil, appended(settings, strings.Repeat("[[usage]]\nfille = \"x.csv\"\n", 20)), "broken:" + settings, nil, 2},
	{"settings", "broken", "a level out of range", nil, replace(settings, "satisfied = 60\n", "satisfied = 600\n"), "broken:" + settings, nil, 2},
	{"settings", "broken", "a symbolic link", nil, func(r *request) { r.link("/etc/passwd", settings) }, "broken:" + settings, nil, 2},
	{"settings", "removed", "", nil, removed(settings), "broken:" + settings, nil, 2},
	{"settings", "broken", "the content folder is gone", nil, removed("site"), "broken:" + settings, nil, 2},
	{"features", "broken", "a folder that is a file", nil, func(r *request) {
		r.remove("site/features")
		r.put("site/features", "x")
	}, "broken:features", nil, 2},
}...)

// failure overrides the evidence about a deployment.
const failure = "[[failure]]\nrepository = \"fawkes/checkout\"\ndeployment = \"1\"\nfailed = true\nreason = \"seen by hand\"\nby = \"on-call engineer\"\non = 2024-11-05\n"
