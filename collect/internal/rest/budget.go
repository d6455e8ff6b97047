package rest

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Kinds of requests with separate rate limits. GitHub counts GraphQL in points and searches per
// minute.
const (
	coreLimit    = "core"
	graphqlLimit = "graphql"
	searchLimit  = "search"
)

// limitKind returns the rate limit that a request to the path counts against.
func limitKind(path string) string {
	switch {
	case strings.HasSuffix(path, "/graphql"):
		return graphqlLimit
	case strings.Contains(path, "/search/"):
		return searchLimit
	default:
		return coreLimit
	}
}

// Stats counts the requests of a Transport and shows its rate limit.
type Stats struct {
	Requests int           // attempts sent
	Retries  int           // those that repeat another
	Waited   time.Duration // wall time while at least one request waited for a rate limit
	// Limit, Left and Reset describe the rate limit with the smallest share left. Limit is 0 if
	// the forge named none. Searches do not count.
	Limit, Left int
	Reset       time.Time
}

// budget limits all requests of a Transport together.
type budget struct {
	keep        float64
	maxRequests int

	mu     sync.Mutex
	stats  Stats
	limits map[string]limit
	// Nothing is sent before pause, and nothing of a kind before its time in pauses.
	pause  time.Time
	pauses map[string]time.Time
	// waitedTo is the end of the last wait counted in stats.Waited.
	waitedTo time.Time
}

func newBudget(keep float64, maxRequests int) *budget {
	return &budget{keep: keep, maxRequests: maxRequests, limits: map[string]limit{}, pauses: map[string]time.Time{}}
}

// reserveRequest counts a request that may be sent now. Otherwise it returns the time to wait
// for, or the reason why the request may not be sent.
func (b *budget) reserveRequest(kind string, retry bool, now time.Time) (until time.Time, refused *BudgetError) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.maxRequests > 0 && b.stats.Requests >= b.maxRequests {
		return time.Time{}, &BudgetError{Reason: fmt.Sprintf("all %d requests allowed to this run were sent", b.maxRequests)}
	}
	until = b.pause
	if p := b.pauses[kind]; p.After(until) {
		until = p
	}
	wait, refused := b.checkShare(kind, now)
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

// checkShare compares the rest of a limit with the share to keep for others. A request waits
// for a window of at most a minute; the limit of an hour ends the run.
func (b *budget) checkShare(kind string, now time.Time) (until time.Time, refused *BudgetError) {
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
		return safeReset(l.reset), nil
	}
	return time.Time{}, &BudgetError{
		Until: l.reset,
		Reason: fmt.Sprintf("%d of %d requests or points are left (%s), %.0f %% are to be kept for others", l.left,
			l.limit, kind, 100*keep),
	}
}

// safeReset adds a second to a reset, because resets are given in whole seconds.
func safeReset(reset time.Time) time.Time { return reset.Add(time.Second) }

// recordLimit stores the rate limit of a response. Responses arrive in any order: within a
// window the smallest number counts.
func (b *budget) recordLimit(kind string, l limit, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old, ok := b.limits[kind]
	if ok && l.reset.Sub(old.reset).Abs() <= 2*time.Second {
		l.left = min(l.left, old.left)
	} else if ok && l.reset.Before(old.reset) && !l.reset.After(now) {
		return // of an earlier window
	}
	if l.limit == 0 {
		l.limit = old.limit
	}
	b.limits[kind] = l
}

// delayRequests makes the requests of a kind wait, or all requests if kind is "".
func (b *budget) delayRequests(kind string, until time.Time) {
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

// addWait counts a wait. Time that several requests waited together counts once.
func (b *budget) addWait(from, until time.Time) {
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

// snapshot returns the Stats so far.
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
