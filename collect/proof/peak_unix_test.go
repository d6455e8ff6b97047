//go:build unix

package proof_test

import (
	"os"
	"runtime"
	"syscall"
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
