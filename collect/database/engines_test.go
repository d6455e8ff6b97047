//go:build engines && unix

package database

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/testkit/engine"
)

// ask returns the rows of a query, each as one text.
func ask(t *testing.T, dsn string, q Query) (headers []string, list []string, err error) {
	t.Helper()
	if q.Timeout == 0 {
		q.Timeout = time.Minute
	}
	if q.MaxRows == 0 {
		q.MaxRows = 1000
	}
	rows, err := Open(t.Context(), dsn, q)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for {
		row, err := rows.ReadNext()
		if err == io.EOF {
			return rows.Headers(), list, nil
		}
		if err != nil {
			return nil, list, err
		}
		list = append(list, strings.ReplaceAll(fmt.Sprintf("%q", row), "%!q(<nil>)", "<nil>"))
	}
}

// typed has one row of every kind of type, on each engine.
var typed = map[string]struct{ table, row, query, want string }{
	"postgresql": {
		table: `CREATE TABLE typed (a timestamptz, b timestamp, c date, d numeric(12,3), e boolean, f double precision,
			g real, h bytea, i text[], j jsonb, k uuid, l bigint, m text, n varchar(9), o timestamptz, p interval)`,
		row: `INSERT INTO typed VALUES ('2024-10-15 12:00:00.25+02', '2024-10-15 12:00:00', '2024-10-15', 1234.500, true,
			0.1, 0.1, '\x0aff', ARRAY['x','y;z',NULL], '["u","v"]', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
			9007199254740993, 'Zoë', NULL, 'infinity', '1 day')`,
		query: `SELECT *, date_trunc('day', a) FROM typed`,
		want: `["2024-10-15T10:00:00.25Z" "2024-10-15T12:00:00" "2024-10-15" "1234.500" %!q(bool=true) "0.1" "0.1" ` +
			`"0aff" ["x" "y;z"] ["u" "v"] "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" "9007199254740993" "Zoë" <nil> ` +
			`"infinity" "1 day" "2024-10-15T00:00:00Z"]`,
	},
	"mysql": {
		table: `CREATE TABLE typed (a timestamp(2) NULL, b datetime, c date, d decimal(12,3), e tinyint(1), f double,
			g float, h varbinary(9), i bit(9), j json, k blob, l bigint unsigned, m text, n varchar(9) NULL)`,
		row: `INSERT INTO typed VALUES ('2024-10-15 05:00:00.25', '2024-10-15 12:00:00', '2024-10-15', 1234.500, true, 0.1, 0.1,
			x'0aff', b'100000001', '["u","v"]', x'0aff', 18446744073709551615, 'Zoë', NULL)`,
		query: `SELECT *, concat(l, '!') FROM typed # the end`,
		want: `["2024-10-15T10:00:00.25Z" "2024-10-15 12:00:00" "2024-10-15" "1234.500" "1" "0.1" "0.1" "0aff" "257" ` +
			`"[\"u\",\"v\"]" "0aff" "18446744073709551615" "Zoë" <nil> "18446744073709551615!"]`,
	},
}

// TestEngines holds both servers to the promises of the package.
func TestEngines(t *testing.T) {
	for _, name := range []string{"postgresql", "mysql"} {
		t.Run(name, func(t *testing.T) {
			s := engine.Start(t, name)
			for _, dsn := range []string{s.DSN, s.Socket} {
				if system, err := Ping(t.Context(), dsn); err != nil || !strings.EqualFold(system, name) {
					t.Errorf("%q, %v", system, err)
				}
			}
			types := typed[name]
			s.Exec(t, types.table, types.row, "CREATE TABLE numbers (n int)", "INSERT INTO numbers VALUES (1),(2),(3)")
			_, list, err := ask(t, s.DSN, Query{Text: types.query})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{types.want}, list); diff != "" {
				t.Errorf("types (-want +got):\n%s", diff)
			}
			t.Run("limits", func(t *testing.T) { limits(t, s) })
			t.Run("writes", func(t *testing.T) { writes(t, s) })
			t.Run("errors", func(t *testing.T) { refusals(t, s) })
			t.Run("many rows", func(t *testing.T) { manyRows(t, s) })
		})
	}
}

// limits: too many rows and too much time are errors that name their keys.
func limits(t *testing.T, s *engine.Server) {
	_, list, err := ask(t, s.DSN, Query{Text: "SELECT n FROM numbers", MaxRows: 3})
	if err != nil || len(list) != 3 {
		t.Errorf("three of three rows: %q, %v", list, err)
	}
	_, _, err = ask(t, s.DSN, Query{Text: "SELECT n FROM numbers", MaxRows: 2})
	want := "more than 2 rows: raise max_rows of the source, or narrow the query"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	slow := map[string]string{"postgresql": "SELECT pg_sleep(60)", "mysql": "SELECT sleep(60) + n FROM numbers"}
	began := time.Now()
	_, list, err = ask(t, s.DSN, Query{Text: slow[s.Name], Timeout: time.Second})
	if err == nil || !strings.Contains(err.Error(), "longer than") || time.Since(began) > 30*time.Second {
		t.Errorf("a slow query after %s: %q, %v", time.Since(began), list, err)
	}
}

