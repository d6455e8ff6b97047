package testkit

import (
	"fmt"
	"time"
)

// Names that the story uses, for settings of sources that are to read it.
const (
	// StoryOrganisation is the organisation or top group.
	StoryOrganisation = "acme"
	// StoryDeployWorkflow is the workflow of acme/website whose runs are
	// deployments to production, and StoryTestWorkflow one whose are not.
	StoryDeployWorkflow = ".github/workflows/deploy.yml"
	StoryTestWorkflow   = ".github/workflows/test.yml"
	// StoryConfig is the configuration repository: its commits change the image of
	// acme/checkout, registry.example.com/checkout, to a tag that is a SHA.
	StoryConfig = "acme/config"
	StoryImage  = "registry.example.com/checkout"
)

// StoryRules returns settings under which the story has something of everything.
func StoryRules() Rules {
	return Rules{
		Workflows: map[string]string{StoryDeployWorkflow: "production"},
		Releases:  "production",
		Incidents: []string{"incident", "type: incident"},
		Teams:     true,
		Pipelines: true,
	}
}

// storyTime returns a time of the story's month, March 2025.
func storyTime(d, hour, minute int) time.Time {
	return time.Date(2025, 3, d, hour, minute, 0, 0, time.UTC)
}

// Story returns one team's month, March 2025. It has: merges of every method, a revert, a
// rollback, a hotfix, a direct push, a force-push of the default branch; a bot's requests, one
// by a deleted account, one from a fork that was deleted, a draft made ready, reviews by the
// author, by a bot and one that is pending, an unmerged request with a trial merge; deployments
// that finish three days late, fail and then succeed, succeed five times, are written over by
// "inactive" or never end; workflow runs that were run again; releases with a pre-release;
// incidents that are reopened, and become or cease to be incidents as labels are edited;
// repositories that are renamed, archived, deleted, lost from sight, empty, and one that takes
// the name of another. Each call makes a new one.
func Story() *World {
	b := newBuilder(StoryOrganisation, storyTime(1, 0, 0), storyTime(32, 0, 0))
	b.w.People = []Person{
		{Login: "ana", Name: "Ana Lima", Email: "ana@acme.example"},
		{Login: "ben", Name: "Ben Okoye", Email: "ben@acme.example"},
		{Login: "cleo", Name: "Cleo Marsh", Email: "cleo@acme.example"},
		{
			Login: "dependabot[bot]", Name: "dependabot[bot]", Email: "49699333+dependabot[bot]@users.noreply.github.com",
			Bot: true,
		},
		{Login: "reviewer[bot]", Name: "reviewer[bot]", Email: "77777777+reviewer[bot]@users.noreply.github.com", Bot: true},
		{Login: "ghost", Name: "Gone Person", Email: "gone@acme.example", Ghost: true},
		{Login: "erin", Name: "Erin Vale", Email: "erin@home.example", Unlinked: true},
	}
	storyCheckout(b)
	storyWebsite(b)
	storyLibrary(b)
	storyOthers(b)
	storyConfig(b)
	b.w.Teams = []Team{
		{Slug: "payments", Name: "Payments", Members: []string{"ana", "ben"}, Repositories: []int64{1, 2, 4, 5}},
		{Slug: "web", Name: "Web & Design", Members: []string{"cleo"}, Repositories: []int64{2}},
		{Slug: "nobody", Name: "Nobody"},
	}
	return b.w
}

