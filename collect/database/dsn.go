package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// server is a database server to connect to.
type server struct {
	connector driver.Connector
	isMySQL   bool
	isLocal   bool // on this machine
}

// Names of the systems, for messages.
const (
	postgresName = "PostgreSQL"
	mysqlName    = "MySQL"
)

func (s server) name() string {
	if s.isMySQL {
		return mysqlName
	}
	return postgresName
}

// Errors about a DSN. They have no part of it.
var (
	errNoDSN = errors.New("not a DSN: write it like postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full " +
		"or mysql://USER:PASSWORD@HOST/DATABASE?tls=true, with % codes for special characters in the password")
	errPlainPostgres = errors.New("the server is on another machine, so the connection must be encrypted: add " +
		"sslmode=verify-full, or at least sslmode=require, to the DSN")
	errPlainMySQL = errors.New("the server is on another machine, so the connection must be encrypted: add tls=true " +
		"to the DSN; the variable SSL_CERT_FILE names the certificate of an authority of your own")
	errNetwork = errors.New("the DSN names a network other than tcp and unix")
)

// keywords matches the form of libpq: host=db user=reader.
var keywords = regexp.MustCompile(`^\s*[a-z_]+\s*=`)

// parseDSN reads a DSN: an address of the scheme postgres, postgresql or mysql, or the own form
// of either driver.
func parseDSN(dsn string) (server, error) {
	dsn = strings.TrimSpace(dsn)
	scheme, _, hasScheme := strings.Cut(dsn, "://")
	switch scheme = strings.ToLower(scheme); {
	case dsn == "":
		return server{}, errNoDSN
	case hasScheme && (scheme == "postgres" || scheme == "postgresql"), keywords.MatchString(dsn):
		return parsePostgres(dsn)
	case hasScheme && scheme == "mysql":
		return parseMySQLAddress(dsn)
	}
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return server{}, errNoDSN
	}
	return newMySQL(c)
}

func parsePostgres(dsn string) (server, error) {
	if scheme, rest, ok := strings.Cut(dsn, "://"); ok {
		dsn = strings.ToLower(scheme) + "://" + rest
	}
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return server{}, errNoDSN
	}
	s := server{isLocal: true}
	check := func(host string, port uint16, encrypted bool) {
		network, _ := pgconn.NetworkAddress(host, port)
		if network != "unix" && !isLoopback(host) {
			s.isLocal = false
			if !encrypted {
				err = errPlainPostgres
			}
		}
	}
	check(c.Host, c.Port, c.TLSConfig != nil)
	for _, f := range c.Fallbacks {
		check(f.Host, f.Port, f.TLSConfig != nil)
	}
	if err != nil {
		return server{}, err
	}
	// By this mode the server itself refuses a second statement, and keeps nothing of the first.
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.RuntimeParams["client_encoding"] = "UTF8"
	c.RuntimeParams["application_name"] = "ip3dp"
	s.connector = stdlib.GetConnector(*c)
	return s, nil
}

// parseMySQLAddress reads a DSN with the scheme mysql, which the driver does not know.
func parseMySQLAddress(dsn string) (server, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Fragment != "" {
		return server{}, errNoDSN
	}
	c, err := mysql.ParseDSN("/?" + u.RawQuery)
	if err != nil {
		return server{}, errNoDSN
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	if c.TLS != nil && c.TLS.ServerName == "" && !c.TLS.InsecureSkipVerify {
		c.TLS.ServerName = u.Hostname()
	}
	return newMySQL(c)
}

func newMySQL(c *mysql.Config) (server, error) {
	s := server{isMySQL: true}
	switch c.Net {
	case "unix":
		s.isLocal = true
	case "tcp", "tcp4", "tcp6":
		host, _, err := net.SplitHostPort(c.Addr)
		if err != nil {
			return server{}, errNoDSN
		}
		s.isLocal = isLoopback(host)
	default:
		return server{}, errNetwork
	}
	if !s.isLocal && c.TLSConfig != "true" {
		return server{}, errPlainMySQL
	}
	c.AllowAllFiles, c.MultiStatements, c.InterpolateParams, c.ParseTime = false, false, false, false
	c.AllowFallbackToPlaintext = s.isLocal && c.AllowFallbackToPlaintext
	c.Logger = silent{}
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["time_zone"] = "'+00:00'"
	c.Params["group_concat_max_len"] = "1073741824" // the default of MySQL cuts lists silently
	if err := c.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return server{}, errNoDSN
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return server{}, errNoDSN
	}
	s.connector = connector
	return s, nil
}

// silent drops the messages that the driver would write to standard error.
type silent struct{}

// Print drops a message.
func (silent) Print(...any) {}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Ping connects and begins a transaction that may only read. It returns the name of the system.
func Ping(ctx context.Context, dsn string) (system string, err error) {
	s, err := parseDSN(dsn)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	session, err := s.begin(ctx, pingTimeout)
	if err != nil {
		return "", reduce(ctx, err, nil)
	}
	return s.name(), session.close()
}
