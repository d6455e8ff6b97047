package testkit

import (
	"context"
	"sync"
	"time"
)

// Clock is a wall clock on which waiting takes no time: what a collector and its
// fake forge are given, so that a test of limits and retries ends at once. It may be
// used by several goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock begins at a time.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the time of the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock on. The error is the context's.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}
