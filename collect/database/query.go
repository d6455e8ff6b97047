package database

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// pingTimeout limits the time of [Ping].
const pingTimeout = 15 * time.Second

// Query is a query and its limits.
type Query struct {
	Text    string
	Timeout time.Duration // of connecting, asking and reading all rows
	MaxRows int
}

// Open asks a query. Errors have no part of the DSN, and nothing of the data.
func Open(ctx context.Context, dsn string, q Query) (tabular.Rows, error) {
	s, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, q)
}

func (s server) open(parent context.Context, q Query) (*rows, error) {
	statement, err := checkStatement(q.Text, s.isMySQL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(parent, q.Timeout)
	r := &rows{parent: parent, ctx: ctx, cancel: cancel, query: q, isMySQL: s.isMySQL}
	if r.session, err = s.begin(ctx, q.Timeout); err != nil {
		return nil, r.fail(err)
	}
	if r.result, err = r.session.tx.QueryContext(ctx, statement); err != nil {
		return nil, r.fail(err)
	}
	types, err := r.result.ColumnTypes()
	if err != nil {
		return nil, r.fail(err)
	}
	for _, t := range types {
		r.headers = append(r.headers, t.Name())
		r.types = append(r.types, strings.ToUpper(t.DatabaseTypeName()))
	}
	r.values, r.pointers = make([]any, len(types)), make([]any, len(types))
	for i := range r.values {
		r.pointers[i] = &r.values[i]
	}
	return r, nil
}

// session is a connection with a transaction that may only read.
type session struct {
	db   *sql.DB
	conn *sql.Conn
	tx   *sql.Tx
}

// begin connects, and begins a transaction in which the server itself ends a statement that
// takes too long.
func (s server) begin(ctx context.Context, timeout time.Duration) (*session, error) {
	c := &session{db: sql.OpenDB(s.connector)}
	err := c.start(ctx, s.isMySQL, timeout)
	if err != nil {
		_ = c.close() // the first error matters more
		return nil, err
	}
	return c, nil
}

func (c *session) start(ctx context.Context, isMySQL bool, timeout time.Duration) (err error) {
	if c.conn, err = c.db.Conn(ctx); err != nil {
		return err
	}
	if isMySQL {
		var version string
		if err := c.conn.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
			return err
		}
		limit := fmt.Sprintf("SET SESSION max_execution_time = %d", timeout.Milliseconds())
		if strings.Contains(version, "MariaDB") {
			limit = fmt.Sprintf("SET SESSION max_statement_time = %d", int(timeout.Seconds())+1)
		}
		if _, err := c.conn.ExecContext(ctx, limit); err != nil {
			return err
		}
	}
	if c.tx, err = c.conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil || isMySQL {
		return err
	}
	for _, setting := range []string{
		fmt.Sprintf("statement_timeout = %d", timeout.Milliseconds()),
		fmt.Sprintf("lock_timeout = %d", timeout.Milliseconds()),
		"timezone = 'UTC'", // of casts and truncated dates in the query
	} {
		if _, err := c.tx.ExecContext(ctx, "SET LOCAL "+setting); err != nil {
			return err
		}
	}
	return nil
}

func (c *session) close() error {
	if c.tx != nil {
		_ = c.tx.Rollback() // nothing was written
	}
	if c.conn != nil {
		_ = c.conn.Close() // closed with the database
	}
	if c.db.Close() != nil {
		return errBroken
	}
	return nil
}

// rows are the rows of a query.
type rows struct {
	parent, ctx context.Context
	cancel      func()
	session     *session
	result      *sql.Rows
	query       Query
	isMySQL     bool
	n           int

	headers, types   []string
	values, pointers []any
}

var _ tabular.Rows = (*rows)(nil)

// Headers returns the names of the columns.
func (r *rows) Headers() []string { return r.headers }

// ReadNext returns the next row, or io.EOF after the last one.
func (r *rows) ReadNext() ([]any, error) {
	if !r.result.Next() {
		if err := r.result.Err(); err != nil {
			return nil, reduce(r.parent, err, r)
		}
		return nil, io.EOF
	}
	if r.n++; r.n > r.query.MaxRows {
		return nil, fmt.Errorf("more than %s: raise max_rows of the source, or narrow the query",
			text.Plural(r.query.MaxRows, "row"))
	}
	if err := r.result.Scan(r.pointers...); err != nil {
		return nil, reduce(r.parent, err, r)
	}
	for i := range r.values {
		r.values[i] = newCell(r.values[i], r.types[i], r.isMySQL)
	}
	return r.values, nil
}

// Close ends the query, also before its last row.
func (r *rows) Close() error {
	r.cancel() // else the driver reads the rows that are left
	if r.result != nil {
		_ = r.result.Close() // its error was that of the last row
	}
	if r.session == nil {
		return nil
	}
	_ = r.session.close() // canceled, so that it may report that
	return nil
}

// fail ends the query, and returns the part of an error that may be shown.
func (r *rows) fail(err error) error {
	err = reduce(r.parent, err, r)
	r.Close()
	return err
}
