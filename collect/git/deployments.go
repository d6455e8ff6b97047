package git

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// sameUpdate is the longest time, in seconds, between two commits of one push: a rebase-merge
// writes all of its commits within seconds.
const sameUpdate = 60

// tag is a tag that counts as a deployment.
type tag struct {
	judgedTag
	name      string
	commit    string
	at        int64 // Unix seconds: the tag's own date, or else the commit's
	annotated int64 // date of the tag itself, 0 if it has none
}

// rejectedTags lists tags that are not deployments, for one reason.
type rejectedTags struct {
	reason string
	names  []string
}

// chooseDeployments decides which events are deployments. It runs before the log is read,
// because the log has to reach every deployed tag.
func (r *cloneReader) chooseDeployments() error {
	switch r.o.Deployments {
	case ByNothing:
		return nil
	case ByBranch:
		return r.chooseBranch()
	}
	refused := r.chooseTags()
	if len(r.tags) > 0 || r.o.Deployments == ByTags {
		r.released, r.rejected = true, refused
		if r.o.Deployments == Auto {
			r.guess = "there are release tags, so each counts as a deployment: set deployments, or tag_pattern, if that is wrong"
		}
		return nil
	}
	r.guess = "no tag looks like a release" + formatNearest(refused) +
		", so every update of the branch counts as a deployment: " +
		"set deployments, or tag_pattern, if that is wrong"
	return r.chooseBranch()
}

func (r *cloneReader) chooseBranch() (err error) {
	r.deploy = r.head
	if r.o.DeployBranch != "" {
		r.deploy, err = r.findBranch(r.o.DeployBranch)
	}
	return err
}

// chooseTags sets r.tags and returns the others, by reason.
func (r *cloneReader) chooseTags() []rejectedTags {
	var j judge
	if r.o.TagPattern != "" {
		j.pattern = regexp.MustCompile(r.o.TagPattern) // Validate has compiled it
	}
	var noCommit, pre, others rejectedTags
	for _, one := range r.refs {
		name, ok := strings.CutPrefix(one.name, "refs/tags/")
		if !ok {
			continue
		}
		t := tag{judgedTag: j.judgeTag(name), name: name, commit: one.commit, annotated: one.tagged}
		switch {
		case t.verdict == preRelease:
			pre.names = append(pre.names, name)
		case t.verdict == notRelease:
			others.names = append(others.names, name)
		case t.commit == "":
			noCommit.names = append(noCommit.names, name)
		default:
			r.tags = append(r.tags, t)
		}
	}
	pre.reason, others.reason, noCommit.reason = preReleaseTag, noReleaseTag, "tag that does not point at a commit"
	if j.pattern != nil {
		others.reason = unmatchedTag
	}
	nameServices(r.tags, r.ownedComponents())
	return []rejectedTags{pre, others, noCommit}
}

// ownedComponents returns the folded names of components of the repository with an owner.
func (r *cloneReader) ownedComponents() map[string]bool {
	names := map[string]bool{}
	for repo, all := range r.o.Components {
		if text.FoldRepository(repo) != text.FoldRepository(r.repo.Name) {
			continue
		}
		for _, name := range all {
			names[text.Fold(name)] = true
		}
	}
	return names
}

// nameServices decides which components are services. "api/v1" and "@org/api@1" have one. The
// "curl" of "curl-8.1" may be the project's own name: a component joined with - or _ is a
// service only if the tags have two such components, or if one has an owner.
func nameServices(tags []tag, owned map[string]bool) {
	dashed, known := map[string]bool{}, false
	for _, t := range tags {
		if t.component != "" && (t.joined == '-' || t.joined == '_') {
			dashed[t.component] = true
			known = known || owned[text.Fold(t.component)]
		}
	}
	for i := range tags {
		if t := &tags[i]; len(dashed) < 2 && !known && (t.joined == '-' || t.joined == '_') {
			t.component = ""
		}
	}
}

// formatNearest describes the tags that are most like releases.
func formatNearest(all []rejectedTags) string {
	for _, one := range all {
		if n := len(one.names); n > 0 {
			last := slices.Clone(one.names[max(0, n-3):])
			slices.Reverse(last)
			return fmt.Sprintf(" (%d tags; nearest: %q, %s)", countTags(all), last, one.reason)
		}
	}
	return " (the clone has none)"
}

func countTags(all []rejectedTags) int {
	n := 0
	for _, one := range all {
		n += len(one.names)
	}
	return n
}

