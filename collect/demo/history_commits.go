package demo

import "slices"

// Files that several commits change.
const (
	autoDeploy = "roadmap/auto-deploy-on-merge.md"
	assistant  = "roadmap/ai-code-assistant.md"
	bot        = "roadmap/chat-bot.md"
	caching    = "roadmap/buildpack-layer-caching.md"
	dashboards = "roadmap/dashboard-for-every-service.md"
	flags      = "roadmap/feature-flags.md"
	rollout    = "roadmap/gitops-rollout.md"
	templates  = "roadmap/backstage-templates.md"
	theme      = "roadmap/custom-backstage-theme.md"
	vault      = "roadmap/vault-auto-rotation.md"
	activities = "roadmap/activities.toml"
	measures   = "measures.toml"
	deploying  = "research/deploy-changes-quickly.md"
	themes     = "tickets/themes.toml"
)

// chatBot is an idea that was on the roadmap for some months.
const chatBot = `+++
title = "Chat bot for deployments"
status = "idea"
[rice]
reach = 100
reach_range = [50, 200]
reach_because = "teams that work in the chat"
impact = "low"
impact_range = [0.5, 2]
impact_because = "saves a look at another page"
confidence = 50
confidence_because = "an idea of ours, nobody asked for it"
effort = 3
effort_range = [2, 4.5]
effort_because = "the chat has an interface for bots"
estimated = 2024-06-10
+++
`

// exampleCommits returns the commits of the example's content, the oldest first. Each lists its
// edits as text before and after; the present files are what all of them lead to.
func exampleCommits() []commit {
	return slices.Concat(winterCommits(), summerCommits(), autumnCommits(), novemberCommits())
}

// winterCommits returns those of the first half year: two initiatives from approval to the end.
func winterCommits() []commit {
	return []commit{
		{"2023-11-13", "The platform, its features, and a first idea", nil},
		{"2024-01-22", "Builds: cache the layers", slices.Concat(
			add("features/buildpacks.md", caching, measures, deploying, "research/faster-builds.md",
				"research/shadowing-media.md"),
			[]edit{{"features/custom-helm-charts.md", "", "successor = \"buildpacks\"\n"}},
		)},
		{"2024-02-19", "Layer caching: the alpha is done, beta for 30 teams", []edit{
			{caching, "status = \"planned\"\nstart = 2024-02-05", "status = \"done\"\nstart = 2024-02-05"},
			{caching, "no dependency\" }]", "no dependency\", met = 2024-02-14 }]"},
			{caching, "status = \"planned\"\nstart = 2024-02-19", "status = \"active\"\nstart = 2024-02-19"},
		}},
		{"2024-03-18", "Instead of a Kubernetes dashboard: Grafana", slices.Concat(
			add("features/grafana-dashboards.md", dashboards, "research/kubernetes-dashboard.md",
				"research/monitor-health.md", "research/shadowing-listings.md"),
			[]edit{{measures, "", kubectlMeasures}},
		)},
		{"2024-04-29", "Builds take 8 minutes: layer caching is done", slices.Concat(
			add("cases/faster-builds.md"),
			[]edit{
				{"features/buildpacks.md", "", "shipped = 2024-04-22\n"},
				{caching, "status = \"approved\"\nowner", "status = \"done\"\nowner"},
				{caching, "", "cases = [\"faster-builds\"]\n"},
				{caching, "", "spent = 2\n"},
				{caching, "status = \"active\"\nstart = 2024-02-19", "status = \"done\"\nstart = 2024-02-19"},
				{caching, "", "override = { reason = \"Gradle needs a cache of its own; the Node.js teams should not wait " +
					"for it\", by = \"product manager\", on = 2024-04-19 }\n"},
				{caching, "status = \"planned\"\nstart = 2024-04-22", "status = \"done\"\nstart = 2024-04-22"},
				{caching, "", ", met = 2024-04-26"},
				{caching, "+++\n", "[[result]]\nmeasure = \"build_minutes\"\nbefore = 40\nafter = 8\n+++\n"},
			},
		)},
		{"2024-05-06", "Dashboards: the alpha is done, beta for all teams", []edit{
			{dashboards, "status = \"approved\"", "status = \"active\""},
			{dashboards, "status = \"planned\"\nstart = 2024-03-25", "status = \"done\"\nstart = 2024-03-25"},
			{dashboards, "of one service\" }]", "of one service\", met = 2024-04-03 }]"},
			{dashboards, "status = \"planned\"\nstart = 2024-04-08", "status = \"done\"\nstart = 2024-04-08"},
			{dashboards, "a deployment\" }]", "a deployment\", met = 2024-04-30 }]"},
			{dashboards, "status = \"planned\"\nstart = 2024-05-06", "status = \"active\"\nstart = 2024-05-06"},
		}},
	}
}