// storyCheckout adds acme/checkout, number 1, the service with the most events.
func storyCheckout(b *builder) {
	y := b.addRepository("checkout", storyTime(-400, 9, 0), "ana")
	y.addWorkflow("ci", "name: ci\non: push\n")
	y.pushDirect("ben", storyTime(-30, 9, 0), "Set up")

	// A request that was opened and merged long before the window; one that was
	// opened before it and merged within.
	q := y.addRequest("ana", "Old news", storyTime(-20, 9, 0), storyTime(-20, 8, 0))
	y.mergeRequest(q, Merge, "ana", storyTime(-19, 9, 0))
	q = y.addRequest("ben", "Carry totals over", storyTime(-2, 9, 0), storyTime(-4, 15, 0), storyTime(-3, 9, 30),
		storyTime(2, 8, 0))
	q.Reviews = []Review{
		{"ben", "commented", storyTime(-1, 9, 0)},
		{"reviewer[bot]", "commented", storyTime(-1, 9, 5)},
		{"ana", "changes_requested", storyTime(1, 10, 0)},
		{"ana", "approved", storyTime(2, 10, 0)},
	}
	merged := y.mergeRequest(q, Merge, "ana", storyTime(2, 11, 0))
	y.addDeployment("production", merged, "ana", storyTime(2, 11, 10), rolloutStatuses(storyTime(2, 11, 10), 6,
		"success")...)

	// Squashed; a draft first; labels edited after it was merged.
	q = y.addRequest("cleo", "Faster basket", storyTime(3, 9, 0), storyTime(3, 8, 0), storyTime(4, 9, 0))
	q.Draft, q.Ready = true, storyTime(4, 12, 0)
	q.Labels = []Label{
		{Name: "performance", Added: storyTime(3, 9, 1)},
		{Name: "wip", Added: storyTime(3, 9, 1), Removed: storyTime(4, 12, 1)},
		{Name: "release-note", Added: storyTime(20, 9, 0)},
	}
	q.Reviews = []Review{{"ben", "pending", storyTime(4, 12, 30)}, {"ana", "approved", storyTime(4, 14, 0)}}
	squashed := y.mergeRequest(q, Squash, "ana", storyTime(4, 15, 0))
	basket := q.Number
	y.addDeployment("staging", squashed, "ana", storyTime(4, 15, 5), rolloutStatuses(storyTime(4, 15, 5), 3, "success")...)
	d := y.addDeployment("production", squashed, "dependabot[bot]", storyTime(4, 15, 30),
		rolloutStatuses(storyTime(4, 15, 30), 8, "success")...)
	d.Payload = `"written as a string"`
	// Written over when the next one came, and the one before as well.
	d.Statuses = append(d.Statuses, Status{"inactive", storyTime(5, 10, 15)})
	y.r.Deployments[0].Statuses = append(y.r.Deployments[0].Statuses, Status{"inactive", storyTime(4, 15, 38)})

	// It broke: an incident, a rollback to the commit before, a revert.
	// It names what broke it, in its words; the revert refers to it.
	x := y.addIssue("ben", "Basket loses items", storyTime(5, 9, 0), "incident", "sev1")
	x.Body = fmt.Sprintf("Since deployment %d with #%d, commit %s.\n<!-- such as deployment 7, #1 -->", d.ID, basket,
		squashed[:9])
	x.LinkedBy = []int{x.Number + 1}
	x.Events = []IssueEvent{{Closed, storyTime(5, 12, 0)}, {Reopened, storyTime(6, 8, 0)}, {Closed, storyTime(9, 17, 0)}}
	x.Labels = append(x.Labels, Label{Name: "customer", Added: storyTime(16, 9, 0)})
	y.addDeployment("production", merged, "ben", storyTime(5, 10, 10), rolloutStatuses(storyTime(5, 10, 10), 5,
		"success")...)
	q = y.addRequest("ben", `Revert "Faster basket"`, storyTime(5, 10, 30), storyTime(5, 10, 25))
	y.lastCommit().Reverts = squashed
	y.lastCommit().Message = "Revert \"Faster basket\"\n\nThis reverts commit " + squashed + "."
	q.Reverts = basket
	q.Reviews = []Review{{"ana", "approved", storyTime(5, 10, 40)}}
	reverted := y.mergeRequest(q, Squash, "ben", storyTime(5, 11, 0))
	// Finishes three days later.
	y.addDeployment("production", reverted, "ben", storyTime(5, 11, 10), Status{"queued", storyTime(5, 11, 10)},
		Status{"success", storyTime(8, 11, 30)})

	storyCheckoutLater(y)
}