// emitTags converts the release tags to deployments.
func (r *cloneReader) emitTags() {
	if len(r.tags) == 0 {
		r.addGap(r.window.From, r.window.To, "no tag looks like a release"+formatNearest(r.rejected),
			`set tag_pattern, or deployments = "branch"; fetch the tags (git fetch --tags) if the clone lacks them`)
	}
	tally := newTally("deployments")
	for _, one := range r.rejected {
		tally.countRejected(one.reason, len(one.names))
	}
	bare, early, aside := 0, 0, 0
	for _, t := range r.byTime() {
		switch made := r.history.nodes[r.history.findSlot(t.commit)].commitTime; {
		case t.annotated == 0:
			bare++
		case t.annotated < made:
			early++
		}
	}
	older := r.markMaintenance()
	for i, t := range r.tags {
		if reason := r.rejectTime(t.at); reason != "" {
			tally.countRejected(reason, 1)
			continue
		}
		d := r.newDeployment(t.name, t.commit, t.at)
		d.Ref, d.Service, d.URL, d.Release = t.name, t.component, r.forge.tagURL(t.name), true
		if older[i] {
			d.Environment = fact.Maintenance
			aside++
		}
		r.out.Deployments = append(r.out.Deployments, d)
		tally.countUsed(t.at)
	}
	if bare > 0 {
		tally.addNote("lightweight release tags, which have no date of their own, so that the commit's date is used: "+
			"%d of %d", bare, len(r.tags))
	}
	if early > 0 {
		tally.addNote("tags dated before the commit they name, so that the commit's date is used: %d", early)
	}
	if aside > 0 {
		tally.addNote("releases of an older line after a newer one, with the environment %q instead of %q: %d",
			fact.Maintenance, r.o.Environment, aside)
	}
	tally.addGuess(r.guess)
	r.addImport(tally)
}

// byTime dates the tags and returns them oldest first. A tag dated before its commit gets the
// commit's date.
func (r *cloneReader) byTime() []tag {
	for i := range r.tags {
		t := &r.tags[i]
		t.at = max(t.annotated, r.history.nodes[r.history.findSlot(t.commit)].commitTime)
	}
	slices.SortStableFunc(r.tags, func(a, b tag) int { return cmp.Compare(a.at, b.at) })
	return r.tags
}

// markMaintenance marks the tags, given oldest first, that release an older line. Such a tag
// has a lower version than an earlier tag, and left the branch before it. It also has commits
// that no release of the newest line had; otherwise it is a rollback.
func (r *cloneReader) markMaintenance() []bool {
	h := r.history
	left := h.branchPositions(r.head.sha)
	shipped := newWalker(h, home{})
	type line struct {
		version []int64
		left    int32
	}
	newest := map[string]line{}
	marks := make([]bool, len(r.tags))
	for i, t := range r.tags {
		at := h.findSlot(t.commit)
		last, known := newest[t.component]
		lower, before := slices.Compare(t.version, last.version) < 0, left[at] < last.left
		marks[i] = known && lower && before && !shipped.seen[at]
		if marks[i] {
			continue
		}
		shipped.appendReachable(at, nil)
		if !known || !lower {
			last.version = t.version
		}
		if !known || !before {
			last.left = left[at]
		}
		newest[t.component] = last
	}
	return marks
}

// branchPositions returns for every commit the newest commit of the branch's first parents that
// it contains: its position counted from the oldest, or -1.
func (h *history) branchPositions(sha string) []int32 {
	left := make([]int32, len(h.nodes))
	for i := range left {
		left[i] = -1
	}
	chain := h.firstParents(h.findSlot(sha), func(int32) bool { return false })
	for i, slot := range chain {
		left[slot] = int32(len(chain) - 1 - i)
	}
	for _, slot := range slices.Backward(h.order) {
		for _, p := range h.parents(slot) {
			left[slot] = max(left[slot], left[p])
		}
	}
	return left
}

// emitBranch converts the updates of the deploy branch to deployments. Commits less than a
// minute apart are one update, with the newest commit.
func (r *cloneReader) emitBranch() {
	tally := newTally("deployments")
	h := r.history
	chain := h.firstParents(h.findSlot(r.deploy.sha), func(int32) bool { return false })
	slices.Reverse(chain)
	for i, slot := range chain {
		at := h.nodes[slot].commitTime
		if i+1 < len(chain) && at != noTime {
			if next := h.nodes[chain[i+1]].commitTime; next >= at && next-at < sameUpdate {
				tally.countRejected(pushedTogether, 1)
				continue
			}
		}
		if reason := r.rejectTime(at); reason != "" {
			tally.countRejected(reason, 1)
			continue
		}
		d := r.newDeployment(h.sha[slot], h.sha[slot], at)
		d.Ref, d.URL = r.deploy.name, r.forge.commitURL(h.sha[slot])
		r.out.Deployments = append(r.out.Deployments, d)
		tally.countUsed(at)
	}
	tally.addGuess(r.guess)
	r.addImport(tally)
}

func (r *cloneReader) newDeployment(id, sha string, at int64) fact.Deployment {
	return fact.Deployment{
		Source: r.name, Repository: r.repo.Name, ID: id, Environment: r.o.Environment, Commit: sha,
		Created: unixTime(at), Statuses: []fact.Status{{State: fact.Success, At: unixTime(at)}},
	}
}