// summerCommits returns those up to the end of September: the rollout is planned and moved.
func summerCommits() []commit {
	return []commit{
		{"2024-06-10", "GitOps: a rollout in four phases; a chat bot as an idea", slices.Concat(
			add("features/gitops.md", themes, rollout, bot),
			[]edit{
				{measures, "", gitopsMeasures},
				{deploying, "[\"buildpacks\"]", "[\"buildpacks\", \"gitops\"]"},
			},
		)},
		{"2024-07-08", "Every service has a dashboard; the goals of the platform", slices.Concat(
			add("decisions/2024-07-08-grafana-dashboards.md", "cases/kubernetes-dashboard.md", "goals.toml"),
			[]edit{
				{dashboards, "status = \"active\"\nowner", "status = \"done\"\nowner"},
				{dashboards, "", "cases = [\"kubernetes-dashboard\"]\n"},
				{dashboards, "", "spent = 3\n"},
				{dashboards, "status = \"active\"\nstart = 2024-05-06", "status = \"done\"\nstart = 2024-05-06"},
				{dashboards, "all services\" }]", "all services\", met = 2024-06-12 }]"},
				{dashboards, "status = \"planned\"\nstart = 2024-07-01", "status = \"done\"\nstart = 2024-07-01"},
				{dashboards, "every service\" }]", "every service\", met = 2024-07-05 }]"},
				{dashboards, "+++\n", dashboardResults + "+++\n"},
			},
		)},
		{"2024-08-05", "The rollout begins two weeks later", []edit{
			{rollout, "start = 2024-08-12\nweeks = 2\nperson_days = 6", "start = 2024-08-26\nweeks = 2\nperson_days = 6"},
			{rollout, "start = 2024-08-26\nweeks = 2\nperson_days = 8", "start = 2024-09-09\nweeks = 2\nperson_days = 8"},
			{rollout, "start = 2024-09-09\nweeks = 4", "start = 2024-09-23\nweeks = 4"},
			{rollout, "start = 2024-10-07", "start = 2024-10-21"},
		}},
		{"2024-08-26", "No Python 2.7; the rollout begins two weeks later again", slices.Concat(
			add("roadmap/python-2-7.md", "research/python-2-7.md"),
			[]edit{
				{rollout, "start = 2024-08-26\nweeks = 2\nperson_days = 6", "start = 2024-09-09\nweeks = 2\nperson_days = 6"},
				{rollout, "start = 2024-09-09\nweeks = 2\nperson_days = 8", "start = 2024-09-23\nweeks = 2\nperson_days = 8"},
				{rollout, "start = 2024-09-23\nweeks = 4", "start = 2024-10-07\nweeks = 4"},
				{rollout, "start = 2024-10-21", "start = 2024-11-04"},
			},
		)},
		{"2024-09-18", "Requested: feature flags; ideas: deploy on merge, an assistant", slices.Concat(
			add(flags, autoDeploy, assistant, "research/feature-flags.md", "research/office-hours.md"),
			[]edit{
				{"features/gitops.md", "[\"deploy-changes", "[\"feature-flags\", \"deploy-changes"},
				{deploying, "caching\"]", "caching\", \"auto-deploy-on-merge\"]"},
				{rollout, "status = \"approved\"", "status = \"active\""},
			},
		)},
		{"2024-09-30", "Vault stays; the activities of autumn", slices.Concat(
			add("decisions/2024-09-30-vault.md", "surveys/2024-09.toml", activities, vault, "research/retro-gitops-prototype.md"),
			[]edit{{rollout, "research = []", "research = [\"retro-gitops-prototype\"]"}},
		)},
	}
}

