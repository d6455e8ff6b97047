package merge

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// requeued is how far apart the openings of one roll-out of one commit may be:
// one row has when it was queued, the other when it began.
const requeued = time.Hour

// deploymentKind is the kind of roll-outs. A clone's tag of a commit that an export
// records as deployed to production is no roll-out of its own: the export has its
// time.
func (m *merger) deploymentKind(production func(environment, tier string) bool) *kind[fact.Deployment] {
	recorded := m.recorded(production)
	return &kind[fact.Deployment]{
		name: "deployments", noun: "roll-outs",
		list:  func(e *fact.Events) []fact.Deployment { return e.Deployments },
		place: func(d *fact.Deployment) string { return d.Repository },
		id:    func(_ *part, d *fact.Deployment) string { return d.ID },
		drop: func(p *part, d *fact.Deployment) string {
			if p.Origin != Clone {
				return ""
			}
			for _, r := range recorded[commitKey{m.fold(d.Repository), abbreviated(d.Commit)}] {
				if sameCommit(r.Commit, d.Commit) && !differ(component(d.Ref), r.Service) {
					return r.Source
				}
			}
			return ""
		},
		opened: func(d *fact.Deployment) time.Time { return d.Created },
		conflict: func(a, b *row[fact.Deployment]) bool {
			return differ(a.v.Service, b.v.Service) || differ(a.v.Environment, b.v.Environment) ||
				!sameCommit(a.v.Commit, b.v.Commit)
		},
		alike: func(a, b *row[fact.Deployment]) bool {
			return a.part.System == b.part.System && a.v.Commit != "" && b.v.Commit != "" &&
				a.v.Created.Sub(b.v.Created).Abs() <= requeued
		},
		state: deploymentState,
		join:  joinDeployments,
		without: func(m *merger, rows []row[fact.Deployment]) []fact.Deployment {
			return m.deploymentsWithoutID(rows)
		},
		incomplete: func(d *fact.Deployment) bool {
			return len(d.Statuses) > 0 && d.Created.IsZero() || !slices.IsSortedFunc(d.Statuses, earlier)
		},
		complete: func(d *fact.Deployment) {
			d.Statuses = slices.Clone(d.Statuses)
			sortStatuses(d)
			if d.Created.IsZero() {
				d.Created = d.Statuses[0].At
			}
		},
		opens: begun,
		order: func(a, b *fact.Deployment) int {
			return cmp.Or(begun(a).Compare(begun(b)), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.ID, b.ID),
				cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Commit, b.Commit),
				ended(a).Compare(ended(b)))
		},
	}
}

// recorded returns the roll-outs to production that exports record, by repository
// and abbreviated commit. It is empty without a clone that has roll-outs.
func (m *merger) recorded(production func(environment, tier string) bool) map[commitKey][]*fact.Deployment {
	cloned := slices.ContainsFunc(m.parts, func(p part) bool { return p.Origin == Clone && len(p.Events.Deployments) > 0 })
	if !cloned {
		return nil
	}
	list := map[commitKey][]*fact.Deployment{}
	for i := range m.parts {
		p := &m.parts[i]
		for k := range p.Events.Deployments {
			d := &p.Events.Deployments[k]
			if p.Origin == Export && len(d.Commit) >= shortest && production(d.Environment, d.Tier) {
				key := commitKey{m.fold(d.Repository), abbreviated(d.Commit)}
				list[key] = append(list[key], d)
			}
		}
	}
	return list
}

// shortest is how many digits an abbreviated commit has at the least.
const shortest = 7

// abbreviated returns the first digits of a commit.
func abbreviated(sha string) string { return strings.ToLower(sha[:min(len(sha), shortest)]) }

// component returns the part of a monorepo that a tag names, such as web of
// "web@1.2.0", "web/v1.2.0" and "web-v1.2.0"; "" if it names none.
func component(ref string) string {
	for _, separator := range []string{"@", "/", "-v"} {
		if i := strings.LastIndex(ref, separator); i > 0 {
			return ref[:i]
		}
	}
	return ""
}

// differ reports whether two names are known and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b && text.Fold(a) != text.Fold(b) }

// sameCommit reports whether two hashes can be one: one of them may be unknown or
// abbreviated.
func sameCommit(a, b string) bool {
	switch {
	case a == "" || b == "" || a == b:
		return true
	case len(a) < shortest || len(b) < shortest || len(a) == len(b):
		return strings.EqualFold(a, b)
	}
	n := min(len(a), len(b))
	return strings.EqualFold(a[:n], b[:n])
}

func begun(d *fact.Deployment) time.Time {
	if d.Created.IsZero() && len(d.Statuses) > 0 {
		return d.Statuses[0].At
	}
	return d.Created
}

func ended(d *fact.Deployment) time.Time {
	if len(d.Statuses) == 0 {
		return time.Time{}
	}
	return d.Statuses[len(d.Statuses)-1].At
}

func deploymentState(d *fact.Deployment) state {
	s := state{updated: d.Updated, sequence: d.Sequence, latest: d.Created}
	for _, x := range d.Statuses {
		s.latest = latestOf(s.latest, x.At)
		s.terminal = s.terminal || x.State != fact.Pending
	}
	s.fields = known(d.Service != "", d.URL != "", d.Commit != "", d.Ref != "", d.Creator != "", !d.Created.IsZero(),
		len(d.Changes) > 0, len(d.Commits) > 0)
	return s
}