// writes: a query that writes fails, whatever its user may do, and nothing is written.
func writes(t *testing.T, s *engine.Server) {
	queries := map[string][]string{
		"postgresql": {
			"WITH x AS (INSERT INTO numbers VALUES (4) RETURNING n) SELECT n FROM x",
			"SELECT n INTO other FROM numbers",
			"SELECT set_config('transaction_read_only', 'off', false) FROM numbers",
			"SELECT add_number()",
			"SELECT nextval('counter')",
		},
		"mysql": {"SELECT add_number()", "SELECT n FROM numbers INTO OUTFILE '/tmp/ip3dp-written'"},
	}
	s.Exec(t, map[string]string{
		"postgresql": `CREATE FUNCTION add_number() RETURNS int LANGUAGE sql AS 'INSERT INTO numbers VALUES (4) RETURNING n'`,
		"mysql":      `CREATE FUNCTION add_number() RETURNS int BEGIN INSERT INTO numbers VALUES (4); RETURN 4; END`,
	}[s.Name])
	if s.Name == "postgresql" {
		s.Exec(t, "CREATE SEQUENCE counter", "GRANT ALL ON SEQUENCE counter TO ip3dp")
	}
	for _, query := range queries[s.Name] {
		if _, list, err := ask(t, s.DSN, Query{Text: query}); err == nil {
			t.Errorf("%s: returned %q", query, list)
		}
	}
	// The server refuses a second statement, even if the check of the text is fooled.
	for _, query := range []string{"SELECT 1; INSERT INTO numbers VALUES (4)", "SELECT 1; COMMIT; INSERT INTO numbers VALUES (4)"} {
		server, err := parseDSN(s.DSN)
		if err != nil {
			t.Fatal(err)
		}
		c, err := server.begin(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := c.tx.QueryContext(t.Context(), query); err == nil {
			t.Errorf("%s: asked", query)
			rows.Close()
		}
		c.close()
	}
	if n := s.Count(t, "SELECT count(*) FROM numbers"); n != 3 {
		t.Errorf("the table has %d rows after queries that write, want 3", n)
	}
}

// refusals: errors have a class and SQLSTATE, and no part of the data or the DSN.
func refusals(t *testing.T, s *engine.Server) {
	s.Exec(t, "CREATE TABLE secrets (word varchar(40))", "INSERT INTO secrets VALUES ('canary-of-data')")
	cast := map[string]string{
		"postgresql": "SELECT word::int FROM secrets", "mysql": "SELECT extractvalue('<a/>', concat('~', word)) FROM secrets",
	}
	tests := []struct{ name, dsn, query, want string }{
		{"data", s.DSN, cast[s.Name], "SQLSTATE"},
		{"column", s.DSN, "SELECT nothing FROM numbers", "names a column that is not there"},
		{"table", s.DSN, "SELECT 1 FROM nothing", "names a table that is not there"},
		{"syntax", s.DSN, "SELECT n\nFROM numbers\nWHERE WHERE", "line 3: the query has an error of syntax"},
		{"password", strings.Replace(s.DSN, engine.Password, "wrong", 1), "SELECT 1", "refused the user or the password"},
		{"database", strings.Replace(s.DSN, "/lake", "/nothing", 1), "SELECT 1", "SQLSTATE"},
		{"port", regexp.MustCompile(`1:\d+/`).ReplaceAllString(s.DSN, "1:1/"), "SELECT 1", "refuses connections"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, list, err := ask(t, tt.dsn, Query{Text: tt.query})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %q, %v; want %s", list, err, tt.want)
			}
			t.Log(err)
			for _, secret := range []string{engine.Password, "canary", "127.0.0.1", "lake", "wrong", "secrets"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error has %q: %v", secret, err)
				}
			}
		})
	}
}

// manyRows: rows are streamed, and a query can be left before its end.
func manyRows(t *testing.T, s *engine.Server) {
	query := map[string]string{
		"postgresql": "SELECT n, repeat('x', 200) FROM generate_series(1, 200000) AS n",
		"mysql":      "SELECT seq, repeat('x', 200) FROM seq_1_to_200000",
	}[s.Name]
	_, list, err := ask(t, s.DSN, Query{Text: query, MaxRows: 200_000})
	if err != nil || len(list) != 200_000 {
		t.Errorf("%d rows, %v", len(list), err)
	}
	_, list, err = ask(t, s.DSN, Query{Text: query, MaxRows: 10})
	if err == nil || len(list) != 10 {
		t.Errorf("%d rows, %v", len(list), err)
	}
}
