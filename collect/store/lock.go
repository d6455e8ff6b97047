package store

import (
	"context"
	"database/sql"
	"net/url"
)

// lock is held by the one process that writes. It is a transaction on an empty
// database of its own: SQLite locks files on every system it runs on, gives the
// lock back however the process ends, and lets others read the store meanwhile.
type lock struct {
	db   *sql.DB
	conn *sql.Conn
}

// acquire takes the lock of a file, which it makes if need be, without waiting.
// The file stays: removing it would let two processes hold locks of the same name.
func acquire(file string) (*lock, error) {
	if err := private(file); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", uri(file, url.Values{"_busy_timeout": {"0"}}))
	if err != nil {
		return nil, err
	}
	l := &lock{db: db}
	// Not the caller's context: its end would give the lock back too early.
	ctx := context.Background()
	if l.conn, err = db.Conn(ctx); err == nil {
		_, err = l.conn.ExecContext(ctx, "PRAGMA journal_mode=OFF; BEGIN EXCLUSIVE")
	}
	if err != nil {
		l.release() // the first error says more
		return nil, err
	}
	return l, nil
}

func (l *lock) release() error {
	if l.conn != nil {
		l.conn.Close() // its transaction wrote nothing
	}
	return l.db.Close()
}
