package fact

import (
	"bytes"
	"cmp"
	"hash/fnv"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
)

// Events has all facts of the sources, merged. Sources only append: nothing in it is judged,
// filtered or attributed to a team.
type Events struct {
	Repositories []Repository
	Teams        []ForgeTeam
	Commits      []Commit
	Changes      []Change
	Deployments  []Deployment
	Incidents    []Incident
	Answers      []Answer
	Tickets      []Ticket
	Usage        []Use
	Measures     []Measure
	Tasks        []Task
	TitleWords   []TitleWord // of the tickets without a theme
	Coverage     []Coverage
	Gaps         []Gap
	Imports      []Import
	Checks       []Check
	Syncs        []Sync
}

// Merge appends all of other's facts to e. If a list of e is empty, it takes other's list
// without a copy: an organisation's year is large, and most kinds have one source.
func (e *Events) Merge(other Events) {
	e.Repositories = appendAll(e.Repositories, other.Repositories)
	e.Teams = appendAll(e.Teams, other.Teams)
	e.Commits = appendAll(e.Commits, other.Commits)
	e.Changes = appendAll(e.Changes, other.Changes)
	e.Deployments = appendAll(e.Deployments, other.Deployments)
	e.Incidents = appendAll(e.Incidents, other.Incidents)
	e.Answers = appendAll(e.Answers, other.Answers)
	e.Tickets = appendAll(e.Tickets, other.Tickets)
	e.Usage = appendAll(e.Usage, other.Usage)
	e.Measures = appendAll(e.Measures, other.Measures)
	e.Tasks = appendAll(e.Tasks, other.Tasks)
	e.TitleWords = appendAll(e.TitleWords, other.TitleWords)
	e.Coverage = appendAll(e.Coverage, other.Coverage)
	e.Gaps = appendAll(e.Gaps, other.Gaps)
	e.Imports = appendAll(e.Imports, other.Imports)
	e.Checks = appendAll(e.Checks, other.Checks)
	e.Syncs = appendAll(e.Syncs, other.Syncs)
}

func appendAll[T any](a, b []T) []T {
	if len(a) == 0 {
		return slices.Clip(b) // so that appending to it copies rather than writes into b
	}
	return append(a, b...)
}

// Repository is one code repository, named "owner/name" as teams.toml names it.
type Repository struct {
	Name          string
	DefaultBranch string
	URL           string // web address, for evidence links; "" if unknown
	Archived      bool
	// Former are its earlier names, oldest first.
	Former []string
	// Gone is the time of the first request that its forge answered with "not found"; zero
	// while the repository exists.
	Gone time.Time
	// Shallow means that the clone's history is cut: first commits and ancestry before the cut
	// are unknown.
	Shallow bool
	// Pipelines maps paths of workflow files to a hash of their content, to find copied
	// pipelines.
	Pipelines map[string]string
}

// ForgeTeam is a team on a forge. Teams in teams.toml override it.
type ForgeTeam struct {
	Source       string
	ID           string   // slug or path, unique within the source
	Name         string   // display name
	Members      []string // logins; private
	Repositories []string // repositories it may write to, "owner/name"
}

// Commit is one commit. Author is the login, or the e-mail if the source has no login; it is
// private and never leaves compute/org.
type Commit struct {
	Repository string
	SHA        string
	Parents    []string // first parent first
	Author     string
	AuthorTime time.Time // when the work was written; survives rebase
	CommitTime time.Time // when this commit object was created
	// Subject is a hash of the first line of its message (HashSubject), because messages are
	// private; 0 if unknown. Together with author and author time it identifies copies of a
	// commit.
	Subject uint64
	// PickedFrom is the SHA named by "(cherry picked from commit …)", if any.
	PickedFrom string
	// Reverts is the SHA named by "This reverts commit …", if any.
	Reverts string
	// Paths are the changed files; nil if the source was not asked for them.
	Paths []string
}

