package rest

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Kinds of requests that have limits of their own. GitHub counts GraphQL in points
// and searches by the minute.
const (
	coreLimit    = "core"
	graphqlLimit = "graphql"
	searchLimit  = "search"
)

// kindOf tells by the path which limit a request counts against.
func kindOf(path string) string {
	switch {
	case strings.HasSuffix(path, "/graphql"):
		return graphqlLimit
	case strings.Contains(path, "/search/"):
		return searchLimit
	default:
		return coreLimit
	}
}

// Stats are what a Transport did and may still do.
type Stats struct {
	Requests int           // attempts sent
	Retries  int           // of them repetitions
	Waited   time.Duration // wall time in which at least one request waited for a rate limit
	// Limit, Left and Reset are of the rate limit of which the smallest share is
	// left; Limit 0 if the forge named none. Searches do not count.
	Limit, Left int
	Reset       time.Time
}

// budget is what all requests of a Transport share.
type budget struct {
	keep        float64
	maxRequests int

	mu     sync.Mutex
	stats  Stats
	limits map[string]limit
	// pause is until when nothing is sent at all; pauses are until when nothing of
	// a kind is.
	pause  time.Time
	pauses map[string]time.Time
	// waitedTo is the end of the last wait that stats.Waited has.
	waitedTo time.Time
}

func newBudget(keep float64, maxRequests int) *budget {
	return &budget{keep: keep, maxRequests: maxRequests, limits: map[string]limit{}, pauses: map[string]time.Time{}}
}

// take counts a request, unless it must wait until a time or may not be sent.
func (b *budget) take(kind string, retry bool, now time.Time) (until time.Time, refused *BudgetError) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.maxRequests > 0 && b.stats.Requests >= b.maxRequests {
		return time.Time{}, &BudgetError{Reason: fmt.Sprintf("all %d requests allowed to this run were sent", b.maxRequests)}
	}
	until = b.pause
	if p := b.pauses[kind]; p.After(until) {
		until = p
	}
	wait, refused := b.share(kind, now)
	if refused != nil {
		return time.Time{}, refused
	}
	if wait.After(until) {
		until = wait
	}
	if until.After(now) {
		return until, nil
	}
	b.stats.Requests++
	if retry {
		b.stats.Retries++
	}
	return time.Time{}, nil
}

// share compares what is left of a limit with what is to be kept. Of a window that
// ends within a minute the rest can be waited for; an hour's ends the run.
func (b *budget) share(kind string, now time.Time) (until time.Time, refused *BudgetError) {
	l, ok := b.limits[kind]
	if !ok || !l.reset.After(now) {
		return time.Time{}, nil
	}
	keep := 0.0
	if kind != searchLimit {
		keep = b.keep
	}
	if float64(l.left) > keep*float64(l.limit) {
		return time.Time{}, nil
	}
	if l.left == 0 && keep == 0 || l.minute && l.reset.Sub(now) <= time.Minute {
		return afterReset(l.reset), nil
	}
	return time.Time{}, &BudgetError{
		Until: l.reset,
		Reason: fmt.Sprintf("%d of %d requests or points are left (%s), %.0f %% are to be kept for others", l.left,
			l.limit, kind, 100*keep),
	}
}

// afterReset is when a limit can be counted on to be reset: resets are given in
// whole seconds.
func afterReset(reset time.Time) time.Time { return reset.Add(time.Second) }

// note remembers what a response said of a limit. Responses arrive in any order:
// within a window the smallest number counts.
func (b *budget) note(kind string, l limit, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old, ok := b.limits[kind]
	if ok && l.reset.Sub(old.reset).Abs() <= 2*time.Second {
		l.left = min(l.left, old.left)
	} else if ok && l.reset.Before(old.reset) && !l.reset.After(now) {
		return // of the window before
	}
	if l.limit == 0 {
		l.limit = old.limit
	}
	b.limits[kind] = l
}

// hold makes all requests wait, or with a kind those of that kind.
func (b *budget) hold(kind string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if kind == "" {
		if until.After(b.pause) {
			b.pause = until
		}
		return
	}
	if until.After(b.pauses[kind]) {
		b.pauses[kind] = until
	}
}

// waited counts a wait; the time that several requests waited counts once.
func (b *budget) waited(from, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if from.Before(b.waitedTo) {
		from = b.waitedTo
	}
	if until.After(from) {
		b.stats.Waited += until.Sub(from)
		b.waitedTo = until
	}
}

// snapshot is the Stats so far.
func (b *budget) snapshot() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	for _, kind := range []string{graphqlLimit, coreLimit} {
		l, ok := b.limits[kind]
		if !ok || l.limit == 0 {
			continue
		}
		if s.Limit == 0 || float64(l.left)/float64(l.limit) < float64(s.Left)/float64(s.Limit) {
			s.Limit, s.Left, s.Reset = l.limit, l.left, l.reset
		}
	}
	return s
}
