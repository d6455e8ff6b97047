package fact

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
)

// Events is everything the sources reported, merged. Sources append; nothing
// in it has been judged, filtered or attributed to a team.
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
	Coverage     []Coverage
	Gaps         []Gap
	Imports      []Import
	Checks       []Check
	Syncs        []Sync
}

// Merge appends all of other's facts to e. A list that e has none of is taken as
// it is: an organisation's year is large, and most kinds have one source.
func (e *Events) Merge(other Events) {
	e.Repositories = join(e.Repositories, other.Repositories)
	e.Teams = join(e.Teams, other.Teams)
	e.Commits = join(e.Commits, other.Commits)
	e.Changes = join(e.Changes, other.Changes)
	e.Deployments = join(e.Deployments, other.Deployments)
	e.Incidents = join(e.Incidents, other.Incidents)
	e.Answers = join(e.Answers, other.Answers)
	e.Tickets = join(e.Tickets, other.Tickets)
	e.Usage = join(e.Usage, other.Usage)
	e.Measures = join(e.Measures, other.Measures)
	e.Tasks = join(e.Tasks, other.Tasks)
	e.Coverage = join(e.Coverage, other.Coverage)
	e.Gaps = join(e.Gaps, other.Gaps)
	e.Imports = join(e.Imports, other.Imports)
	e.Checks = join(e.Checks, other.Checks)
	e.Syncs = join(e.Syncs, other.Syncs)
}

func join[T any](a, b []T) []T {
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
	// Former are names it had before it was renamed or transferred, oldest first.
	Former []string
	// Gone is when its forge was first asked and no longer had it, or no longer
	// showed it to us; zero while it is there.
	Gone time.Time
	// Shallow says the clone's history was cut: first commits and ancestry
	// before the cut are unknown.
	Shallow bool
	// Pipelines maps workflow file paths to a hash of their content, for the
	// copied-pipeline hint.
	Pipelines map[string]string
}

// ForgeTeam is a team as a forge knows it. What the people of the platform write
// in teams.toml goes before it.
type ForgeTeam struct {
	Source       string
	ID           string   // slug or path, unique within the source
	Name         string   // as people call it
	Members      []string // logins; private
	Repositories []string // those it may write to, "owner/name"
}

// Commit is one commit. Author is the login, or the e-mail where the source
// knows no login; it is private and never leaves compute/org.
type Commit struct {
	Repository string
	SHA        string
	Parents    []string // first parent first
	Author     string
	AuthorTime time.Time // when the work was written; survives rebase
	CommitTime time.Time // when this commit object was made
	// Subject is a hash of the first line of its message (HashSubject), because
	// messages are private; 0 if unknown. With author and author time it tells
	// that two commits are copies of one another.
	Subject uint64
	// PickedFrom is the SHA named by "(cherry picked from commit …)", if any.
	PickedFrom string
	// Reverts is the SHA named by "This reverts commit …", if any.
	Reverts string
	// Paths are the files it touched; nil when the source was not asked for them.
	Paths []string
}

// HashSubject returns a hash (FNV-1a) of the first line of a commit message,
// without blanks around it; 0 for an empty one.
func HashSubject[T string | []byte](message T) uint64 {
	from := 0
	for from < len(message) && isBlank(message[from]) {
		from++
	}
	to := from
	for to < len(message) && message[to] != '\n' {
		to++
	}
	for to > from && isBlank(message[to-1]) {
		to--
	}
	if from == to {
		return 0
	}
	hash := uint64(14695981039346656037)
	for i := from; i < to; i++ {
		hash = (hash ^ uint64(message[i])) * 1099511628211
	}
	return hash
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

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
	// CoAuthors are whom trailers of its commits name as co-authors; private. They
	// count as people, and are not asked for whether a change is automation's.
	CoAuthors  []string
	Labels     []string
	Branch     string // the branch it was merged into; "" means the default branch
	HeadBranch string // the request's own branch; "" if unknown
	// HeadRepository is where the request's own branch is, "owner/name": another
	// one than Repository for a request from a fork; "" if unknown.
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
	// Sequence is the place of the record in its source's log: of two records of
	// one id the higher is newer; 0 if unknown.
	Sequence int

	// MergeCommit is the commit that the merge put on the branch: the merge
	// commit, the squash commit, or the last commit of a rebase or fast-forward.
	MergeCommit string
	Head        string   // last commit of the request's own branch
	Commits     []string // commits it brought to the branch, oldest first; may be empty
	Reverts     string   // ID of the change or SHA of the commit it reverts
	Paths       []string // files it touched; nil when unknown
}