// autumnCommits returns those of the first four weeks of the present quarter.
func autumnCommits() []commit {
	return []commit{
		{"2024-10-07", "The order of the quarter: deploy on merge first, no feature flags", slices.Concat(
			add(templates),
			[]edit{
				{autoDeploy, "status = \"idea\"  ", "status = \"approved\"  "},
				{
					autoDeploy, "effort = 4\neffort_range = [2.6666666666666665, 6]\nestimated = 2024-09-18\n",
					"effort = 3\neffort_range = [2, 4.5]\napproved = 2024-10-07           # freezes the prediction\n",
				},
				{autoDeploy, "", "[override]\npriority = 1\nreason = \"highest impact, reasonable effort\"\n" +
					"by = \"product manager\"\non = 2024-10-07\n"},
				{autoDeploy, "start = 2024-10-14", "start = 2024-10-21"},
				{autoDeploy, "", expectedOfDeploys},
				{theme, "effort = 2\neffort_range = [1.3, 3]", "effort = 1\neffort_range = [0.67, 1.5]"},
				{theme, "estimated = 2023-11-13", "estimated = 2024-10-07"},
				{assistant, "effort = 12\neffort_range = [6, 24]", "effort = 8\neffort_range = [4, 16]"},
				{assistant, "estimated = 2024-09-18", "estimated = 2024-10-07"},
				{flags, "status = \"requested\"", "status = \"wont-build\""},
				{flags, "", "reason = \"low confidence it solves real problem\"\n" +
					"answer = \"not this quarter: slow deployment is the real problem\"\nrevisit = 2025-01-06\n" +
					"instead = \"canary deployments, automated rollback\"\n"},
				{flags, "Asked for by one team, as a service.\n", "\"We won't build feature flags this quarter.\"\n"},
				{bot, chatBot, ""},
				{rollout, "(manual sync)\" }]\n", "(manual sync)\", met = 2024-09-20 }]\n" +
					"retro = { worked = \"two teams deployed on the first day\", did_not = \"nobody knew when the sync had run\", " +
					"change = \"sync by itself\" }\n"},
				{rollout, "working\" }, ", "working\", met = 2024-10-04 }, "},
			},
		)},
		{"2024-10-14", "Ten interviews; the data are analysed a week later", slices.Concat(
			add("research/interview-*.md", "research/retro-gitops-alpha.md"),
			[]edit{
				{activities, "status = \"active\"\nstart = 2024-10-01\nweeks = 2", "status = \"done\"\nstart = 2024-10-01\nweeks = 2"},
				{activities, "", interviewsOfActivity},
				{activities, "start = 2024-10-15\nweeks = 1\nperson_days = 5", "start = 2024-10-22\nweeks = 1\nperson_days = 5"},
				{assistant, "", "research = [\"interview-recommendations\"]\n"},
				{autoDeploy, "quickly\"]", "quickly\", \"interview-checkout\", \"interview-product-search\"]"},
				{rollout, "", "retro = { worked = \"auto-sync\", did_not = \"uptime of the sync in the first week\", change = " +
					"\"two controllers instead of one\" }\n"},
				{rollout, "\"retro-gitops-prototype\"]", "\"retro-gitops-prototype\", \"retro-gitops-alpha\"]"},
				{"features/backstage.md", "research = []", "research = [\"interview-partner-api\"]"},
				{"features/custom-helm-charts.md", "", "research = [\"interview-pricing\"]\n"},
				{"features/vault.md", "research = []", "research = [\"interview-fraud\"]"},
				{vault, "research = []", "research = [\"interview-fraud\"]"},
				{themes, "", "research = [\"interview-fraud\"]\n"},
			},
		)},
		{"2024-10-21", "Rotation is approved; templates and deploy on merge begin later", slices.Concat(
			add("decisions/2024-10-21-backstage.md", "surveys/2024-10.toml", "research/shadowing-warehouse.md"),
			[]edit{
				{vault, "status = \"idea\"\n", "status = \"approved\"\n"},
				{vault, "estimated = 2024-09-30", "approved = 2024-10-21"},
				{autoDeploy, "start = 2024-10-21", "start = 2024-11-01"},
				{templates, "start = 2024-11-18", "start = 2024-12-20"},
				{"features/backstage.md", "\"interview-partner-api\"]", "\"interview-partner-api\", \"shadowing-warehouse\"]"},
				{activities, "status = \"planned\"\nstart = 2024-10-15", "status = \"done\"\nstart = 2024-10-15"},
				{activities, "status = \"planned\"\nstart = 2024-10-22", "status = \"active\"\nstart = 2024-10-22"},
			},
		)},
	}
}

