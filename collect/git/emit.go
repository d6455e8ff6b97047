package git

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// emit turns the history into facts.
func (r *reading) emit() {
	r.emitChanges(r.walk())
	r.emitCommits()
	switch {
	case r.released:
		r.emitTags()
	case r.deploy.sha != "":
		r.emitBranch()
	}
	r.cover()
}

// emitCommits lists the commits that count, newest first as git orders them. A
// commit with an impossible date is left out of the facts but not out of the
// ancestry: its children get its parents in its place.
func (r *reading) emitCommits() {
	tally := newTally("commits")
	keep := r.keptCommits()
	moved := 0
	// One block for all parents: h.edges has as many as there can be, unless
	// parents are spliced, when append finds new room.
	block := make([]string, 0, len(r.history.edges))
	r.out.Commits = make([]fact.Commit, 0, len(r.history.order))
	for _, slot := range r.history.order {
		n := r.history.nodes[slot]
		if reason := r.rejectTime(n.commitTime); reason != "" && !(reason == beforeSince && keep[slot]) {
			tally.reject(reason, 1)
			continue
		}
		from := len(block)
		for _, p := range r.history.parents(slot) {
			block = r.appendParent(block, from, p)
		}
		at, corrected := r.authorTime(slot)
		if corrected {
			moved++
		}
		r.out.Commits = append(r.out.Commits, fact.Commit{
			Repository: r.repo.Name, SHA: r.history.sha[slot], Parents: block[from:len(block):len(block)],
			Author: r.history.authors.values[n.author], AuthorTime: utc(at), CommitTime: utc(n.commitTime),
			Subject: n.subject, PickedFrom: r.history.full(r.history.picked[slot]),
			Reverts: r.history.reverts(slot), Paths: r.commitPaths(slot),
		})
		tally.use(n.commitTime)
	}
	if moved > 0 {
		tally.note("author dates after the window, so that the commit's date is used: %d", moved)
	}
	tally.guess(r.detached)
	r.imported(tally)
}

// appendParent appends a parent's hash. A parent that is left out for its date
// is replaced by its nearest ancestors that are not, each once.
func (r *reading) appendParent(block []string, from int, parent int32) []string {
	if !r.impossible(parent) {
		return append(block, r.history.sha[parent])
	}
	for _, s := range r.standIns(parent) {
		if sha := r.history.sha[s]; !slices.Contains(block[from:], sha) {
			block = append(block, sha)
		}
	}
	return block
}

