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

// queueTolerance is how far apart the beginnings of one deployment of one commit may be: one
// row may have the time when it was queued, the other the time when it started.
const queueTolerance = time.Hour

// deploymentKind describes deployments. A clone's tag of a commit that an export records as
// deployed to production is not a deployment: the export has the better time.
func (m *merger) deploymentKind(production func(environment, tier string) bool) *rowKind[fact.Deployment] {
	recorded := m.exportedDeployments(production)
	return &rowKind[fact.Deployment]{
		name: "deployments", noun: "roll-outs",
		list:       func(e *fact.Events) []fact.Deployment { return e.Deployments },
		repository: func(d *fact.Deployment) string { return d.Repository },
		id:         func(_ *sourceRows, d *fact.Deployment) string { return d.ID },
		drop: func(p *sourceRows, d *fact.Deployment) string {
			if p.Origin != Clone {
				return ""
			}
			for _, r := range recorded[commitKey{m.foldRepository(d.Repository), abbreviateSHA(d.Commit)}] {
				if sameCommit(r.Commit, d.Commit) && !areDifferent(tagComponent(d.Ref), r.Service) {
					return r.Source
				}
			}
			return ""
		},
		opened: func(d *fact.Deployment) time.Time { return d.Created },
		conflict: func(a, b *row[fact.Deployment]) bool {
			return areDifferent(a.v.Service, b.v.Service) || areDifferent(a.v.Environment, b.v.Environment) ||
				!sameCommit(a.v.Commit, b.v.Commit)
		},
		alike: func(a, b *row[fact.Deployment]) bool {
			return a.source.System == b.source.System && a.v.Commit != "" && b.v.Commit != "" &&
				a.v.Created.Sub(b.v.Created).Abs() <= queueTolerance
		},
		state: deploymentState,
		join:  joinDeployments,
		joinNameless: func(m *merger, rows []row[fact.Deployment]) ([]fact.Deployment, []*sourceRows) {
			return m.joinWithoutID(rows)
		},
		incomplete: func(d *fact.Deployment) bool {
			return len(d.Statuses) > 0 && d.Created.IsZero() || !slices.IsSortedFunc(d.Statuses, compareStatuses)
		},
		complete: func(d *fact.Deployment) {
			d.Statuses = slices.Clone(d.Statuses)
			sortStatuses(d)
			if d.Created.IsZero() {
				d.Created = d.Statuses[0].At
			}
		},
		sortTime: beginTime,
		order: func(a, b *fact.Deployment) int {
			return cmp.Or(beginTime(a).Compare(beginTime(b)), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.ID, b.ID),
				cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Commit, b.Commit),
				endTime(a).Compare(endTime(b)))
		},
	}
}

// exportedDeployments returns the production deployments of exports, by repository and
// abbreviated commit. It returns nil without a clone that has deployments.
func (m *merger) exportedDeployments(production func(environment, tier string) bool) map[commitKey][]*fact.Deployment {
	cloned := slices.ContainsFunc(m.sources, func(p sourceRows) bool {
		return p.Origin == Clone &&
			len(p.Events.Deployments) > 0
	})
	if !cloned {
		return nil
	}
	list := map[commitKey][]*fact.Deployment{}
	for i := range m.sources {
		p := &m.sources[i]
		for k := range p.Events.Deployments {
			d := &p.Events.Deployments[k]
			if p.Origin == Export && len(d.Commit) >= shortest && production(d.Environment, d.Tier) {
				key := commitKey{m.foldRepository(d.Repository), abbreviateSHA(d.Commit)}
				list[key] = append(list[key], d)
			}
		}
	}
	return list
}

// shortest is the smallest number of digits in an abbreviated commit.
const shortest = 7

// abbreviateSHA returns the first digits of a commit.
func abbreviateSHA(sha string) string { return strings.ToLower(sha[:min(len(sha), shortest)]) }

// tagComponent returns the component of a monorepo in a tag, such as web in "web@1.2.0",
// "web/v1.2.0" and "web-v1.2.0", or "".
func tagComponent(ref string) string {
	for _, separator := range []string{"@", "/", "-v"} {
		if i := strings.LastIndex(ref, separator); i > 0 {
			return ref[:i]
		}
	}
	return ""
}

// areDifferent reports whether two names are given and not the same.
func areDifferent(a, b string) bool {
	return a != "" && b != "" && a != b && text.Fold(a) != text.Fold(b)
}

// sameCommit reports whether two hashes can belong to the same commit: one of them may be
// missing or abbreviated.
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

func beginTime(d *fact.Deployment) time.Time {
	if d.Created.IsZero() && len(d.Statuses) > 0 {
		return d.Statuses[0].At
	}
	return d.Created
}

func endTime(d *fact.Deployment) time.Time {
	if len(d.Statuses) == 0 {
		return time.Time{}
	}
	return d.Statuses[len(d.Statuses)-1].At
}

func deploymentState(d *fact.Deployment) state {
	s := state{updated: d.Updated, sequence: d.Sequence, latest: d.Created}
	for _, x := range d.Statuses {
		s.latest = latestTime(s.latest, x.At)
		s.terminal = s.terminal || x.State != fact.Pending
	}
	s.fields = countKnown(d.Service != "", d.URL != "", d.Commit != "", d.Ref != "", d.Creator != "", !d.Created.IsZero(),
		len(d.Changes) > 0, len(d.Commits) > 0)
	return s
}

