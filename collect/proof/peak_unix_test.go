//go:build unix

package proof_test

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// peak is the most memory that an ended process had, in kilobytes. On Linux it is
// at least what this one has, which stays small: the fake of a large organisation
// is another process.
func peak(state *os.ProcessState) int {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	most := int(usage.Maxrss)
	if runtime.GOOS == "darwin" {
		most /= 1024 // in bytes there
	}
	return most
}

// cpuTime returns the processor time of this process, with that of the system.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
