package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// writer writes one batch.
type writer struct {
	ctx     context.Context
	tx      *sql.Tx
	source  int64
	enc     *encoder
	numbers map[int64]bool // repositories in the store
}

// Put saves a batch in one transaction, without the credentials in its texts. A fact or cursor
// of a repository that is neither in the batch nor in the store is an error.
func (s *Store) Put(ctx context.Context, source string, b collect.Batch) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		id, err := sourceID(ctx, tx, source)
		if err != nil {
			return err
		}
		w := &writer{ctx: ctx, tx: tx, source: id, enc: newEncoder(), numbers: map[int64]bool{}}
		return w.putBatch(collect.Redact(b))
	})
	if err != nil {
		return s.newError("save facts of "+source, err)
	}
	return nil
}

// PutReport saves the report of the last Sync.
func (s *Store) PutReport(ctx context.Context, source string, at time.Time, r collect.Report) error {
	body, err := encodeReport(formatTime(at), collect.RedactReport(r))
	if err != nil {
		return fmt.Errorf("store %s: report of %s: %w", s.file, source, err)
	}
	err = s.transact(ctx, func(tx *sql.Tx) error {
		id, err := sourceID(ctx, tx, source)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE sources SET reported = ?, report = ? WHERE id = ?", formatTime(at), body, id)
		return err
	})
	if err != nil {
		return s.newError("save the report of "+source, err)
	}
	return nil
}

// sourceID returns the number of a source, and adds the source if needed.
func sourceID(ctx context.Context, tx *sql.Tx, name string) (id int64, err error) {
	if _, err = tx.ExecContext(ctx, "INSERT INTO sources (name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT id FROM sources WHERE name = ?", name).Scan(&id)
	return id, err
}

func (w *writer) putBatch(b collect.Batch) error {
	if err := w.putRepositories(b.Repositories); err != nil {
		return err
	}
	if b.SetTeams {
		if err := w.putTeams(b.Teams); err != nil {
			return err
		}
	}
	if err := w.dropFacts(b.Drops); err != nil {
		return err
	}
	if err := putFacts(w, commits, b.Commits); err != nil {
		return err
	}
	if err := putFacts(w, changes, b.Changes); err != nil {
		return err
	}
	if err := putFacts(w, deployments, b.Deployments); err != nil {
		return err
	}
	if err := putFacts(w, incidents, b.Incidents); err != nil {
		return err
	}
	return w.putCursors(b.Cursors)
}

