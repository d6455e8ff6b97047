package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// closed is the file of a store with something of everything in it.
func closed(t testing.TB) string {
	t.Helper()
	s, err := Open(t.Context(), Options{File: file(t)})
	if err != nil {
		t.Fatal(err)
	}
	b := realistic(120)
	b.Repositories, b.Cursors = b.Repositories[:20], b.Cursors[:20]
	for i := range b.Deployments {
		b.Deployments[i].Repository = 90000 + int64(i%20)
		b.Deployments[i].Open = i%10 == 0
	}
	b.Teams, b.SetTeams = []fact.ForgeTeam{{ID: "core", Members: []string{"octo"}}}, true
	put(t, s, b)
	reported(t, s, collect.Report{Until: now})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.file
}

// run writes with SQL to a file as nothing of ours would.
func run(t testing.TB, file, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	text := func(content string) func(*testing.T, string) {
		return func(t *testing.T, name string) {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	statements := func(s string) func(*testing.T, string) {
		return func(t *testing.T, name string) { run(t, name, s) }
	}
	tests := []struct {
		name           string
		make           func(*testing.T, string)
		read, write    error // nil: opens
		says, saysNext string
	}{
		{"missing", func(*testing.T, string) {}, ErrMissing, nil, "store.db is missing or empty", "run ip3dp collect"},
		{"empty", text(""), ErrMissing, nil, "store.db is missing or empty", "run ip3dp collect"},
		{"an empty database", statements("PRAGMA user_version=0; VACUUM"), ErrMissing, nil, "store.db is missing or empty", "run ip3dp collect"},
		{"text", text(strings.Repeat("not a database\n", 400)), ErrDamaged, ErrDamaged, "not a database", "delete it"},
		{"a word", text("{}"), ErrDamaged, ErrDamaged, "", "delete it"},
		{"zeros", text(strings.Repeat("\x00", 8192)), ErrDamaged, ErrDamaged, "", "delete it"},
		{"another program's", statements("CREATE TABLE facts (x)"), ErrDamaged, ErrDamaged, "not a store", "delete it"},
		{"a folder", func(t *testing.T, name string) {
			if err := os.Mkdir(name, 0o700); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged, ErrDamaged, "not a regular file", "another file"},
		{
			"a newer version's", statements(schema1 + "; PRAGMA application_id=0x49503344; PRAGMA user_version=99"),
			ErrNewer, ErrNewer, "has schema 99, this program reads up to 1", "update ip3dp",
		},
		{"a store of no version", statements("PRAGMA application_id=0x49503344; VACUUM"), ErrDamaged, ErrDamaged, "not a store", "delete it"},
		{"a store without its tables", statements("CREATE TABLE kinds (id); PRAGMA application_id=0x49503344; PRAGMA user_version=1"), nil, ErrDamaged, "no such table", "delete it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, readOnly := range []bool{true, false} {
				name := file(t)
				tt.make(t, name)
				want := tt.write
				if readOnly {
					want = tt.read
				}
				s, err := Open(t.Context(), Options{File: name, ReadOnly: readOnly})
				if err == nil {
					err = s.Close()
				}
				if !errors.Is(err, want) {
					t.Errorf("read only %v: %v, want %v", readOnly, err, want)
				}
				if want != nil && (!strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), tt.saysNext)) {
					t.Errorf("read only %v: %q says neither %q nor %q", readOnly, err, tt.says, tt.saysNext)
				}
			}
		})
	}
}

