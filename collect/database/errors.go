package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// Errors in place of those of drivers, which may quote data, addresses and users.
var (
	errBroken      = errors.New("the connection broke, or a value could not be read")
	errNoHost      = errors.New("cannot connect: the host of the DSN has no address")
	errRefused     = errors.New("cannot connect: the host refuses connections at the port of the DSN")
	errNoSocket    = errors.New("cannot connect: the host or the socket of the DSN cannot be reached")
	errSlowConnect = errors.New("cannot connect: the host of the DSN does not answer")
	errCertificate = errors.New("cannot connect: the certificate of the server is not one that this machine trusts; " +
		"the variable SSL_CERT_FILE names the certificate of an authority of your own")
	errNoTLS = errors.New("cannot connect: the server does not offer an encrypted connection")
)

// classes describes the classes of SQLSTATE that a reader can do something about.
var classes = map[string]string{
	"08": "the connection was refused or broke",
	"0A": "the server cannot do what the query asks for",
	"22": "a value in the data does not fit the query, as in a division by zero or a cast",
	"25": "the query tried to write: it may only read",
	"28": "the server refused the user or the password",
	"3D": "the server has no such database",
	"3F": "the database has no such schema",
	"42": "the query has an error of syntax, or names a table or column that is not there or not allowed",
	"53": "the server has too little memory, space or connections",
	"55": "a lock was not free in time",
	"57": "the server ended the query: it took longer than the timeout, or the server shut down",
	"58": "the server had an error of its system",
	"XX": "the server had an internal error",
}

// states describes some SQLSTATEs more precisely.
var states = map[string]string{
	"42601": "the query has an error of syntax",
	"42703": "the query names a column that is not there",
	"42P01": "the query names a table that is not there",
	"42501": "the user has no right to read that: GRANT SELECT",
	"57014": "the server ended the query: it took longer than the timeout",
}

// numbers gives the errors of MySQL whose SQLSTATE is too general the one of PostgreSQL.
var numbers = map[uint16]string{
	1044: "28000", 1045: "28000", 1049: "3D000", 1054: "42703", 1064: "42601", 1142: "42501", 1143: "42501",
	1146: "42P01", 1290: "25006", 1792: "25006", 1969: "57014", 3024: "57014", 1205: "55P03",
}

// atLine matches the end of MySQL's message about syntax.
var atLine = regexp.MustCompile(`at line (\d{1,6})$`)

// reduce returns the part of an error that may be shown. An interrupt of the run stays one.
func reduce(parent context.Context, err error, r *rows) error {
	if errors.Is(parent.Err(), context.Canceled) {
		return parent.Err()
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		line := 0
		if r != nil && pg.Position > 0 {
			line = lineOf(r.query.Text, int(pg.Position))
		}
		return describe(postgresName, pg.Code, pg.Code, line)
	}
	if my, ok := errors.AsType[*mysql.MySQLError](err); ok {
		state := strings.Trim(string(my.SQLState[:]), "\x00")
		meaning := state
		if known, ok := numbers[my.Number]; ok {
			meaning = known
		}
		line := 0
		if m := atLine.FindStringSubmatch(my.Message); my.Number == 1064 && m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		return describe(fmt.Sprintf("%s error %d", mysqlName, my.Number), meaning, state, line)
	}
	if r != nil && errors.Is(r.ctx.Err(), context.DeadlineExceeded) && r.session != nil {
		return fmt.Errorf("took longer than %s: raise timeout of the source, or narrow the query", r.query.Timeout)
	}
	return reduceNetwork(err)
}

// reduceNetwork returns the part that may be shown of an error without an answer of the server.
func reduceNetwork(err error) error {
	_, noHost := errors.AsType[*net.DNSError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, otherName := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	network, isNetwork := errors.AsType[net.Error](err)
	switch {
	case noHost:
		return errNoHost
	case unknown, otherName, invalid, unverified:
		return errCertificate
	case errors.Is(err, mysql.ErrNoTLS), strings.Contains(err.Error(), "server refused TLS"):
		return errNoTLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return errRefused
	case errors.Is(err, context.DeadlineExceeded), isNetwork && network.Timeout():
		return errSlowConnect
	case isNetwork:
		return errNoSocket
	}
	return errBroken
}

// describe returns the error of a class, with the SQLSTATE and the line of the query.
func describe(server, meaning, state string, line int) error {
	text := states[meaning]
	if text == "" && len(meaning) == len("42601") {
		text = classes[meaning[:2]]
	}
	if text == "" {
		text = "the server refused the query"
	}
	where := ""
	if line > 0 {
		where = fmt.Sprintf("line %d: ", line)
	}
	if !isState(state) {
		return fmt.Errorf("%s%s (%s)", where, text, server)
	}
	return fmt.Errorf("%s%s (%s, SQLSTATE %s)", where, text, server, state)
}

func isState(s string) bool {
	return len(s) == 5 && strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) < 0
}

// lineOf returns the line of a character of a query, counted from 1.
func lineOf(query string, position int) int {
	line := 1
	for _, r := range strings.TrimPrefix(query, "\ufeff") {
		if position--; position <= 0 {
			break
		}
		if r == '\n' {
			line++
		}
	}
	return line
}
