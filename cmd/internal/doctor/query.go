package doctor

import (
	"context"

	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect/content"
)

// checkQueries connects to the database of each query.
func (d *Diagnosis) checkQueries(ctx context.Context, s *sources.Setup) {
	for i := range s.Config.SQL {
		q := &s.Config.SQL[i]
		system, err := s.PingQuery(ctx, q)
		if err != nil {
			d.add(q.Name, content.Error, "see docs/sql.md", "variable %s: %v", q.DSNEnv, err)
			continue
		}
		d.add(q.Name, content.Note, "", "variable %s: connected to %s, in a transaction that may only read", q.DSNEnv, system)
	}
}