func (w *writer) putRepositories(list []collect.Repository) error {
	for _, r := range list {
		if r.ID <= 0 {
			return fmt.Errorf("repository %s has the number %d: the forge's own is needed", r.Name, r.ID)
		}
		known, err := storedRepositories(w.ctx, w.tx, w.source, r.ID)
		if err != nil {
			return err
		}
		if len(known) == 1 {
			r.Repository = mergeRepository(known[0].Repository, r.Repository)
		}
		r.Gone = toUTC(r.Gone)
		if err := w.putRepository(r); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putRepository(r collect.Repository) error {
	name := r.Name
	r.Name = ""
	body, err := w.enc.encode(repository(r.Repository))
	if err != nil {
		return fmt.Errorf("repository %s: %w", name, err)
	}
	w.numbers[r.ID] = true
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO repositories VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name, body = excluded.body, sum = excluded.sum`,
		w.source, r.ID, name, string(body), checksum(0, r.ID, 0, false, name, body))
	return err
}

// mergeRepository combines two states of a repository: all names are kept, and the first time
// of its deletion.
func mergeRepository(old, now fact.Repository) fact.Repository {
	var former []string
	for _, name := range slices.Concat(old.Former, now.Former, []string{old.Name}) {
		if name != now.Name && !slices.Contains(former, name) {
			former = append(former, name)
		}
	}
	now.Former = former
	if !now.Gone.IsZero() && !old.Gone.IsZero() && old.Gone.Before(now.Gone) {
		now.Gone = old.Gone
	}
	return now
}

func (w *writer) putTeams(list []fact.ForgeTeam) error {
	if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM teams WHERE source = ?", w.source); err != nil {
		return err
	}
	for _, t := range list {
		id := t.ID
		t.Source, t.ID = "", ""
		body, err := w.enc.encode(team(t))
		if err != nil {
			return fmt.Errorf("team %s: %w", id, err)
		}
		_, err = w.tx.ExecContext(w.ctx, `INSERT INTO teams VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET body = excluded.body, sum = excluded.sum`,
			w.source, id, string(body), checksum(0, 0, 0, false, id, body))
		if err != nil {
			return err
		}
	}
	return nil
}

// dropFacts deletes facts that the forge no longer has, and counts them.
func (w *writer) dropFacts(list []collect.Drop) error {
	var dropped int64
	for _, d := range list {
		if kindID(d.Kind) == 0 {
			return fmt.Errorf("drop of repository %d: unknown kind of facts %q", d.Repository, d.Kind)
		}
		if d.Keep == nil {
			d.Keep = []string{} // null would be a row of the list below and equal nothing
		}
		keep, err := json.Marshal(d.Keep)
		if err != nil {
			return err
		}
		done, err := w.tx.ExecContext(w.ctx, `DELETE FROM facts
			WHERE source = ? AND kind = ? AND repository = ? AND at >= ? AND at < ?
			AND id NOT IN (SELECT value FROM json_each(?))`,
			w.source, kindID(d.Kind), d.Repository, unixMicros(d.From), unixMicros(d.To), string(keep))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		dropped += n
	}
	if dropped == 0 {
		return nil
	}
	_, err := w.tx.ExecContext(w.ctx, "UPDATE sources SET dropped = dropped + ? WHERE id = ?", dropped, w.source)
	return err
}

// putFacts writes facts of one kind. Unchanged rows are not written.
func putFacts[T any](w *writer, k factKind[T], list []collect.Kept[T]) error {
	if len(list) == 0 {
		return nil
	}
	insert, err := w.tx.PrepareContext(w.ctx, `INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, open = excluded.open, body = excluded.body, sum = excluded.sum
		WHERE at <> excluded.at OR open <> excluded.open OR body <> excluded.body OR sum <> excluded.sum`)
	if err != nil {
		return err
	}
	defer insert.Close() // the transaction closes it too
	for i := range list {
		f := &list[i]
		if f.ID == "" || f.At.IsZero() {
			return fmt.Errorf("one of the %s of repository %d has no ID or no time: %q at %s", k.name, f.Repository, f.ID,
				formatTime(f.At))
		}
		if err := w.ensureRepository(f.Repository); err != nil {
			return err
		}
		body, err := w.enc.encode(k.pack(f.Fact, f.ID, f.Repository != 0))
		if err != nil {
			return fmt.Errorf("%s of repository %d, %s: %w", k.name, f.Repository, f.ID, err)
		}
		at := unixMicros(f.At)
		_, err = insert.ExecContext(w.ctx, w.source, k.id, f.Repository, f.ID, at, f.Open, string(body),
			checksum(k.id, f.Repository, at, f.Open, f.ID, body))
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putCursors(list []collect.Cursor) error {
	for _, c := range list {
		if err := w.ensureRepository(c.Repository); err != nil {
			return err
		}
		if err := w.putCursor(c); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putCursor(c collect.Cursor) error {
	begins, ends := formatTime(c.From), formatTime(c.To)
	_, err := w.tx.ExecContext(w.ctx, `INSERT INTO cursors VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET rule = excluded.rule, begins = excluded.begins, ends = excluded.ends,
		mark = excluded.mark, sum = excluded.sum`,
		w.source, c.Repository, string(c.Kind), c.Rule, begins, ends, c.Mark, cursorSum(c, begins, ends))
	return err
}

func cursorSum(c collect.Cursor, begins, ends string) int64 {
	return checksum(0, c.Repository, 0, false, string(c.Kind),
		[]byte(strings.Join([]string{c.Rule, begins, ends, c.Mark}, "\x00")))
}

// ensureRepository checks that the repository of a row is in the store.
func (w *writer) ensureRepository(number int64) error {
	if w.numbers[number] {
		return nil
	}
	found, err := storedRepositories(w.ctx, w.tx, w.source, number)
	switch {
	case err != nil:
		return err
	case len(found) == 0 && number == 0:
		return w.putRepository(collect.Repository{})
	case len(found) == 0:
		return fmt.Errorf("repository %d is not in the store: save it before or with its facts", number)
	}
	w.numbers[number] = true
	return nil
}

// formatTime returns a time as text for the file.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// unixMicros returns a time as the number that rows are selected by.
func unixMicros(t time.Time) int64 { return t.UnixMicro() }
