package store

import (
	"context"
	"database/sql"
	"net/url"
)

// lock is held by the one process that writes. It is a transaction on an empty database: SQLite
// locks files on every system it runs on, releases the lock however the process ends, and lets
// others read the store.
type lock struct {
	db   *sql.DB
	conn *sql.Conn
}

// acquireLock takes the lock of a file without waiting, and makes the file if needed. The file
// stays: after removing it two processes could hold locks of the same name.
func acquireLock(file string) (*lock, error) {
	if err := makePrivate(file); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileURI(file, url.Values{"_busy_timeout": {"0"}}))
	if err != nil {
		return nil, err
	}
	l := &lock{db: db}
	// Not the caller's context: its end would release the lock too early.
	ctx := context.Background()
	if l.conn, err = db.Conn(ctx); err == nil {
		_, err = l.conn.ExecContext(ctx, "PRAGMA journal_mode=OFF; BEGIN EXCLUSIVE")
	}
	if err != nil {
		l.release() // the first error is the better one
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
