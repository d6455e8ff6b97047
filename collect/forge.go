package collect

import (
	"context"
	"errors"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Forge is a place like GitHub or GitLab that is too large to be read on every
// build. It is synchronised into a Store, and the Store is what a build reads.
type Forge interface {
	// Name is the name in config.toml, shown on the data-quality page.
	Name() string
	// Sync brings the store up to date with the forge for the window. It saves
	// rows together with the cursor that says how far they reach, so that a run
	// that is cut short, by whatever, loses nothing and claims nothing. The report
	// is valid beside an error. The error is for what ends the run of this forge:
	// credentials, a store that cannot be written, the end of the context. What
	// could not be read of single repositories is in the report's gaps.
	Sync(ctx context.Context, s Store, o SyncOptions) (Report, error)
	// Inspect asks just enough to say what a Sync would find and cost, and
	// changes nothing.
	Inspect(ctx context.Context, o SyncOptions) (Inspection, error)
}

// ErrCredentials is what errors of Sync and Inspect wrap when a token is missing,
// has expired, was refused or cannot read what it must: the run ends with an exit
// code of its own, because trying again does not help.
var ErrCredentials = errors.New("credentials missing or refused")

// SyncOptions say how to synchronise.
type SyncOptions struct {
	// Window is what is asked for: To is the run's now.
	Window Window
	// Full asks for everything in the window again, whatever the cursors say.
	// Records of the window that the forge no longer has are dropped.
	Full bool
	// Progress is called, never concurrently, when something moved on; may be nil.
	Progress func(Progress)
}

// Progress is how far a Sync has come.
type Progress struct {
	Source   string
	Phase    string // what it does now: "repositories", "deployments"; lower case
	Done     int    // repositories done
	Total    int    // of so many; 0: not known yet
	Requests int
	Budget   Budget
}

// Budget is what a forge lets us ask before Reset.
type Budget struct {
	Limit int       `json:"limit"` // 0: the forge did not say
	Left  int       `json:"left"`
	Reset time.Time `json:"reset,omitzero"`
}

// Report is what a Sync did, for run.json and the data-quality page.
type Report struct {
	Source   string `json:"source"`
	Requests int    `json:"requests"` // sent, retries included
	Retries  int    `json:"retries"`
	Pages    int    `json:"pages"` // pages of lists that were read
	Items    int    `json:"items"` // records in them
	Budget   Budget `json:"budget"`
	// Until is the time up to which everything asked for is known; before the
	// window's end when the run was cut short.
	Until time.Time    `json:"until,omitzero"`
	Gaps  []fact.Gap   `json:"gaps,omitempty"`
	Notes []string     `json:"notes,omitempty"` // what is worth knowing: renames, force-pushes, sizes tried
	Check []fact.Check `json:"checks,omitempty"`
}

// Inspection is what doctor shows of a forge.
type Inspection struct {
	Source       string
	Address      string // host that is asked
	Credential   string // kind of the token and what it can do, never the token
	Missing      []string
	Budget       Budget
	Repositories int
	Teams        int
	// What is there, most frequent first, so that rules can be compared with it.
	Environments, Workflows, Labels []Seen
	// Requests and Time are the estimate for a first run; Night and NightTime for
	// an ordinary one.
	Requests, Night int
	Time, NightTime time.Duration
	Notes           []string
}

// Seen is a name that the forge uses and how often.
type Seen struct {
	Name  string
	Count int
	Where string // an example: repository, or "acme/checkout and 3 more"
	// Matched says that a rule of this source takes it in. Rules of config.toml
	// that compute applies (which environments are production) are not known here.
	Matched bool
}

// Kind names a kind of facts that a store keeps.
type Kind string

// Kinds of stored facts. Cursors are kept by source, repository and kind.
const (
	Repositories Kind = "repositories"
	Teams        Kind = "teams"
	Commits      Kind = "commits"
	Changes      Kind = "changes"
	Deployments  Kind = "deployments"
	Incidents    Kind = "incidents"
)

// Repository is a repository as a store keeps it: by the forge's number, which
// outlives renames and transfers.
type Repository struct {
	ID int64
	fact.Repository
}

// Kept is a fact with what the store needs to find it again. Its Source and
// Repository fields may be left empty: reading fills them with the source's name
// and the repository's present name.
type Kept[T any] struct {
	Repository int64 // forge's number
	ID         string
	// At chooses it: a build reads the facts whose At lies in its window, and a
	// Sync from scratch over the same window must find the same. For commits the
	// commit time, for deployments the creation, for changes and incidents the
	// forge's last update.
	At time.Time
	// Open says that it may still change without the forge listing it as changed;
	// the next Sync asks for it by ID.
	Open bool
	Fact T
}

// Cursor says how far a source's facts of one kind reach for one repository.
type Cursor struct {
	Repository int64 // 0 for what belongs to the whole source
	Kind       Kind
	// Rule stands for the settings that the facts were chosen by; when it changes
	// they are collected anew.
	Rule string
	// From and To are the span that is completely known. It becomes the facts'
	// Coverage.
	From, To time.Time
	// Mark is the forge's own note to itself, such as a head's SHA.
	Mark string
}

// Ref names a stored fact.
type Ref struct {
	Repository int64
	Kind       Kind
	ID         string
	At         time.Time
}

// Drop names stored facts that the forge no longer has: those of one kind and
// repository with At in [From, To) and an ID that is not in Keep.
type Drop struct {
	Repository int64
	Kind       Kind
	From, To   time.Time
	Keep       []string
}

// Batch is saved whole or not at all. Facts replace those of the same repository,
// kind and ID. Drops are carried out before facts are written.
type Batch struct {
	Repositories []Repository
	// Teams replace all teams of the source when SetTeams is true.
	Teams       []fact.ForgeTeam
	SetTeams    bool
	Commits     []Kept[fact.Commit]
	Changes     []Kept[fact.Change]
	Deployments []Kept[fact.Deployment]
	Incidents   []Kept[fact.Incident]
	Drops       []Drop
	Cursors     []Cursor
}

// Store keeps a forge's facts between runs. Its methods are safe for concurrent
// use; source is a Forge's name.
type Store interface {
	// Repositories are all that the source ever saw, by number.
	Repositories(ctx context.Context, source string) ([]Repository, error)
	// Cursors are all of the source's cursors.
	Cursors(ctx context.Context, source string) ([]Cursor, error)
	// Open are the facts of a kind that were saved as open, with At not before from.
	Open(ctx context.Context, source string, kind Kind, from time.Time) ([]Ref, error)
	// Put saves a batch in one transaction.
	Put(ctx context.Context, source string, b Batch) error
	// PutReport keeps the report of the last Sync, with its gaps and checks, for
	// the builds that follow.
	PutReport(ctx context.Context, source string, at time.Time, r Report) error
}
