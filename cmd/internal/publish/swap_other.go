//go:build !linux && !darwin

package publish

import "errors"

// exchange is for systems that can swap folders in one step. This one cannot.
func exchange(_, _ string) error { return errors.ErrUnsupported }
