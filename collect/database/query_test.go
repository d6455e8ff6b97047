package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tickets"
)

// fake is a driver whose server has one table.
type fake struct {
	columns []string
	rows    [][]driver.Value
	err     error // after the rows
	asked   []string
	options driver.TxOptions
}

func (f *fake) Connect(context.Context) (driver.Conn, error) { return &fakeConn{f}, nil }
func (f *fake) Driver() driver.Driver                        { return nil }

type fakeConn struct{ *fake }

func (c *fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (c *fakeConn) Close() error                        { return nil }
func (c *fakeConn) Begin() (driver.Tx, error)           { return nil, errors.New("not read-only") }
func (c *fakeConn) Commit() error                       { return errors.New("nothing to commit") }
func (c *fakeConn) Rollback() error                     { return nil }
func (c *fakeConn) BeginTx(_ context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.options = o
	return c, nil
}

func (c *fakeConn) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	c.asked = append(c.asked, query)
	return driver.RowsAffected(0), nil
}

func (c *fakeConn) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	c.asked = append(c.asked, query)
	return &fakeRows{fake: c.fake}, nil
}

type fakeRows struct {
	*fake
	n int
}

func (r *fakeRows) Columns() []string { return r.columns }
func (r *fakeRows) Close() error      { return nil }
func (r *fakeRows) Next(row []driver.Value) error {
	if r.n == len(r.rows) {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	copy(row, r.rows[r.n])
	r.n++
	return nil
}

// readTickets reads the rows of the fake as tickets.
func (f *fake) readTickets(t *testing.T, maxRows int) (fact.Events, error) {
	t.Helper()
	file := tabular.File{Path: "sql/tickets.sql", Query: func(ctx context.Context) (tabular.Rows, error) {
		return server{connector: f, isLocal: true}.open(ctx, Query{Text: "SELECT 1;", Timeout: time.Minute, MaxRows: maxRows})
	}}
	return Sort(newTickets(file)).Collect(t.Context(), collect.Window{To: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)})
}

func newTickets(file tabular.File) collect.Source {
	return tickets.New("tickets", file, tickets.Options{})
}

// TestOrder: any order of rows gives the same facts, and the query is asked as it should be.
func TestOrder(t *testing.T) {
	f := &fake{columns: []string{"Ticket_ID", "opened", "title", "labels"}}
	opened := time.Date(2024, 10, 15, 9, 0, 0, 0, time.FixedZone("", 3600))
	for _, id := range []string{"a", "b", "c", "c", "", "d"} {
		f.rows = append(f.rows, []driver.Value{id, opened, "t" + id, nil})
	}
	f.rows = append(f.rows, []driver.Value{"e", nil, "no time", nil}, []driver.Value{nil, nil, nil, nil})
	want, err := f.readTickets(t, 100)
	if err != nil || len(want.Tickets) != 5 || !want.Tickets[0].Opened.Equal(opened) {
		t.Fatalf("%+v, %v", want, err)
	}
	if im := want.Imports[0]; im.Read != 8 || im.Used != 5 {
		t.Errorf("%+v", im)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		random.Shuffle(len(f.rows), func(i, j int) { f.rows[i], f.rows[j] = f.rows[j], f.rows[i] })
		got, err := f.readTickets(t, 100)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v, another order (-want +got):\n%s", err, diff)
		}
	}
	asked := strings.Join(f.asked[:4], "; ")
	if asked != "SET LOCAL statement_timeout = 60000; SET LOCAL lock_timeout = 60000; SET LOCAL timezone = 'UTC'; SELECT 1" {
		t.Errorf("asked %s", asked)
	}
	if !f.options.ReadOnly {
		t.Error("the transaction may write")
	}
}

// TestFailures: an error gives a gap and no rows, and has nothing of the driver's message.
func TestFailures(t *testing.T) {
	opened := time.Date(2024, 10, 15, 9, 0, 0, 0, time.UTC)
	rows := [][]driver.Value{{"a", opened}, {"b", opened}}
	tests := []struct {
		name    string
		columns []string
		err     error
		maxRows int
		want    string
	}{
		{"cap", []string{"id", "opened"}, nil, 1, "sql/tickets.sql: more than 1 row: raise max_rows"},
		{"broken", []string{"id", "opened"}, errors.New("canary at 10.0.0.1"), 9, "sql/tickets.sql: the connection broke"},
		{"column", []string{"id", "openedd"}, nil, 9, "opened"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{columns: tt.columns, rows: rows, err: tt.err}
			e, err := f.readTickets(t, tt.maxRows)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if len(e.Tickets) != 0 || len(e.Gaps) != 1 || strings.Contains(e.Gaps[0].Reason, "canary") {
				t.Errorf("%+v", e)
			}
		})
	}
}
