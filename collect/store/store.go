// Package store keeps the facts of forges between runs, in one SQLite file, and
// gives them to builds as sources.
//
// Facts are kept by the forge's number of their repository and without its name,
// so that renames and transfers keep their history. Rows and the cursors that say
// how far they reach are written in one transaction. Losing the file costs a
// collection from scratch, nothing else. docs/store.md describes it for those who
// look into it.
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

// Reasons that a store cannot be opened or read, for errors.Is.
var (
	// ErrMissing says that there is no file, or one without anything in it.
	ErrMissing = errors.New("no store")
	// ErrDamaged says that the file is not a store or is not as it was written.
	ErrDamaged = errors.New("damaged store")
	// ErrNewer says that a later version of the program wrote the file.
	ErrNewer = errors.New("store of a newer version")
	// ErrLocked says that another process is writing.
	ErrLocked = errors.New("store is locked")
	// ErrNeverCollected says that a source has nothing in the store.
	ErrNeverCollected = errors.New("never collected")
)

// Options say which store and how to open it.
type Options struct {
	File string
	// ReadOnly changes nothing of what is kept: a missing store is an error and an
	// older one is refused. Reading is possible while another process writes.
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

// busyWait is how long a statement waits for another process, in milliseconds:
// enough for a reader to end its scan, not for another run to end.
const busyWait = "2000"

// readers is how many connections read at a time.
const readers = 4

// Open opens a store. For writing it creates a missing one, upgrades an older one,
// and holds it until Close: a second Open for writing is ErrLocked. The structure of
// the file is checked and, for writing, the checksum of every row: what is not as it
// should be is ErrDamaged.
func Open(ctx context.Context, o Options) (*Store, error) {
	return open(ctx, o, schema)
}

func open(ctx context.Context, o Options, steps []string) (*Store, error) {
	s := &Store{file: o.File}
	if err := s.prepare(o.ReadOnly); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(o.File, o.ReadOnly))
	if err != nil {
		return nil, s.release(s.failed("open", err))
	}
	s.db = db
	if err := s.begin(ctx, o.ReadOnly, steps); err != nil {
		return nil, s.release(err)
	}
	return s, nil
}

// prepare sees to the file itself. A file that is missing or empty is made anew
// for writing: an empty one is what a kill leaves before the first transaction.
func (s *Store) prepare(readOnly bool) error {
	info, err := os.Stat(s.file)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("store %s: %w", s.file, err)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("store %s: %w: not a regular file; name another file", s.file, ErrDamaged)
	case readOnly && (err != nil || info.Size() == 0):
		return s.missing()
	case readOnly:
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o755); err != nil {
		return fmt.Errorf("store %s: %w", s.file, err)
	}
	if err := private(s.file); err != nil {
		return fmt.Errorf("store %s: %w", s.file, err)
	}
	s.lock, err = acquire(s.file + "-lock")
	if err != nil {
		return s.failed("lock", err)
	}
	return nil
}

// private sees to it that a file exists and that nobody else can read it: there
// are logins in it. SQLite gives its own files beside it the same mode.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // nothing was written
	if runtime.GOOS == "windows" {
		return nil // modes mean nothing there; the folder's rights do
	}
	return f.Chmod(0o600)
}

// begin checks the file, upgrades it, and chooses how to write.
func (s *Store) begin(ctx context.Context, readOnly bool, steps []string) error {
	s.db.SetMaxOpenConns(1)
	if err := s.check(ctx, readOnly, len(steps)); err != nil {
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
	// A write-ahead log lets builds read while a run writes, and with it NORMAL
	// loses at most the last transactions in a power cut, never the file.
	if _, err := s.db.ExecContext(ctx, "PRAGMA journal_mode=WAL"); err != nil {
		return s.failed("open", err)
	}
	return nil
}

// check refuses what is not a whole store of a known version.
func (s *Store) check(ctx context.Context, readOnly bool, newest int) error {
	var id, version, tables int
	err := s.db.QueryRowContext(ctx, `SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id AS a, pragma_user_version AS v`).Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return s.failed("open", err)
	case id == 0 && version == 0 && tables == 0: // a new file, or one whose making was cut short
		if readOnly {
			return s.missing()
		}
		return nil
	case id != applicationID || version < 1:
		return s.damaged("it is not a store of ip3dp")
	case version > newest:
		return fmt.Errorf("%w: %s has schema %d, this program knows up to %d: update ip3dp, or move the file away and "+
			"collect again",
			ErrNewer, s.file, version, newest)
	case readOnly && version < newest:
		return fmt.Errorf("%w: %s has the older schema %d: run ip3dp collect, which upgrades it", ErrMissing, s.file, version)
	}
	var found string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return s.failed("check", err)
	}
	if found != "ok" {
		return s.damaged(strings.ReplaceAll(found, "\n", " "))
	}
	return nil
}

// Close ends the use of a store. After writing, everything is in the one file: a
// copy of it is a copy of the store.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var err error
	if s.lock != nil {
		err = s.fold()
	}
	return s.release(err)
}

// fold puts what is in the log into the file.
func (s *Store) fold() error {
	var busy, pages, folded int
	// Where nothing was read or written, SQLite has changed to the log and not yet
	// begun with it, and refuses to fold it.
	if err := s.db.QueryRow("SELECT count(*) FROM sources").Scan(&pages); err != nil {
		return s.failed("close", err)
	}
	err := s.db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &folded)
	if err != nil {
		return s.failed("close", err)
	}
	if busy != 0 {
		return fmt.Errorf("%w: another process reads %s: keep %s-wal beside it, or open and close it again", ErrLocked,
			s.file, s.file)
	}
	// Without a log the file can be read in a folder that cannot be written. While
	// another process has it open this is refused, and no harm done.
	s.db.Exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE") // see above
	return nil
}

// release gives back what is held and returns err, or what went wrong in doing so.
func (s *Store) release(err error) error {
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

// failed names the store in an error of SQLite and gives it the reason it stands for.
func (s *Store) failed(what string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("store %s: %s: %w", s.file, what, err)
	}
	switch e.Code() & 0xff { // the rest of the code says in what way
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: another process uses %s: wait until it has ended (%s: %w)", ErrLocked, s.file, what, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR:
		// ERROR is what a statement gets that does not fit the schema: the statements
		// are constant, so the schema is not ours any more.
		return s.damaged(what + ": " + err.Error())
	}
	return fmt.Errorf("store %s: %s: %w", s.file, what, err)
}

func (s *Store) missing() error {
	return fmt.Errorf("%w: %s is missing or empty: run ip3dp collect", ErrMissing, s.file)
}

func (s *Store) damaged(why string) error {
	return fmt.Errorf("%w: %s: %s: delete it and run ip3dp collect, which collects everything again", ErrDamaged,
		s.file, why)
}

// dsn is the store as a URI, with what every connection to it is told.
func dsn(file string, readOnly bool) string {
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
	return uri(file, q)
}

// uri names a file that exists to SQLite. The mode is never "ro", in which what a
// killed process left beside the file could not be taken in; a write-protected file
// is opened for reading all the same.
func uri(file string, q url.Values) string {
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
