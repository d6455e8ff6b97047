package publish

import "fmt"

// Kind is the kind of a fault.
type Kind int

// Kinds of faults.
const (
	Broken  Kind = iota // a failure that may pass
	Refused             // the destination is not ours, or a path is wrong
	Busy                // another run is working there
)

// Fault is an error with its kind and the next step.
type Fault struct {
	Kind Kind
	Err  error
	Next string // "" if the error has it
}

// Error returns the error's text without the next step.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the error.
func (f *Fault) Unwrap() error { return f.Err }

func refuse(next, format string, args ...any) error {
	return &Fault{Refused, fmt.Errorf(format, args...), next}
}

func newBroken(next string, err error) error { return &Fault{Broken, err, next} }
