package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
)

// Bounds of one query. GitHub allows 500,000 nodes and ten seconds; what takes
// longer is halved, and the size that worked is kept for the rest of the run.
const (
	packRepositories = 15
	packNodes        = 200_000
	packReaders      = 8 // of one repository
	partTries        = 4
)

// packer sends queries that read lists of several repositories.
type packer struct {
	run     *syncer
	most    int // repositories a query
	smaller bool
}

// packed is a repository with its readers that take part in one query.
type packed struct {
	t       *repository
	readers []listReader
}

// readAll empties a queue of targets. Those begun are finished before others are
// begun, so that few are held in memory at a time.
func (p *packer) readAll(ctx context.Context, queue []*repository) error {
	for len(queue) > 0 {
		pack := p.choosePack(queue)
		if len(pack) > 0 {
			if err := p.sendPack(ctx, pack); err != nil {
				return err
			}
		}
		var rest []*repository
		for _, t := range queue {
			if len(t.readers) > 0 {
				rest = append(rest, t)
				continue
			}
			if err := p.run.saveRepository(ctx, t); err != nil {
				return err
			}
		}
		queue = rest
		p.run.reportProgress("repositories")
	}
	return nil
}

// choosePack takes the readers of the first repositories, within the bounds.
func (p *packer) choosePack(queue []*repository) []packed {
	var pack []packed
	nodes := 0
	for _, t := range queue {
		if len(t.readers) == 0 {
			continue
		}
		if len(pack) == p.most {
			break
		}
		a := packed{t: t}
		for _, reader := range t.readers[:min(len(t.readers), packReaders)] {
			if nodes += reader.countNodes(); nodes > packNodes && len(pack)+len(a.readers) > 0 {
				break
			}
			a.readers = append(a.readers, reader)
		}
		if len(a.readers) == 0 {
			break
		}
		pack = append(pack, a)
	}
	return pack
}

func formatQuery(pack []packed) string {
	var b strings.Builder
	b.WriteString("query {")
	for i, a := range pack {
		owner, name, _ := strings.Cut(a.t.repo.Name, "/")
		fmt.Fprintf(&b, "\nr%d: repository(owner: %s, name: %s) { databaseId", i, quoteText(owner), quoteText(name))
		for j, reader := range a.readers {
			fmt.Fprintf(&b, "\np%d: %s", j, reader.queryField())
		}
		b.WriteString(" }")
	}
	b.WriteString("\n}")
	return b.String()
}

// sendPack sends one query and gives each part what is its.
func (p *packer) sendPack(ctx context.Context, pack []packed) error {
	single := len(pack) == 1
	a, err := p.run.client.sendQuery(ctx, formatQuery(pack), single)
	switch {
	case err == nil:
	case isFatal(ctx, err):
		return err
	case !single:
		// Whatever it was, fewer repositories a query show whose fault it is.
		p.shrinkPack(len(pack))
		return nil
	case errors.Is(err, errTooMuch) && p.halvePages(pack[0]):
		return nil
	default:
		for _, reader := range pack[0].readers {
			pack[0].t.giveUp(reader.factKind(), err)
		}
		return nil
	}
	for i, asked := range pack {
		p.giveFields(a, fmt.Sprintf("r%d", i), asked, single)
	}
	return nil
}

// shrinkPack packs fewer repositories from now on.
func (p *packer) shrinkPack(had int) {
	p.most = max(had/2, 1)
	p.smaller = true
}

// halvePages asks for smaller pages of every list in a query of one repository.
func (p *packer) halvePages(a packed) bool {
	p.smaller = true
	halved := false
	for _, reader := range a.readers {
		halved = reader.halveSize() || halved
	}
	return halved
}

