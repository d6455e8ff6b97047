package git

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// emitFacts converts the history to facts.
func (r *cloneReader) emitFacts() {
	r.emitChanges(r.walkChanges())
	r.emitCommits()
	switch {
	case r.released:
		r.emitTags()
	case r.deploy.sha != "":
		r.emitBranch()
	}
	r.addCoverage()
}

// emitCommits lists the commits that count, newest first in the order of git. A commit with an
// impossible date is left out, and its children get its parents instead.
func (r *cloneReader) emitCommits() {
	tally := newTally("commits")
	keep := r.keptCommits()
	moved := 0
	// One block for all parents: h.edges is as long as needed, except where parents are
	// replaced and append allocates.
	block := make([]string, 0, len(r.history.edges))
	r.out.Commits = make([]fact.Commit, 0, len(r.history.order))
	for _, slot := range r.history.order {
		n := r.history.nodes[slot]
		if reason := r.rejectTime(n.commitTime); reason != "" && !(reason == beforeSince && keep[slot]) {
			tally.countRejected(reason, 1)
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
			Author: r.history.authors.values[n.author], AuthorTime: unixTime(at), CommitTime: unixTime(n.commitTime),
			Subject: n.subject, PickedFrom: r.history.expandHash(r.history.picked[slot]),
			Reverts: r.history.revertedHash(slot), Paths: r.commitPaths(slot),
		})
		tally.countUsed(n.commitTime)
	}
	if moved > 0 {
		tally.addNote("author dates after the window, so that the commit's date is used: %d", moved)
	}
	tally.addGuess(r.detached)
	r.addImport(tally)
}

// appendParent appends a parent's hash. A parent with an impossible date is replaced by its
// nearest ancestors with a possible one, each once.
func (r *cloneReader) appendParent(block []string, from int, parent int32) []string {
	if !r.hasImpossibleDate(parent) {
		return append(block, r.history.sha[parent])
	}
	for _, s := range r.replacementParents(parent) {
		if sha := r.history.sha[s]; !slices.Contains(block[from:], sha) {
			block = append(block, sha)
		}
	}
	return block
}