// novemberCommits returns those of the last days of October and of November.
func novemberCommits() []commit {
	return []commit{
		{"2024-10-28", "Findings in the data; a higher goal for GitOps", slices.Concat(
			add("research/tickets-*.md", "research/backstage-parts.md", "research/jenkins-copied-pipelines.md",
				"research/gitops-teams-deploy-more.md", "pages/the-loop.md"),
			[]edit{
				{"goals.toml", "at_least = 75\nunit = \"%\"\nby = 2024-12-31\n", "at_least = 85\nunit = \"%\"\nby = 2025-03-31\n"},
				{
					"goals.toml", "because = \"the beta is for 50 of 60 teams\"",
					"because = \"50 of 60 teams were invited to the beta, and nine in ten stayed\"",
				},
				{"cases/faster-builds.md", "[\"faster-builds\"]\ninit", "[\"faster-builds\", \"tickets-slow-builds\"]\ninit"},
				{themes, "", "research = [\"tickets-deploy-to-production\"]\n"},
				{themes, "", "research = [\"tickets-slow-builds\"]\n"},
				{activities, "", "research = [\"backstage-parts\", \"jenkins-copied-pipelines\", \"tickets-deploy-to-production\", " +
					"\"tickets-slow-builds\", \"gitops-teams-deploy-more\"]\n"},
				{"features/backstage.md", "[\"interview-partner-api\"", "[\"backstage-parts\", \"interview-partner-api\""},
				{"features/buildpacks.md", "\"faster-builds\", ", "\"faster-builds\", \"tickets-slow-builds\", "},
				{caching, "[\"faster-builds\"]\ncases", "[\"faster-builds\", \"tickets-slow-builds\"]\ncases"},
				{"features/gitops.md", "\"feature-flags\", ", "\"feature-flags\", \"gitops-teams-deploy-more\", "},
				{templates, "", "research = [\"backstage-parts\", \"jenkins-copied-pipelines\"]\n"},
				{rollout, "[\"retro-gitops-prototype\"", "[\"gitops-teams-deploy-more\", \"tickets-deploy-to-production\", " +
					"\"retro-gitops-prototype\""},
			},
		)},
		{"2024-11-04", "GitOps is generally available; rotation takes longer than thought", slices.Concat(
			add("research/retro-gitops-beta.md"),
			[]edit{
				{"features/gitops.md", "", "shipped = 2024-11-04\n"},
				{rollout, "onboarding docs\" }", "onboarding docs\", met = 2024-10-18 }"},
				{rollout, "", "retro = { worked = \"docs\", did_not = \"secrets\" }\n"},
				{rollout, "\"retro-gitops-alpha\"]", "\"retro-gitops-alpha\", \"retro-gitops-beta\"]"},
				{autoDeploy, "status = \"approved\"  ", "status = \"active\"  "},
				{autoDeploy, "status = \"planned\"\nstart", "status = \"active\"\nstart"},
				{"features/vault.md", "[\"interview-fraud\"]", "[\"interview-fraud\", \"retro-gitops-beta\"]"},
				{vault, "[\"interview-fraud\"]", "[\"interview-fraud\", \"retro-gitops-beta\"]"},
				{vault, "effort = 3\neffort_range = [2, 4.5]\n", "effort = 4\neffort_range = [2.6666666666666665, 6]\n" +
					"effort_because = \"restarting services safely is new to us\"\n"},
			},
		)},
		{"2024-11-05", "Decided: Custom Helm Charts end", add("decisions/2024-11-05-custom-helm-charts.md")},
	}
}

// Parts of files that came with a commit.
const (
	kubectlMeasures = `[[measure]]
id = "kubectl_get_pods"
title = "kubectl get pods per developer per week"
unit = "calls"
better = "down"
feature = "grafana-dashboards"
dimension = "efficiency"

[[measure]]
id = "app_health_nps"
title = "NPS for \"platform helps me understand app health\""
unit = "points"
better = "up"
feature = "grafana-dashboards"
dimension = "satisfaction"

`
	gitopsMeasures = `
[[measure]]
id = "gitops_uptime"
title = "Uptime of GitOps sync"
unit = "%"
better = "up"
target = 99.5
feature = "gitops"

[[measure]]
id = "gitops_onboarding"
title = "Time to bring a service onto GitOps"
unit = "minutes"
better = "down"
target = 5
feature = "gitops"
`
	dashboardResults = `[[result]]
measure = "kubectl_get_pods"
before = 30
after = 5
[[result]]
measure = "app_health_nps"
change = 15
basis = "measured"
`
	expectedOfDeploys = `[expected]                      # what should change, and when that is looked at
outcome = "dora.lead_time"
change = -20
range = [-35, -5]
looks = [2025-02-03, 2025-04-07]
because = "the step by hand is a fifth of the way from merge to production"
`
	interviewsOfActivity = `research = ["interview-checkout", "interview-product-search", "interview-fraud", ` +
		`"interview-pricing", "interview-partner-api", "interview-recommendations", "interview-tills", ` +
		`"interview-event-pipeline", "interview-android-app", "interview-shipping"]
`
)