// Deployment is one roll-out of one commit to one environment.
type Deployment struct {
	Source      string
	Repository  string
	Service     string // set when the source names what was deployed; else derived from ownership
	ID          string // unique within the repository and source
	URL         string
	Environment string
	// Tier is what the source itself calls the environment: "production", "staging",
	// "testing", "development", or "other" and "" when it can not tell. One that
	// tells goes before the environment's name.
	Tier     string
	Commit   string // SHA that was rolled out; "" when unknown
	Ref      string // tag or branch, as the source said
	Creator  string // who pressed the button; never decides the lane
	Created  time.Time
	Updated  time.Time // when the source last changed the record; zero if unknown
	Sequence int       // its place in its source's log, as in Change; 0 if unknown
	Statuses []Status  // oldest first
	// Changes are IDs of the changes in it and Commits their SHAs, when the
	// source lists them itself; nil otherwise.
	Changes []string
	Commits []string
	// Release says it stands for a release (a tag) rather than a roll-out that was
	// seen: an older commit released later is a backport, not a rollback.
	Release bool
	// Unmapped says the commit belongs to a configuration repository and no rule
	// maps it to source code: lead time is then n/a, not wrong.
	Unmapped bool
}

// Maintenance is the environment of a release of an older line: 2.45.3 published
// after 2.50.0. It is a release, and neither a step forward nor back of the newest
// line.
const Maintenance = "maintenance"

// Status is one reported state of a deployment.
type Status struct {
	State State
	At    time.Time
}

// State of a deployment, reduced to what the definitions need.
type State string

// Deployment states. Pending covers queued and in progress. Inactive is what a
// forge writes over an older deployment; it says nothing about its success.
const (
	Pending  State = "pending"
	Success  State = "success"
	Failure  State = "failure"
	Inactive State = "inactive"
)

// Finished is the time of the first success status, or the zero time if the
// roll-out never succeeded. Later statuses (inactive, a second success) do not
// move it.
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
	Service    string // service or component as the source names it
	Severity   string
	Labels     []string
	Opened     time.Time
	Resolved   time.Time   // zero: still open
	Reopened   []time.Time // times it was opened again after a resolution
	Updated    time.Time   // when the source last changed the record; zero if unknown
	Sequence   int         // its place in its source's log, as in Change; 0 if unknown
	// Links to what broke, when the incident names it.
	Deployment string // deployment ID
	Commit     string
	Change     string // change ID
	// Mentions are what its text and its links refer to; the text is not kept.
	Mentions []text.Mention
}

// Row is what identifies a row of an export among the rows of other exports of
// the same system.
type Row struct {
	ID       string    // of the row in its system; "" if it has none
	Updated  time.Time // when the system last changed it; zero if unknown
	Sequence int       // its place in the system's log; 0 if unknown
}

// Measure is one dated figure that a team brings (uptime, build minutes, cost),
// declared by ID in measures.toml.
type Measure struct {
	Source string
	ID     string
	At     time.Time
	Value  float64
	N      int    // how many observations stand behind it; 0: not said
	Team   string // "" for the whole platform
	Row    *Row   // nil: the export identifies no rows
}

// Answer is one respondent's answers to one survey wave. It carries no identity
// and is read on every build, never stored.
type Answer struct {
	Wave string
	// Response is a hash of the id that the survey tool gave the response, keyed
	// anew in every run; "" if it gave none. It ends in collect/merge.
	Response string `json:"-"`
	Team     string // team or group as the export names it; "" if not asked
	At       time.Time
	Score    *int   // 0–10 to the NPS question; nil when left blank
	Reason   string // private free text; only counts of coded mentions are published
	Loved    []string
	Hated    []string // features named as frustrating
	Features []FeatureAnswer
	Items    map[string]float64 // Likert items by question id; absent when blank
}

