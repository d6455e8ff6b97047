package github

import (
	"errors"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// overlap is how far before the last cursor lists are read again, against clocks
// and replicas that are behind.
const overlap = 6 * time.Hour

// factKinds are the kinds that each repository has a cursor for.
var factKinds = []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents}

// span is what is to be read of one kind of a repository.
type span struct {
	cursor collect.Cursor // the last one; zero if there is none
	known  bool           // there is one
	// anew says that everything in the window is read; else from back on.
	anew bool
	back time.Time
	// moved says that there may be something new.
	moved bool
	mark  mark // as it will be saved
	err   error
}

// target is a repository that is being read.
type target struct {
	run            *run
	repo           collect.Repository
	head           string // of the default branch; "" while it is empty
	headTime       time.Time
	seen           map[collect.Kind]string // what the forge shows of each kind's lists
	totals         map[collect.Kind]int
	releases, tags int
	created        time.Time
	newest         time.Time // of what the probe shows
	// weight is how much there seems to be to read.
	weight  int
	spans   map[collect.Kind]*span
	parts   []part
	tries   map[part]int
	batch   collect.Batch
	long    []*qDeployment  // deployments with more statuses than came along
	numbers map[string]bool // incidents found, under whatever label
	pushed  bool            // by force
	saved   bool
}

// oldest is the earliest time up to which a kind is known; the zero time if one is
// not known at all.
func (t *target) oldest() time.Time {
	var oldest time.Time
	for i, kind := range factKinds {
		c, known := t.run.cursors[cursorKey{t.repo.ID, kind}]
		if !known {
			return time.Time{}
		}
		if i == 0 || c.To.Before(oldest) {
			oldest = c.To
		}
	}
	return oldest
}

func (t *target) deployment(q *qDeployment, now time.Time) {
	if s := q.Statuses; s != nil && s.PageInfo.HasNextPage {
		t.long = append(t.long, q)
		return
	}
	t.addDeployment(q.fact(t.repo.URL), q.NodeID, now)
}

func (t *target) addDeployment(d fact.Deployment, node string, now time.Time) {
	open := unfinished(&d, now)
	t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, open))
	m := &t.spans[collect.Deployments].mark
	if open && node != "" {
		if m.Open == nil {
			m.Open = map[string]string{}
		}
		m.Open[d.ID] = node
	} else {
		delete(m.Open, d.ID)
	}
}

func (t *target) release(v *release) {
	if d, ok := t.run.f.rules.releaseDeployment(&t.run.f.o, v); ok {
		t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, false))
	}
}

func (t *target) tag(v *tag) {
	if d, ok := t.run.f.rules.tagDeployment(&t.run.f.o, v, t.repo.URL); ok {
		t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, false))
	}
}

func (t *target) commit(q *qCommit) {
	c := q.row(t.repo.ID)
	t.batch.Commits = append(t.batch.Commits, c)
	if !q.request() {
		t.batch.Changes = append(t.batch.Changes, bare(t.repo.ID, &c, q.URL, q.Message))
	}
}

func (t *target) incident(i *issue) {
	row := i.row(t.repo.ID)
	if t.numbers == nil {
		t.numbers = map[string]bool{}
	}
	if !t.numbers[row.ID] {
		t.numbers[row.ID] = true
		t.batch.Incidents = append(t.batch.Incidents, row)
	}
}

// forced notes that the default branch lost commits by a forced push. They are
// dropped, and all requests are read anew, so that what belonged to them goes too.
func (t *target) forced() []part {
	t.pushed = true
	t.spans[collect.Commits].anew = true
	t.run.note("%s: the default branch was pushed by force; its commits were read anew", t.repo.Name)
	changes := t.spans[collect.Changes]
	t.batch.Commits, t.batch.Changes = nil, nil
	changes.anew, changes.moved, changes.back = true, true, t.run.o.Window.From
	t.parts = slices.DeleteFunc(t.parts, func(p part) bool { return p.kind() == collect.Changes })
	return []part{
		newHistoryPart(t, t.run.o.Window.From, fullPage, "", time.Time{}),
		newRequestPart(t, changes.back, fullRequests),
	}
}

// fail gives a kind up for this run. Changes without their commits are not whole,
// since commits that belong to no request are among them.
func (t *target) fail(kind collect.Kind, err error) {
	if s := t.spans[kind]; s != nil {
		s.err = errors.Join(s.err, err)
	}
	if kind == collect.Commits {
		t.fail(collect.Changes, err)
	}
	t.parts = slices.DeleteFunc(t.parts, func(p part) bool { return t.spans[p.kind()].err != nil })
}

// finish completes the batch: what could be read whole, with the cursors that say
// so, and without what the forge no longer has.
func (t *target) finish(w collect.Window) collect.Batch {
	b := t.batch
	for _, kind := range factKinds {
		s := t.spans[kind]
		if s.err != nil {
			clearKind(&b, kind)
			continue
		}
		if kind == collect.Commits && s.moved && t.needsCommitsAgain() {
			continue
		}
		// Incidents are always read whole, so that one that lost its label goes.
		whole := s.anew || kind == collect.Incidents && s.moved
		if whole && (s.known || t.run.o.Full) || t.pushed && (kind == collect.Commits || kind == collect.Changes) {
			b.Drops = append(b.Drops, collect.Drop{
				Repository: t.repo.ID, Kind: kind, From: w.From, To: w.To,
				Keep: ids(&b, kind),
			})
		}
		c := collect.Cursor{
			Repository: t.repo.ID, Kind: kind, Rule: t.run.rule(kind, &t.repo), From: w.From, To: w.To,
			Mark: s.mark.String(),
		}
		if !s.anew && s.known {
			c.From = s.cursor.From
		}
		b.Cursors = append(b.Cursors, c)
	}
	t.batch = collect.Batch{}
	return b
}

// needsCommitsAgain says that facts are made of commits which are not saved now, so
// that the commits must be new again the next time: those that belong to no request
// are changes, those of a configuration repository are deployments.
func (t *target) needsCommitsAgain() bool {
	return t.spans[collect.Changes].err != nil || t.spans[collect.Deployments].err != nil && t.run.isConfiguration(t)
}

func clearKind(b *collect.Batch, kind collect.Kind) {
	switch kind {
	case collect.Commits:
		b.Commits = nil
	case collect.Changes:
		b.Changes = nil
	case collect.Deployments:
		b.Deployments = nil
	case collect.Incidents:
		b.Incidents = nil
	}
}

func ids(b *collect.Batch, kind collect.Kind) []string {
	var all []string
	switch kind {
	case collect.Commits:
		all = idsOf(b.Commits)
	case collect.Changes:
		all = idsOf(b.Changes)
	case collect.Deployments:
		all = idsOf(b.Deployments)
	case collect.Incidents:
		all = idsOf(b.Incidents)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func idsOf[T any](rows []collect.Kept[T]) []string {
	all := make([]string, len(rows))
	for i := range rows {
		all[i] = rows[i].ID
	}
	return all
}
