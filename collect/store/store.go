// Package store keeps the facts of forges between runs in one SQLite file. Builds read them as
// sources.
//
// Facts are stored under the forge's number of their repository and not its name, so that
// renames and transfers keep their history. Rows and their cursors are written in one
// transaction. Losing the file costs a collection from scratch and nothing else. docs/store.md
// describes the file.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ip3dp/ip3dp/collect"
)

// Reasons why a store cannot be opened or read, for errors.Is.
var (
	// ErrMissing means that the file does not exist or is empty.
	ErrMissing = errors.New("no store")
	// ErrDamaged means that the file is not a store or was damaged.
	ErrDamaged = errors.New("damaged store")
	// ErrNewer means that a later version of the program wrote the file.
	ErrNewer = errors.New("store of a newer version")
	// ErrLocked means that another process is writing.
	ErrLocked = errors.New("store is locked")
	// ErrNeverCollected means that the store has nothing of a source.
	ErrNeverCollected = errors.New("never collected")
)

// Options selects a store and how to open it.
type Options struct {
	File string
	// ReadOnly changes no data: a missing store is an error, and an older one is rejected.
	// Reading is possible while another process writes.
	ReadOnly bool
}

// Store is an open store. It is safe for concurrent use.
type Store struct {
	db     *sql.DB
	file   string
	lock   *lock // nil when only reading
	closed atomic.Bool
}

var _ collect.Store = (*Store)(nil)

// busyWait is how long a statement waits for another process, in milliseconds: long enough for
// a reader to end its scan, but not for another run to end.
const busyWait = "2000"

// readers is the number of connections that read at a time.
const readers = 4

// Open opens a store. For writing it creates a missing one, upgrades an older one, and locks it
// until Close: a second Open for writing is ErrLocked. It checks the structure of the file and,
// for writing, the checksum of every row; a fault is ErrDamaged.
func Open(ctx context.Context, o Options) (*Store, error) {
	return openSteps(ctx, o, schema)
}

func openSteps(ctx context.Context, o Options, steps []string) (*Store, error) {
	s := &Store{file: o.File}
	if err := s.prepareFile(o.ReadOnly); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dataSourceName(o.File, o.ReadOnly))
	if err != nil {
		return nil, s.releaseAll(s.newError("open", err))
	}
	s.db = db
	if err := s.initialize(ctx, o.ReadOnly, steps); err != nil {
		return nil, s.releaseAll(err)
	}
	return s, nil
}

// prepareFile checks and locks the file. For writing it creates a missing one and accepts an
// empty one, which a kill before the first transaction leaves.
func (s *Store) prepareFile(readOnly bool) error {
	info, err := os.Stat(s.file)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("store %s: %w", s.file, err)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("store %s: %w: not a regular file; name another file", s.file, ErrDamaged)
	case readOnly && (err != nil || info.Size() == 0):
		return s.missingError()
	case readOnly:
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o755); err != nil {
		return fmt.Errorf("store %s: %w", s.file, err)
	}
	if err := makePrivate(s.file); err != nil {
		return fmt.Errorf("store %s: %w", s.file, err)
	}
	s.lock, err = acquireLock(s.file + "-lock")
	if err != nil {
		return s.newError("lock", err)
	}
	return nil
}

// makePrivate creates a missing file and makes it unreadable for others, because it contains
// logins. SQLite gives its own files beside it the same mode.
func makePrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // nothing was written
	if runtime.GOOS == "windows" {
		return nil // Windows has no modes; the folder's rights apply
	}
	return f.Chmod(0o600)
}

// initialize checks the file, upgrades it, and sets the journal mode.
func (s *Store) initialize(ctx context.Context, readOnly bool, steps []string) error {
	s.db.SetMaxOpenConns(1)
	if err := s.checkFile(ctx, readOnly, len(steps)); err != nil {
		return err
	}
	if readOnly {
		s.db.SetMaxOpenConns(readers)
		return nil
	}
	if err := s.upgrade(ctx, steps); err != nil {
		return err
	}
	if err := s.verifyRows(ctx); err != nil {
		return err
	}
	// A write-ahead log lets builds read while a run writes. With it, NORMAL can lose the last
	// transactions in a power cut, but never the file.
	if _, err := s.db.ExecContext(ctx, "PRAGMA journal_mode=WAL"); err != nil {
		return s.newError("open", err)
	}
	return nil
}

