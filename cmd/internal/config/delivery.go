package config

import "time"

// Deploy describes which deployments count.
type Deploy struct {
	// Environments whose deployments count.
	Production string `toml:"production" option:"DORA.Production" check:"required pattern" example:"^prod"`
	// Environments that never count, whatever their tier. `doctor` lists those that it
	// matches.
	Exclude string `toml:"exclude" option:"DORA.Exclude" check:"pattern"`
	// Deployments of one commit to one environment within this many minutes are retries of
	// one.
	CollapseMinutes int `toml:"collapse_minutes" option:"DORA.CollapseMinutes" check:"0..1440"`
	// `environment`: a commit that is rolled out to three production environments is three
	// deployments. `commit`: it is one, finished at its first success, however late the other
	// environments follow. A commit that returns to an environment is a new deployment.
	Group string `toml:"group" option:"DORA.Group" check:"known"`
}

// Changes describes which requests are changes.
type Changes struct {
	// Branches that collect the work of others. A request from such a branch of the same
	// repository is a carrier: it is shown and not counted, and the requests and commits in
	// it are the changes. The default branch is one, too, and so is a branch that requests
	// were merged into and that was merged at least twice. A branch that matches
	// `dora.hotfix_branch` never is.
	LongLived string `toml:"long_lived" option:"LongLived" check:"pattern"`
}

// DORA describes how the delivery metrics count.
type DORA struct {
	// A first commit that is this many days older than its request counts from that limit,
	// and is flagged.
	MaxCommitAgeDays int `toml:"max_commit_age_days" option:"DORA.MaxCommitAge" check:"1..3650"`
	// The age in days that a week's Sunday must have before the week counts. Failures and
	// reverts need time to show.
	MaturityDays int `toml:"maturity_days" option:"MaturityDays" check:"0..90"`
	// The start of the lead time of a change: `first_commit` (its author time), `opened` (the
	// request was opened), `ready` (it was ready for review) or `merged`.
	LeadStart string `toml:"lead_start" option:"DORA.LeadStart" check:"known"`
	// `median` or `mean` over changes.
	LeadStatistic string `toml:"lead_statistic" option:"DORA.LeadStatistic" check:"known"`
	// `deployments` that failed ÷ deployments, or `incidents` of any cause ÷ deployments.
	FailRate string `toml:"fail_rate" option:"DORA.FailRateOf" check:"known"`
	// The performance levels beside the numbers: `dora-2021`, `dora-2023` or `none`.
	// `dora-2024` and `dora-2025` explain the missing badge.
	Tiers string `toml:"tiers" option:"DORA.Tiers" check:"known"`
	// The evidence that a deployment failed, strongest first: `override` (a ruling in
	// `failures.toml`), `incident_field` (an incident names it, its commit or its change),
	// `rollback` (an older commit was deployed in its place), `revert` (a later deployment
	// reverted a change in it), `hotfix` (the next deployment contained one), `window` (an
	// incident of the service opened soon after it). Default: all.
	FailureEvidence []string `toml:"failure_evidence" option:"DORA.Classes" check:"known"`
	// An incident within this many hours after a deployment is blamed on it.
	WindowHours int `toml:"window_hours" option:"DORA.WindowHours" check:"1..720"`
	// The deployment that an incident is blamed on if it names none. `window`: the one that
	// finished last, if that was within `window_hours` and no other is as near. `previous`:
	// the one that finished last, however long before, as Apache DevLake and fourkeys count.
	Blame string `toml:"blame" option:"DORA.Blame" check:"known"`
	// Deployments whose changes are all by bots (`people.bots`). `apart`: in a number of
	// their own. `counted`: like those of people, as most tools count.
	Bots string `toml:"bots" option:"DORA.Bots" check:"known"`
	// Branches of requests, and deployed refs, that are hotfixes. Empty: none.
	HotfixBranch string `toml:"hotfix_branch" option:"DORA.HotfixBranch" check:"pattern"`
	// Labels of changes that are hotfixes. Empty: none.
	HotfixLabel string `toml:"hotfix_label" option:"DORA.HotfixLabel" check:"pattern"`
	// Titles of changes that are hotfixes. Empty: none.
	HotfixTitle string `toml:"hotfix_title" option:"DORA.HotfixTitle" check:"pattern"`
	// Labels of requests that are not changes of their own, such as release requests. They
	// are in no lead time and not waiting, and are counted as left out. Empty: none.
	ExcludeLabel string `toml:"exclude_label" option:"DORA.ExcludeLabel" check:"pattern"`
	// Titles of such requests. Empty: none.
	ExcludeTitle string `toml:"exclude_title" option:"DORA.ExcludeTitle" check:"pattern"`
}

// Break is a span of the calendar without the usual work.
//
// Public holidays and freezes of changes. Charts shade their weeks. Windows of delivery, support
// and activity leave a week out if one of its days is in a break, and reach further back: four
// weeks stay four weeks. Only spans in which work stops belong here, because a single holiday
// leaves out its whole week.
type Break struct {
	// The name, on charts and in notes. Default: that of its kind.
	Title string `toml:"title"`
	// `holiday` or `freeze`.
	Kind string `toml:"kind" default:"holiday" check:"kind"`
	// The first day. A date without a time; it is that day everywhere. Default: required.
	From time.Time `toml:"from" check:"year day"`
	// The last day. Default: required.
	Until time.Time `toml:"until" check:"year day"`
	// The IDs of the teams that it is about. Only the numbers of these teams leave the weeks
	// out. Default: everybody.
	Teams []string `toml:"teams" check:"filled"`
}

// SESOI holds the smallest effects of interest.
//
// A difference that is surely smaller is "about the same".
type SESOI struct {
	// For failure rates, in percentage points.
	FailureRatePoints float64 `toml:"failure_rate_points" default:"2" check:"0..100"`
	// For the NPS, in points.
	NPSPoints float64 `toml:"nps_points" option:"NPSPoints" check:"0..200"`
	// For everything else, in percent of the value before.
	DefaultPercent float64 `toml:"default_percent" default:"10" check:"0..100"`
	// For the effect of adopting a feature on delivery, in percent.
	ImpactPercent float64 `toml:"impact_percent" option:"ImpactPercent" check:"0..100"`
}
