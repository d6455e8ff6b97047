package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// errRow means that a row is damaged.
var errRow = errors.New("a row is not as it was written")

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// readError adds the store to an error of reading.
func (s *Store) readError(what string, err error) error {
	if errors.Is(err, errRow) {
		return s.damagedError(what + ": " + err.Error())
	}
	return s.newError("read "+what, err)
}

// findSource returns the number of a source, or 0 if the store does not have it.
func findSource(ctx context.Context, q querier, source string) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM sources WHERE name = ?", source).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// forEachRow calls f for every row of a query.
func forEachRow(ctx context.Context, q querier, f func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() // rows.Err has the error
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanRow reads a row's columns. A value of another type is damage; the end of the context,
// which closes the rows, is not.
func scanRow(ctx context.Context, rows *sql.Rows, into ...any) error {
	err := rows.Scan(into...)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errRow, err)
	}
	return nil
}

// Repositories returns all repositories of the source, by number.
func (s *Store) Repositories(ctx context.Context, source string) ([]collect.Repository, error) {
	id, err := findSource(ctx, s.db, source)
	if err != nil {
		return nil, s.readError(source, err)
	}
	list, err := storedRepositories(ctx, s.db, id, allRepositories)
	if err != nil {
		return nil, s.readError("repositories of "+source, err)
	}
	return list, nil
}

// allRepositories selects every repository but number 0, which means no repository.
const allRepositories = -1

// storedRepositories returns the repositories of a source by number, or the one with a number.
func storedRepositories(ctx context.Context, q querier, source, number int64) ([]collect.Repository, error) {
	where := "number = ?2"
	if number == allRepositories {
		where = "number > 0 AND ?2 < 0"
	}
	var list []collect.Repository
	err := forEachRow(ctx, q, func(rows *sql.Rows) error {
		var number, sum int64
		var name string
		var body sql.RawBytes
		if err := scanRow(ctx, rows, &number, &name, &body, &sum); err != nil {
			return err
		}
		var r repository
		if err := decodeRow(body, &r, sum, checksum(0, number, 0, false, name, body)); err != nil {
			return fmt.Errorf("%w: repository %d", err, number)
		}
		r.Name = name
		list = append(list, collect.Repository{ID: number, Repository: fact.Repository(r)})
		return nil
	}, "SELECT number, name, body, sum FROM repositories WHERE source = ?1 AND "+where+" ORDER BY number", source, number)
	return list, err
}

// decodeRow decodes a row's body if its checksum is right.
func decodeRow(body []byte, into any, has, wants int64) error {
	if has != wants {
		return errRow
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: %w", errRow, err)
	}
	return nil
}

func storedTeams(ctx context.Context, q querier, source int64, name string) ([]fact.ForgeTeam, error) {
	var list []fact.ForgeTeam
	err := forEachRow(ctx, q, func(rows *sql.Rows) error {
		var id string
		var body sql.RawBytes
		var sum int64
		if err := scanRow(ctx, rows, &id, &body, &sum); err != nil {
			return err
		}
		var t team
		if err := decodeRow(body, &t, sum, checksum(0, 0, 0, false, id, body)); err != nil {
			return fmt.Errorf("%w: team %s", err, id)
		}
		t.Source, t.ID = name, id
		list = append(list, fact.ForgeTeam(t))
		return nil
	}, "SELECT id, body, sum FROM teams WHERE source = ? ORDER BY id", source)
	return list, err
}

// Cursors returns all cursors of the source, by repository and kind.
func (s *Store) Cursors(ctx context.Context, source string) ([]collect.Cursor, error) {
	id, err := findSource(ctx, s.db, source)
	if err != nil {
		return nil, s.readError(source, err)
	}
	list, err := storedCursors(ctx, s.db, id)
	if err != nil {
		return nil, s.readError("cursors of "+source, err)
	}
	return list, nil
}

func storedCursors(ctx context.Context, q querier, source int64) ([]collect.Cursor, error) {
	var list []collect.Cursor
	err := forEachRow(ctx, q, func(rows *sql.Rows) error {
		var c collect.Cursor
		var begins, ends string
		var sum int64
		if err := scanRow(ctx, rows, &c.Repository, &c.Kind, &c.Rule, &begins, &ends, &c.Mark, &sum); err != nil {
			return err
		}
		var err1, err2 error
		c.From, err1 = parseTime(begins)
		c.To, err2 = parseTime(ends)
		if err1 != nil || err2 != nil || sum != cursorSum(c, begins, ends) {
			return fmt.Errorf("%w: cursor of repository %d", errRow, c.Repository)
		}
		list = append(list, c)
		return nil
	}, "SELECT repository, kind, rule, begins, ends, mark, sum FROM cursors WHERE source = ? ORDER BY repository, kind", source)
	return list, err
}

// parseTime reads a time written by formatTime.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

// Open returns the facts of a kind that were saved as open, with At not before from, by
// repository and ID. Their At is exact to the microsecond.
func (s *Store) Open(ctx context.Context, source string, k collect.Kind, from time.Time) ([]collect.Ref, error) {
	var list []collect.Ref
	err := forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		r := collect.Ref{Kind: k}
		var at int64
		err := scanRow(ctx, rows, &r.Repository, &r.ID, &at)
		r.At = time.UnixMicro(at).UTC()
		list = append(list, r)
		return err
	}, `SELECT repository, id, at FROM facts WHERE open = 1 AND kind = ? AND at >= ?
		AND source = (SELECT id FROM sources WHERE name = ?) ORDER BY repository, id`, kindID(k), unixMicros(from), source)
	if err != nil {
		return nil, s.readError("open "+string(k)+" of "+source, err)
	}
	return list, nil
}

// LastReport returns the report of the last Sync of a source that ended, and its time. ok is
// false without one.
func (s *Store) LastReport(ctx context.Context, source string) (r collect.Report, at time.Time, ok bool, err error) {
	r, at, err = lastReport(ctx, s.db, source)
	if err != nil {
		return collect.Report{}, time.Time{}, false, s.readError("the report of "+source, err)
	}
	return r, at, !at.IsZero(), nil
}

// lastReport returns a source's report. The time is zero without one.
func lastReport(ctx context.Context, q querier, source string) (r collect.Report, at time.Time, err error) {
	var reported, body string
	err = q.QueryRowContext(ctx, "SELECT reported, report FROM sources WHERE name = ?", source).Scan(&reported, &body)
	if errors.Is(err, sql.ErrNoRows) || err == nil && reported == "" {
		return collect.Report{}, time.Time{}, nil
	}
	if err != nil {
		return collect.Report{}, time.Time{}, err
	}
	if at, err = parseTime(reported); err != nil {
		return collect.Report{}, time.Time{}, fmt.Errorf("%w: %w", errRow, err)
	}
	if r, err = decodeReport(reported, body); err != nil {
		return collect.Report{}, time.Time{}, err
	}
	return r, at, nil
}
