package sources

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"
)

// workers is the number of sources that are read at a time: more would only compete for
// the same disk and processors.
const workers = 2

// Gathered is a source with its facts.
type Gathered struct {
	Source
	Events fact.Events
	Err    error
	Took   time.Duration
}

// Gather reads all sources. Only an interrupt is an error: a source that could not be
// read has gaps.
func Gather(ctx context.Context, s *Setup, clock func() time.Time, list []Source) ([]Gathered, error) {
	out := make([]Gathered, len(list))
	clocked := make([]collect.Source, len(list))
	for i := range list {
		out[i].Source = list[i]
		clocked[i] = timed{list[i].Source, clock, &out[i].Took}
	}
	done, err := openStore(ctx, s.Store, list)
	if err != nil {
		return nil, err
	}
	defer done()
	results, err := collect.ReadSources(ctx, clocked, s.Window(s.Config.History.Days), workers)
	if err != nil {
		return nil, err
	}
	for i := range results {
		out[i].Events, out[i].Err = results[i].Events, results[i].Err
	}
	return out, nil
}

// timed is a source that records how long it took.
type timed struct {
	collect.Source
	clock func() time.Time
	took  *time.Duration
}

// Collect reads the source.
func (t timed) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	began := t.clock()
	defer func() { *t.took = t.clock().Sub(began) }()
	return t.Source.Collect(ctx, w)
}

// Merge returns all facts of the sources, each once, and findings about their IDs. The
// imports of the list then count what was left out. spent allows it to use the facts of the
// list for its own.
func Merge(s *Setup, list []Gathered, spent bool) (fact.Events, []merge.Finding) {
	parts := make([]merge.SourceFacts, len(list))
	for i := range list {
		g := &list[i]
		parts[i] = merge.SourceFacts{Name: g.Name(), Origin: g.Kind.Origin, System: g.System, Events: g.Events, Spent: spent}
	}
	production := s.Config.Production()
	result := merge.Merge(parts, production.IsProduction, newJudge(s, production, list))
	for i := range list {
		list[i].Events.Imports = result.Imports[i]
	}
	return result.Events, result.Findings
}

// newJudge returns a judge for the facts of the sources, by the content with the teams of forges.
func newJudge(s *Setup, production *org.Production, list []Gathered) merge.Judge {
	all := make([]fact.Events, len(list))
	var forges fact.Events
	for i := range list {
		all[i] = list[i].Events
		forges.Repositories = append(forges.Repositories, all[i].Repositories...)
		forges.Teams = append(forges.Teams, all[i].Teams...)
	}
	content := *s.Content
	merge.Adopt(&content, forges)
	return org.NewJudge(content, production, all)
}

// Account is the account of the rows of a source.
type Account struct {
	Name string
	Rows compute.RowCounts
}

// CountRows returns the accounts of the sources with rows, over all their files, in the order of
// the list.
func CountRows(list []Gathered) []Account {
	var out []Account
	var imports []fact.Import
	for i := range list {
		imports = append(imports, list[i].Events.Imports...)
		if i+1 < len(list) && list[i+1].Name() == list[i].Name() {
			continue
		}
		if len(imports) > 0 {
			out = append(out, Account{list[i].Name(), compute.CountRows(imports)})
		}
		imports = nil
	}
	return out
}

// RefuseEmpty ends a run if every source failed: the last site has more than an empty one
// would.
func RefuseEmpty(list []Gathered) error {
	uncollected := false
	for i := range list {
		if list[i].Err == nil {
			return nil
		}
		uncollected = uncollected || errors.Is(list[i].Err, store.ErrNeverCollected)
	}
	switch {
	case len(list) == 0:
		return nil
	case uncollected:
		return &exit.Failure{
			Code: exit.StoreUnreadable, Err: errors.New("no source could be read, and the store has nothing of the forges"),
			Next: `run "ip3dp collect"; the last site is untouched`,
		}
	}
	return exit.Fail("mend the sources in config.toml; the last site is untouched", errors.New("no source could be read"))
}

// Reconcile returns the line of an import: "deployments of builds.csv: 1,204 read = 1,200
// used + 4 rejected (3 in the future, 1 without a commit)".
func Reconcile(im *fact.Import) string {
	rejected := 0
	var reasons []string
	for _, r := range im.Rejected {
		rejected += r.Count
		reason := text.FormatCount(r.Count) + " × " + r.Reason
		if r.Line > 0 {
			reason += ", first on line " + strconv.Itoa(r.Line)
		}
		reasons = append(reasons, reason)
	}
	line := fmt.Sprintf("%s: %s read = %s used + %s rejected",
		text.Join(" of ", im.Kind, cmp.Or(im.File, im.Source)), text.FormatCount(im.Read),
		text.FormatCount(im.Used), text.FormatCount(rejected))
	if rejected > 0 {
		line += " (" + strings.Join(reasons, "; ") + ")"
	}
	if im.Removed > 0 {
		line += ", " + text.Plural(im.Removed, "credential") + " removed from its addresses and texts"
	}
	return line
}
