package fact

import (
	"cmp"
	"strings"
	"time"
)

// Content is the writing of the platform team. Every list is in order of ID; teams and groups
// are in the order written. Times are UTC midnights.
//
// The toml tags are the names of the keys in the files; package content reads them. Keys that
// end in _because have the reason for a number.
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
	// Credentials are the lines with a removed credential.
	Credentials []Origin
	// Recorded is the past in git; nil if it was not read.
	Recorded *Recorded
}

// Origin is the place of a piece of content, for errors and links.
type Origin struct {
	File string `toml:"-"` // path below the content's root, with slashes
	Line int    `toml:"-"` // 1-based
}

// Lines maps the path of a key in its file ("rice.effort", "phase.0.start",
// lists counted from 0) to its line, 1-based.
type Lines map[string]int

// At returns the line of a key. If the key is not written, it returns the line of the nearest
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

// Item has the fields that all kinds with a file of their own share.
type Item struct {
	ID       string   `toml:"-"` // the file's name without its ending
	Title    string   `toml:"title"`
	Draft    bool     `toml:"draft"`    // a sample or unfinished: never counted, shown as a draft
	Formerly []string `toml:"formerly"` // IDs it had before it was renamed
	Links    []Link   `toml:"links"`
	Body     string   `toml:"-"` // Markdown below the front matter; untrusted
	BodyLine int      `toml:"-"` // line of the body's first character
	Lines    Lines    `toml:"-"`
	Origin   `toml:"-"`
}

// LineOf returns the line of a key, or of the item itself if the key is not written.
func (i *Item) LineOf(key string) int { return cmp.Or(i.Lines.At(key), i.Line) }

// Link is a reference to another place. In a file it is a URL, or a table with title and url.
type Link struct {
	Title string `toml:"title"` // "" if only the URL was written
	URL   string `toml:"url"`   // http or https
}

// Group is a set of teams. Pages show rows that are too small by group.
type Group struct {
	ID     string `toml:"id"`
	Title  string `toml:"title"`  // defaults to ID
	Parent string `toml:"parent"` // the group that it is part of; "" if it is part of none
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

// Ownership is a repository, or paths of one, over a span of time. A reorganisation adds a new
// one with dates and leaves the old one as it is.
type Ownership struct {
	Repository string   `toml:"repository"`
	Paths      []string `toml:"paths"` // globs such as "services/a/**"; empty: the whole repository
	// the service's name; defaults to the repository, plus the paths if there are any
	Service string    `toml:"service"`
	From    time.Time `toml:"from"`  // first day owned; zero: from the beginning
	Until   time.Time `toml:"until"` // first day no longer owned; zero: until now
	Origin  `toml:"-"`
}

// MeasureDef declares a measure (uptime, build minutes, cost). Gates, cases, SPACE and features
// use its ID, and CSV files contain its values.
type MeasureDef struct {
	ID     string `toml:"id"`
	Title  string `toml:"title"`
	Unit   string `toml:"unit"`   // as printed after a value: "minutes", "%", "USD"
	Better string `toml:"better"` // "up" or "down"; "" if neither is better
	// Target is the level to reach, in Unit: at least this if Better is "up", at most this if
	// "down". Nil: none.
	Target *float64 `toml:"target"`
	// Aggregate makes one value of the values of a week: "mean" (weighted by n, the default),
	// "median", "sum" or "last".
	Aggregate string `toml:"aggregate"`
	Dimension string `toml:"dimension"` // of SPACE: "satisfaction", "performance" …, or ""
	Feature   string `toml:"feature"`   // the feature that it describes; "": the platform
	Origin    `toml:"-"`
}

// Goal is a level that a metric should reach by a day. Goals are in goals.toml, so that changes
// of them are reviewed.
type Goal struct {
	Title  string `toml:"title"`  // "": the metric's title
	Draft  bool   `toml:"draft"`  // a sample: no metric is compared with it
	Metric string `toml:"metric"` // metric ID such as "dora.lead_time", or measure ID
	// One of AtLeast and AtMost is set, in Unit.
	AtLeast *float64 `toml:"at_least"`
	AtMost  *float64 `toml:"at_most"`
	// Unit is "%", "seconds", "minutes", "hours" or "days"; "": the metric's own.
	Unit string    `toml:"unit"`
	By   time.Time `toml:"by"` // the last day
	// For is "organisation" (or ""), or the ID of a team, a group or, for metrics of features,
	// a feature. Kind is the kind of that ID.
	For     string   `toml:"for"`
	Kind    GoalKind `toml:"-"`
	Owner   string   `toml:"owner"` // a role or team, never a name
	Because string   `toml:"because"`
	Lines   Lines    `toml:"-"` // of the keys inside its table
	Origin  `toml:"-"`
}

// LineOf returns the line of a key, or of the goal itself if the key is not written.
func (g *Goal) LineOf(key string) int { return cmp.Or(g.Lines.At(key), g.Line) }

// GoalKind is the kind of organisation, team, group or feature of a goal.
type GoalKind string

// Kinds of goals.
const (
	GoalOrganisation GoalKind = "organisation"
	GoalTeam         GoalKind = "team"
	GoalGroup        GoalKind = "group"
	GoalFeature      GoalKind = "feature"
)

// FailureOverride is the verdict of people whether a deployment failed; it overrides all other
// evidence. Overrides are in failures.toml, so that they are reviewed.
type FailureOverride struct {
	Deployment string `toml:"deployment"` // its ID in the source
	Repository string `toml:"repository"` // needed if several repositories have a deployment with that ID
	Failed     *bool  `toml:"failed"`     // nil: not written, which is a problem
	// Restored is the end of the failure; zero: taken from other evidence, if there is any.
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
	Order   int    `toml:"order"`   // rank in the menu; pages with the same order are sorted by ID
}

// Decision is a decision of people about a feature. A recommendation has no effect until a
// decision is recorded.
type Decision struct {
	Item
	Feature string `toml:"feature"`
	// the tool's recommendation at that time, as the tree's leaf: "make default", "invest",
	// "investigate", "pivot or sunset", "deprecate"
	Recommended string    `toml:"recommended"`
	Decision    string    `toml:"decision"` // "accept", "reject" or "postpone"
	By          string    `toml:"by"`       // a role, never a name
	On          time.Time `toml:"on"`
	Deadline    time.Time `toml:"deadline"` // the last day to do it or, for a postponement, to review it
	Reason      string    `toml:"reason"`
}
