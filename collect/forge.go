package collect

import (
	"context"
	"errors"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Forge is a place like GitHub or GitLab that is too large to be read on every build. Sync
// copies it into a Store, and builds read the Store.
type Forge interface {
	// Name is the name in config.toml, shown on the data-quality page.
	Name() string
	// Sync brings the store up to date with the forge for the window. It saves rows together
	// with their cursor, so that a run that is interrupted loses nothing and claims nothing.
	// The report is valid beside an error. An error ends the run of this forge: credentials, a
	// store that cannot be written, the end of the context. The report's gaps list what could
	// not be read of single repositories.
	Sync(ctx context.Context, s Store, o SyncOptions) (Report, error)
	// Inspect sends just enough requests to estimate the results and the cost of a Sync. It
	// changes nothing.
	Inspect(ctx context.Context, o SyncOptions) (Inspection, error)
}

// ErrCredentials marks errors of Sync and Inspect about a token that is missing, has expired,
// was refused or has too few permissions. The run then ends with an exit code of its own,
// because trying again does not help.
var ErrCredentials = errors.New("credentials missing or refused")

// SyncOptions are the options of a Sync.
type SyncOptions struct {
	// Window is the span to collect: To is the run's now.
	Window Window
	// Full collects everything in the window again and ignores the cursors. Records of the
	// window that the forge no longer has are dropped.
	Full bool
	// Progress is called after each step, never concurrently; may be nil.
	Progress func(Progress)
}

// Progress is how far a Sync has come.
type Progress struct {
	Source   string
	Phase    string // current step: "repositories", "deployments"; lower case
	Done     int    // repositories done
	Total    int    // repositories in all; 0: not counted yet
	Requests int
	Budget   Budget
}

// Budget is the number of requests that a forge allows before Reset.
type Budget struct {
	Limit int       `json:"limit"` // 0: unknown
	Left  int       `json:"left"`
	Reset time.Time `json:"reset,omitzero"`
}

// Report describes a Sync, for run.json and the data-quality page.
type Report struct {
	Source   string `json:"source"`
	Requests int    `json:"requests"` // sent, retries included
	Retries  int    `json:"retries"`
	Pages    int    `json:"pages"` // pages of lists that were read
	Items    int    `json:"items"` // records in them
	Budget   Budget `json:"budget"`
	// Until is the end of the span that is completely collected: before the window's end when
	// the run was interrupted.
	Until time.Time    `json:"until,omitzero"`
	Gaps  []fact.Gap   `json:"gaps,omitempty"`
	Notes []string     `json:"notes,omitempty"` // renames, force-pushes, page sizes that were tried
	Check []fact.Check `json:"checks,omitempty"`
}

// Inspection is the description of a forge that doctor prints.
type Inspection struct {
	Source       string
	Address      string // host that is asked
	Credential   string // kind of the token and what it can do, never the token
	Missing      []string
	Budget       Budget
	Repositories int
	Teams        int
	// Names in use, most frequent first, so that rules can be compared with them.
	Environments, Workflows, Labels []Seen
	// Requests and Time are the estimate for a first run; Night and NightTime for a later one.
	Requests, Night int
	Time, NightTime time.Duration
	Notes           []string
}

// Seen is a name that the forge uses and how often.
type Seen struct {
	Name  string
	Count int
	Where string // an example: repository, or "acme/checkout and 3 more"
	// Matched means that a rule of this source includes the name. It ignores rules of
	// config.toml that compute applies, such as the environments of production.
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

// Repository is a stored repository. Its key is the forge's number, which outlives renames and
// transfers.
type Repository struct {
	ID int64
	fact.Repository
}

// Kept is a fact with the keys that the store finds it by. Its Source and Repository fields may
// be empty: the store fills them with the source's name and the repository's present name.
type Kept[T any] struct {
	Repository int64 // forge's number
	ID         string
	// At selects the fact: a build reads the facts with At in its window, and a Sync from
	// scratch over the same window must find the same facts. It is the commit time of commits,
	// the creation of deployments, and the forge's last update of changes and incidents.
	At time.Time
	// Open means that the fact may still change without the forge listing it as changed; the
	// next Sync asks for it by ID.
	Open bool
	Fact T
}

// Cursor is the span that is collected of one repository and one kind of facts.
type Cursor struct {
	Repository int64 // 0 for facts of the whole source
	Kind       Kind
	// Rule is a digest of the settings that selected the facts. When it changes, the facts are
	// collected again.
	Rule string
	// From and To are the span that is completely collected. It becomes the facts' Coverage.
	From, To time.Time
	// Mark is private to the forge, such as the SHA of a branch's head.
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
	// Repositories returns all repositories that the source ever saw, by number.
	Repositories(ctx context.Context, source string) ([]Repository, error)
	// Cursors returns all cursors of the source.
	Cursors(ctx context.Context, source string) ([]Cursor, error)
	// Open returns the open facts of a kind with At not before from.
	Open(ctx context.Context, source string, kind Kind, from time.Time) ([]Ref, error)
	// Put saves a batch in one transaction.
	Put(ctx context.Context, source string, b Batch) error
	// PutReport keeps the report of the last Sync, with its gaps and checks, for
	// the builds that follow.
	PutReport(ctx context.Context, source string, at time.Time, r Report) error
}
