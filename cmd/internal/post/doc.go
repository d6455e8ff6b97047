// Package post writes to the forge of a job: one comment on a pull or merge request, one issue
// while something is stale. It reads only what it needs to find its earlier comment or issue,
// and gets the finished text.
package post

import (
	"errors"
	"io"
	"log"
	"net/http"
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

// maxPages limits the search for an earlier comment or issue.
const maxPages = 20

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
