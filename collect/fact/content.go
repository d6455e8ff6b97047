package fact

import (
	"strings"
	"time"
)

// Content is what the platform team writes, every list in order of ID (teams
// and groups in the order written). Times are UTC midnights.
//
// The toml tags are the names of the keys in the files; package content reads
// them. Keys that end in _because hold why a number was judged so.
type Content struct {
	Groups      []Group
	Teams       []Team
	Measures    []MeasureDef
	Features    []Feature
	Initiatives []Initiative
	Activities  []Activity
	Research    []Research
	Cases       []Case
	Themes      []Theme
	Failures    []FailureOverride // in the order written
	Goals       []Goal            // in the order written
	Surveys     []Survey          // in order of ID, which is the order of waves when IDs are months
	Decisions   []Decision
	Pages       []Page
	// Credentials are the lines that a credential was taken out of.
	Credentials []Origin
}

// Origin is where a piece of content was written, for errors and links.
type Origin struct {
	File string `toml:"-"` // path below the content's root, with slashes
	Line int    `toml:"-"` // 1-based
}

// Lines maps the path of a key in its file ("rice.effort", "phase.0.start",
// lists counted from 0) to its line, 1-based.
type Lines map[string]int

// At returns the line of a key or, if the key is not written, of the nearest
// table around it; 0 if there is none.
func (l Lines) At(key string) int {
	for {
		if n, ok := l[key]; ok {
			return n
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return l[""]
		}
		key = key[:i]
	}
}

// Item is what every kind that has a file of its own shares.
type Item struct {
	ID       string   `toml:"-"` // the file's name without its ending
	Title    string   `toml:"title"`
	Draft    bool     `toml:"draft"`    // a sample or unfinished: counted nowhere, shown as a draft
	Formerly []string `toml:"formerly"` // IDs it had before it was renamed
	Links    []Link   `toml:"links"`
	Body     string   `toml:"-"` // Markdown below the front matter; untrusted
	BodyLine int      `toml:"-"` // line of the body's first character
	Lines    Lines    `toml:"-"`
	Origin   `toml:"-"`
}

// LineOf is the line of a key, or of the item itself if the key is not written.
func (i *Item) LineOf(key string) int {
	if n := i.Lines.At(key); n > 0 {
		return n
	}
	return i.Line
}

// Link is a reference to another place. In a file it is a URL, or a table with
// title and url.
type Link struct {
	Title string `toml:"title"` // "" if only the URL was written
	URL   string `toml:"url"`   // http or https
}

// Group is a set of teams that small rows are shown by.
type Group struct {
	ID     string `toml:"id"`
	Title  string `toml:"title"` // defaults to ID
	Origin `toml:"-"`
}

// Team owns services.
type Team struct {
	ID         string      `toml:"id"`
	Title      string      `toml:"title"` // defaults to ID
	Group      string      `toml:"group"`
	Developers int         `toml:"developers"`
	Formerly   []string    `toml:"formerly"`
	Owns       []Ownership `toml:"owns"`
	Members    []string    `toml:"members"` // logins or e-mails, only if a team chooses to list them; private
	Origin     `toml:"-"`
}

// Ownership is a repository, or a path scope of one, over a span of time. A
// reorganisation adds a new one with dates; it must not rewrite history.
type Ownership struct {
	Repository string    `toml:"repository"`
	Paths      []string  `toml:"paths"`   // globs such as "services/a/**"; empty: the whole repository
	Service    string    `toml:"service"` // the service's name; defaults to the repository, plus the paths where there are any
	From       time.Time `toml:"from"`    // first day owned; zero: since ever
	Until      time.Time `toml:"until"`   // first day not owned any more; zero: until now
	Origin     `toml:"-"`
}