// joinDeployments joins the rows of one deployment. Their statuses are its history. A newer row
// can replace the result of an older one only if the rows have an order.
func joinDeployments(rows []row[fact.Deployment], ordered bool) fact.Deployment {
	d := *rows[0].v
	d.Statuses = slices.Clone(d.Statuses)
	_, final := findResult(d.Statuses)
	for i := range rows[1:] {
		r := rows[i+1].v
		d.Service = cmp.Or(d.Service, r.Service)
		d.URL = cmp.Or(d.URL, r.URL)
		d.Tier = cmp.Or(d.Tier, r.Tier)
		d.Ref = cmp.Or(d.Ref, r.Ref)
		d.Creator = cmp.Or(d.Creator, r.Creator)
		if len(r.Commit) > len(d.Commit) {
			d.Commit = r.Commit
		}
		if d.Created.IsZero() || !r.Created.IsZero() && r.Created.Before(d.Created) {
			d.Created = r.Created
		}
		d.Updated, d.Sequence = latestTime(d.Updated, r.Updated), max(d.Sequence, r.Sequence)
		fillList(&d.Changes, r.Changes)
		fillList(&d.Commits, r.Commits)
		for _, s := range r.Statuses {
			if at, is := findResult([]fact.Status{s}); is && final && hasOtherResult(d.Statuses, s.State, at,
				ordered && !r.Updated.IsZero()) {
				continue
			}
			d.Statuses = append(d.Statuses, s)
		}
	}
	sortStatuses(&d)
	return d
}

// findResult returns the time of the first success or failure, and whether there is one.
func findResult(history []fact.Status) (at time.Time, is bool) {
	for _, s := range history {
		if s.State == fact.Success || s.State == fact.Failure {
			return s.At, true
		}
	}
	return time.Time{}, false
}

// hasOtherResult reports whether a newer history has another result than an older row: at the
// same time, or at any time if the newer row is a later state of the same record.
func hasOtherResult(newer []fact.Status, state fact.State, at time.Time, record bool) bool {
	for _, s := range newer {
		if s.State != state && (s.State == fact.Success || s.State == fact.Failure) && (record || s.At.Equal(at)) {
			return true
		}
	}
	return false
}

// sortStatuses sorts the statuses by time and then by their usual order, and drops repeated
// ones.
func sortStatuses(d *fact.Deployment) {
	slices.SortStableFunc(d.Statuses, compareStatuses)
	d.Statuses = slices.Compact(d.Statuses)
}

// compareStatuses compares statuses by time, and then by their usual order.
func compareStatuses(a, b fact.Status) int {
	rank := func(s fact.State) int {
		return slices.Index([]fact.State{fact.Pending, fact.Failure, fact.Success, fact.Inactive}, s)
	}
	if !a.At.Equal(b.At) {
		return a.At.Compare(b.At)
	}
	return cmp.Compare(rank(a.State), rank(b.State))
}

// rollOut identifies a deployment without an id.
type rollOut struct {
	repository, service, environment, commit string
	begun                                    time.Time
}

// rollOutRow is a row of a deployment without an id. Equal rows of one file are different
// deployments.
type rollOutRow struct {
	rollOut
	ended time.Time
	state fact.State
}

// joinWithoutID counts each row as often as the file with most of its copies has it. It drops
// unfinished rows if another row has the end.
func (m *merger) joinWithoutID(rows []row[fact.Deployment]) ([]fact.Deployment, []*sourceRows) {
	identify := func(d *fact.Deployment) rollOutRow {
		last := d.Statuses[len(d.Statuses)-1]
		return rollOutRow{
			rollOut{m.foldRepository(d.Repository), text.Fold(d.Service), text.Fold(d.Environment), d.Commit, beginTime(d)},
			last.At, last.State,
		}
	}
	kept := keepMostFrequent(rows, identify, "deployments")
	ends := map[rollOut]int{}
	for i := range kept {
		if r := identify(kept[i].v); r.state != fact.Pending {
			ends[r.rollOut]++
		}
	}
	out, homes := make([]fact.Deployment, 0, len(kept)), make([]*sourceRows, 0, len(kept))
	used := map[string]int{}
	for i := range kept {
		d := *kept[i].v
		if r := identify(&d); r.state == fact.Pending && ends[r.rollOut] > 0 {
			ends[r.rollOut]--
			kept[i].source.left[leftOut{kind: "deployments", reason: updated, class: fact.Update}]++
			continue
		}
		d.ID = derivedID(&d)
		name := m.foldRepository(d.Repository) + "\x00" + d.ID
		if used[name]++; used[name] > 1 {
			d.ID += "#" + strconv.Itoa(used[name])
		}
		out, homes = append(out, d), append(homes, kept[i].source)
	}
	return out, homes
}

// derivedID makes an id for a deployment without one: what was deployed, where and when.
func derivedID(d *fact.Deployment) string {
	id := d.Environment + "/" + endTime(d).Format(time.RFC3339)
	if d.Commit != "" {
		id = d.Commit + "/" + id
	}
	if d.Service != "" {
		id = d.Service + "/" + id
	}
	return id
}

// keepMostFrequent returns the rows of each content as often as the source with most copies has
// them, and counts the others.
func keepMostFrequent[T any, K comparable](rows []row[T], content func(*T) K, name string) []row[T] {
	kept := make([]row[T], 0, len(rows))
	emitted, here := map[K]int{}, map[K]int{}
	var current *sourceRows
	for _, r := range rows {
		if r.source != current {
			current = r.source
			clear(here)
		}
		k := content(r.v)
		if here[k]++; here[k] <= emitted[k] {
			r.source.left[leftOut{kind: name, reason: repeatedRow, class: fact.Repeat}]++
			continue
		}
		emitted[k]++
		kept = append(kept, r)
	}
	return kept
}
