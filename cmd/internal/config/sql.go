package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/events"
)

// SQL is a query of a database.
//
// One table for each query of a PostgreSQL or MySQL (MariaDB) database. Every build asks it
// again, and nothing of the result is stored. [sql.md](../sql.md) has examples, and queries for
// Apache DevLake.
type SQL struct {
	// The source's name on the data-quality page. Default: the kind.
	Name string `toml:"name"`
	// `deployments`, `changes`, `incidents`, `commits`, `tickets`, `usage`, `measures` or
	// `tasks`. The columns of the query are those of a file of that kind.
	Kind string `toml:"kind" check:"required deployments|changes|incidents|commits|tickets|usage|measures|tasks" example:"deployments"`
	// The file with the query, one SELECT, in the repository of the configuration.
	Query string `toml:"query" check:"required inside" example:"sql/deployments.sql"`
	// The name of the environment variable that holds the DSN (address, user and password) of
	// the database. It is never the DSN itself.
	DSNEnv string `toml:"dsn_env" check:"required variable" example:"IP3DP_DSN"`
	// The seconds that connecting, asking and reading all rows may take.
	Timeout int `toml:"timeout" default:"60" check:"1..3600"`
	// The rows that the query may return. More are an error: rows are never cut off.
	MaxRows int `toml:"max_rows" default:"1000000" check:"1..100000000"`
	// The system that issued the IDs, such as `"pagerduty"`. Give tables of one system the same
	// name: then an ID in two of them is one thing. Default: the `query`.
	System string `toml:"system"`
	// The zone of times without one, such as `"UTC"`, which those of DATETIME and `timestamp`
	// columns are. Without it such a time is an error. Default: none.
	Timezone string `toml:"timezone"`
	// Columns of the query for a column: `{ finished = ["done_at"] }`. Default: by name.
	Columns map[string][]string `toml:"columns"`
	// The start of the span that deployments, changes, incidents or commits are complete for.
	// Default: the first record.
	CoversFrom time.Time `toml:"covers_from"`
	// The end of that span. Default: the last record.
	CoversTo time.Time `toml:"covers_to"`
}

// eventKinds are the kinds of [[events]].
var eventKinds = []events.Kind{events.Deployments, events.Changes, events.Incidents, events.Commits}

// IsEvents reports whether the rows are those of [[events]].
func (q *SQL) IsEvents() bool { return slices.Contains(eventKinds, events.Kind(q.Kind)) }

// Files returns the keys that a table of files would have.
func (q *SQL) Files() *FileKeys {
	return &FileKeys{Name: q.Name, File: q.Query, System: q.System, Timezone: q.Timezone, Columns: q.Columns}
}

// Events returns the table of events that a file would have.
func (q *SQL) Events() *Events {
	return &Events{FileKeys: *q.Files(), Kind: q.Kind, CoversFrom: q.CoversFrom, CoversTo: q.CoversTo}
}

func (k *checker) checkSQL(i int) {
	q := &k.config.SQL[i]
	key := fmt.Sprintf("sql.%d", i)
	k.checkFiles(key, q.Files())
	switch covers := !q.CoversFrom.IsZero() || !q.CoversTo.IsZero(); {
	case covers && q.Kind != "" && !q.IsEvents():
		k.problem(key+".covers_from", "covers_from and covers_to are for deployments, changes, incidents and commits", "")
	case !q.CoversFrom.IsZero() && !q.CoversTo.IsZero() && !q.CoversFrom.Before(q.CoversTo):
		k.problem(key+".covers_to", "covers_to is not after covers_from", "")
	}
}
