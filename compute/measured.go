package compute

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// MeasuredVersion is the version of the published form of Measured. A reader refuses a newer
// one. Since version 2 the file has a checksum.
const MeasuredVersion = 3

// Measured has everything computed from events. It is published as data/measured.json and
// contains no event and no person.
type Measured struct {
	Version int           `json:"version"`
	AsOf    time.Time     `json:"as_of"`
	CutOff  time.Time     `json:"cut_off"`
	Current metric.Window `json:"current"`
	Before  metric.Window `json:"before"`
	Quarter metric.Window `json:"quarter"`
	// Calendar lists the holidays and freezes. Series show their weeks, and windows leave them
	// out.
	Calendar []metric.Break `json:"calendar,omitempty"`
	Platform Platform       `json:"platform"`
	Teams    []TeamInfo     `json:"teams"`
	// Groups count the teams of each group with a team, in the order of teams.toml.
	Groups   []dora.GroupTeams `json:"groups,omitempty"`
	Services int               `json:"services"`
	Sections []metric.Section  `json:"sections"`
	Shipped  []dora.Shipped    `json:"shipped"`
	Quality  []Quality         `json:"quality"`
	// Unmatched counts the rows with unknown names.
	Unmatched []org.Unmatched `json:"unmatched,omitempty"`
	// Doubts lists the input of the delivery metrics that matched nothing.
	Doubts   []string         `json:"doubts,omitempty"`
	Adoption adoption.Result  `json:"adoption"`
	Support  support.Result   `json:"support"`
	Measures measures.Result  `json:"measures"`
	Copied   discovery.Copied `json:"copied"`
	Effects  []Effect         `json:"effects"`
	Panel    *Panel           `json:"panel,omitempty"` // nil: too few data for a plan
	Space    space.Result     `json:"space"`
	History  []Row            `json:"history"`
	// Looks record the alpha that claims of change have used in a year.
	Looks []trend.Look `json:"looks"`
	// Readback describes where the history was read back from, or why it could not be; nil for a
	// run that continues the one before on its machine.
	Readback *Readback `json:"readback,omitempty"`
	// Waves is published separately, as data/waves.json.
	Waves Ledger `json:"-"`
	// Withheld is set if the site is public: the data have no numbers of teams and groups.
	Withheld *Withheld `json:"withheld,omitempty"`
}

// Withheld counts what a public site leaves out.
type Withheld struct {
	Teams       int `json:"teams"`
	Groups      int `json:"groups"`
	Deployments int `json:"deployments"` // of the current window, whose evidence is left out
	Talks       int `json:"talks"`       // interviews and others, whose words are left out
	Quotes      int `json:"quotes"`
}

// CountTeams returns the number of teams, also of data without them.
func (m *Measured) CountTeams() int {
	if m.Withheld != nil {
		return m.Withheld.Teams
	}
	return len(m.Teams)
}

// TeamInfo has the properties of a team that pages show.
type TeamInfo struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Group      string   `json:"group,omitempty"`
	Developers int      `json:"developers,omitempty"`
	Services   []string `json:"services"`
	// Shown is false for a team of fewer than three people.
	Shown bool `json:"shown"`
	// Declared is the number of the team's people in teams.toml, if no source names authors to
	// count; else 0.
	Declared int `json:"declared,omitempty"`
}

// Section returns the section of the family; an empty one if there is none.
func (m *Measured) Section(family string) *metric.Section {
	for i := range m.Sections {
		if m.Sections[i].Family == family {
			return &m.Sections[i]
		}
	}
	return &metric.Section{Family: family}
}

// ShippedBy returns the deployments and changes of a scope; empty if there are none.
func (m *Measured) ShippedBy(scope metric.Scope) *dora.Shipped {
	for i := range m.Shipped {
		if s := &m.Shipped[i]; s.Scope.Kind == scope.Kind && s.Scope.ID == scope.ID {
			return s
		}
	}
	return &dora.Shipped{Scope: scope}
}

// Group returns the number of teams of the group with that ID.
func (m *Measured) Group(id string) dora.GroupTeams {
	for i := range m.Groups {
		if m.Groups[i].ID == id {
			return m.Groups[i]
		}
	}
	return dora.GroupTeams{ID: id}
}

// Team returns the team with that ID, or nil.
func (m *Measured) Team(id string) *TeamInfo {
	for i := range m.Teams {
		if m.Teams[i].ID == id {
			return &m.Teams[i]
		}
	}
	return nil
}

// Grade is the reliability of a source.
type Grade string

// Grades.
const (
	Complete Grade = "complete"
	Partial  Grade = "partial" // rows rejected, or a gap in part of the span
	Stale    Grade = "stale"   // the data end more than a day before the as-of time
	Missing  Grade = "missing" // nothing could be read
)

// Quality is the state of one source on the data-quality page.
type Quality struct {
	Source  string       `json:"source"`
	Grade   Grade        `json:"grade"`
	Rows    RowCounts    `json:"rows,omitzero"` // of all files
	Why     string       `json:"why,omitempty"` // reason for the grade; "" if it is complete or Gaps has the reason
	Imports []ImportLine `json:"imports"`
	Gaps    []GapLine    `json:"gaps"`
	// Columns are the columns of its files, with those that are missing since a short time, Near
	// those that may belong to a field without a column, and Unread is their largest number in a
	// file.
	Columns []ColumnLine `json:"columns,omitempty"`
	Near    []NearLine   `json:"near,omitempty"`
	Unread  int          `json:"unread,omitempty"`
	First   time.Time    `json:"first"` // span of the records used
	Last    time.Time    `json:"last"`
	// Sync is the source's last update; nil for a source that every build reads again.
	Sync   *SyncLine   `json:"sync,omitempty"`
	Checks []CheckLine `json:"checks,omitempty"`
}

// SyncLine is the last update of a source that is kept between runs.
type SyncLine struct {
	At    time.Time `json:"at,omitzero"`    // time of the last attempt; zero: never
	Until time.Time `json:"until,omitzero"` // the data are complete up to then
	// Requests counts the requests sent, with retries, Pages the pages of lists and Records
	// their records.
	Requests int `json:"requests"`
	Retries  int `json:"retries"`
	Pages    int `json:"pages"`
	Items    int `json:"items"`
	// Limit and Left are the forge's budget of requests; Limit 0: the forge gave none.
	Limit int      `json:"limit,omitempty"`
	Left  int      `json:"left,omitempty"`
	Notes []string `json:"notes,omitempty"`
}

// CheckLine compares a figure of the source with the same figure computed from its facts.
type CheckLine struct {
	What       string    `json:"what"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Theirs     float64   `json:"theirs"`
	Ours       float64   `json:"ours"`
	Unit       string    `json:"unit,omitempty"`
	TheirsOnly bool      `json:"theirs_only,omitempty"` // Ours is not available
	Comparable bool      `json:"comparable"`            // they should be equal
	Note       string    `json:"note,omitempty"`
}

// ImportLine reconciles the rows of an import: Read = Used + the sum of Rejected.
type ImportLine struct {
	Kind     string          `json:"kind"`
	File     string          `json:"file"`
	Read     int             `json:"read"`
	Used     int             `json:"used"`
	Rejected []fact.Rejected `json:"rejected"`
	Notes    []string        `json:"notes"`
	Removed  int             `json:"removed,omitempty"` // credentials removed from addresses and texts
}

// GapLine is a time span without data in a source.
type GapLine struct {
	Repository string    `json:"repository,omitempty"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Reason     string    `json:"reason"`
	Next       string    `json:"next"`
}
