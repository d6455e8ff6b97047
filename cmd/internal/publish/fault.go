package publish

import "fmt"

// Kind tells faults apart.
type Kind int

// Kinds of faults.
const (
	Broken  Kind = iota // something failed that may work another time
	Refused             // a place is not ours, or a path is wrong
	Busy                // another run is at work
)

// Fault is an error with its kind and the next step.
type Fault struct {
	Kind Kind
	Err  error
	Next string // "" if the error says it
}

// Error returns the error's text without the next step.
func (f *Fault) Error() string { return f.Err.Error() }

// Unwrap returns the error.
func (f *Fault) Unwrap() error { return f.Err }

func refuse(next, format string, args ...any) error {
	return &Fault{Refused, fmt.Errorf(format, args...), next}
}

func broken(next string, err error) error { return &Fault{Broken, err, next} }