// joinDeployments makes one roll-out of its rows. Their states are its history.
// Only where the rows tell which is the newest can it take back a result that an
// older one reported.
func joinDeployments(rows []row[fact.Deployment], told bool) fact.Deployment {
	d := *rows[0].v
	d.Statuses = slices.Clone(d.Statuses)
	_, final := result(d.Statuses)
	for i := range rows[1:] {
		r := rows[i+1].v
		fill(&d.Service, r.Service)
		fill(&d.URL, r.URL)
		fill(&d.Tier, r.Tier)
		fill(&d.Ref, r.Ref)
		fill(&d.Creator, r.Creator)
		if len(r.Commit) > len(d.Commit) {
			d.Commit = r.Commit
		}
		if d.Created.IsZero() || !r.Created.IsZero() && r.Created.Before(d.Created) {
			d.Created = r.Created
		}
		d.Updated, d.Sequence = latestOf(d.Updated, r.Updated), max(d.Sequence, r.Sequence)
		fillList(&d.Changes, r.Changes)
		fillList(&d.Commits, r.Commits)
		for _, s := range r.Statuses {
			if at, is := result([]fact.Status{s}); is && final && contradicts(d.Statuses, s.State, at,
				told && !r.Updated.IsZero()) {
				continue
			}
			d.Statuses = append(d.Statuses, s)
		}
	}
	sortStatuses(&d)
	return d
}

// result returns when a history came to a success or a failure, and whether it did.
func result(history []fact.Status) (at time.Time, is bool) {
	for _, s := range history {
		if s.State == fact.Success || s.State == fact.Failure {
			return s.At, true
		}
	}
	return time.Time{}, false
}

// contradicts reports whether a newer history has another result than an older
// row: at the same time, or at all where the newer record is a later state of the
// same record rather than a later event.
func contradicts(newer []fact.Status, state fact.State, at time.Time, record bool) bool {
	for _, s := range newer {
		if s.State != state && (s.State == fact.Success || s.State == fact.Failure) && (record || s.At.Equal(at)) {
			return true
		}
	}
	return false
}

// sortStatuses orders the states by time, at one time in the order in which they
// follow each other, and drops repeated ones.
func sortStatuses(d *fact.Deployment) {
	slices.SortStableFunc(d.Statuses, earlier)
	d.Statuses = slices.Compact(d.Statuses)
}

// earlier compares states by time, and at one time by what follows what.
func earlier(a, b fact.Status) int {
	rank := func(s fact.State) int {
		return slices.Index([]fact.State{fact.Pending, fact.Failure, fact.Success, fact.Inactive}, s)
	}
	if !a.At.Equal(b.At) {
		return a.At.Compare(b.At)
	}
	return cmp.Compare(rank(a.State), rank(b.State))
}

// rollOut identifies a roll-out that has no id.
type rollOut struct {
	place, service, environment, commit string
	begun                               time.Time
}

// run is a row of a roll-out without an id: equal ones are told apart only by how
// often they are in one file.
type run struct {
	rollOut
	ended time.Time
	state fact.State
}

// deploymentsWithoutID counts each row as often as in the file that has most of
// it, and drops the ones that were still running where another row has the end.
func (m *merger) deploymentsWithoutID(rows []row[fact.Deployment]) []fact.Deployment {
	runOf := func(d *fact.Deployment) run {
		last := d.Statuses[len(d.Statuses)-1]
		return run{
			rollOut{m.fold(d.Repository), text.Fold(d.Service), text.Fold(d.Environment), d.Commit, begun(d)},
			last.At, last.State,
		}
	}
	kept := mostOften(rows, runOf, "deployments")
	ends := map[rollOut]int{}
	for i := range kept {
		if r := runOf(kept[i].v); r.state != fact.Pending {
			ends[r.rollOut]++
		}
	}
	out := make([]fact.Deployment, 0, len(kept))
	used := map[string]int{}
	for i := range kept {
		d := *kept[i].v
		if r := runOf(&d); r.state == fact.Pending && ends[r.rollOut] > 0 {
			ends[r.rollOut]--
			kept[i].part.left[leftOut{"deployments", repeatedID}]++
			continue
		}
		d.ID = derivedID(&d)
		place := m.fold(d.Repository) + "\x00" + d.ID
		if used[place]++; used[place] > 1 {
			d.ID += "#" + strconv.Itoa(used[place])
		}
		out = append(out, d)
	}
	return out
}

// derivedID names a roll-out that has no id by what was rolled out, where and when.
func derivedID(d *fact.Deployment) string {
	id := d.Environment + "/" + ended(d).Format(time.RFC3339)
	if d.Commit != "" {
		id = d.Commit + "/" + id
	}
	if d.Service != "" {
		id = d.Service + "/" + id
	}
	return id
}

// mostOften returns the rows of each content as often as they are in the part
// that has most of them, and counts the others.
func mostOften[T any, K comparable](rows []row[T], content func(*T) K, name string) []row[T] {
	kept := make([]row[T], 0, len(rows))
	emitted, here := map[K]int{}, map[K]int{}
	var current *part
	for _, r := range rows {
		if r.part != current {
			current = r.part
			clear(here)
		}
		k := content(r.v)
		if here[k]++; here[k] <= emitted[k] {
			r.part.left[leftOut{name, repeatedRow}]++
			continue
		}
		emitted[k]++
		kept = append(kept, r)
	}
	return kept
}
