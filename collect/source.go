// Package collect reads sources and records their gaps.
package collect

import (
	"context"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Window is a span of time: From inclusive, To exclusive, UTC.
type Window struct{ From, To time.Time }

// Source reads facts from one place. Beside an error, Collect returns the facts that it could
// read, and a gap for the others. A row that cannot be used is counted in Events.Imports, never
// dropped.
type Source interface {
	// Name is the name in config.toml, shown on the data-quality page.
	Name() string
	Collect(ctx context.Context, w Window) (fact.Events, error)
}
