package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("locked by another run")

// lockState takes the lock of a state folder, so that two runs never write the
// same history. The system gives it back when the process ends, however it ends.
func lockState(file string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, failed("make the folder writable", fmt.Errorf("state folder: %w", err))
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, failed("make the folder writable", fmt.Errorf("lock: %w", err))
	}
	err = tryLock(f)
	if err == nil {
		return func() { f.Close() }, nil //nolint:errcheck // closing gives the lock back
	}
	f.Close() //nolint:errcheck // nothing was written
	if errors.Is(err, errLocked) {
		return nil, &failure{
			code: locked, err: fmt.Errorf("another run holds %s", file),
			next: "wait until it has ended, or end it; a run that died holds no lock",
		}
	}
	return nil, failed("", fmt.Errorf("lock %s: %w", file, err))
}
