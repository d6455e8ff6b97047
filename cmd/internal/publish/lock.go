package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("locked by another run")

// Lock takes the lock that a file stands for, so that two runs never write the
// same things. The system gives it back when the process ends, however it ends.
func Lock(file string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, broken("make the folder writable", fmt.Errorf("state folder: %w", err))
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, broken("make the folder writable", fmt.Errorf("lock: %w", err))
	}
	err = tryLock(f)
	if err == nil {
		return func() { f.Close() }, nil // closing gives the lock back
	}
	f.Close() // nothing was written
	if errors.Is(err, errLocked) {
		return nil, &Fault{
			Busy, fmt.Errorf("another run holds %s", file),
			"wait until it has ended, or end it; a run that died holds no lock",
		}
	}
	return nil, broken("", fmt.Errorf("lock %s: %w", file, err))
}