// HashSubject returns a hash (FNV-1a) of the first line of a commit message,
// without blanks around it; 0 for an empty one.
func HashSubject[T string | []byte](message T) uint64 {
	const blanks = " \t\r\n"
	subject, _, _ := bytes.Cut(bytes.TrimLeft([]byte(message), blanks), []byte("\n"))
	subject = bytes.TrimRight(subject, blanks)
	if len(subject) == 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(subject) // a hash never fails
	return h.Sum64()
}

// Change is a merged or open pull/merge request, or a commit that reached the
// default branch without one.
type Change struct {
	Source     string
	Repository string
	ID         string // unique within the repository: "123" for a request, the SHA for a bare commit
	URL        string
	Title      string // private unless evidence.titles
	Author     string // login or e-mail; private
	Authors    []string
	// CoAuthors are the co-authors in trailers of its commits; private. They count as people,
	// but do not decide whether a change is automation's.
	CoAuthors  []string
	Labels     []string
	Branch     string // the branch it was merged into; "" means the default branch
	HeadBranch string // the request's own branch; "" if unknown
	// HeadRepository is the repository of the request's own branch, "owner/name". It differs
	// from Repository for a request from a fork; "" if unknown.
	HeadRepository string
	Draft          bool
	Tracker        string // tracker item it belongs to, for idea-to-production

	FirstCommit time.Time // author time of its first commit
	Opened      time.Time // request opened; zero for a bare commit
	Ready       time.Time // marked ready for review; zero if it never was a draft
	FirstReview time.Time // first review by a human who is not the author; pending reviews excluded
	Merged      time.Time // zero: not merged
	Closed      time.Time // closed without merging
	Updated     time.Time // when the source last changed the record; zero if unknown
	// Sequence is the record's position in its source's log: of two records of one ID the
	// higher is newer; 0 if unknown.
	Sequence int

	// MergeCommit is the commit that the merge added to the branch: the merge commit, the
	// squash commit, or the last commit of a rebase or fast-forward.
	MergeCommit string
	Head        string   // last commit of the request's own branch
	Commits     []string // commits it added to the branch, oldest first; may be empty
	Reverts     string   // ID of the change or SHA of the commit it reverts
	Paths       []string // files it touched; nil when unknown
}

// Deployment is one roll-out of one commit to one environment.
type Deployment struct {
	Source      string
	Repository  string
	Service     string // set if the source names the service; else derived from ownership
	ID          string // unique within the repository and source
	URL         string
	Environment string
	// Tier is the source's own class of the environment: "production", "staging", "testing" or
	// "development", which overrides the environment's name; "other" or "" if the source cannot
	// classify it.
	Tier     string
	Commit   string // SHA that was rolled out; "" when unknown
	Ref      string // tag or branch in the source
	Creator  string // who started it; never decides the lane
	Created  time.Time
	Updated  time.Time // when the source last changed the record; zero if unknown
	Sequence int       // its position in its source's log, as in Change; 0 if unknown
	Statuses []Status  // oldest first
	// Changes are IDs of the changes in it and Commits their SHAs, if the source lists them
	// itself; nil otherwise.
	Changes []string
	Commits []string
	// Release means that it is a release (a tag) and not a roll-out that was observed: an older
	// commit released later is a backport, not a rollback.
	Release bool
	// Unmapped means that the commit belongs to a configuration repository and no rule maps it
	// to source code: its lead time is then n/a, not wrong.
	Unmapped bool
}

// Maintenance is the environment of a release of an older line: 2.45.3 published after 2.50.0.
// It is a release, but no step forward or back of the newest line.
const Maintenance = "maintenance"

// Status is one reported state of a deployment.
type Status struct {
	State State
	At    time.Time
}

// State is the state of a deployment, reduced to those that the definitions need.
type State string

// Deployment states. Pending includes queued and in progress. A forge sets Inactive on an older
// deployment, which may have succeeded or not.
const (
	Pending  State = "pending"
	Success  State = "success"
	Failure  State = "failure"
	Inactive State = "inactive"
)

// Finished returns the time of the first success status, or the zero time if the roll-out never
// succeeded. Later statuses (inactive, a second success) do not change it.
func (d *Deployment) Finished() time.Time {
	for _, s := range d.Statuses {
		if s.State == Success {
			return s.At
		}
	}
	return time.Time{}
}

