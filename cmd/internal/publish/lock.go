package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errLocked means that another process has the lock.
var errLocked = errors.New("locked by another run")

// Lock takes the lock of a file, so that two runs never write the same files. The system
// releases it when the process ends, however it ends.
func Lock(file string) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, newBroken("make the folder writable", fmt.Errorf("state folder: %w", err))
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, newBroken("make the folder writable", fmt.Errorf("lock: %w", err))
	}
	err = tryLock(f)
	if err == nil {
		return func() { f.Close() }, nil // closing releases the lock
	}
	f.Close() // nothing was written
	if errors.Is(err, errLocked) {
		return nil, &Fault{
			Busy, fmt.Errorf("another run holds %s", file),
			"wait until it has ended, or end it; a run that died holds no lock",
		}
	}
	return nil, newBroken("", fmt.Errorf("lock %s: %w", file, err))
}
