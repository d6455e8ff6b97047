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

// Kind is the kind of rows in a file.
type Kind string

// Kinds, with the names of fact.Coverage.
const (
	Deployments Kind = "deployments"
	Changes     Kind = "changes"
	Incidents   Kind = "incidents"
	Commits     Kind = "commits"
)

// Options complements a file.
type Options struct {
	Tabular tabular.Options // dialect; the source sets Source and Kind

	Repository  string // of rows without one
	Environment string // of deployments without one
	// Statuses maps words for a deployment's state, in any case, to the state. They take
	// precedence over the built-in ones.
	Statuses map[string]fact.State
	// Start leaves out records with all times before it; zero: none.
	Start time.Time
	// CoversFrom and CoversTo declare the span of a complete file; zero means its first and
	// last record.
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

// New returns a source of one file. name is its name in config.toml.
func New(name string, kind Kind, file tabular.File, o Options) (*Source, error) {
	switch kind {
	case Deployments, Changes, Incidents, Commits:
	default:
		return nil, fmt.Errorf("source %q: kind %q is unknown: use deployments, changes, incidents or commits", name, kind)
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
		o.Statuses = lowerKeys(o.Statuses)
	}
	return &Source{name: name, kind: kind, file: file, o: o}, nil
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads the file. It keeps records before the window, because the last deployment
// before it is the baseline of lead times. A file that cannot be read to its end gives a gap
// and an error, and no records.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	b := &fileReader{Source: s, window: w}
	var im fact.Import
	var err error
	switch s.kind {
	case Deployments:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.addDeployment)
	case Changes:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.addChange)
	case Incidents:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.addIncident)
	case Commits:
		im, err = tabular.ReadFile(ctx, s.file, s.o.Tabular, b.addCommit)
	}
	if err != nil {
		return tabular.RecordFailure(s.name, s.file, w, err)
	}
	im.First, im.Last = b.span.first, b.span.last
	im.Notes = append(im.Notes, b.listNotes()...)
	return fact.Events{
		Commits: b.commits.Join(), Changes: b.changes.Join(),
		Deployments: b.deployments.Join(), Incidents: b.incidents.Join(),
		Imports: []fact.Import{im}, Coverage: s.listCoverage(&b.span, w),
	}, nil
}

// fileReader is the state of one reading of the file.
type fileReader struct {
	*Source
	window collect.Window
	span   span

	commits     tabular.Chunks[fact.Commit]
	changes     tabular.Chunks[fact.Change]
	deployments tabular.Chunks[fact.Deployment]
	incidents   tabular.Chunks[fact.Incident]

	withoutStatus int // deployments without a status, counted as successes
}

// admit checks a record's times and adds the record to the span of the file. at is the time
// that the record counts at, stamps are all others.
func (b *fileReader) admit(repository string, at time.Time, stamps ...time.Time) error {
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

// rowRepository returns the repository in the row, or else the configured one.
func (b *fileReader) rowRepository(named string) (string, error) {
	switch {
	case named != "":
		return named, nil
	case b.o.Repository != "":
		return b.o.Repository, nil
	}
	return "", tabular.Reject("no repository: add the column, or set repository for the source")
}

func (b *fileReader) listNotes() []string {
	if b.withoutStatus == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d rows have no status: counted as successes when they finished", b.withoutStatus)}
}

// intOrZero returns a number, or 0 for a blank cell.
func intOrZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
