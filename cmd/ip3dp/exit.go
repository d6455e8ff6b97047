package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/collect/content"
)

// exit is the program's exit code. Schedulers and scripts branch on it, so a
// code never changes its meaning; docs/cli.md lists them.
type exit int

// Exit codes.
const (
	complete        exit = 0   // done, from complete data
	nothing         exit = 1   // nothing was published; the last site stays
	configuration   exit = 2   // a flag, config.toml or content is wrong
	partial         exit = 3   // published, but a source is partial or missing
	storeUnreadable exit = 10  // a configured forge has no readable store
	locked          exit = 11  // another run holds the lock
	credentials     exit = 12  // a token is missing or was refused
	interrupted     exit = 130 // ended by a signal
)

// failure is an error that knows its exit code and what to do about it.
type failure struct {
	code exit
	err  error  // lower case, names the thing
	next string // what to do next; "" if err says it
	// problems are the places in files that are wrong, if that is the cause.
	problems []content.Problem
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// wrong is a failure of configuration or usage.
func wrong(next, format string, args ...any) error {
	return &failure{code: configuration, err: fmt.Errorf(format, args...), next: next}
}

// failed is a failure to do what was asked for.
func failed(next string, err error) error {
	return &failure{code: nothing, err: err, next: next}
}

// asFailure gives a fault of publishing its exit code; other errors stay as they are.
func asFailure(err error) error {
	var f *publish.Fault
	if !errors.As(err, &f) {
		return err
	}
	codes := map[publish.Kind]exit{publish.Broken: nothing, publish.Refused: configuration, publish.Busy: locked}
	return &failure{code: codes[f.Kind], err: err, next: f.Next}
}

// codeOf is the exit code of an error that a command returned.
func codeOf(err error) exit {
	var f *failure
	switch {
	case errors.Is(err, context.Canceled):
		return interrupted
	case errors.As(err, &f):
		return f.code
	}
	return nothing
}
