// Package post writes to the forge that a job runs on: one comment on a pull or
// merge request, one issue while something is stale. It reads no more than it
// needs to find what it wrote before, and takes text ready to be posted.
package post

import (
	"errors"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Outcome is what became of a comment or an issue.
type Outcome string

// Outcomes.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Closed    Outcome = "closed"
	Unchanged Outcome = "unchanged"
	// Left says that there was nothing to say and nothing that had been said.
	Left Outcome = "left alone"
)

// ErrNoRequest says that no open pull request has the commit that was previewed:
// it was closed, or a newer commit was pushed, whose own run will comment.
var ErrNoRequest = errors.New("no open pull request has this commit at its head")

// maxPages bounds how far back a comment or an issue of ours is looked for.
const maxPages = 20

// client retries what a passing fault of the forge refused. It never prints:
// addresses may hold secrets.
func client() *http.Client {
	c := retryablehttp.NewClient()
	c.Logger = log.New(io.Discard, "", 0)
	c.RetryMax = 4
	c.HTTPClient.Timeout = 30 * time.Second
	// Redirects are the outer client's, which looks where they lead.
	c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	// The last answer says more than that the tries were used up.
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	outer := c.StandardClient()
	outer.CheckRedirect = stay
	return outer
}

// stay takes a redirect to another host for the answer: a token is set on whatever
// is sent, and must not go there.
func stay(r *http.Request, via []*http.Request) error {
	if from := via[0].URL; r.URL.Scheme != from.Scheme || r.URL.Host != from.Host || len(via) >= 10 {
		return http.ErrUseLastResponse
	}
	return nil
}