// storyCheckoutLater adds the rest of its month.
func storyCheckoutLater(y *repoBuilder) {
	// Rebased: new commits with the old authors' times.
	q := y.addRequest("ana", "Currency rounding", storyTime(6, 9, 0), storyTime(5, 16, 0), storyTime(6, 8, 30),
		storyTime(6, 8, 45))
	q.Reviews = []Review{{"cleo", "commented", storyTime(6, 13, 0)}, {"cleo", "approved", storyTime(7, 9, 0)}}
	rebased := y.mergeRequest(q, Rebase, "cleo", storyTime(7, 9, 30))
	// Fails, then succeeds on the same deployment.
	y.addDeployment("production", rebased, "cleo", storyTime(7, 10, 0),
		Status{"in_progress", storyTime(7, 10, 0)}, Status{"failure", storyTime(7, 10, 20)}, Status{
			"in_progress",
			storyTime(7, 23, 40),
		}, Status{"success", storyTime(8, 0, 10)})

	// A hotfix straight to the branch, by someone without an account.
	fix := y.pushDirect("erin", storyTime(9, 16, 0), "Hotfix: stop double charges")
	five := y.addDeployment("production", fix, "ana", storyTime(9, 16, 5), Status{"queued", storyTime(9, 16, 5)})
	for i := range 5 {
		five.Statuses = append(five.Statuses, Status{"success", storyTime(9, 16, 15+i)})
	}
	five.Payload = `""`

	// A bot's request, merged without review, and one that stays open.
	q = y.addRequest("dependabot[bot]", "Bump lodash from 4.17.20 to 4.17.21", storyTime(10, 3, 0), storyTime(10, 3, 0))
	q.Labels = []Label{{Name: "dependencies", Added: storyTime(10, 3, 0)}}
	bumped := y.mergeRequest(q, Squash, "ana", storyTime(10, 9, 0))
	q = y.addRequest("dependabot[bot]", "Bump express from 4 to 5", storyTime(11, 3, 0), storyTime(11, 3, 0))
	q.TestMerge = "7e57000000000000000000000000000000000001"
	q.Touched = []time.Time{storyTime(25, 3, 0)}
	y.addDeployment("production", bumped, "ana", storyTime(10, 9, 10), rolloutStatuses(storyTime(10, 9, 10), 7,
		"failure")...)
	y.addDeployment("production", bumped, "ana", storyTime(10, 10, 0), rolloutStatuses(storyTime(10, 10, 0), 7,
		"success")...)

	// By an account that was deleted; from a fork that was deleted; closed unmerged.
	q = y.addRequest("ghost", "Translate receipts", storyTime(11, 9, 0), storyTime(10, 20, 0))
	q.Reviews = []Review{{"ben", "approved", storyTime(12, 9, 0)}}
	y.mergeRequest(q, Squash, "ben", storyTime(12, 9, 30))
	q = y.addRequest("ben", "Forked idea", storyTime(12, 10, 0), storyTime(12, 9, 50))
	q.Fork, q.ForkGone = "ben/checkout", storyTime(14, 0, 0)
	q.TestMerge, q.Closed = "7e57000000000000000000000000000000000002", storyTime(15, 9, 0)

	// Brought by a fast-forward: its commits are older than the night before.
	q = y.addRequest("ana", "Tax tables", storyTime(16, 9, 0), storyTime(14, 9, 0), storyTime(15, 9, 0))
	tables := y.mergeRequest(q, FastForward, "ana", storyTime(18, 9, 0))
	y.addDeployment("production", tables, "ana", storyTime(18, 9, 10), rolloutStatuses(storyTime(18, 9, 10), 9,
		"success")...)

	// The default branch is pushed by force: the mistake is gone, another is there.
	mistake := y.pushDirect("cleo", storyTime(19, 9, 0), "Mistake with a password in it")
	y.addDeployment("production", mistake, "cleo", storyTime(19, 9, 5),
		rolloutStatuses(storyTime(19, 9, 5), 4, "error")...)
	y.head = tables
	y.pushDirect("cleo", storyTime(20, 10, 0), "The same without the password")

	// Into another branch; and work that is still going on when the month ends.
	q = y.addRequest("ana", "Backport rounding", storyTime(21, 9, 0), storyTime(21, 8, 0))
	q.Base = "release-1"
	q.Merged, q.Method, q.MergeCommit = storyTime(21, 12, 0), Squash, y.addCommit("ana", storyTime(21, 12, 0),
		storyTime(21, 12, 0),
		"Backport rounding (#0)", q.Number, tables)
	q.Landed = []string{q.MergeCommit}
	y.addRequest("ben", "Half done", storyTime(29, 9, 0), storyTime(28, 9, 0), storyTime(30, 9, 0)).Draft = true
	y.addDeployment("production", y.head, "ana", storyTime(30, 9, 0), Status{"queued", storyTime(30, 9, 0)},
		Status{"in_progress", storyTime(30, 9, 1)})
	y.addDeployment("production", y.head, "ana", storyTime(31, 9, 0), Status{"success", storyTime(33, 9, 0)})

	// Becomes an incident when it is labelled; ceases to be one; never was one.
	x := y.addIssue("ana", "Slow on Mondays", storyTime(12, 9, 0), "question")
	x.Labels = append(x.Labels, Label{Name: "Incident", Added: storyTime(17, 9, 0)})
	x.Events = []IssueEvent{{Closed, storyTime(18, 9, 0)}}
	x = y.addIssue("ana", "False alarm", storyTime(13, 9, 0))
	x.Labels = []Label{
		{Name: "incident", Added: storyTime(13, 9, 0), Removed: storyTime(21, 9, 0)},
		{Name: "type: incident", Added: storyTime(14, 9, 0), Removed: storyTime(15, 9, 0)},
	}
	x.Events = []IssueEvent{{Closed, storyTime(13, 10, 0)}}
	y.addIssue("cleo", "Feature wish", storyTime(14, 9, 0), "enhancement")
	x = y.addIssue("ghost", "Refunds stuck", storyTime(-3, 9, 0), "type: incident", "incident")
	x.Events = []IssueEvent{{Closed, storyTime(2, 9, 0)}, {Reopened, storyTime(27, 9, 0)}}
}

