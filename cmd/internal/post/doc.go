// Package post writes to the forge of a job: one comment on a pull or merge request, one issue
// while something is stale. It reads only what it needs to find its earlier comment or issue,
// and gets the finished text.
package post

import (
	"errors"
	"io"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Outcome is the result for a comment or an issue.
type Outcome string

// Outcomes.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Closed    Outcome = "closed"
	Unchanged Outcome = "unchanged"
	// Left means that there was nothing to write or to replace.
	Left Outcome = "left alone"
)

// ErrNoRequest means that no open pull request has the previewed commit. It was closed, or a
// newer commit was pushed and its own run will comment.
var ErrNoRequest = errors.New("no open pull request has this commit at its head")

// Limits of the search for an earlier comment or issue.
const maxPages, perPage = 20, 100

// findOnPages returns the first item of a paged list that matches, or nil. list returns a page
// and the number of the next one; 0 ends the list.
func findOnPages[T any](list func(page int) ([]*T, int, error), match func(*T) bool) (*T, error) {
	page := 1
	for range maxPages {
		items, next, err := list(page)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(items, match); i >= 0 {
			return items[i], nil
		}
		if next == 0 {
			break
		}
		page = next
	}
	return nil, nil
}

// newClient returns a client that retries after passing faults of the forge. It never prints,
// because addresses may contain secrets.
func newClient() *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = log.New(io.Discard, "", 0)
	c.RetryMax = 4
	c.HTTPClient.Timeout = 30 * time.Second
	// The outer client follows redirects and checks their host.
	c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	// The last answer is more useful than the number of tries.
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	outer := c.StandardClient()
	outer.CheckRedirect = stopRedirect
	return outer
}

// stopRedirect returns a redirect to another host as the answer. Every request has the token,
// which must not go there.
func stopRedirect(r *http.Request, via []*http.Request) error {
	if from := via[0].URL; r.URL.Scheme != from.Scheme || r.URL.Host != from.Host || len(via) >= 10 {
		return http.ErrUseLastResponse
	}
	return nil
}
