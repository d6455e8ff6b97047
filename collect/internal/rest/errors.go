package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

var (
	// ErrBudget ends requests above the rate limit, above the share of it that is kept for
	// others, or above the maximum of requests. A *BudgetError has the time from when requests
	// are allowed again.
	ErrBudget = errors.New("request budget used up")
	// ErrCredentials ends requests that the forge answers with 401, even in the middle of a
	// run.
	ErrCredentials = errors.New("credentials refused")
	// ErrTooLarge ends requests with a body above Options.MaxBody.
	ErrTooLarge = errors.New("body too large")
	// ErrHost ends requests that would go to another host.
	ErrHost = errors.New("another host")
)

// BudgetError is an ErrBudget.
type BudgetError struct {
	// Until is when requests are allowed again; zero if not in this run.
	Until  time.Time
	Reason string
}

// Error returns the time of the next allowed request, in UTC, and the reason.
func (e *BudgetError) Error() string {
	if e.Until.IsZero() {
		return fmt.Sprintf("%v: %s", ErrBudget, e.Reason)
	}
	return fmt.Sprintf("%v until %s: %s", ErrBudget, e.Until.UTC().Format(time.RFC3339), e.Reason)
}

// Is makes errors.Is(err, ErrBudget) true.
func (e *BudgetError) Is(target error) bool { return target == ErrBudget }

// Error is a request that failed for good. It contains no secret.
type Error struct {
	Method string
	URL    string // without user and values of secret parameters
	Status int    // of the last response; 0 without one
	// Reason describes the failure in one line.
	Reason string
	// RequestID is the forge's identifier of the request, for its support.
	RequestID string
	Attempts  int
	cause     error
}

// Error returns one line: the request, the status, the reason and the attempts.
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

// Unwrap returns ErrCredentials, ErrTooLarge, ErrHost, a *BudgetError, the context's error, or
// nil.
func (e *Error) Unwrap() error { return e.cause }
