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
	packTargets = 15
	packNodes   = 200_000
	packParts   = 8 // of one repository
	partTries   = 4
)

// packer reads the parts of many repositories, several repositories a query.
type packer struct {
	run     *run
	most    int // repositories a query
	smaller bool
}

// asked is a target with those of its parts that stand in a query.
type asked struct {
	t     *target
	parts []part
}

// read empties a queue of targets. Those begun are finished before others are
// begun, so that few are held in memory at a time.
func (p *packer) read(ctx context.Context, queue []*target) error {
	for len(queue) > 0 {
		pack := p.choose(queue)
		if len(pack) > 0 {
			if err := p.ask(ctx, pack); err != nil {
				return err
			}
		}
		var rest []*target
		for _, t := range queue {
			if len(t.parts) > 0 {
				rest = append(rest, t)
				continue
			}
			if err := p.run.save(ctx, t); err != nil {
				return err
			}
		}
		queue = rest
		p.run.progress("repositories")
	}
	return nil
}

// choose takes the parts of the first targets, within the bounds.
func (p *packer) choose(queue []*target) []asked {
	var pack []asked
	nodes := 0
	for _, t := range queue {
		if len(t.parts) == 0 {
			continue
		}
		if len(pack) == p.most {
			break
		}
		a := asked{t: t}
		for _, part := range t.parts[:min(len(t.parts), packParts)] {
			if nodes += part.countNodes(); nodes > packNodes && len(pack)+len(a.parts) > 0 {
				break
			}
			a.parts = append(a.parts, part)
		}
		if len(a.parts) == 0 {
			break
		}
		pack = append(pack, a)
	}
	return pack
}

func packQuery(pack []asked) string {
	var b strings.Builder
	b.WriteString("query {")
	for i, a := range pack {
		owner, name, _ := strings.Cut(a.t.repo.Name, "/")
		fmt.Fprintf(&b, "\nr%d: repository(owner: %s, name: %s) { databaseId", i, quoteText(owner), quoteText(name))
		for j, part := range a.parts {
			fmt.Fprintf(&b, "\np%d: %s", j, part.queryField())
		}
		b.WriteString(" }")
	}
	b.WriteString("\n}")
	return b.String()
}

// ask sends one query and gives each part what is its.
func (p *packer) ask(ctx context.Context, pack []asked) error {
	single := len(pack) == 1
	a, err := p.run.client.query(ctx, packQuery(pack), single)
	switch {
	case err == nil:
	case fatal(ctx, err):
		return err
	case !single:
		// Whatever it was, fewer repositories a query show whose fault it is.
		p.shrink(len(pack))
		return nil
	case errors.Is(err, errTooMuch) && p.halve(pack[0]):
		return nil
	default:
		for _, part := range pack[0].parts {
			pack[0].t.fail(part.factKind(), err)
		}
		return nil
	}
	for i, asked := range pack {
		p.give(a, fmt.Sprintf("r%d", i), asked, single)
	}
	return nil
}

// shrink packs fewer repositories from now on.
func (p *packer) shrink(had int) {
	p.most = max(had/2, 1)
	p.smaller = true
}

// halve asks for smaller pages of what one query asks of one repository.
func (p *packer) halve(a asked) bool {
	p.smaller = true
	halved := false
	for _, part := range a.parts {
		halved = part.halveSize() || halved
	}
	return halved
}

// give hands the fields of one repository to its parts. A part that an error
// concerns is asked for again, some times; then its kind is given up.
func (p *packer) give(a *answer, alias string, asked asked, single bool) {
	t := asked.t
	var fields map[string]json.RawMessage
	err := json.Unmarshal(orNull(a.data[alias]), &fields)
	problems := a.of(alias)
	if fields == nil {
		p.refuse(asked, asked.parts, problems, err, single)
		return
	}
	var id int64
	if json.Unmarshal(orNull(fields["databaseId"]), &id) == nil && id != t.repo.ID {
		p.refuse(asked, asked.parts, nil, fmt.Errorf("%s is another repository now (%d instead of %d)", t.repo.Name, id,
			t.repo.ID), single)
		return
	}
	for j, one := range asked.parts {
		name := fmt.Sprintf("p%d", j)
		mine := slices.DeleteFunc(slices.Clone(problems), func(e *queryError) bool {
			return len(e.Path) > 1 &&
				e.at(1) != name
		})
		if len(mine) > 0 {
			p.refuse(asked, asked.parts[j:j+1], mine, nil, single)
			continue
		}
		done, more, err := one.takePage(orNull(fields[name]))
		if err != nil {
			p.refuse(asked, asked.parts[j:j+1], nil, err, single)
			continue
		}
		p.run.client.pages++
		delete(t.tries, one)
		if done {
			t.parts = slices.DeleteFunc(t.parts, func(q part) bool { return q == one })
		}
		t.parts = append(t.parts, more...)
	}
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// refuse counts a failure of parts.
func (p *packer) refuse(a asked, parts []part, problems []*queryError, err error, single bool) {
	for _, e := range problems {
		err = errors.Join(err, e)
	}
	if err == nil {
		err = errors.New("null, and no error that says why")
	}
	for _, one := range parts {
		exceeded := slices.ContainsFunc(problems, (*queryError).exceeded)
		final := slices.ContainsFunc(problems, func(e *queryError) bool { return e.missing() || e.forbidden() })
		if exceeded && !single {
			p.shrink(max(p.most, 2))
		}
		if a.t.tries == nil {
			a.t.tries = map[part]int{}
		}
		a.t.tries[one]++
		switch {
		case exceeded && single && one.halveSize():
		case final || a.t.tries[one] >= partTries:
			a.t.fail(one.factKind(), fmt.Errorf("%s: %w", one.title(), err))
		}
	}
}

// save puts what is known of a target into the store, each repository at once, and
// reports what is not.
func (r *run) save(ctx context.Context, t *target) error {
	if err := r.longStatuses(ctx, t); err != nil {
		return err
	}
	if err := r.beyondGraphQL(ctx, t); err != nil {
		return err
	}
	r.gapsOf(t)
	b := t.finish(r.o.Window)
	r.client.items += len(b.Commits) + len(b.Changes) + len(b.Deployments) + len(b.Incidents)
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return fmt.Errorf("%s: saving %s: %w", r.f.name, t.repo.Name, err)
	}
	t.saved = true
	r.done++
	return nil
}

// gapsOf reports the kinds of a repository that were given up.
func (r *run) gapsOf(t *target) {
	for _, kind := range factKinds {
		s := t.spans[kind]
		if s.err == nil {
			continue
		}
		from := r.o.Window.From
		if s.known && s.cursor.To.After(from) {
			from = s.cursor.To
		}
		r.gap(t.repo.Name, from, fmt.Sprintf("%s could not be read: %s", kind, oneLine(s.err.Error())), nextStep(kind, s.err))
	}
}

// nextStep says what to do about a failure.
func nextStep(kind collect.Kind, err error) string {
	var e *queryError
	switch code := status(err); {
	case code == http.StatusForbidden, errors.As(err, &e) && e.forbidden():
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