// standIns are the nearest ancestors, with a possible date, of a commit that
// has none.
func (r *reading) standIns(parent int32) []int32 {
	var found []int32
	seen := map[int32]bool{parent: true}
	for stack := []int32{parent}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !r.impossible(at) {
			found = append(found, at)
			continue
		}
		for _, p := range slices.Backward(r.history.parents(at)) {
			if !seen[p] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
	return found
}

func (r *reading) impossible(slot int32) bool {
	at := r.history.nodes[slot].commitTime
	return at == noTime || r.late(at)
}

// keptCommits marks the commits of the changes that count, which may be older
// than Since.
func (r *reading) keptCommits() []bool {
	keep := make([]bool, len(r.history.nodes))
	if r.o.Since.IsZero() {
		return keep
	}
	for _, c := range r.out.Changes {
		for _, sha := range c.Commits {
			keep[r.history.find(sha)] = true
		}
	}
	return keep
}

// Reasons that are rules rather than faults.
const (
	beforeSince   = "before since" // what Options.Since leaves out
	afterWindow   = "dated after the end of the window"
	preReleaseTag = "pre-release tag"
	noReleaseTag  = "tag that does not look like a release"
	unmatchedTag  = "tag that tag_pattern does not match"
	emptyMerge    = "merge that brought no commits"
	pushed        = "pushed together with the next commit of the branch"
)

var byRule = []string{beforeSince, afterWindow, preReleaseTag, noReleaseTag, unmatchedTag, emptyMerge, pushed}

// rejectTime says why something of that time does not count, "" if it does.
func (r *reading) rejectTime(at int64) string {
	switch {
	case at == noTime:
		return "its date can not be read"
	case r.late(at):
		return afterWindow
	case !r.o.Since.IsZero() && utc(at).Before(r.o.Since):
		return beforeSince
	}
	return ""
}

func (r *reading) late(at int64) bool {
	return !r.window.To.IsZero() && !utc(at).Before(r.window.To)
}

// authorTime is when a commit was written, in Unix seconds. An author date that
// lies after the window is replaced by the commit's date; noTime if that is no
// better.
func (r *reading) authorTime(slot int32) (at int64, corrected bool) {
	n := r.history.nodes[slot]
	switch {
	case n.authorTime == noTime:
		return noTime, false
	case !r.late(n.authorTime):
		return n.authorTime, false
	case !r.late(n.commitTime):
		return n.commitTime, true
	}
	return noTime, false
}

// cover says over which span the clone is complete, and what is missing.
func (r *reading) cover() {
	from := r.oldest()
	if r.repo.Shallow {
		from = r.cutTime()
		r.gap(r.window.From, from, "shallow clone: history before "+from.Format(time.DateOnly)+" is missing",
			"run `git fetch --unshallow` (GitHub Actions: actions/checkout with fetch-depth: 0)")
	}
	if from.Before(r.o.Since) {
		from = r.o.Since.UTC()
	}
	to := r.until()
	if from.IsZero() || !from.Before(to) {
		return
	}
	kinds := []string{"commits", "changes"}
	if len(r.tags) > 0 || !r.released && r.deploy.sha != "" {
		kinds = append(kinds, "deployments")
	}
	for _, kind := range kinds {
		r.out.Coverage = append(r.out.Coverage, fact.Coverage{
			Source: r.name, Repository: r.repo.Name, Kind: kind, From: from, To: to,
		})
	}
}

// stale is how long before the window's end a clone may have been fetched and
// still count as fetched for this run.
const stale = 24 * time.Hour

// until is up to when the clone is complete. A clone that was fetched days ago
// knows nothing of the days since: without a gap they would read as days
// without deployments. Commits made in the clone itself count as news, too.
func (r *reading) until() time.Time {
	newest := utc(r.history.nodes[r.history.find(r.head.sha)].commitTime)
	to := r.window.To
	if to.IsZero() {
		return newest
	}
	known := r.fetched
	if newest.After(known) {
		known = newest
	}
	if r.fetched.IsZero() || to.Sub(known) <= stale {
		return to
	}
	r.gap(known, to, "the clone was last fetched on "+r.fetched.Format(time.DateOnly),
		"run `git fetch --tags` before this")
	return known
}

// oldest is when the branch's first commit was made, or else the earliest one
// that counts.
func (r *reading) oldest() time.Time {
	h := r.history
	chain := h.chain(h.find(r.head.sha), func(int32) bool { return false })
	if at := h.nodes[chain[len(chain)-1]].commitTime; at != noTime && !r.late(at) {
		return utc(at)
	}
	var first time.Time
	for _, c := range r.out.Commits {
		if first.IsZero() || c.CommitTime.Before(first) {
			first = c.CommitTime
		}
	}
	return first
}

// cutTime is the time of the newest commit whose parents a shallow clone lacks:
// only after it the history is whole.
func (r *reading) cutTime() time.Time {
	last := int64(noTime)
	for _, slot := range r.history.order {
		if len(r.history.parents(slot)) == 0 {
			last = max(last, r.history.nodes[slot].commitTime)
		}
	}
	if last == noTime {
		return time.Time{}
	}
	return utc(last)
}

// utc is the time of Unix seconds. An unreadable one is the zero time: "the
// source did not say".
func utc(seconds int64) time.Time {
	if seconds == noTime {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// tally counts the records of one kind.
type tally struct {
	fact.Import
	first, last int64
}

func newTally(kind string) *tally { return &tally{Import: fact.Import{Kind: kind}} }

func (t *tally) use(at int64) {
	if t.Used == 0 {
		t.first, t.last = at, at
	}
	t.Read++
	t.Used++
	t.first, t.last = min(t.first, at), max(t.last, at)
}

func (t *tally) reject(reason string, n int) {
	if n == 0 {
		return
	}
	t.Read += n
	i := slices.IndexFunc(t.Rejected, func(r fact.Rejected) bool { return r.Reason == reason })
	if i < 0 {
		t.Rejected = append(t.Rejected, fact.Rejected{Reason: reason, Count: n, ByRule: slices.Contains(byRule, reason)})
		return
	}
	t.Rejected[i].Count += n
}

func (t *tally) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// guess notes a choice that nobody made.
func (t *tally) guess(note string) {
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
}

// imported files a tally. File is the repository: the clone's path says where
// on someone's machine it lies.
func (r *reading) imported(t *tally) {
	t.Source, t.File = r.name, r.repo.Name
	if t.Used > 0 {
		t.First, t.Last = utc(t.first), utc(t.last)
	}
	r.out.Imports = append(r.out.Imports, t.Import)
}