// MeasureDef declares a measure (uptime, build minutes, cost) that gates,
// cases, SPACE and features use by ID and that CSV files feed.
type MeasureDef struct {
	ID     string `toml:"id"`
	Title  string `toml:"title"`
	Unit   string `toml:"unit"`   // as printed after a value: "minutes", "%", "USD"
	Better string `toml:"better"` // "up" or "down"; "" if neither is better
	// Target is the level aimed at, in Unit: at least it when Better is "up",
	// at most it when "down". Nil: none.
	Target *float64 `toml:"target"`
	// Aggregate is how values of one week become one: "mean" (weighted by n,
	// the default), "median", "sum" or "last".
	Aggregate string `toml:"aggregate"`
	Dimension string `toml:"dimension"` // of SPACE: "satisfaction", "performance", "activity", "communication", "efficiency", or ""
	Feature   string `toml:"feature"`   // the feature it tells about; "" if the platform
	Origin    `toml:"-"`
}

// Goal is a level that a metric is to reach by a day. Goals stand in goals.toml,
// where a review sees them.
type Goal struct {
	Title  string `toml:"title"`  // "": the metric's
	Draft  bool   `toml:"draft"`  // a sample: held against nothing
	Metric string `toml:"metric"` // metric ID such as "dora.lead_time", or measure ID
	// One of AtLeast and AtMost is set, in Unit.
	AtLeast *float64 `toml:"at_least"`
	AtMost  *float64 `toml:"at_most"`
	// Unit is "%", "seconds", "minutes", "hours" or "days"; "": the metric's own.
	Unit string    `toml:"unit"`
	By   time.Time `toml:"by"` // the last day on which it may be reached
	// For is "organisation" (or ""), or the ID of a team, a group or, for metrics of
	// features, a feature. Kind says which: a GoalKind.
	For     string   `toml:"for"`
	Kind    GoalKind `toml:"-"`
	Owner   string   `toml:"owner"` // a role or team, never a name
	Because string   `toml:"because"`
	Lines   Lines    `toml:"-"` // of the keys inside its table
	Origin  `toml:"-"`
}

// LineOf returns the line of a key, or of the goal itself if the key is not written.
func (g *Goal) LineOf(key string) int {
	if n := g.Lines.At(key); n > 0 {
		return n
	}
	return g.Line
}

// GoalKind is what a goal is set for.
type GoalKind string

// Kinds of what a goal is set for.
const (
	GoalOrganisation GoalKind = "organisation"
	GoalTeam         GoalKind = "team"
	GoalGroup        GoalKind = "group"
	GoalFeature      GoalKind = "feature"
)

// FailureOverride is people's word on whether a deployment failed; it goes before
// every other evidence. They stand in failures.toml, where a review sees them.
type FailureOverride struct {
	Deployment string `toml:"deployment"` // its ID, as the source gives it
	Repository string `toml:"repository"` // needed where several repositories have a deployment of that ID
	Failed     *bool  `toml:"failed"`     // nil: not written, which is a problem
	// Restored is when service was restored after a failure; zero: not said, and
	// taken from other evidence if there is any.
	Restored time.Time `toml:"restored"`
	Reason   string    `toml:"reason"`
	By       string    `toml:"by"` // a role, not a name
	On       time.Time `toml:"on"` // the day it was decided
	Origin   `toml:"-"`
}

// Page is a free Markdown page, such as the platform's principles.
type Page struct {
	Item
	Summary string `toml:"summary"` // one line for lists and search
	Order   int    `toml:"order"`   // place in the menu; pages of one order sort by ID
}

// Decision is what people decided about a feature. A recommendation is only
// that until a decision is recorded.
type Decision struct {
	Item
	Feature     string    `toml:"feature"`
	Recommended string    `toml:"recommended"` // what the tool recommended then, as the tree's leaf: "make default", "invest", "investigate", "pivot or sunset", "deprecate"
	Decision    string    `toml:"decision"`    // "accept", "reject" or "postpone"
	By          string    `toml:"by"`          // a role, never a name
	On          time.Time `toml:"on"`
	Deadline    time.Time `toml:"deadline"` // when it is done or, for a postponement, looked at again
	Reason      string    `toml:"reason"`
}