// giveFields hands the fields of one repository to its readers. A reader that an error
// concerns is asked for again, some times; then its kind is given up.
func (p *packer) giveFields(a *answer, alias string, asked packed, single bool) {
	t := asked.t
	var fields map[string]json.RawMessage
	err := json.Unmarshal(orNull(a.data[alias]), &fields)
	problems := a.errorsOf(alias)
	if fields == nil {
		p.countFailure(asked, asked.readers, problems, err, single)
		return
	}
	var id int64
	if json.Unmarshal(orNull(fields["databaseId"]), &id) == nil && id != t.repo.ID {
		p.countFailure(asked, asked.readers, nil, fmt.Errorf("%s is another repository now (%d instead of %d)",
			t.repo.Name, id,
			t.repo.ID), single)
		return
	}
	for j, one := range asked.readers {
		name := fmt.Sprintf("p%d", j)
		mine := slices.DeleteFunc(slices.Clone(problems), func(e *queryError) bool {
			return len(e.Path) > 1 &&
				e.pathStep(1) != name
		})
		if len(mine) > 0 {
			p.countFailure(asked, asked.readers[j:j+1], mine, nil, single)
			continue
		}
		done, more, err := one.takePage(orNull(fields[name]))
		if err != nil {
			p.countFailure(asked, asked.readers[j:j+1], nil, err, single)
			continue
		}
		p.run.client.pages++
		delete(t.tries, one)
		if done {
			t.readers = slices.DeleteFunc(t.readers, func(q listReader) bool { return q == one })
		}
		t.readers = append(t.readers, more...)
	}
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// countFailure counts a failure of readers.
func (p *packer) countFailure(a packed, readers []listReader, problems []*queryError, err error, single bool) {
	for _, e := range problems {
		err = errors.Join(err, e)
	}
	if err == nil {
		err = errors.New("null, without an error that gives the reason")
	}
	for _, one := range readers {
		exceeded := slices.ContainsFunc(problems, (*queryError).isExceeded)
		final := slices.ContainsFunc(problems, func(e *queryError) bool { return e.isMissing() || e.isForbidden() })
		if exceeded && !single {
			p.shrinkPack(max(p.most, 2))
		}
		if a.t.tries == nil {
			a.t.tries = map[listReader]int{}
		}
		a.t.tries[one]++
		switch {
		case exceeded && single && one.halveSize():
		case final || a.t.tries[one] >= partTries:
			a.t.giveUp(one.factKind(), fmt.Errorf("%s: %w", one.title(), err))
		}
	}
}

// saveRepository puts the facts of a repository into the store at once, and reports what could
// not be read.
func (r *syncer) saveRepository(ctx context.Context, t *repository) error {
	if err := r.readLongStatuses(ctx, t); err != nil {
		return err
	}
	if err := r.readREST(ctx, t); err != nil {
		return err
	}
	r.reportGaps(t)
	b := t.finishBatch(r.o.Window)
	r.client.items += len(b.Commits) + len(b.Changes) + len(b.Deployments) + len(b.Incidents)
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return fmt.Errorf("%s: saving %s: %w", r.f.name, t.repo.Name, err)
	}
	t.saved = true
	r.done++
	return nil
}

// reportGaps reports the kinds of a repository that were given up.
func (r *syncer) reportGaps(t *repository) {
	for _, kind := range factKinds {
		s := t.spans[kind]
		if s.err == nil {
			continue
		}
		from := r.o.Window.From
		if s.known && s.cursor.To.After(from) {
			from = s.cursor.To
		}
		r.addGap(t.repo.Name, from, fmt.Sprintf("%s could not be read: %s", kind, oneLine(s.err.Error())),
			nextStep(kind, s.err))
	}
}

// nextStep returns the advice about a failure.
func nextStep(kind collect.Kind, err error) string {
	var e *queryError
	switch code := statusOf(err); {
	case code == http.StatusForbidden, errors.As(err, &e) && e.isForbidden():
		return "give the token read access to " + permissions[kind]
	case code == http.StatusNotFound:
		return "give the token read access to " + permissions[kind] + ": what it may not read looks as if it were not there"
	case code == http.StatusGone:
		return "run again; if it stays, switch the feature on in the repository's settings, or leave the repository " +
			"out by exclude"
	case code == http.StatusUnavailableForLegalReasons:
		return "GitHub does not show it for legal reasons: ask the repository's owner, or leave the repository out by exclude"
	}
	return "run again; if it stays, look at githubstatus.com or ask whoever runs the server"
}

// permissions name the repository permissions that a kind needs.
var permissions = map[collect.Kind]string{
	collect.Commits:     "Contents",
	collect.Changes:     "Pull requests and Contents",
	collect.Deployments: "Deployments, and Actions where workflow runs are deployments",
	collect.Incidents:   "Issues",
}
