// Package database reads the rows of one query of a PostgreSQL or MySQL (MariaDB) server, as
// package tabular reads the rows of a file.
//
// A query is asked at each build and nothing of it is stored. It runs in a transaction that may
// only read, with a limit of time on both sides and a limit of rows. The connection is encrypted
// unless the server is on this machine.
//
// The DSN is a secret: no error and no note has a part of it. Messages of servers and drivers
// may quote data, addresses and users, so they are replaced by their class and SQLSTATE.
package database
