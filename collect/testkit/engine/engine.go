//go:build engines && unix

// Package engine starts real database servers for tests, in temporary folders, on loopback and
// a Unix socket. A server that is missing or does not start fails the test.
package engine

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
)

// Password is the password of the user ip3dp. Nothing that is printed, stored or published may
// contain it.
const Password = "Canary-7hQ2vX"

// startTime limits the time in which a server must accept connections.
const startTime = 60 * time.Second

// Server is a running server. Its clock has another zone than UTC.
type Server struct {
	Name string // "postgresql" or "mysql"
	// DSN is that of the user ip3dp, which may do everything in the database lake.
	DSN string
	// Socket is the DSN of the same user by the Unix socket.
	Socket string
	db     *sql.DB
}

// Start starts the server of a name, "postgresql" or "mysql". It ends with the test.
func Start(t *testing.T, name string) *Server {
	t.Helper()
	s := &Server{Name: name}
	dir, err := os.MkdirTemp("", "engine") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	port := freePort(t)
	switch name {
	case "postgresql":
		s.startPostgres(t, dir, port)
	case "mysql":
		s.startMySQL(t, dir, port)
	default:
		t.Fatalf("no engine %q", name)
	}
	return s
}

// Exec runs statements of the administrator.
func (s *Server) Exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := s.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v\n%s", s.Name, err, statement)
		}
	}
}

// Count returns the number that a query of the administrator returns.
func (s *Server) Count(t *testing.T, query string) int {
	t.Helper()
	n := 0
	if err := s.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v\n%s", s.Name, err, query)
	}
	return n
}

func (s *Server) startPostgres(t *testing.T, dir string, port int) {
	t.Helper()
	bin := find(t, "initdb", "postgresql", "/usr/lib/postgresql/*/bin")
	data := filepath.Join(dir, "data")
	owner := own(t, dir, "postgres")
	run(t, owner, dir, bin, "-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8",
		"--locale=C", "--no-sync")
	serve(t, owner, dir, syscall.SIGINT, filepath.Join(filepath.Dir(bin), "postgres"), "-D", data, "-k", dir,
		"-h", "127.0.0.1", "-p", strconv.Itoa(port), "-c", "fsync=off", "-c", "timezone=America/New_York")
	s.open(t, dir, "pgx", fmt.Sprintf("host=%s port=%d user=postgres dbname=postgres", dir, port))
	s.Exec(t, "CREATE ROLE ip3dp LOGIN PASSWORD '"+Password+"'", "CREATE DATABASE lake OWNER ip3dp")
	s.open(t, dir, "pgx", fmt.Sprintf("host=%s port=%d user=postgres dbname=lake timezone=UTC", dir, port))
	s.Exec(t, "GRANT ALL ON SCHEMA public TO ip3dp", "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ip3dp",
		"ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO ip3dp")
	s.DSN = fmt.Sprintf("postgres://ip3dp:%s@127.0.0.1:%d/lake?sslmode=disable", Password, port)
	s.Socket = fmt.Sprintf("host=%s port=%d user=ip3dp dbname=lake", dir, port)
}

func (s *Server) startMySQL(t *testing.T, dir string, port int) {
	t.Helper()
	install := find(t, "mariadb-install-db", "mariadb-server", "/usr/bin", "/usr/local/bin")
	bin := find(t, "mariadbd", "mariadb-server", "/usr/sbin", "/usr/local/sbin")
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	owner := own(t, dir, "mysql")
	run(t, owner, dir, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal",
		"--skip-test-db", "--tmpdir="+dir)
	serve(t, owner, dir, syscall.SIGTERM, bin, "--no-defaults", "--datadir="+data, "--socket="+socket, "--tmpdir="+dir,
		"--pid-file="+filepath.Join(dir, "pid"), "--bind-address=127.0.0.1", "--port="+strconv.Itoa(port),
		"--default-time-zone=-05:00", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M")
	s.open(t, dir, "mysql", fmt.Sprintf("root@unix(%s)/", socket))
	s.Exec(t, "CREATE DATABASE lake CHARACTER SET utf8mb4",
		"CREATE USER ip3dp IDENTIFIED BY '"+Password+"'", "GRANT ALL ON lake.* TO ip3dp")
	s.open(t, dir, "mysql", fmt.Sprintf("root@unix(%s)/lake", socket))
	s.DSN = fmt.Sprintf("mysql://ip3dp:%s@127.0.0.1:%d/lake?charset=utf8mb4&parseTime=True&loc=UTC", Password, port)
	s.Socket = fmt.Sprintf("ip3dp:%s@unix(%s)/lake", Password, socket)
}

// open connects the administrator, as soon as the server accepts connections.
func (s *Server) open(t *testing.T, dir, driver, dsn string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			s.db = db
			return
		}
		select {
		case <-ctx.Done():
			logged, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("%s does not start: %v\n%s", s.Name, err, logged)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// find returns the path of a program, the last of several versions.
func find(t *testing.T, program, debian string, folders ...string) string {
	t.Helper()
	for _, folder := range folders {
		if list, err := filepath.Glob(filepath.Join(folder, program)); err == nil && len(list) > 0 {
			return slices.Max(list)
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is not installed. On Debian: apt-get install --no-install-recommends %s", program, debian)
	}
	return path
}

// own gives the folder to an account that servers accept, because they refuse root. It returns
// the account, or nil for the own one.
func own(t *testing.T, dir, name string) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup(name)
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func command(owner *syscall.Credential, dir, program string, args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Dir = dir
	c.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + dir, "LC_ALL=C"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	return c
}

func run(t *testing.T, owner *syscall.Credential, dir, program string, args ...string) {
	t.Helper()
	if out, err := command(owner, dir, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, bytes.TrimSpace(out))
	}
}

// serve starts a server, which the signal ends after the test.
func serve(t *testing.T, owner *syscall.Credential, dir string, end syscall.Signal, program string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c := command(owner, dir, program, args...)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(end)
		kill := time.AfterFunc(startTime, func() { _ = c.Process.Kill() })
		defer kill.Stop()
		_ = c.Wait() // ended by a signal
	})
}

// freePort returns a port of loopback that nothing listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Insert writes rows into a table. Names in backquotes are quoted as the server quotes them.
func (s *Server) Insert(t *testing.T, table, columns string, rows [][]any) {
	t.Helper()
	if s.Name == "postgresql" {
		columns = strings.ReplaceAll(columns, "`", `"`)
	}
	const most = 500 // rows of a statement
	for part := range slices.Chunk(rows, most) {
		var b strings.Builder
		var values []any
		fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, columns)
		for i, row := range part {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for k, value := range row {
				if k > 0 {
					b.WriteByte(',')
				}
				values = append(values, value)
				if s.Name == "postgresql" {
					fmt.Fprintf(&b, "$%d", len(values))
				} else {
					b.WriteByte('?')
				}
			}
			b.WriteByte(')')
		}
		if _, err := s.db.ExecContext(t.Context(), b.String(), values...); err != nil {
			t.Fatalf("%s: %s: %v", s.Name, table, err)
		}
	}
}
