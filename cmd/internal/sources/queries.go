package sources

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/database"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// maxQuery is the largest size of the file of a query, in bytes.
const maxQuery = 256 << 10

func queryKind() *Kind {
	return &Kind{
		Table: "sql", Folder: "database", Guide: "sql.md", Origin: merge.Export, remote: true,
		open: openQueries, paths: queryPaths,
	}
}

func openQueries(s *Setup) ([]Source, error) {
	var list []Source
	for i := range s.Config.SQL {
		src, err := openQuery(s, &s.Config.SQL[i])
		if err != nil {
			return nil, err
		}
		list = append(list, src)
	}
	return list, nil
}

// openQuery makes the source of a query, which reads rows as files of its kind are read.
func openQuery(s *Setup, q *config.SQL) (Source, error) {
	open, setting, err := openKind(s, q)
	if err != nil {
		return Source{}, err
	}
	file := tabular.File{Path: q.Query, Query: func(ctx context.Context) (tabular.Rows, error) { return askQuery(ctx, s, q) }}
	src, err := open(file)
	if err != nil {
		return Source{}, exit.BadInput("", "%w", err)
	}
	return Source{
		Source: database.Sort(src), System: cmp.Or(q.System, q.Query), Files: []string{s.resolve(q.Query)},
		Setting: fmt.Sprintf("sql %+v %s", *q, setting),
	}, nil
}

// openKind returns the opener of files of the kind of a query, and its settings.
func openKind(s *Setup, q *config.SQL) (fileOpener, string, error) {
	e := q.Events()
	o, errs := e.Options()
	for _, err := range errs { // config.Parse has reported them
		return nil, "", exit.BadInput("", "source %q: %s", q.Name, err.Text)
	}
	if q.IsEvents() {
		return func(file tabular.File) (collect.Source, error) {
			return events.New(q.Name, events.Kind(q.Kind), file, o)
		}, fmt.Sprintf("%+v", o), nil
	}
	openers := map[string]exportOpener{
		"tickets": openTickets, "usage": openUsage, "measures": openMeasures, "tasks": openTasks,
	}
	opener := openers[q.Kind]
	if opener == nil {
		return nil, "", exit.BadInput("", "source %q: kind %q is unknown", q.Name, q.Kind)
	}
	open, names := opener(s, &config.Export{FileKeys: q.Files(), Table: q.Kind}, o.Tabular)
	return open, fmt.Sprintf("%+v %q", o, names), nil
}

// askQuery reads the file of a query and asks it.
func askQuery(ctx context.Context, s *Setup, q *config.SQL) (tabular.Rows, error) {
	dsn, err := s.findDSN(q)
	if err != nil {
		return nil, err
	}
	tree, err := rooted.FindTree(s.Root)
	if err != nil {
		return nil, err
	}
	query, err := tree.ReadFile(s.resolve(q.Query), maxQuery)
	if err != nil {
		return nil, err
	}
	if len(query) == maxQuery {
		return nil, fmt.Errorf("the query is longer than %d bytes", maxQuery)
	}
	return database.Open(ctx, dsn, database.Query{
		Text: string(query), Timeout: time.Duration(q.Timeout) * time.Second, MaxRows: q.MaxRows,
	})
}

// findDSN returns the DSN of a query from its variable.
func (s *Setup) findDSN(q *config.SQL) (string, error) {
	if s.Env != nil {
		if dsn := s.Env(q.DSNEnv); dsn != "" {
			return dsn, nil
		}
	}
	return "", fmt.Errorf("the variable %s is not set: give it the DSN of the database (docs/sql.md)", q.DSNEnv)
}

// PingQuery connects to the database of a query. It returns the name of the system.
func (s *Setup) PingQuery(ctx context.Context, q *config.SQL) (string, error) {
	dsn, err := s.findDSN(q)
	if err != nil {
		return "", err
	}
	return database.Ping(ctx, dsn)
}

func queryPaths(s *Setup) []Path {
	var list []Path
	for i := range s.Config.SQL {
		list = append(list, Path{s.Config.SQL[i].Name, s.resolve(s.Config.SQL[i].Query)})
	}
	return list
}
