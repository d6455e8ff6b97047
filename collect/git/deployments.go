package git

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// sameUpdate is how close, in seconds, commits of a branch lie that were pushed
// together: a rebase-merge writes all of its commits within seconds.
const sameUpdate = 60

// tag is a tag that counts as a deployment.
type tag struct {
	judged
	name      string
	commit    string
	at        int64 // Unix seconds: the tag's own date, else the commit's
	annotated int64 // date of the tag itself, 0 if it has none
}

// refused counts the tags that are no deployments, with examples.
type refused struct {
	reason string
	names  []string
}

// chooseDeployments decides what the deployments are, before the log is read:
// the log has to reach every deployed tag.
func (r *reading) chooseDeployments() error {
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
	r.guess = "no tag looks like a release" + nearest(refused) +
		", so every update of the branch counts as a deployment: " +
		"set deployments, or tag_pattern, if that is wrong"
	return r.chooseBranch()
}

func (r *reading) chooseBranch() (err error) {
	r.deploy = r.head
	if r.o.DeployBranch != "" {
		r.deploy, err = r.branch(r.o.DeployBranch)
	}
	return err
}

// chooseTags sets r.tags and returns the others, by reason.
func (r *reading) chooseTags() []refused {
	var j judge
	if r.o.TagPattern != "" {
		j.pattern = regexp.MustCompile(r.o.TagPattern) // Validate has compiled it
	}
	var noCommit, pre, others refused
	for _, one := range r.refs {
		name, ok := strings.CutPrefix(one.name, "refs/tags/")
		if !ok {
			continue
		}
		t := tag{judged: j.of(name), name: name, commit: one.commit, annotated: one.tagged}
		switch {
		case t.verdict == preRelease:
			pre.names = append(pre.names, name)
		case t.verdict == other:
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
	nameServices(r.tags, r.owned())
	return []refused{pre, others, noCommit}
}

// owned returns the folded names of parts of the repository that somebody owns.
func (r *reading) owned() map[string]bool {
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

// nameServices decides which components are services. "api/v1" and "@org/api@1"
// name one. "curl-8.1" may merely repeat the project's name: components joined
// by - or _ are services only where the tags show two of them, or one is a part
// that somebody owns.
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

// nearest names the tags that came closest to being releases.
func nearest(all []refused) string {
	for _, one := range all {
		if n := len(one.names); n > 0 {
			last := slices.Clone(one.names[max(0, n-3):])
			slices.Reverse(last)
			return fmt.Sprintf(" (%d tags; nearest: %q, %s)", count(all), last, one.reason)
		}
	}
	return " (there are no tags)"
}

func count(all []refused) int {
	n := 0
	for _, one := range all {
		n += len(one.names)
	}
	return n
}

// emitTags turns the release tags into deployments.
func (r *reading) emitTags() {
	if len(r.tags) == 0 {
		r.gap(r.window.From, r.window.To, "no tag looks like a release"+nearest(r.rejected),
			`set tag_pattern, or deployments = "branch"; fetch the tags (git fetch --tags) if the clone lacks them`)
	}
	tally := newTally("deployments")
	for _, one := range r.rejected {
		tally.reject(one.reason, len(one.names))
	}
	bare, early, aside := 0, 0, 0
	for _, t := range r.byTime() {
		switch made := r.history.nodes[r.history.find(t.commit)].commitTime; {
		case t.annotated == 0:
			bare++
		case t.annotated < made:
			early++
		}
	}
	older := r.maintenance()
	for i, t := range r.tags {
		if reason := r.rejectTime(t.at); reason != "" {
			tally.reject(reason, 1)
			continue
		}
		d := r.deployment(t.name, t.commit, t.at)
		d.Ref, d.Service, d.URL, d.Release = t.name, t.component, r.forge.tag(t.name), true
		if older[i] {
			d.Environment = fact.Maintenance
			aside++
		}
		r.out.Deployments = append(r.out.Deployments, d)
		tally.use(t.at)
	}
	if bare > 0 {
		tally.note("lightweight release tags, which have no date of their own, so that the commit's date is used: %d of %d", bare, len(r.tags))
	}
	if early > 0 {
		tally.note("tags dated before the commit they name, so that the commit's date is used: %d", early)
	}
	if aside > 0 {
		tally.note("releases of an older line after a newer one, with the environment %q instead of %q: %d",
			fact.Maintenance, r.o.Environment, aside)
	}
	tally.guess(r.guess)
	r.imported(tally)
}

// byTime dates the tags and returns them oldest first. A tag dated before its
// commit counts at the commit's date.
func (r *reading) byTime() []tag {
	for i := range r.tags {
		t := &r.tags[i]
		t.at = max(t.annotated, r.history.nodes[r.history.find(t.commit)].commitTime)
	}
	sort.SliceStable(r.tags, func(i, j int) bool { return r.tags[i].at < r.tags[j].at })
	return r.tags
}

// maintenance marks the tags, oldest first, that release an older line. Such a
// tag has a lower version than one before it, and left the branch before that
// one did, and holds commits that no release of the newest line held: without
// the last, it is a roll-back to something older.
func (r *reading) maintenance() []bool {
	h := r.history
	left := h.leaving(r.head.sha)
	shipped := newWalker(h, home{})
	type line struct {
		version []int64
		left    int32
	}
	newest := map[string]line{}
	marks := make([]bool, len(r.tags))
	for i, t := range r.tags {
		at := h.find(t.commit)
		last, known := newest[t.component]
		lower, before := slices.Compare(t.version, last.version) < 0, left[at] < last.left
		marks[i] = known && lower && before && !shipped.seen[at]
		if marks[i] {
			continue
		}
		shipped.reach(at, nil)
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

// leaving is, for every commit, the newest commit of the branch's first-parent
// chain that it contains: its position counted from the oldest, or -1.
func (h *history) leaving(sha string) []int32 {
	left := make([]int32, len(h.nodes))
	for i := range left {
		left[i] = -1
	}
	chain := h.chain(h.find(sha), func(int32) bool { return false })
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

// emitBranch turns the updates of the deploy branch into deployments. Commits
// that were written within a minute of the next are one update, for which the
// newest stands.
func (r *reading) emitBranch() {
	tally := newTally("deployments")
	h := r.history
	chain := h.chain(h.find(r.deploy.sha), func(int32) bool { return false })
	slices.Reverse(chain)
	for i, slot := range chain {
		at := h.nodes[slot].commitTime
		if i+1 < len(chain) && at != noTime {
			if next := h.nodes[chain[i+1]].commitTime; next >= at && next-at < sameUpdate {
				tally.reject(pushed, 1)
				continue
			}
		}
		if reason := r.rejectTime(at); reason != "" {
			tally.reject(reason, 1)
			continue
		}
		d := r.deployment(h.sha[slot], h.sha[slot], at)
		d.Ref, d.URL = r.deploy.name, r.forge.commit(h.sha[slot])
		r.out.Deployments = append(r.out.Deployments, d)
		tally.use(at)
	}
	tally.guess(r.guess)
	r.imported(tally)
}

func (r *reading) deployment(id, sha string, at int64) fact.Deployment {
	return fact.Deployment{
		Source: r.name, Repository: r.repo.Name, ID: id, Environment: r.o.Environment, Commit: sha,
		Created: utc(at), Statuses: []fact.Status{{State: fact.Success, At: utc(at)}},
	}
}
