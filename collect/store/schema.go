package store

import (
	"context"
	"database/sql"
	_ "embed" // for the schema
	"fmt"
	"strconv"
)

// applicationID marks a file as a store of ip3dp: "IP3D" in ASCII.
const applicationID = 0x49503344

//go:embed schema1.sql
var schema1 string

// schema has the step to each version from the previous one. A released step is never changed;
// new steps are added.
var schema = []string{schema1}

// upgrade brings the file to the newest version, with one transaction a step: a kill leaves it
// at one version or the next.
func (s *Store) upgrade(ctx context.Context, steps []string) error {
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return s.newError("open", err)
	}
	if version == 0 {
		// Only a database without tables accepts this setting, which gives free pages back.
		if _, err := s.db.ExecContext(ctx, "PRAGMA auto_vacuum=INCREMENTAL"); err != nil {
			return s.newError("create", err)
		}
	}
	for ; version < len(steps); version++ {
		err := s.transact(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, steps[version]+
				";PRAGMA application_id="+strconv.Itoa(applicationID)+
				";PRAGMA user_version="+strconv.Itoa(version+1))
			return err
		})
		if err != nil {
			return s.newError(fmt.Sprintf("upgrade to schema %d", version+1), err)
		}
	}
	return nil
}

// transact runs f in a transaction that is kept only if f succeeds.
func (s *Store) transact(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit there is nothing to roll back
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}
