package store

import (
	"context"
	"database/sql"
	"os"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// Retain deletes a source's facts from before a time and returns their number. Cursors no
// longer cover that time.
func (s *Store) Retain(ctx context.Context, source string, before time.Time) (removed int, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		id, err := findSource(ctx, tx, source)
		if err != nil || id == 0 {
			return err
		}
		done, err := tx.ExecContext(ctx, "DELETE FROM facts WHERE source = ? AND at < ?", id, unixMicros(before))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		removed = int(n)
		return raiseCursors(ctx, tx, id, before)
	})
	if err != nil {
		return 0, s.readError("what to drop of "+source, err)
	}
	return removed, s.freePages(ctx)
}

// raiseCursors moves the beginnings of cursors up to a time.
func raiseCursors(ctx context.Context, tx *sql.Tx, source int64, before time.Time) error {
	cursors, err := storedCursors(ctx, tx, source)
	if err != nil {
		return err
	}
	w := &writer{ctx: ctx, tx: tx, source: source}
	for _, c := range cursors {
		if c.From.IsZero() || !c.From.Before(before) {
			continue
		}
		c.From = before
		if c.To.Before(before) {
			c.From = c.To // the whole span is gone
		}
		if err := w.putCursor(c); err != nil {
			return err
		}
	}
	return nil
}

// freePages gives free pages back to the disk.
func (s *Store) freePages(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, "PRAGMA incremental_vacuum")
	if err != nil {
		return s.newError("shrink", err)
	}
	defer rows.Close() // rows.Err has the error
	for rows.Next() {
		continue // each step frees a page
	}
	if err := rows.Err(); err != nil {
		return s.newError("shrink", err)
	}
	return nil
}

// Forget deletes everything of a source.
func (s *Store) Forget(ctx context.Context, source string) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		id, err := findSource(ctx, tx, source)
		if err != nil {
			return err
		}
		for _, table := range []string{"facts", "cursors", "teams", "repositories"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE source = ?", id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM sources WHERE id = ?", id)
		return err
	})
	if err != nil {
		return s.newError("forget "+source, err)
	}
	return s.freePages(ctx)
}

// Sources returns the names of all sources in the store, sorted. A source that is no longer
// configured is kept until it is forgotten.
func (s *Store) Sources(ctx context.Context) ([]string, error) {
	var names []string
	err := forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		var name string
		err := scanRow(ctx, rows, &name)
		names = append(names, name)
		return err
	}, "SELECT name FROM sources ORDER BY name")
	if err != nil {
		return nil, s.readError("the list of sources", err)
	}
	return names, nil
}

// Stats has the size of a store.
type Stats struct {
	Bytes   int64 // of the file, its log included
	Schema  int   // version
	Sources []SourceStats
}

// SourceStats has the size of one source in a store.
type SourceStats struct {
	Source       string
	Repositories int
	Gone         int // those that their forge no longer has
	Teams        int
	// Rows counts the facts of each kind; kinds without any are left out.
	Rows map[collect.Kind]int
	// First and Last are the times of the oldest and the newest fact.
	First, Last time.Time
	// Dropped counts, over all collections, the facts that were deleted because the forge no
	// longer had them.
	Dropped int
	// Collected is when the last collection ended; zero if none has.
	Collected time.Time
}

// Stats counts the rows of the store. It reads all of it.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	out := Stats{}
	for _, name := range []string{s.file, s.file + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			out.Bytes += info.Size()
		}
	}
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&out.Schema); err != nil {
		return Stats{}, s.readError("the schema's version", err)
	}
	err := forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		var st SourceStats
		var reported string
		if err := scanRow(ctx, rows, &st.Source, &reported, &st.Dropped, &st.Repositories, &st.Gone, &st.Teams); err != nil {
			return err
		}
		st.Rows = map[collect.Kind]int{}
		var err error
		st.Collected, err = parseTime(reported)
		out.Sources = append(out.Sources, st)
		return err
	}, `SELECT name, reported, dropped,
		(SELECT count(*) FROM repositories r WHERE r.source = s.id AND number > 0),
		(SELECT count(*) FROM repositories r WHERE r.source = s.id AND json_extract(body, '$.gone') IS NOT NULL),
		(SELECT count(*) FROM teams t WHERE t.source = s.id)
		FROM sources s ORDER BY name`)
	if err != nil {
		return Stats{}, s.readError("the sources", err)
	}
	if err := s.countFacts(ctx, out.Sources); err != nil {
		return Stats{}, s.readError("the number of facts", err)
	}
	return out, nil
}

// countFacts adds the numbers of facts to their sources.
func (s *Store) countFacts(ctx context.Context, list []SourceStats) error {
	return forEachRow(ctx, s.db, func(rows *sql.Rows) error {
		var source, kind string
		var n int
		var first, last int64
		if err := scanRow(ctx, rows, &source, &kind, &n, &first, &last); err != nil {
			return err
		}
		for i := range list {
			st := &list[i]
			if st.Source != source {
				continue
			}
			st.Rows[collect.Kind(kind)] = n
			from, to := time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
			if st.First.IsZero() || from.Before(st.First) {
				st.First = from
			}
			if to.After(st.Last) {
				st.Last = to
			}
		}
		return nil
	}, `SELECT s.name, k.name, count(*), min(f.at), max(f.at) FROM facts f
		JOIN sources s ON s.id = f.source JOIN kinds k ON k.id = f.kind GROUP BY s.name, k.name`)
}