// TestDamageIsTold truncates a store and flips bits in it. Whatever is read in the
// end is what was written; everything else is an error that says so.
func TestDamageIsTold(t *testing.T) {
	whole, err := os.ReadFile(closed(t))
	if err != nil {
		t.Fatal(err)
	}
	want := func() fact.Events {
		e, err := readBytes(t, whole)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}()
	told := 0
	check := func(what string, at int, damaged []byte) {
		t.Helper()
		e, err := readBytes(t, damaged)
		switch {
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrNewer), errors.Is(err, ErrNeverCollected), errors.Is(err, ErrMissing):
			told++
		case err != nil:
			t.Errorf("%s at %d: %v says not what is wrong", what, at, err)
		default:
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("%s at %d went unnoticed:\n%s", what, at, diff)
			}
		}
	}
	for i := range 24 {
		at := i * len(whole) / 24
		check("the end", at, whole[:at])
	}
	if told != 24 {
		t.Errorf("%d of 24 cut stores were told", told)
	}
	for _, at := range []int{1, 15, 16, 99, 100, 511, 512, len(whole) - 1} {
		check("the end", at, whole[:at])
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		at := r.IntN(len(whole))
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1 << r.IntN(8)
		check("a flipped bit", at, flipped)
	}
	if told < 60 {
		t.Errorf("only %d of all damages were told: the test damages nothing that matters", told)
	}
}

// readBytes opens a store of these bytes as a collection does, and reads it.
func readBytes(t *testing.T, content []byte) (fact.Events, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), Options{File: name})
	if err != nil {
		return fact.Events{}, err
	}
	defer s.Close() // what was read counts
	return s.Source("acme", SourceOptions{}).Collect(context.Background(), window)
}

// TestDamageBehindTheCheck: rows that change under an open reader, and a row of
// the wrong type, are told by the reader itself.
func TestDamageBehindTheCheck(t *testing.T) {
	for _, statement := range []string{
		`UPDATE facts SET body = replace(body, 'deploy-bot', 'deploy-cat') WHERE id LIKE '%5'`,
		`UPDATE facts SET at = at + 1 WHERE id LIKE '%5'`,
		`UPDATE facts SET at = 'noon' WHERE id LIKE '%5'`,
		`UPDATE facts SET body = '{' WHERE id LIKE '%5'`,
		`UPDATE repositories SET name = 'acme/other' WHERE number = 90003`,
		`UPDATE teams SET body = '{}'`,
		`UPDATE cursors SET ends = '2027-01-01T00:00:00Z'`,
		`UPDATE cursors SET ends = 'soon'`,
		`UPDATE sources SET report = '{'`,
		`UPDATE sources SET report = replace(report, '"requests":', '"retries":')`,
		`UPDATE sources SET report = replace(report, '"sum"', '"sun"')`,
		`UPDATE sources SET report = replace(report, '"pages":', '"pages":1')`,
		`UPDATE sources SET reported = '2024-11-10T00:00:00Z'`,
		`UPDATE sources SET reported = 'today'`,
		`DROP TABLE teams`,
	} {
		name := closed(t)
		run(t, name, statement)
		s := opened(t, Options{File: name, ReadOnly: true})
		e, err := s.Source("acme", SourceOptions{}).Collect(t.Context(), window)
		if !errors.Is(err, ErrDamaged) || len(e.Deployments) > 0 || len(e.Gaps) != 1 {
			t.Errorf("%s: %v, %d deployments, gaps %v", statement, err, len(e.Deployments), e.Gaps)
		}
		if _, err := Open(t.Context(), Options{File: name}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: opening to write: %v", statement, err)
		}
	}
}

// TestOneFileIsTheStore: after Close nothing but the file is needed, as a cache of
// CI keeps it, and a folder that cannot be written is enough to read it.
func TestOneFileIsTheStore(t *testing.T) {
	name := closed(t)
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Stat(name + suffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("store.db%s is left", suffix)
		}
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	other := filepath.Join(folder, "a b?c#d%.db")
	if err := os.WriteFile(other, content, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o700) }) // only for the removal
	s := opened(t, Options{File: other, ReadOnly: true})
	if n := len(collected(t, s).Deployments); n != 120 {
		t.Errorf("%d deployments", n)
	}
	after, err := os.ReadFile(other)
	if err != nil || !bytes.Equal(content, after) {
		t.Errorf("reading changed the file (%v)", err)
	}
}