// Incident is one incident, of any cause.
type Incident struct {
	Source     string
	ID         string
	URL        string
	Title      string // private unless evidence.titles
	Repository string // "" if it names a service only
	Service    string // service or component in the source
	Severity   string
	Labels     []string
	Opened     time.Time
	Resolved   time.Time   // zero: still open
	Reopened   []time.Time // times it was opened again after a resolution
	Updated    time.Time   // when the source last changed the record; zero if unknown
	Sequence   int         // its position in its source's log, as in Change; 0 if unknown
	// Links to the cause, if the incident names it.
	Deployment string // deployment ID
	Commit     string
	Change     string // change ID
	// Mentions are the references in its text and its links; the text is not kept.
	Mentions []text.Mention
}

// RowIdentity identifies a row of an export among the rows of other exports of the same system.
type RowIdentity struct {
	ID       string    // of the row in its system; "" if it has none
	Updated  time.Time // when the system last changed it; zero if unknown
	Sequence int       // its position in the system's log; 0 if unknown
}

// Measure is one dated figure of a team (uptime, build minutes, cost), declared by ID in
// measures.toml.
type Measure struct {
	Source string
	ID     string
	At     time.Time
	Value  float64
	N      int          // number of observations behind the value; 0: unknown
	Team   string       // "" for the whole platform
	Row    *RowIdentity // nil: the export identifies no rows
}

// Ticket is one support request. Its title is not kept: the source matches it against the
// themes of the content while it reads.
type Ticket struct {
	Source   string
	ID       string
	Team     string
	Feature  string
	Labels   []string
	Opened   time.Time
	Resolved time.Time // zero: still open, unless Ending is Undated or Doubtful
	Updated  time.Time // when the source last changed the record; zero if unknown
	Sequence int       // its position in its source's log, as in Change; 0 if unknown
	Reopened int
	// Unsolved is the resolution of a ticket that was closed without a solution ("Duplicate",
	// "Won't do"); "" for a solved or an open ticket.
	Unsolved string
	// Theme is the place of its theme among the rules of the content, from 1; 0 if it has no
	// title, Unthemed if its title matches no rule.
	Theme  int16
	Ending Ending
}

// Duplicate is the Unsolved of a ticket that repeats another one.
const Duplicate = "duplicate"

// Unthemed is the Theme of a ticket whose title matches no rule.
const Unthemed = -1

// Ending describes what is known of the end of a ticket.
type Ending uint8

// Endings. By ByDate a ticket with the time of its resolution is closed and any other is open. An
// Undated ticket is closed, at an unknown time. A Doubtful one has no time, and a status that
// was not understood: it is open or closed.
const (
	ByDate Ending = iota
	Undated
	Doubtful
)

// IsOpen reports whether the ticket is known to be open.
func (t *Ticket) IsOpen() bool { return t.Resolved.IsZero() && t.Ending == ByDate }

// TitleWord counts the tickets whose title has a word and matches no theme. It is private until
// enough tickets and teams have the word.
type TitleWord struct {
	Word    string
	Tickets int // a ticket in several rows may count several times
	// Plain is the number of tickets with the word in lower case, or as a short word in capitals.
	// A word that always begins with a capital may be a name.
	Plain int
	// IDs are hashes of the IDs of the first tickets with the word, and Teams the first teams that
	// asked, at most MostWordIDs and MostWordTeams.
	IDs   []uint64
	Teams []string
}

// Limits of the lists of a TitleWord.
const (
	MostWordIDs   = 5
	MostWordTeams = 3
)

// Use is the use of a feature by one unit: one row of an export, or the rows of many days with
// their weeks.
type Use struct {
	Source  string
	Feature string
	Part    string // part of a feature, such as Backstage's docs; "" for the whole
	// Unit is an opaque key of the developer, team or service that used it. The importer hashes
	// keys of developers.
	Unit  string
	Team  string
	At    time.Time    // of the row; the first of several
	Count float64      // of the row; the sum of several
	Row   *RowIdentity // nil: the export identifies no rows, or no other row has its identity
	Rows  int          // number of rows; 0: one
	Weeks []UseWeek    // days and counts of several rows, in order; nil for one row
}

