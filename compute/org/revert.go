package org

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// revertBranch matches the branches of the revert buttons: GitHub's for a request, GitLab's
	// for a commit.
	revertBranch = regexp.MustCompile(`^revert-(?:(\d+)-.+|([0-9a-f]{7,40}))$`)
	revertTitle  = regexp.MustCompile(`^(?i:\[?revert\]?):?\s+["'“](.+)["'”]\s*$`)
	revertHeader = regexp.MustCompile(`^(?i:revert):\s+(.+)$`) // conventional commits
	// numberAfter matches the number of the request at the end of a title.
	numberAfter = regexp.MustCompile(`^(.*\S)\s+\((?:#|!|pull request #|PR #|MR !)(\d+)\)[.]?$`)
)

// resolveReverts sets Reverts of each change to the ID of the reverted change. It uses the
// first reference to a known change: in the source, the branch, the number in the title, or the
// title itself, which is that of the latest change merged before it. A title in the words of a
// forge's button marks a revert even if the original is unknown. The changes are those of one
// service, by merge time.
//
// Cost: O(n log n) in changes and their commits, and only if one is a revert.
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

// unknownChange is the value of Reverts for an unknown original.
const unknownChange = "?"

// reverted holds the references of a change to the change that it reverts.
type reverted struct {
	number, sha string
	title       string
	certain     bool // it is a revert, even with an unknown original
}

func (r reverted) isEmpty() bool { return r.number == "" && r.sha == "" && r.title == "" }

func parseReverted(c *Change) reverted {
	var r reverted
	if f := revertBranch.FindStringSubmatch(c.HeadBranch); f != nil {
		r.number, r.sha = f[1], f[2]
	}
	title := c.Title
	if !strings.Contains(title, "evert") && !strings.Contains(title, "EVERT") {
		return r // most titles
	}
	if f := numberAfter.FindStringSubmatch(title); f != nil {
		title = f[1] // the number of the revert
	}
	if f := revertTitle.FindStringSubmatch(title); f != nil {
		r.title, r.certain = f[1], true
	} else if f := revertHeader.FindStringSubmatch(title); f != nil {
		r.title = f[1]
	}
	return r
}

// revertIndex finds reverted changes of a service by ID, hash or title.
type revertIndex struct {
	changes []Change
	byID    map[string]int
	byTitle map[string][]int // by merge time
	bySHA   map[string]int
	shas    []string // sorted, for abbreviations
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

// find returns the index of the change that change i reverts, or −1.
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

// findTitled returns the latest change with that title that was merged before change i.
func (r *revertIndex) findTitled(title string, i int) (int, bool) {
	for _, k := range slices.Backward(r.byTitle[title]) {
		if k < i {
			return k, true
		}
	}
	return 0, false
}
