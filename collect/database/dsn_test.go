package database

import (
	"strings"
	"testing"
)

// TestDSN: each form is read, and a connection to another machine must be encrypted.
func TestDSN(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	t.Setenv("PGHOST", "")
	const secret = "Canary-9"
	tests := []struct {
		dsn  string
		want string // the system, or the error's beginning
	}{
		{"postgres://u:PW@db.example.org/lake?sslmode=verify-full", "PostgreSQL"},
		{"POSTGRES://u:PW@db.example.org/lake?sslmode=require", "PostgreSQL"},
		{"postgresql://u:PW@db.example.org:5433/lake?sslmode=verify-ca", "PostgreSQL"},
		{"postgres://u:PW@db.example.org/lake", "the server is on another machine"},
		{"postgres://u:PW@db.example.org/lake?sslmode=prefer", "the server is on another machine"},
		{"postgres://u:PW@db.example.org/lake?sslmode=allow", "the server is on another machine"},
		{"postgres://u:PW@db.example.org/lake?sslmode=disable", "the server is on another machine"},
		{"postgres://u:PW@127.0.0.1,db.example.org/lake?sslmode=disable", "the server is on another machine"},
		{"postgres://u:PW@10.0.0.1/lake?sslmode=disable", "the server is on another machine"},
		{"postgres://u:PW@0.0.0.0/lake?sslmode=disable", "the server is on another machine"},
		{"postgres://u:PW@127.0.0.1/lake?sslmode=disable", "PostgreSQL"},
		{"postgres://u:PW@[::1]/lake?sslmode=disable", "PostgreSQL"},
		{"postgres://u:PW@localhost/lake", "PostgreSQL"},
		{"host=/var/run/postgresql user=u password=PW dbname=lake", "PostgreSQL"},
		{"host=db.example.org user=u password=PW sslmode=disable", "the server is on another machine"},
		{"host=db.example.org user=u password=PW sslmode=require", "PostgreSQL"},
		{"mysql://u:PW@db.example.org/lake?tls=true&charset=utf8mb4&parseTime=True&loc=UTC", "MySQL"},
		{"mysql://u:PW@db.example.org/lake", "the server is on another machine"},
		{"mysql://u:PW@db.example.org/lake?tls=preferred", "the server is on another machine"},
		{"mysql://u:PW@db.example.org/lake?tls=skip-verify", "the server is on another machine"},
		{"mysql://u:PW@db.example.org/lake?tls=false", "the server is on another machine"},
		{"mysql://u:PW@127.0.0.1:3307/lake", "MySQL"},
		{"u:PW@tcp(db.example.org:3306)/lake?tls=true", "MySQL"},
		{"u:PW@tcp(db.example.org:3306)/lake", "the server is on another machine"},
		{"u:PW@unix(/run/mysqld/mysqld.sock)/lake", "MySQL"},
		{"u:PW@spdy(db.example.org)/lake?tls=true", "the DSN names a network"},
		{"", "not a DSN"},
		{"PW", "not a DSN"},
		{"sqlserver://u:PW@db.example.org", "not a DSN"},
		{"postgres://u:PW@db.example.org:x/lake", "not a DSN"},
		{"mysql://u:PW@db.example.org/lake?tls=mine", "not a DSN"},
	}
	for _, tt := range tests {
		t.Run(tt.dsn, func(t *testing.T) {
			s, err := parseDSN(strings.ReplaceAll(tt.dsn, "PW", secret))
			if err != nil {
				if !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				for _, part := range []string{secret, "db.example"} {
					if strings.Contains(err.Error(), part) {
						t.Errorf("the error has %s: %v", part, err)
					}
				}
				return
			}
			if s.name() != tt.want {
				t.Errorf("got %s, want %s", s.name(), tt.want)
			}
		})
	}
}

// FuzzDSN: no DSN ends the program, and no error has a part of one.
func FuzzDSN(f *testing.F) {
	for _, dsn := range []string{
		"postgres://u:canary@db.example.org/lake?sslmode=prefer", "mysql://u:canary@h/lake?tls=x", "u:canary@tcp(h)/l",
		"host=h password=canary sslmode=disable", "postgres://u:canary@h,127.0.0.1/l?sslmode=allow",
	} {
		f.Add(dsn)
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		if strings.Contains(dsn, "service") || strings.Contains(dsn, "file") || strings.Contains(dsn, "ssl") && strings.Contains(dsn, "/dev") {
			return // they name files of this machine
		}
		s, err := parseDSN("canary" + dsn + "canary")
		if _, again := parseDSN(dsn); again != nil && strings.Contains(again.Error(), "canary") || err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", dsn, err)
		}
		if err == nil && s.connector == nil {
			t.Errorf("%q: no connector", dsn)
		}
	})
}
