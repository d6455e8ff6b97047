package org

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// revertBranch is the branch that GitHub's button makes for a request, and
	// GitLab's for a commit.
	revertBranch = regexp.MustCompile(`^revert-(?:(\d+)-.+|([0-9a-f]{7,40}))$`)
	revertTitle  = regexp.MustCompile(`^(?i:\[?revert\]?):?\s+["'“](.+)["'”]\s*$`)
	revertHeader = regexp.MustCompile(`^(?i:revert):\s+(.+)$`) // conventional commits
	// numberAfter is the number of the request at the end of a title.
	numberAfter = regexp.MustCompile(`^(.*\S)\s+\((?:#|!|pull request #|PR #|MR !)(\d+)\)[.]?$`)
)

// resolveReverts sets what each change reverts to the ID of that change, by the
// first that names a known one: what its source tells, its branch, the number in its
// title, or the title itself, which is that of the latest change merged before it.
// A title in the words of the buttons of forges tells a revert even where the
// original is not known. The changes are those of one service, by merge time.
//
// Cost: O(n log n) in changes and their commits, and only where one is a revert.
func resolveReverts(changes []Change) {
	var r *revertIndex
	for i := range changes {
		c := &changes[i]
		named := parseReverted(c)
		if c.Merged.IsZero() || c.Reverts == "" && named.isEmpty() {
			continue
		}
		if r == nil {
			r = newRevertIndex(changes)
		}
		if original := r.find(i, named); original >= 0 {
			c.Reverts = changes[original].ID
		} else if c.Reverts == "" && named.certain {
			c.Reverts = unknownChange
		}
	}
}

// unknownChange stands for the change that a revert undoes where it is not known.
const unknownChange = "?"

// reverted is what a change names as what it reverts.
type reverted struct {
	number, sha string
	title       string
	certain     bool // it is a revert, whether the original is known or not
}

func (r reverted) isEmpty() bool { return r.number == "" && r.sha == "" && r.title == "" }

func parseReverted(c *Change) reverted {
	var r reverted
	if f := revertBranch.FindStringSubmatch(c.HeadBranch); f != nil {
		r.number, r.sha = f[1], f[2]
	}
	title := c.Title
	if !strings.Contains(title, "evert") && !strings.Contains(title, "EVERT") {
		return r // nearly every title
	}
	if f := numberAfter.FindStringSubmatch(title); f != nil {
		title = f[1] // the revert's own number
	}
	if f := revertTitle.FindStringSubmatch(title); f != nil {
		r.title, r.certain = f[1], true
	} else if f := revertHeader.FindStringSubmatch(title); f != nil {
		r.title = f[1]
	}
	return r
}

// revertIndex finds the changes of a service by what reverts name.
type revertIndex struct {
	changes []Change
	byID    map[string]int
	byTitle map[string][]int // by merge time
	bySHA   map[string]int
	shas    []string // sorted, for abbreviated ones
}

func newRevertIndex(changes []Change) *revertIndex {
	r := &revertIndex{changes: changes, byID: map[string]int{}, byTitle: map[string][]int{}, bySHA: map[string]int{}}
	for i := range changes {
		c := &changes[i]
		if c.Merged.IsZero() {
			continue
		}
		r.byID[c.ID] = i
		if title := strings.TrimSpace(c.Title); title != "" {
			r.byTitle[title] = append(r.byTitle[title], i)
			if f := numberAfter.FindStringSubmatch(title); f != nil {
				r.byTitle[f[1]] = append(r.byTitle[f[1]], i)
			}
		}
		for _, sha := range append([]string{c.MergeCommit, c.Head}, c.Commits...) {
			if k, taken := r.bySHA[sha]; sha != "" && (!taken || changes[k].Carrier && !c.Carrier) {
				r.bySHA[sha] = i
			}
		}
	}
	for sha := range r.bySHA {
		r.shas = append(r.shas, sha)
	}
	slices.Sort(r.shas)
	return r
}

// find returns the index of the change that change i reverts, −1 if it is not known.
func (r *revertIndex) find(i int, named reverted) int {
	for _, name := range []string{r.changes[i].Reverts, named.number, named.sha} {
		if k, ok := r.findByName(name); ok && k != i {
			return k
		}
	}
	title := strings.TrimSpace(named.title)
	if k, ok := r.findTitled(title, i); ok {
		return k
	}
	if f := numberAfter.FindStringSubmatch(title); f != nil {
		if k, ok := r.byID[f[2]]; ok && k != i {
			return k
		}
		if k, ok := r.findTitled(f[1], i); ok {
			return k
		}
	}
	return -1
}

// findByName finds a change by its ID or by a hash, which may be abbreviated.
func (r *revertIndex) findByName(name string) (int, bool) {
	if name == "" {
		return 0, false
	}
	if k, ok := r.byID[name]; ok {
		return k, true
	}
	if k, ok := r.bySHA[name]; ok {
		return k, true
	}
	const minDigits = 7
	at, _ := slices.BinarySearch(r.shas, name)
	begins := func(at int) bool { return at < len(r.shas) && strings.HasPrefix(r.shas[at], name) }
	if len(name) >= minDigits && begins(at) && !begins(at+1) {
		return r.bySHA[r.shas[at]], true
	}
	return 0, false
}

// findTitled returns the latest change of that title that was merged before change i.
func (r *revertIndex) findTitled(title string, i int) (int, bool) {
	for _, k := range slices.Backward(r.byTitle[title]) {
		if k < i {
			return k, true
		}
	}
	return 0, false
}
