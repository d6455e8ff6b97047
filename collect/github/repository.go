package github

import (
	"errors"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// overlap is the time before the last cursor that lists are read again, because clocks and
// replicas may be behind.
const overlap = 6 * time.Hour

// factKinds are the kinds of facts with a cursor for each repository.
var factKinds = []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents}

// span describes the reading of one kind of facts of a repository.
type span struct {
	cursor collect.Cursor // the last one; zero if there is none
	known  bool           // there is one
	// whole means that everything in the window is read; else what moved since back.
	whole bool
	back  time.Time
	// moved means that there may be something new.
	moved bool
	mark  mark // as it will be saved
	err   error
}

// repository is a repository that is being read.
type repository struct {
	run            *syncer
	repo           collect.Repository
	head           string // of the default branch; "" while it is empty
	headTime       time.Time
	seen           map[collect.Kind]string // state of each kind's lists on the forge
	totals         map[collect.Kind]int
	releases, tags int
	created        time.Time
	newest         time.Time // of the entries in the probe
	// weight estimates how much there is to read.
	weight  int
	spans   map[collect.Kind]*span
	readers []listReader
	tries   map[listReader]int
	batch   collect.Batch
	long    []*qDeployment  // deployments with more statuses than came along
	numbers map[string]bool // incidents found, under whatever label
	pushed  bool            // by force
	saved   bool
}

// oldestCursor returns the earliest end of a cursor of the repository; the zero time if a kind
// was never read.
func (t *repository) oldestCursor() time.Time {
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

func (t *repository) takeDeployment(q *qDeployment, now time.Time) {
	if s := q.Statuses; s != nil && s.PageInfo.HasNextPage {
		t.long = append(t.long, q)
		return
	}
	t.addDeployment(q.fact(t.repo.URL), q.NodeID, now)
}

func (t *repository) addDeployment(d fact.Deployment, node string, now time.Time) {
	open := isUnfinished(&d, now)
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

func (t *repository) takeRelease(v *qRelease) {
	if d, ok := t.run.f.rules.releaseDeployment(&t.run.f.o, v); ok {
		t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, false))
	}
}

func (t *repository) takeTag(v *qTag) {
	if d, ok := t.run.f.rules.tagDeployment(&t.run.f.o, v, t.repo.URL); ok {
		t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, false))
	}
}

// takeRequest adds a pull request. If it did not come whole, it returns a reader that reads the
// rest and adds the request.
func (t *repository) takeRequest(q *qRequest) []listReader {
	if q.Commits == nil || q.Reviews == nil {
		// This field of the answer failed: the whole request is read again.
		return []listReader{newWholeReader(t, q)}
	}
	r := q.newRequest(t.repo.DefaultBranch)
	if q.Commits.PageInfo.HasNextPage || q.Reviews.PageInfo.HasNextPage {
		return []listReader{newRemainingReader(t, r, q)}
	}
	t.batch.Changes = append(t.batch.Changes, r.keepChange(t.repo.ID))
	return nil
}

func (t *repository) takeCommit(q *qCommit) {
	c := q.keepCommit(t.repo.ID)
	t.batch.Commits = append(t.batch.Commits, c)
	if !q.hasMergedRequest() {
		t.batch.Changes = append(t.batch.Changes, newDirectChange(t.repo.ID, &c, q.URL, q.Message))
	}
}

func (t *repository) takeIssue(q *qIssue) {
	row := q.keepIncident(t.repo.ID)
	if t.numbers == nil {
		t.numbers = map[string]bool{}
	}
	if !t.numbers[row.ID] {
		t.numbers[row.ID] = true
		t.batch.Incidents = append(t.batch.Incidents, row)
	}
}

// dropForced handles a forced push: the commits that the default branch lost are dropped, and
// all requests of the window are read again, so that changes of lost commits go too.
func (t *repository) dropForced() []listReader {
	t.pushed = true
	t.spans[collect.Commits].whole = true
	t.run.addNote("%s: the default branch was pushed by force; its commits were read again", t.repo.Name)
	changes := t.spans[collect.Changes]
	t.batch.Commits, t.batch.Changes = nil, nil
	changes.whole, changes.moved, changes.back = true, true, t.run.o.Window.From
	t.readers = slices.DeleteFunc(t.readers, func(p listReader) bool { return p.factKind() == collect.Changes })
	return []listReader{
		newHistoryReader(t, t.run.o.Window.From, fullPage, "", time.Time{}),
		newRequestReader(t, changes.back, fullRequests),
	}
}

// giveUp gives up a kind for this run. Changes are incomplete without the commits, since
// commits without a request are changes.
func (t *repository) giveUp(kind collect.Kind, err error) {
	if s := t.spans[kind]; s != nil {
		s.err = errors.Join(s.err, err)
	}
	if kind == collect.Commits {
		t.giveUp(collect.Changes, err)
	}
	t.readers = slices.DeleteFunc(t.readers, func(p listReader) bool { return t.spans[p.factKind()].err != nil })
}

// finishBatch completes the batch with the cursors of the kinds that were read whole, and drops
// facts that the forge no longer has.
func (t *repository) finishBatch(w collect.Window) collect.Batch {
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
		// Incidents are always read whole, so that an issue without its label is dropped.
		whole := s.whole || kind == collect.Incidents && s.moved
		if whole && (s.known || t.run.o.Full) || t.pushed && (kind == collect.Commits || kind == collect.Changes) {
			b.Drops = append(b.Drops, collect.Drop{
				Repository: t.repo.ID, Kind: kind, From: w.From, To: w.To,
				Keep: batchIDs(&b, kind),
			})
		}
		c := collect.Cursor{
			Repository: t.repo.ID, Kind: kind, Rule: t.run.ruleOf(kind, &t.repo), From: w.From, To: w.To,
			Mark: s.mark.String(),
		}
		if !s.whole && s.known {
			c.From = s.cursor.From
		}
		b.Cursors = append(b.Cursors, c)
	}
	t.batch = collect.Batch{}
	return b
}

// needsCommitsAgain reports whether facts that depend on the commits are not saved now, so that
// the commits must be new again the next time: commits without a request are changes, commits
// of a configuration repository are deployments.
func (t *repository) needsCommitsAgain() bool {
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

func batchIDs(b *collect.Batch, kind collect.Kind) []string {
	var all []string
	switch kind {
	case collect.Commits:
		all = rowIDs(b.Commits)
	case collect.Changes:
		all = rowIDs(b.Changes)
	case collect.Deployments:
		all = rowIDs(b.Deployments)
	case collect.Incidents:
		all = rowIDs(b.Incidents)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func rowIDs[T any](rows []collect.Kept[T]) []string {
	all := make([]string, len(rows))
	for i := range rows {
		all[i] = rows[i].ID
	}
	return all
}
