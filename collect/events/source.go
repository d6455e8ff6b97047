package events

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// Kind is what the rows of a file are.
type Kind string

// Kinds, named as fact.Coverage names them.
const (
	Deployments Kind = "deployments"
	Changes     Kind = "changes"
	Incidents   Kind = "incidents"
	Commits     Kind = "commits"
)

// Options say what a file cannot say about itself.
type Options struct {
	Tabular tabular.Options // dialect; Source and Kind are set by the source

	Repository  string // of rows that name none
	Environment string // of deployments that name none
	// Statuses maps words for a deployment's state, in any case, to the state.
	// They go before the built-in ones.
	Statuses map[string]fact.State
	// Start leaves out records whose last stamp is before it; zero: none.
	Start time.Time
	// CoversFrom and CoversTo declare the span that the file is complete for; zero
	// means its first and last record.
	CoversFrom, CoversTo time.Time
}

// Source reads one file.
type Source struct {
	name string
	kind Kind
	file tabular.File
	o    Options
}

var _ collect.Source = (*Source)(nil)

// New makes a source of one file. name is its name in config.toml.
func New(name string, kind Kind, file tabular.File, o Options) (*Source, error) {
	switch kind {
	case Deployments, Changes, Incidents, Commits:
	default:
		return nil, fmt.Errorf("source %q: kind %q is not known: use deployments, changes, incidents or commits", name, kind)
	}
	for _, word := range slices.Sorted(maps.Keys(o.Statuses)) {
		switch o.Statuses[word] {
		case fact.Pending, fact.Success, fact.Failure, fact.Inactive:
		default:
			return nil, fmt.Errorf("source %q: status %q is mapped to %q: use pending, success, failure or inactive", name,
				word, o.Statuses[word])
		}
	}
	o.Tabular.Source, o.Tabular.Kind = name, string(kind)
	if kind == Deployments {
		o.Statuses = lowered(o.Statuses)
	}
	return &Source{name: name, kind: kind, file: file, o: o}, nil
}

// Name is the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads the file. Records before the window are kept, as the last
// deployment before it is the baseline of lead times. A file that cannot be read
// to its end gives a gap and an error, and no records.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	b := &build{Source: s, window: w}
	var im fact.Import
	var err error
	switch s.kind {
	case Deployments:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.deployment)
	case Changes:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.change)
	case Incidents:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.incident)
	case Commits:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.commit)
	}
	if err != nil {
		return tabular.RecordFailure(s.name, s.file, w, err)
	}
	im.First, im.Last = b.span.first, b.span.last
	im.Notes = append(im.Notes, b.notes()...)
	return fact.Events{
		Commits: b.commits.list(), Changes: b.changes.list(), Deployments: b.deployments.list(), Incidents: b.incidents.list(),
		Imports: []fact.Import{im}, Coverage: s.coverage(&b.span, w),
	}, nil
}

// build is one reading of the file.
type build struct {
	*Source
	window collect.Window
	span   span

	commits     pile[fact.Commit]
	changes     pile[fact.Change]
	deployments pile[fact.Deployment]
	incidents   pile[fact.Incident]

	withoutStatus int // deployments that count as successes for want of a status
}

// admit judges a record's stamps and takes it into the span of the file. at is
// the stamp it belongs to in time, stamps are all others.
func (b *build) admit(repository string, at time.Time, stamps ...time.Time) error {
	latest := at
	for _, t := range stamps {
		if t.After(latest) {
			latest = t
		}
	}
	if !b.window.To.IsZero() && !latest.Before(b.window.To) {
		return tabular.LeaveOut("in the future")
	}
	if latest.Before(b.o.Start) {
		return tabular.LeaveOut("before " + b.o.Start.Format(time.DateOnly))
	}
	b.span.add(repository, at)
	return nil
}

// repository is the one the row names, else the configured one.
func (b *build) repository(named string) (string, error) {
	switch {
	case named != "":
		return named, nil
	case b.o.Repository != "":
		return b.o.Repository, nil
	}
	return "", tabular.Reject("no repository: add the column, or set repository for the source")
}

func (b *build) notes() []string {
	if b.withoutStatus == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d rows have no status: counted as successes when they finished", b.withoutStatus)}
}

// whole is a number, 0 for a blank cell.
func whole(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// fill sets what is still blank.
func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
