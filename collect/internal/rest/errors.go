package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

var (
	// ErrBudget is what requests end with that the rate limit, the share of it to
	// keep, or the cap of requests does not allow. A *BudgetError says until when.
	ErrBudget = errors.New("request budget used up")
	// ErrCredentials is what requests end with that the forge answers with 401,
	// also midway.
	ErrCredentials = errors.New("credentials refused")
	// ErrTooLarge is what requests end with whose body is above Options.MaxBody.
	ErrTooLarge = errors.New("body too large")
	// ErrHost is what requests end with that would go to another host.
	ErrHost = errors.New("another host")
)

// BudgetError is an ErrBudget.
type BudgetError struct {
	// Until is when requests are allowed again; zero when not in this run.
	Until  time.Time
	Reason string
}

// Error says until when, in UTC, and why.
func (e *BudgetError) Error() string {
	if e.Until.IsZero() {
		return fmt.Sprintf("%v: %s", ErrBudget, e.Reason)
	}
	return fmt.Sprintf("%v until %s: %s", ErrBudget, e.Until.UTC().Format(time.RFC3339), e.Reason)
}

// Is makes errors.Is(err, ErrBudget) true.
func (e *BudgetError) Is(target error) bool { return target == ErrBudget }

// Error is a request that failed for good. Nothing in it holds a secret.
type Error struct {
	Method string
	URL    string // without user and values of secret parameters
	Status int    // of the last response; 0 when there was none
	// Reason is what went wrong, in one line.
	Reason string
	// RequestID is the forge's own name of the request, for its support.
	RequestID string
	Attempts  int
	cause     error
}

// Error is one line: the request, the status, what went wrong and how often.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.URL)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d %s", e.Status, http.StatusText(e.Status))
		if e.Reason != "" {
			b.WriteString(": ")
		}
	}
	b.WriteString(e.Reason)
	if e.Attempts > 1 {
		fmt.Fprintf(&b, ", after %d attempts", e.Attempts)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Unwrap is ErrCredentials, ErrTooLarge, ErrHost, a *BudgetError, the context's
// error, or nil.
func (e *Error) Unwrap() error { return e.cause }
