package exit

import (
	"context"
	"errors"
	"fmt"

	"github.com/ip3dp/ip3dp/collect/content"
)

// Code is the program's exit code. Schedulers and scripts branch on it, so a
// code never changes its meaning; docs/cli.md lists them.
type Code int

// Exit codes.
const (
	Complete        Code = 0   // done, from complete data
	Nothing         Code = 1   // nothing was published; the last site stays
	Configuration   Code = 2   // a flag, config.toml or content is wrong
	Partial         Code = 3   // published, but a source is partial or missing
	StoreUnreadable Code = 10  // a configured forge has no readable store
	Locked          Code = 11  // another run holds the lock
	Credentials     Code = 12  // a token is missing or was refused
	Interrupted     Code = 130 // ended by a signal
)

// Failure is an error with an exit code and a next step.
type Failure struct {
	Code Code
	Err  error  // lower case, names the thing
	Next string // the next step; "" if Err has it
	// Problems are the faulty places in files, if they are the cause.
	Problems []content.Problem
}

// Error returns the text of the error.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the error itself.
func (f *Failure) Unwrap() error { return f.Err }

// BadInput returns a failure of configuration or usage.
func BadInput(next, format string, args ...any) error {
	return &Failure{Code: Configuration, Err: fmt.Errorf(format, args...), Next: next}
}

// Fail returns a failure of a task.
func Fail(next string, err error) error {
	return &Failure{Code: Nothing, Err: err, Next: next}
}

// FindCode returns the exit code of an error that a command returned.
func FindCode(err error) Code {
	var f *Failure
	switch {
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &f):
		return f.Code
	}
	return Nothing
}
