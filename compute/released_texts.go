package compute

import (
	"strconv"
	"strings"
)

// The texts of the definitions in the last release whose hashes covered them. They must not be
// edited: published rows of that release are found by them.

// releasedTexts are the texts that do not depend on settings, by ID, of the metrics in history.
var releasedTexts = map[string]string{
	"dora.deployment_frequency": "Successful production deployments ÷ calendar days ÷ teams whose deployments " +
		"were collected. A deployment is one roll-out of one commit to one production environment, counted at its " +
		"first success; retries of the same commit close together are one. Deployments whose changes were all written " +
		"by bots are counted apart, as automation. The interval is quasi-Poisson over the weeks.",
	"dora.recovery_time": "From the finish of a failed deployment to the time service was restored: the " +
		"incident resolved, or the deployment that rolled it back, reverted or mended it. Failures that are not " +
		"restored yet stay in, as at least this long (Kaplan–Meier); those of which nobody said when are in no " +
		"recovery time, and counted.",
	"dora.rework_rate": "Production deployments that were unplanned fixes (a rollback, a deployed " +
		"revert, a hotfix) ÷ production deployments that succeeded in rolling out. The interval is Wilson's.",
	"dora.restore_time": "All incidents, of any cause, that opened in the window: from opened to " +
		"resolved. The headline is the median, the mean stands beneath. Open incidents stay in, as at least this long " +
		"(Kaplan–Meier).",
	"dora.deploy_job_failure_rate": "Production roll-outs that never reached a success ÷ all production roll-outs. " +
		"They changed nothing in production, so they are in no other rate.",
	"dora.automated_deployments": "Successful production deployments in which every change was written by bots " +
		"only. In no other number.",
	"dora.waiting_changes": "Changes merged before the end of the window that no production deployment " +
		"contains yet. Not in the lead time yet: they would make it longer.",
	"dora.lead_time.coding": "First commit → ready for review. Time as a draft belongs here. A commit " +
		"without a request is coding until it reaches the branch.",
	"dora.lead_time.pickup": "Ready for review → first review by another person. A change merged without " +
		"review spends this time until it is merged here.",
	"dora.lead_time.review": "First review → merged.",
	"dora.lead_time.deploy": "Merged → finish of the first production deployment that contains it.",
	"adoption.share": "Units (developers, teams or services) that used the feature at least once in " +
		"the four weeks ÷ units that could, counted on the date beside it. Retained: active in at least two of the " +
		"last three windows of four weeks. It is a census, so it has no interval; the use of a default or mandated " +
		"feature is no evidence that it is liked.",
	"space.nps": "Answers of 9 and 10 less answers of 0 to 6, in % of all valid answers of the " +
		"latest closed survey; 7 and 8 stay in the denominator, a blank answer is no 0. The interval is adjusted Wald " +
		"with finite-population correction, and never beyond what those who did not answer could still make it. A " +
		"change between two surveys is tested as that of two independent samples, without the correction.",
	"space.response_rate": "Answers with at least one valid item ÷ people invited, or all developers of " +
		"the platform where a survey does not say whom it invited.",
	"space.satisfied": "Positive answers ÷ answers of the feature's own users to the question how " +
		"satisfied they are with it, in the latest survey with at least five. A neutral answer stays in the " +
		"denominator; a blank one comes from no user. Wilson interval.",
	"space.most_loved": "Respondents who name the feature as loved ÷ all respondents of the survey; " +
		"one mention a respondent, at least five mentions, ties shown. Wilson interval. It is no share of the " +
		"feature's users.",
	"space.frustrating": "Respondents who name the feature as frustrating ÷ all respondents of the " +
		"survey; one mention a respondent, at least five mentions, ties shown. Wilson interval. It is no share of the " +
		"feature's users.",
	"space.item": "Answers on the good side of the scale's middle ÷ all answers to the question; " +
		"of a reversed question the low ones are good. Wilson interval.",
	"space.task_success": "Attempts at common tasks that were completed without help ÷ all attempts, " +
		"over four weeks. Attempts that were completed and do not say whether with help are left out and counted. " +
		"Wilson interval.",
	"space.task_minutes": "Median time of the completed attempts of four weeks, with its order-statistic " +
		"interval. Attempts that were given up are in the success rate.",
	"space.changes_per_week": "Changes merged in the repositories whose changes were collected over the " +
		"whole four weeks, without those written by bots. Of the whole organisation only: activity is shown of no " +
		"person, and never alone. The interval is quasi-Poisson over the weeks.",
	"space.commits_per_week": "Commits of the changes merged, likewise.",
}

// releasedLeadTexts returns the texts of the lead time for every setting.
func releasedLeadTexts() []string {
	var out []string
	for start, words := range map[string]string{
		"first_commit": "its first commit (author time)",
		"opened":       "the opening of its request (a commit without one: its author time)",
		"ready":        "its request being ready for review (a commit without one: its author time)",
		"merged":       "its merge to the branch",
	} {
		clamp := ""
		if start == "first_commit" {
			clamp = " A first commit older than the limit before the request was opened is moved to that limit and counted."
		}
		for _, headline := range []string{
			"The headline is the median over changes; the interval is Woodruff's, over deployments, because changes of " +
				"one deployment share their wait.",
			"The headline is the mean over changes, which a few that waited for long decide; it has no interval, and its " +
				"change is not tested.",
		} {
			out = append(out, "Per change: from "+words+" to the finish of the first production deployment that contains it. "+headline+
				" Changes contained in a service's first known deployment are its baseline and in no number."+clamp)
		}
	}
	return out
}

// releasedFailText returns the text of the change failure rate with these settings.
func releasedFailText(config []string) string {
	value := func(key string) string {
		for _, line := range config {
			if v, ok := strings.CutPrefix(line, key+" = "); ok {
				return v
			}
		}
		return ""
	}
	if value("dora.fail_rate") != "" {
		return "Incidents of any cause that opened in the window ÷ production deployments that succeeded in rolling " +
			"out. It is no share: several incidents may follow one deployment, or none of them any. The interval is " +
			"Garwood's. Its change is not tested."
	}
	evidence := value("dora.failure_evidence")
	var proofs []string
	for _, c := range [][2]string{
		{"override", "people ruled so in failures.toml (confirmed)"},
		{"incident_field", "an incident names it, its commit or its change (confirmed)"},
		{"rollback", "an older commit was deployed again in its place (inferred)"},
		{"revert", "a change it shipped was reverted by a later deployment (inferred)"},
		{"hotfix", "the next deployment brought a hotfix (inferred)"},
		{"window", "an incident of the service opened soon after it (inferred)"},
	} {
		if strings.Contains(evidence, strconv.Quote(c[0])) {
			proofs = append(proofs, c[1])
		}
	}
	text := "Failed production deployments ÷ production deployments that succeeded in rolling out. A deployment " +
		"failed when, strongest proof first: " +
		strings.Join(proofs, "; ") + ". Several proofs fail it once. The interval is Wilson's."
	if strings.Contains(evidence, `"window"`) {
		text += " An incident that names nothing is blamed on the deployment finished last before it, if that was within " + value("dora.window_hours") + " hours and the service does not deploy more than once in that time; otherwise it is a suspicion that is shown and not counted."
	}
	return text
}