// storyWebsite adds acme/webshop, number 2, renamed acme/storefront: its deployments are runs
// of a workflow.
func storyWebsite(b *builder) {
	y := b.addRepository("webshop", storyTime(-300, 9, 0), "cleo")
	y.r.Names = append(y.r.Names, Name{Full: "acme/storefront", From: storyTime(12, 15, 0)})
	deploy := y.addWorkflow("deploy", "name: deploy\non:\n  push:\n    branches: [main]\n")
	test := y.addWorkflow("test", "name: test\non: pull_request\n")

	for d := 3; d < 30; d += 4 {
		q := y.addRequest("cleo", "Page", storyTime(d, 9, 0), storyTime(d, 8, 0))
		q.Reviews = []Review{{"ana", "approved", storyTime(d, 10, 0)}}
		sha := y.mergeRequest(q, Squash, "cleo", storyTime(d, 11, 0))
		y.addRun(test, sha, "cleo", storyTime(d, 11, 1), 3, "success")
		u := y.addRun(deploy, sha, "cleo", storyTime(d, 11, 2), 9, "success")
		switch d {
		case 7: // failed, and was run again the next day
			u.Attempts[0].Conclusion = "failure"
			u.Attempts = append(u.Attempts, Attempt{storyTime(d+1, 9, 0), storyTime(d+1, 9, 12), "success"})
		case 15: // run again although it had succeeded
			u.Attempts = append(u.Attempts, Attempt{storyTime(d, 15, 0), storyTime(d, 15, 9), "success"})
		case 19: // failed twice
			u.Attempts[0].Conclusion = "failure"
			u.Attempts = append(u.Attempts, Attempt{storyTime(d, 12, 0), storyTime(d, 12, 9), "failure"})
		case 27: // still going when the next night comes
			u.Attempts[0] = Attempt{storyTime(d, 11, 3), storyTime(d+1, 8, 0), "success"}
		}
	}
}

// storyLibrary adds acme/library, number 3: it has releases and nothing else.
func storyLibrary(b *builder) {
	y := b.addRepository("library", storyTime(-200, 9, 0), "ben")
	y.addRelease("v0.9.0", y.head, "ben", storyTime(-10, 9, 0))
	for i, tag := range []string{"v1.0.0-rc.1", "v1.0.0", "v1.0.1", "v1.1.0"} {
		q := y.addRequest("ben", "Prepare "+tag, storyTime(5+5*i, 9, 0), storyTime(5+5*i, 8, 0))
		sha := y.mergeRequest(q, Merge, "ben", storyTime(5+5*i, 10, 0))
		y.addRelease(tag, sha, "ben", storyTime(5+5*i, 12, 0)).Prerelease = i == 0
	}
}

// storyOthers adds the repositories that come and go.
func storyOthers(b *builder) {
	busy := func(y *repoBuilder, author string, days ...int) {
		for _, d := range days {
			sha := y.pushDirect(author, storyTime(d, 9, 0), "Daily work")
			y.addDeployment("production", sha, author, storyTime(d, 9, 30),
				rolloutStatuses(storyTime(d, 9, 30), 5, "success")...)
		}
	}
	ledger := b.addRepository("ledger", storyTime(-500, 9, 0), "ana")
	busy(ledger, "ana", 2, 4, 9)
	ledger.r.Archived = storyTime(15, 9, 0)

	legacy := b.addRepository("legacy", storyTime(-500, 10, 0), "ben")
	busy(legacy, "ben", 3, 6, 17)
	legacy.addRequest("ben", "Never finished", storyTime(6, 9, 0), storyTime(6, 8, 0))
	legacy.r.Deleted = storyTime(18, 9, 0)

	secret := b.addRepository("secret", storyTime(-500, 11, 0), "ana")
	busy(secret, "ana", 5, 12)
	secret.addIssue("ana", "Secret outage", storyTime(5, 9, 0), "incident").Events = []IssueEvent{{
		Closed,
		storyTime(6, 9, 0),
	}}
	secret.r.Hidden = storyTime(22, 9, 0)

	b.addRepository("empty", storyTime(8, 9, 0), "")

	// Takes the name that storefront had.
	again := b.addRepository("webshop", storyTime(20, 9, 0), "cleo")
	busy(again, "cleo", 21, 24)
}

// storyConfig adds acme/config, number 8: which image runs where.
func storyConfig(b *builder) {
	checkout := b.w.Repositories[0]
	y := b.addRepository("config", storyTime(-100, 9, 0), "ben")
	for _, d := range checkout.Deployments[:5] {
		if d.Environment != "production" {
			continue
		}
		y.pushDirect("ben", d.Created.Add(-2*time.Minute), "checkout: roll out")
		y.lastCommit().Files = []File{{
			Path: "production/checkout.yaml",
			Patch: "@@ -10,3 +10,3 @@ spec:\n       - name: checkout\n-          image: " + StoryImage + ":before\n" +
				"+          image: " + StoryImage + ":" + d.SHA + "\n         ports: []",
		}}
	}
}