// UseWeek is the use by one unit in one week. Days are those of UTC.
type UseWeek struct {
	Week  int32 // number of Mondays since 29 Dec 1969, a Monday
	Days  uint8 // a bit for each day with use; the lowest is Monday's
	Count float64
}

// CountRows returns the number of rows.
func (u *Use) CountRows() int { return max(u.Rows, 1) }

// AddRow adds the use of a row to the weeks.
func (u *Use) AddRow(at time.Time, count float64) {
	if u.Rows == 0 || at.Before(u.At) {
		u.At = at
	}
	u.Rows++
	u.Count += count
	week := NewUseWeek(at, count)
	n := len(u.Weeks)
	if n == 0 || u.Weeks[n-1].Week < week.Week {
		u.Weeks = append(u.Weeks, week)
		return
	}
	i, found := n-1, u.Weeks[n-1].Week == week.Week
	if !found {
		i, found = slices.BinarySearchFunc(u.Weeks, week.Week, func(w UseWeek, week int32) int { return cmp.Compare(w.Week, week) })
	}
	if !found {
		u.Weeks = slices.Insert(u.Weeks, i, week)
		return
	}
	u.Weeks[i].Days |= week.Days
	u.Weeks[i].Count += count
}

// daysBeforeThursday is the number of days from a Monday to 1 Jan 1970, a Thursday.
const daysBeforeThursday = 3

// NewUseWeek returns the week of one use.
func NewUseWeek(at time.Time, count float64) UseWeek {
	const secondsADay, days = 24 * 60 * 60, 7
	day := at.Unix()/secondsADay + daysBeforeThursday
	return UseWeek{Week: int32(day / days), Days: 1 << (day % days), Count: count}
}

// Start returns the Monday of the week.
func (w UseWeek) Start() time.Time {
	return time.Date(1970, 1, 1-daysBeforeThursday+7*int(w.Week), 0, 0, 0, 0, time.UTC)
}

// Task is one attempt at a common task (deploy, onboard a service).
type Task struct {
	Source  string
	Task    string
	At      time.Time
	Minutes *float64
	Unaided *bool // completed without help
	Done    bool
	Team    string
	Row     *RowIdentity // nil: the export identifies no rows
}

// Coverage is a span over which a source was collected for a repository. Weeks without
// deployments count as zero only inside it.
type Coverage struct {
	Source     string
	Repository string
	Kind       string // "deployments", "changes", "incidents", "commits"
	From, To   time.Time
	// Declared means that people declared the source complete over the span: without a row
	// nothing happened. If Repository is "", this applies to every repository.
	Declared bool
	// Ended means that people declared To as the end: nothing after it is known.
	Ended bool
}

// Gap is a hole in the facts: a source without a token, interrupted or missing. Every page that
// depends on the source shows it.
type Gap struct {
	Source     string
	Repository string // "" for the whole source
	From, To   time.Time
	Reason     string // the cause, lower case
	Next       string // how to fix it
}

// Check compares a source's own figure with the collected facts. Pages show it beside our
// figure, never in its place.
type Check struct {
	Source string
	What   string // "deployments of acme/checkout", "change lead time by the forge's own definition"
	// From and To are the compared span: From inclusive, To exclusive.
	From, To time.Time
	Theirs   float64
	Ours     float64
	Unit     string // "deployments", "seconds", "" for a count
	// TheirsOnly means that Ours is not set here: our figure is elsewhere on the site.
	TheirsOnly bool
	// Comparable means that the two should be equal; else Note explains how their definitions
	// differ.
	Comparable bool
	Note       string
}

// Sync describes the last update of a source whose facts are kept between runs.
type Sync struct {
	Source string
	// At is the time of the last attempt. Until is the end of the span that is completely
	// collected; zero: never.
	At, Until time.Time
	// Requests sent (with Retries), pages of lists, and records in them.
	Requests, Retries, Pages, Items int
	// Limit is the number of requests that the forge allows in a period, and Left the rest of
	// it at the end; Limit 0: unknown.
	Limit, Left int
	Notes       []string // force-pushes, page sizes that were tried
}
