// Package collect runs sources, merges what they found and records what is missing.
package collect

import (
	"context"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Window is the span asked for: From inclusive, To exclusive, UTC.
type Window struct{ From, To time.Time }

// Source reads facts from one place. Collect returns what it could read even
// beside an error; whatever it could not read it reports as a gap. A row that
// cannot be used is counted in Events.Imports, never dropped.
type Source interface {
	// Name is the name in config.toml, shown on the data-quality page.
	Name() string
	Collect(ctx context.Context, w Window) (fact.Events, error)
}
