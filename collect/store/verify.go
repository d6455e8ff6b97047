package store

import (
	"context"
	"database/sql"
	"fmt"
)

// verifyRows holds every row against its checksum. What writes does this, so that
// a bad row ends in a new collection rather than in every build's failure; what
// reads sees to the rows that it serves.
func (s *Store) verifyRows(ctx context.Context) error {
	err := each(ctx, s.db, func(rows *sql.Rows) error {
		var kind int
		var repository, at, sum int64
		var open bool
		var id string
		var body sql.RawBytes
		if err := take(ctx, rows, &kind, &repository, &id, &at, &open, &body, &sum); err != nil {
			return err
		}
		if sum != checksum(kind, repository, at, open, id, body) {
			return fmt.Errorf("%w: fact %s of repository %d", errRow, id, repository)
		}
		return nil
	}, "SELECT kind, repository, id, at, open, body, sum FROM facts")
	if err != nil {
		return s.unreadable("facts", err)
	}
	sources := map[int64]string{}
	err = each(ctx, s.db, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := take(ctx, rows, &id, &name)
		sources[id] = name
		return err
	}, "SELECT id, name FROM sources")
	if err != nil {
		return s.unreadable("sources", err)
	}
	for id, name := range sources {
		if err := s.verifySource(ctx, id, name); err != nil {
			return s.unreadable("what is kept of "+name, err)
		}
	}
	return nil
}

// verifySource does so for the few rows that are not facts.
func (s *Store) verifySource(ctx context.Context, id int64, name string) error {
	if _, err := storedRepositories(ctx, s.db, id, all); err != nil {
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
