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

// StoryRules are settings under which the story has something of everything.
func StoryRules() Rules {
	return Rules{
		Workflows: map[string]string{StoryDeployWorkflow: "production"},
		Releases:  "production",
		Incidents: []string{"incident", "type: incident"},
		Teams:     true,
		Pipelines: true,
	}
}

// day is a time of the story's month, in March 2025.
func day(d, hour, minute int) time.Time { return time.Date(2025, 3, d, hour, minute, 0, 0, time.UTC) }

// Story is one team's month, March 2025. It holds: merges of every method, a
// revert, a rollback, a hotfix, a direct push, a force-push of the default branch;
// a bot's requests, one by a deleted account, one from a fork that was deleted, a
// draft made ready, reviews by the author, by a bot and one that is pending, an
// unmerged request with a trial merge; deployments that finish three days late,
// fail and then succeed, succeed five times, are written over by "inactive" or
// never end; workflow runs that were run again; releases with a pre-release;
// incidents that are reopened, and become or cease to be incidents as labels are
// edited; repositories that are renamed, archived, deleted, lost from sight,
// empty, and one that takes the name of another. Each call makes a new one.
func Story() *World {
	b := newBuilder(StoryOrganisation, day(1, 0, 0), day(32, 0, 0))
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

// storyCheckout is acme/checkout, number 1: the service that most happens to.
func storyCheckout(b *builder) {
	y := b.repository("checkout", day(-400, 9, 0), "ana")
	y.workflow("ci", "name: ci\non: push\n")
	y.direct("ben", day(-30, 9, 0), "Set up")

	// A request that was opened and merged long before the window; one that was
	// opened before it and merged within.
	q := y.request("ana", "Old news", day(-20, 9, 0), day(-20, 8, 0))
	y.merge(q, Merge, "ana", day(-19, 9, 0))
	q = y.request("ben", "Carry totals over", day(-2, 9, 0), day(-4, 15, 0), day(-3, 9, 30), day(2, 8, 0))
	q.Reviews = []Review{
		{"ben", "commented", day(-1, 9, 0)},
		{"reviewer[bot]", "commented", day(-1, 9, 5)},
		{"ana", "changes_requested", day(1, 10, 0)},
		{"ana", "approved", day(2, 10, 0)},
	}
	merged := y.merge(q, Merge, "ana", day(2, 11, 0))
	y.deploy("production", merged, "ana", day(2, 11, 10), rollout(day(2, 11, 10), 6, "success")...)

	// Squashed; a draft first; labels edited after it was merged.
	q = y.request("cleo", "Faster basket", day(3, 9, 0), day(3, 8, 0), day(4, 9, 0))
	q.Draft, q.Ready = true, day(4, 12, 0)
	q.Labels = []Label{
		{Name: "performance", Added: day(3, 9, 1)},
		{Name: "wip", Added: day(3, 9, 1), Removed: day(4, 12, 1)},
		{Name: "release-note", Added: day(20, 9, 0)},
	}
	q.Reviews = []Review{{"ben", "pending", day(4, 12, 30)}, {"ana", "approved", day(4, 14, 0)}}
	squashed := y.merge(q, Squash, "ana", day(4, 15, 0))
	basket := q.Number
	y.deploy("staging", squashed, "ana", day(4, 15, 5), rollout(day(4, 15, 5), 3, "success")...)
	d := y.deploy("production", squashed, "dependabot[bot]", day(4, 15, 30), rollout(day(4, 15, 30), 8, "success")...)
	d.Payload = `"written as a string"`
	// Written over when the next one came, and the one before as well.
	d.Statuses = append(d.Statuses, Status{"inactive", day(5, 10, 15)})
	y.r.Deployments[0].Statuses = append(y.r.Deployments[0].Statuses, Status{"inactive", day(4, 15, 38)})

	// It broke: an incident, a rollback to the commit before, a revert.
	// It names what broke it, in its words; the revert refers to it.
	x := y.issue("ben", "Basket loses items", day(5, 9, 0), "incident", "sev1")
	x.Body = fmt.Sprintf("Since deployment %d with #%d, commit %s.\n<!-- such as deployment 7, #1 -->", d.ID, basket,
		squashed[:9])
	x.LinkedBy = []int{x.Number + 1}
	x.Events = []IssueEvent{{Closed, day(5, 12, 0)}, {Reopened, day(6, 8, 0)}, {Closed, day(9, 17, 0)}}
	x.Labels = append(x.Labels, Label{Name: "customer", Added: day(16, 9, 0)})
	y.deploy("production", merged, "ben", day(5, 10, 10), rollout(day(5, 10, 10), 5, "success")...)
	q = y.request("ben", `Revert "Faster basket"`, day(5, 10, 30), day(5, 10, 25))
	y.last().Reverts = squashed
	y.last().Message = "Revert \"Faster basket\"\n\nThis reverts commit " + squashed + "."
	q.Reverts = basket
	q.Reviews = []Review{{"ana", "approved", day(5, 10, 40)}}
	reverted := y.merge(q, Squash, "ben", day(5, 11, 0))
	// Finishes three days later.
	y.deploy("production", reverted, "ben", day(5, 11, 10), Status{"queued", day(5, 11, 10)},
		Status{"success", day(8, 11, 30)})

	storyCheckoutLater(y)
}

// storyCheckoutLater is the rest of its month.
func storyCheckoutLater(y *yard) {
	// Rebased: new commits with the old authors' times.
	q := y.request("ana", "Currency rounding", day(6, 9, 0), day(5, 16, 0), day(6, 8, 30), day(6, 8, 45))
	q.Reviews = []Review{{"cleo", "commented", day(6, 13, 0)}, {"cleo", "approved", day(7, 9, 0)}}
	rebased := y.merge(q, Rebase, "cleo", day(7, 9, 30))
	// Fails, then succeeds on the same deployment.
	y.deploy("production", rebased, "cleo", day(7, 10, 0),
		Status{"in_progress", day(7, 10, 0)}, Status{"failure", day(7, 10, 20)}, Status{
			"in_progress",
			day(7, 23, 40),
		}, Status{"success", day(8, 0, 10)})

	// A hotfix straight to the branch, by someone without an account.
	fix := y.direct("erin", day(9, 16, 0), "Hotfix: stop double charges")
	five := y.deploy("production", fix, "ana", day(9, 16, 5), Status{"queued", day(9, 16, 5)})
	for i := range 5 {
		five.Statuses = append(five.Statuses, Status{"success", day(9, 16, 15+i)})
	}
	five.Payload = `""`

	// A bot's request, merged without review, and one that stays open.
	q = y.request("dependabot[bot]", "Bump lodash from 4.17.20 to 4.17.21", day(10, 3, 0), day(10, 3, 0))
	q.Labels = []Label{{Name: "dependencies", Added: day(10, 3, 0)}}
	bumped := y.merge(q, Squash, "ana", day(10, 9, 0))
	q = y.request("dependabot[bot]", "Bump express from 4 to 5", day(11, 3, 0), day(11, 3, 0))
	q.TestMerge = "7e57000000000000000000000000000000000001"
	q.Touched = []time.Time{day(25, 3, 0)}
	y.deploy("production", bumped, "ana", day(10, 9, 10), rollout(day(10, 9, 10), 7, "failure")...)
	y.deploy("production", bumped, "ana", day(10, 10, 0), rollout(day(10, 10, 0), 7, "success")...)

	// By an account that was deleted; from a fork that was deleted; closed unmerged.
	q = y.request("ghost", "Translate receipts", day(11, 9, 0), day(10, 20, 0))
	q.Reviews = []Review{{"ben", "approved", day(12, 9, 0)}}
	y.merge(q, Squash, "ben", day(12, 9, 30))
	q = y.request("ben", "Forked idea", day(12, 10, 0), day(12, 9, 50))
	q.Fork, q.ForkGone = "ben/checkout", day(14, 0, 0)
	q.TestMerge, q.Closed = "7e57000000000000000000000000000000000002", day(15, 9, 0)

	// Brought by a fast-forward: its commits are older than the night before.
	q = y.request("ana", "Tax tables", day(16, 9, 0), day(14, 9, 0), day(15, 9, 0))
	tables := y.merge(q, FastForward, "ana", day(18, 9, 0))
	y.deploy("production", tables, "ana", day(18, 9, 10), rollout(day(18, 9, 10), 9, "success")...)

	// The default branch is pushed by force: the mistake is gone, another is there.
	mistake := y.direct("cleo", day(19, 9, 0), "Mistake with a password in it")
	y.deploy("production", mistake, "cleo", day(19, 9, 5), rollout(day(19, 9, 5), 4, "error")...)
	y.head = tables
	y.direct("cleo", day(20, 10, 0), "The same without the password")

	// Into another branch; and work that is still going on when the month ends.
	q = y.request("ana", "Backport rounding", day(21, 9, 0), day(21, 8, 0))
	q.Base = "release-1"
	q.Merged, q.Method, q.MergeCommit = day(21, 12, 0), Squash, y.commit("ana", day(21, 12, 0), day(21, 12, 0),
		"Backport rounding (#0)", q.Number, tables)
	q.Landed = []string{q.MergeCommit}
	y.request("ben", "Half done", day(29, 9, 0), day(28, 9, 0), day(30, 9, 0)).Draft = true
	y.deploy("production", y.head, "ana", day(30, 9, 0), Status{"queued", day(30, 9, 0)},
		Status{"in_progress", day(30, 9, 1)})
	y.deploy("production", y.head, "ana", day(31, 9, 0), Status{"success", day(33, 9, 0)})

	// Becomes an incident when it is labelled; ceases to be one; is no incident.
	x := y.issue("ana", "Slow on Mondays", day(12, 9, 0), "question")
	x.Labels = append(x.Labels, Label{Name: "Incident", Added: day(17, 9, 0)})
	x.Events = []IssueEvent{{Closed, day(18, 9, 0)}}
	x = y.issue("ana", "False alarm", day(13, 9, 0))
	x.Labels = []Label{
		{Name: "incident", Added: day(13, 9, 0), Removed: day(21, 9, 0)},
		{Name: "type: incident", Added: day(14, 9, 0), Removed: day(15, 9, 0)},
	}
	x.Events = []IssueEvent{{Closed, day(13, 10, 0)}}
	y.issue("cleo", "Feature wish", day(14, 9, 0), "enhancement")
	x = y.issue("ghost", "Refunds stuck", day(-3, 9, 0), "type: incident", "incident")
	x.Events = []IssueEvent{{Closed, day(2, 9, 0)}, {Reopened, day(27, 9, 0)}}
}

// storyWebsite is acme/webshop, number 2, renamed acme/storefront: its deployments
// are runs of a workflow.
func storyWebsite(b *builder) {
	y := b.repository("webshop", day(-300, 9, 0), "cleo")
	y.r.Names = append(y.r.Names, Name{Full: "acme/storefront", From: day(12, 15, 0)})
	deploy := y.workflow("deploy", "name: deploy\non:\n  push:\n    branches: [main]\n")
	test := y.workflow("test", "name: test\non: pull_request\n")

	for d := 3; d < 30; d += 4 {
		q := y.request("cleo", "Page", day(d, 9, 0), day(d, 8, 0))
		q.Reviews = []Review{{"ana", "approved", day(d, 10, 0)}}
		sha := y.merge(q, Squash, "cleo", day(d, 11, 0))
		y.run(test, sha, "cleo", day(d, 11, 1), 3, "success")
		u := y.run(deploy, sha, "cleo", day(d, 11, 2), 9, "success")
		switch d {
		case 7: // failed, and was run again the next day
			u.Attempts[0].Conclusion = "failure"
			u.Attempts = append(u.Attempts, Attempt{day(d+1, 9, 0), day(d+1, 9, 12), "success"})
		case 15: // run again although it had succeeded
			u.Attempts = append(u.Attempts, Attempt{day(d, 15, 0), day(d, 15, 9), "success"})
		case 19: // failed twice
			u.Attempts[0].Conclusion = "failure"
			u.Attempts = append(u.Attempts, Attempt{day(d, 12, 0), day(d, 12, 9), "failure"})
		case 27: // still going when the next night comes
			u.Attempts[0] = Attempt{day(d, 11, 3), day(d+1, 8, 0), "success"}
		}
	}
}

// storyLibrary is acme/library, number 3: it has releases and nothing else.
func storyLibrary(b *builder) {
	y := b.repository("library", day(-200, 9, 0), "ben")
	y.release("v0.9.0", y.head, "ben", day(-10, 9, 0))
	for i, tag := range []string{"v1.0.0-rc.1", "v1.0.0", "v1.0.1", "v1.1.0"} {
		q := y.request("ben", "Prepare "+tag, day(5+5*i, 9, 0), day(5+5*i, 8, 0))
		sha := y.merge(q, Merge, "ben", day(5+5*i, 10, 0))
		y.release(tag, sha, "ben", day(5+5*i, 12, 0)).Prerelease = i == 0
	}
}

// storyOthers are the repositories that come and go.
func storyOthers(b *builder) {
	busy := func(y *yard, author string, days ...int) {
		for _, d := range days {
			sha := y.direct(author, day(d, 9, 0), "Daily work")
			y.deploy("production", sha, author, day(d, 9, 30), rollout(day(d, 9, 30), 5, "success")...)
		}
	}
	ledger := b.repository("ledger", day(-500, 9, 0), "ana")
	busy(ledger, "ana", 2, 4, 9)
	ledger.r.Archived = day(15, 9, 0)

	legacy := b.repository("legacy", day(-500, 10, 0), "ben")
	busy(legacy, "ben", 3, 6, 17)
	legacy.request("ben", "Never finished", day(6, 9, 0), day(6, 8, 0))
	legacy.r.Deleted = day(18, 9, 0)

	secret := b.repository("secret", day(-500, 11, 0), "ana")
	busy(secret, "ana", 5, 12)
	secret.issue("ana", "Secret outage", day(5, 9, 0), "incident").Events = []IssueEvent{{Closed, day(6, 9, 0)}}
	secret.r.Hidden = day(22, 9, 0)

	b.repository("empty", day(8, 9, 0), "")

	// Takes the name that storefront had.
	again := b.repository("webshop", day(20, 9, 0), "cleo")
	busy(again, "cleo", 21, 24)
}

// storyConfig is acme/config, number 8: which image runs where.
func storyConfig(b *builder) {
	checkout := b.w.Repositories[0]
	y := b.repository("config", day(-100, 9, 0), "ben")
	for _, d := range checkout.Deployments[:5] {
		if d.Environment != "production" {
			continue
		}
		y.direct("ben", d.Created.Add(-2*time.Minute), "checkout: roll out")
		y.last().Files = []File{{
			Path: "production/checkout.yaml",
			Patch: "@@ -10,3 +10,3 @@ spec:\n       - name: checkout\n-          image: " + StoryImage + ":before\n" +
				"+          image: " + StoryImage + ":" + d.SHA + "\n         ports: []",
		}}
	}
}