// replacementParents returns the nearest ancestors with a possible date.
func (r *cloneReader) replacementParents(parent int32) []int32 {
	var found []int32
	seen := map[int32]bool{parent: true}
	for stack := []int32{parent}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !r.hasImpossibleDate(at) {
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

func (r *cloneReader) hasImpossibleDate(slot int32) bool {
	at := r.history.nodes[slot].commitTime
	return at == noTime || r.isLate(at)
}

// keptCommits marks the commits of counted changes, which may be older than Since.
func (r *cloneReader) keptCommits() []bool {
	keep := make([]bool, len(r.history.nodes))
	if r.o.Since.IsZero() {
		return keep
	}
	for _, c := range r.out.Changes {
		for _, sha := range c.Commits {
			keep[r.history.findSlot(sha)] = true
		}
	}
	return keep
}

// Reasons that are rules and not faults.
const (
	beforeSince    = "before since" // left out by Options.Since
	afterWindow    = "dated after the end of the window"
	preReleaseTag  = "pre-release tag"
	noReleaseTag   = "tag that does not look like a release"
	unmatchedTag   = "tag that tag_pattern does not match"
	emptyMerge     = "merge that brought no commits"
	pushedTogether = "pushed together with the next commit of the branch"
)

var byRule = []string{beforeSince, afterWindow, preReleaseTag, noReleaseTag, unmatchedTag, emptyMerge, pushedTogether}

// rejectTime returns the reason why a record of that time does not count, or "".
func (r *cloneReader) rejectTime(at int64) string {
	switch {
	case at == noTime:
		return "its date cannot be read"
	case r.isLate(at):
		return afterWindow
	case !r.o.Since.IsZero() && unixTime(at).Before(r.o.Since):
		return beforeSince
	}
	return ""
}

func (r *cloneReader) isLate(at int64) bool {
	return !r.window.To.IsZero() && !unixTime(at).Before(r.window.To)
}

// authorTime returns when a commit was written, in Unix seconds. An author date after the
// window is replaced by the commit's date, or by noTime if that is after it too.
func (r *cloneReader) authorTime(slot int32) (at int64, corrected bool) {
	n := r.history.nodes[slot]
	switch {
	case n.authorTime == noTime:
		return noTime, false
	case !r.isLate(n.authorTime):
		return n.authorTime, false
	case !r.isLate(n.commitTime):
		return n.commitTime, true
	}
	return noTime, false
}

// addCoverage records the time for which the clone is complete, and gaps for the rest.
func (r *cloneReader) addCoverage() {
	from := r.firstCommitTime()
	if r.repo.Shallow {
		from = r.cutTime()
		r.addGap(r.window.From, from, "shallow clone: history before "+from.Format(time.DateOnly)+" is missing",
			"run `git fetch --unshallow` (GitHub Actions: actions/checkout with fetch-depth: 0)")
	}
	if from.Before(r.o.Since) {
		from = r.o.Since.UTC()
	}
	to := r.coverageEnd()
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

// stale is how long before the window's end the last fetch may be without a gap.
const stale = 24 * time.Hour

// coverageEnd returns the end of the time for which the clone is complete. Without a gap, the
// days since the last fetch would look like days without deployments. Commits made in the clone
// itself count as a fetch too.
func (r *cloneReader) coverageEnd() time.Time {
	newest := unixTime(r.history.nodes[r.history.findSlot(r.head.sha)].commitTime)
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
	r.addGap(known, to, "the clone was last fetched on "+r.fetched.Format(time.DateOnly),
		"run `git fetch --tags` before this")
	return known
}

// firstCommitTime returns the time of the branch's first commit, or else of the earliest one
// that counts.
func (r *cloneReader) firstCommitTime() time.Time {
	h := r.history
	chain := h.firstParents(h.findSlot(r.head.sha), func(int32) bool { return false })
	if at := h.nodes[chain[len(chain)-1]].commitTime; at != noTime && !r.isLate(at) {
		return unixTime(at)
	}
	var first time.Time
	for _, c := range r.out.Commits {
		if first.IsZero() || c.CommitTime.Before(first) {
			first = c.CommitTime
		}
	}
	return first
}

// cutTime returns the time of the newest commit without its parents in a shallow clone. The
// history is complete only after it.
func (r *cloneReader) cutTime() time.Time {
	last := int64(noTime)
	for _, slot := range r.history.order {
		if len(r.history.parents(slot)) == 0 {
			last = max(last, r.history.nodes[slot].commitTime)
		}
	}
	if last == noTime {
		return time.Time{}
	}
	return unixTime(last)
}

// unixTime converts Unix seconds. An unreadable time is the zero time, which means unknown.
func unixTime(seconds int64) time.Time {
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

func (t *tally) countUsed(at int64) {
	if t.Used == 0 {
		t.first, t.last = at, at
	}
	t.Read++
	t.Used++
	t.first, t.last = min(t.first, at), max(t.last, at)
}

func (t *tally) countRejected(reason string, n int) {
	if n == 0 {
		return
	}
	t.Read += n
	i := slices.IndexFunc(t.Rejected, func(r fact.Rejected) bool { return r.Reason == reason })
	if i < 0 {
		class := fact.Refused
		if slices.Contains(byRule, reason) {
			class = fact.ByRule
		}
		t.Rejected = append(t.Rejected, fact.Rejected{Reason: reason, Count: n, Class: class})
		return
	}
	t.Rejected[i].Count += n
}

func (t *tally) addNote(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// addGuess notes a choice that the configuration left open.
func (t *tally) addGuess(note string) {
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
}

// addImport adds a tally to the facts. File is the repository and not the clone's path, which
// is a folder on someone's machine.
func (r *cloneReader) addImport(t *tally) {
	t.Source, t.File = r.name, r.repo.Name
	if t.Used > 0 {
		t.First, t.Last = unixTime(t.first), unixTime(t.last)
	}
	r.out.Imports = append(r.out.Imports, t.Import)
}