// checkFile rejects files that are not a complete store of a supported version.
func (s *Store) checkFile(ctx context.Context, readOnly bool, newest int) error {
	var id, version, tables int
	err := s.db.QueryRowContext(ctx, `SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id AS a, pragma_user_version AS v`).Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return s.newError("open", err)
	case id == 0 && version == 0 && tables == 0: // a new file, or one after an interrupted creation
		if readOnly {
			return s.missingError()
		}
		return nil
	case id != applicationID || version < 1:
		return s.damagedError("it is not a store of ip3dp")
	case version > newest:
		return fmt.Errorf("%w: %s has schema %d, this program reads up to %d: update ip3dp, or move the file away and "+
			"collect again",
			ErrNewer, s.file, version, newest)
	case readOnly && version < newest:
		return fmt.Errorf("%w: %s has the older schema %d: run ip3dp collect, which upgrades it", ErrMissing, s.file, version)
	}
	var found string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return s.newError("check", err)
	}
	if found != "ok" {
		return s.damagedError(strings.ReplaceAll(found, "\n", " "))
	}
	return nil
}

// Close closes a store. After writing, everything is in the one file: a copy of it is a copy of
// the store.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var err error
	if s.lock != nil {
		err = s.checkpoint()
	}
	return s.releaseAll(err)
}

// checkpoint moves the content of the log into the file.
func (s *Store) checkpoint() error {
	var busy, pages, folded int
	// If nothing was read or written, SQLite has not begun the log yet and would refuse the
	// checkpoint.
	if err := s.db.QueryRow("SELECT count(*) FROM sources").Scan(&pages); err != nil {
		return s.newError("close", err)
	}
	err := s.db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &folded)
	if err != nil {
		return s.newError("close", err)
	}
	if busy != 0 {
		return fmt.Errorf("%w: another process reads %s: keep %s-wal beside it, or open and close it again", ErrLocked,
			s.file, s.file)
	}
	// Without a log the file can be read in a read-only folder. SQLite refuses this while
	// another process has the file open, which does no harm.
	s.db.Exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE") // see above
	return nil
}

// releaseAll closes everything and returns err, or the first error of closing.
func (s *Store) releaseAll(err error) error {
	errs := []error{err}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	for _, e := range errs {
		if e != nil {
			return e
		}
	}
	return nil
}

// newError adds the store to an error of SQLite, and the reason for errors.Is.
func (s *Store) newError(what string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("store %s: %s: %w", s.file, what, err)
	}
	switch e.Code() & 0xff { // the higher bits have details
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: another process uses %s: wait until it has ended (%s: %w)", ErrLocked, s.file, what, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR:
		// SQLite returns ERROR for a statement that does not fit the schema. The statements are
		// constant, so the schema was changed.
		return s.damagedError(what + ": " + err.Error())
	}
	return fmt.Errorf("store %s: %s: %w", s.file, what, err)
}

func (s *Store) missingError() error {
	return fmt.Errorf("%w: %s is missing or empty: run ip3dp collect", ErrMissing, s.file)
}

func (s *Store) damagedError(why string) error {
	return fmt.Errorf("%w: %s: %s: delete it and run ip3dp collect, which collects everything again", ErrDamaged,
		s.file, why)
}

// dataSourceName returns the store's URI with the settings of every connection.
func dataSourceName(file string, readOnly bool) string {
	q := url.Values{
		"_busy_timeout": {busyWait},
		"_pragma": {
			"synchronous(NORMAL)", "secure_delete(ON)", "trusted_schema(OFF)", "cell_size_check(ON)",
			"cache_size(-16384)",
		},
	}
	if readOnly {
		q.Set("_query_only", "1")
	} else {
		q.Set("_txlock", "immediate")
	}
	return fileURI(file, q)
}

// fileURI returns the URI of an existing file for SQLite. The mode is never "ro", because
// SQLite could then not recover after a killed process; a write-protected file is still opened
// for reading.
func fileURI(file string, q url.Values) string {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	file = filepath.ToSlash(file)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // C:/… on Windows
	}
	q.Set("mode", "rw")
	return (&url.URL{Scheme: "file", Path: file, RawQuery: q.Encode()}).String()
}
