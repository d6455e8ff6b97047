package database

import (
	"strings"
	"testing"
)

// TestStatements: one statement that selects is asked, and no other.
func TestStatements(t *testing.T) {
	tests := []struct {
		query, want string // the statement, or the error's beginning
		isMySQL     bool
	}{
		{query: "SELECT 1", want: "SELECT 1"},
		{query: "-- a comment; with a semicolon\nselect 1 ;\n -- the end\n", want: "-- a comment; with a semicolon\nselect 1"},
		{query: "WITH x AS (SELECT 1) SELECT * FROM x;;", want: "WITH x AS (SELECT 1) SELECT * FROM x"},
		{query: "(SELECT 1) UNION (SELECT 2)", want: "(SELECT 1) UNION (SELECT 2)"},
		{query: "SELECT ';', 'it''s;', \"a;b\", $$;$$, $x$;$x$, E'\\';'", want: "SELECT ';', 'it''s;', \"a;b\", $$;$$, $x$;$x$, E'\\';'"},
		{query: "SELECT '\\';', `a;b` # ;", want: "SELECT '\\';', `a;b`", isMySQL: true},
		{query: "/* a /* nested; */ comment */ TABLE x", want: "/* a /* nested; */ comment */ TABLE x"},
		{query: "SELECT 1; SELECT 2", want: "the file has several"},
		{query: "SELECT '\\'; DROP TABLE x; --'", want: "the file has several"},
		{query: "SELECT 1; COMMIT", want: "the file has several", isMySQL: true},
		{query: "", want: "the query is empty"},
		{query: " -- nothing\n;", want: "the query is empty"},
		{query: "DELETE FROM x", want: "the query begins with DELETE"},
		{query: "SET x = 1", want: "the query begins with SET"},
		{query: "canary-of-a-password-that-is-long", want: "the query begins with CANARY"},
		{query: "SELECT 1 /*! ; DROP TABLE x */", want: "the query has a comment", isMySQL: true},
		{query: "SELECT 1 INTO OUTFILE '/tmp/x'", want: "the query writes a file", isMySQL: true},
		{query: "SELECT 'x", want: "a quote or comment"},
		{query: "SELECT /* x", want: "a quote or comment"},
		{query: "SELECT $a$ x", want: "a quote or comment"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			got, err := checkStatement(tt.query, tt.isMySQL)
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && (err == nil || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzStatement: a query that is accepted is accepted again, and is part of its file.
func FuzzStatement(f *testing.F) {
	for _, query := range []string{"SELECT 1;", "WITH x AS (SELECT $$;$$) TABLE x", "SELECT E'\\'' -- x", "/*!;*/"} {
		f.Add(query, true)
		f.Add(query, false)
	}
	f.Fuzz(func(t *testing.T, query string, isMySQL bool) {
		got, err := checkStatement(query, isMySQL)
		if err != nil {
			return
		}
		if !strings.Contains(query, got) {
			t.Errorf("%q is not part of %q", got, query)
		}
		if again, err := checkStatement(got, isMySQL); err != nil || again != got {
			t.Errorf("%q becomes %q, %v", got, again, err)
		}
	})
}
