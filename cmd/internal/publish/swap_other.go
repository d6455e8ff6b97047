//go:build !linux && !darwin

package publish

import "errors"

// exchange fails, because this system cannot swap folders in one step.
func exchange(_, _ string) error { return errors.ErrUnsupported }
