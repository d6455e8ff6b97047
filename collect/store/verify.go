package store

import (
	"context"
	"database/sql"
	"fmt"
)

// verifyRows checks the checksum of every row. Only writers check all rows, so that a bad row
// leads to a new collection and not to a failure of every build. Readers check the rows that
// they return.
func (s *Store) verifyRows(ctx context.Context) error {
	err := forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		var kind int
		var repository, at, sum int64
		var open bool
		var id string
		var body sql.RawBytes
		if err := scanRow(ctx, rows, &kind, &repository, &id, &at, &open, &body, &sum); err != nil {
			return err
		}
		if sum != checksum(kind, repository, at, open, id, body) {
			return fmt.Errorf("%w: fact %s of repository %d", errRow, id, repository)
		}
		return nil
	}, "SELECT kind, repository, id, at, open, body, sum FROM facts")
	if err != nil {
		return s.readError("facts", err)
	}
	sources := map[int64]string{}
	err = forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := scanRow(ctx, rows, &id, &name)
		sources[id] = name
		return err
	}, "SELECT id, name FROM sources")
	if err != nil {
		return s.readError("sources", err)
	}
	for id, name := range sources {
		if err := s.verifySource(ctx, id, name); err != nil {
			return s.readError("what is kept of "+name, err)
		}
	}
	return nil
}

// verifySource checks the other rows of a source.
func (s *Store) verifySource(ctx context.Context, id int64, name string) error {
	if _, err := storedRepositories(ctx, s.db, id, allRepositories); err != nil {
		return err
	}
	if _, err := storedTeams(ctx, s.db, id, name); err != nil {
		return err
	}
	if _, err := storedCursors(ctx, s.db, id); err != nil {
		return err
	}
	_, _, err := lastReport(ctx, s.db, name)
	return err
}