// FeatureAnswer is what a user of a feature said about it.
type FeatureAnswer struct {
	Feature string
	// Positive is true, false, or nil for a neutral answer, which still counts
	// among those who answered.
	Positive *bool
	Reasons  []string // coded reasons, such as "too complex"
}

// Ticket is one support request.
type Ticket struct {
	Source   string
	ID       string
	Title    string // private; matched against themes, never published
	Team     string
	Feature  string
	Labels   []string
	Opened   time.Time
	Resolved time.Time // zero: still open
	Updated  time.Time // when the source last changed the record; zero if unknown
	Sequence int       // its place in its source's log, as in Change; 0 if unknown
	Reopened int
	// Unsolved is the word for a resolution that solved nothing ("Duplicate",
	// "Won't do"); "" for a solved or an open ticket.
	Unsolved string
}

// Use is one record of a feature being used: by one unit on one day, or a
// summed count over a span.
type Use struct {
	Source  string
	Feature string
	Part    string // part of a feature, such as Backstage's docs; "" for the whole
	// Unit is an opaque key of the developer, team or service that used it. Keys
	// of developers are hashed by the importer.
	Unit  string
	Team  string
	At    time.Time
	Count float64
	Row   *Row // nil: the export identifies no rows
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
	Row     *Row // nil: the export identifies no rows
}

// Coverage says that a source was collected for a repository over a span. Weeks
// without deployments count as zero only inside it.
type Coverage struct {
	Source     string
	Repository string
	Kind       string // "deployments", "changes", "incidents", "commits"
	From, To   time.Time
	// Declared says that people say the source is complete over the span: without a
	// row nothing happened. With Repository "" it is about every repository.
	Declared bool
}

// Gap is a known hole: a source without a token, cut short or missing. Every
// page that depends on the source shows it.
type Gap struct {
	Source     string
	Repository string // "" for the whole source
	From, To   time.Time
	Reason     string // what happened, lower case
	Next       string // what to do about it
}

// Check compares what a source says of itself with what was collected from it. It
// is shown beside our figure and never takes its place.
type Check struct {
	Source string
	What   string // "deployments of acme/checkout", "change lead time by the forge's own definition"
	// From and To are the span it is about: From inclusive, To exclusive.
	From, To time.Time
	Theirs   float64
	Ours     float64
	Unit     string // "deployments", "seconds", "" for a count
	// TheirsOnly says that whoever checked cannot know Ours, which stands elsewhere
	// on the site.
	TheirsOnly bool
	// Comparable says that the two should be equal; else Note says how their
	// definitions differ.
	Comparable bool
	Note       string
}

// Sync is how a source whose facts are kept between runs was last brought up to
// date.
type Sync struct {
	Source string
	// At is when that was tried and Until the time up to which everything asked
	// for is known; zero: never.
	At, Until time.Time
	// Requests sent, retries among them, pages of lists and records in them.
	Requests, Retries, Pages, Items int
	// Limit and Left are what the forge lets us ask in a while, and what was left
	// of it in the end; Limit 0: the forge did not say.
	Limit, Left int
	Notes       []string // what is worth knowing: force-pushes, sizes tried
}

// Import is the reconciliation line of one file or query:
// Read = Used + the sum of Rejected.
type Import struct {
	Source   string // name in config.toml
	Kind     string // "deployments", "changes", "survey" …
	File     string
	Read     int
	Used     int
	Rejected []Rejected
	Notes    []string // guesses made: encoding, delimiter, date order
	// Removed is how many credentials were taken out of its addresses and texts.
	Removed int `json:",omitzero"`
	// First and Last are the span of the records used.
	First, Last time.Time
}

// Rejected counts rows that were not used, by reason.
type Rejected struct {
	Reason string
	Count  int
	Line   int // first line it happened on, 1-based; 0 if lines mean nothing
	// ByRule says that a documented rule leaves such records out, as it would from
	// perfect data: the source is none the less complete.
	ByRule bool
}
