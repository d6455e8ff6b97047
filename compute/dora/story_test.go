package dora

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// story is a made-up history of a repository in which it is known what work every
// commit contains. Each commit of a branch is one piece of work; squashed, rebased
// and picked commits contain the pieces of those they are made of. So the truth
// needs no rule: a change is in production when all pieces of its own are.
type story struct {
	r        *rand.Rand
	now      time.Time
	commits  map[string]*told
	order    []string
	branches map[string]string // branch → tip
	requests []*request
	deploys  []deploy
	next     int
}

// told is a commit with the pieces of work that it adds.
type told struct {
	fact.Commit
	pieces []int
}

// request is a change as a forge knows it, with the pieces it alone brought.
type request struct {
	fact.Change
	pieces  []int
	counted bool
	copyOf  string
}

type deploy struct {
	id, commit string
	at         time.Time
}

func newStory(seed uint64) *story {
	s := &story{r: rand.New(rand.NewPCG(seed, 9)), now: at(0, 0), commits: map[string]*told{}, branches: map[string]string{}}
	s.branches["main"] = s.commit(nil, nil, "first")
	return s
}

func (s *story) pass(minutes int) {
	s.now = s.now.Add(time.Duration(1+s.r.IntN(minutes)) * time.Minute)
}

func (s *story) number() int { s.next++; return s.next }

// commit adds a commit; without pieces it is a merge, or the beginning.
func (s *story) commit(parents []string, pieces []int, subject string) string {
	s.pass(5)
	return s.put(fact.Commit{Parents: parents, Author: "ann", AuthorTime: s.now, CommitTime: s.now, Subject: fact.HashSubject(subject)}, pieces)
}

func (s *story) put(c fact.Commit, pieces []int) string {
	c.Repository, c.SHA = repo, fmt.Sprintf("%040x", 0xabc0000+s.number())
	s.commits[c.SHA] = &told{c, pieces}
	s.order = append(s.order, c.SHA)
	return c.SHA
}

// work adds commits of new work to a branch and returns them.
func (s *story) work(branch string, n int) (shas []string, pieces []int) {
	for range n {
		p := s.number()
		sha := s.commit([]string{s.branches[branch]}, []int{p}, fmt.Sprint("work ", p))
		s.branches[branch] = sha
		shas, pieces = append(shas, sha), append(pieces, p)
	}
	return shas, pieces
}

// again puts a copy of a commit on a branch, as rebase and cherry-pick do.
func (s *story) again(sha, branch string, trailer bool) string {
	s.pass(5)
	c := s.commits[sha].Commit
	c.Parents, c.CommitTime, c.PickedFrom = []string{s.branches[branch]}, s.now, ""
	if trailer {
		c.PickedFrom, c.Subject, c.AuthorTime = sha, fact.HashSubject(fmt.Sprint("backport ", s.number())), s.now
	}
	copied := s.put(c, s.commits[sha].pieces)
	s.branches[branch] = copied
	return copied
}

// brought lists the commits of a branch that its base does not have, oldest first.
func (s *story) brought(head, base string) []string {
	has := s.reach(s.branches[base])
	var list []string
	for _, sha := range s.order {
		if s.reach(s.branches[head])[sha] && !has[sha] {
			list = append(list, sha)
		}
	}
	return list
}

func (s *story) reach(tip string) map[string]bool {
	seen := map[string]bool{}
	for stack := []string{tip}; len(stack) > 0; {
		sha := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[sha] {
			seen[sha] = true
			stack = append(stack, s.commits[sha].Parents...)
		}
	}
	return seen
}

func (s *story) piecesOf(shas []string) []int {
	var all []int
	for _, sha := range shas {
		all = append(all, s.commits[sha].pieces...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// merge merges a request from head into base, in one of three ways.
func (s *story) merge(head, base, how string, own []int, counted bool) *request {
	shas := s.brought(head, base)
	if len(shas) == 0 {
		return nil
	}
	id := fmt.Sprint(s.number())
	q := &request{pieces: own, counted: counted}
	q.Change = fact.Change{
		Repository: repo, ID: id, Branch: base, HeadBranch: head, HeadRepository: repo, Commits: shas, Head: s.branches[head],
		FirstCommit: s.commits[shas[0]].AuthorTime, Opened: s.now, Author: "ann",
	}
	switch how {
	case "merge":
		q.MergeCommit = s.commit([]string{s.branches[base], s.branches[head]}, nil, "Merge #"+id)
	case "squash":
		q.MergeCommit = s.commit([]string{s.branches[base]}, s.piecesOf(shas), "Squash #"+id)
	case "rebase":
		for _, sha := range shas {
			if len(s.commits[sha].Parents) == 1 {
				q.MergeCommit = s.again(sha, base, false)
			}
		}
	}
	s.branches[base] = q.MergeCommit
	q.Merged = s.now
	s.requests = append(s.requests, q)
	return q
}

func (s *story) deploy(commit string) {
	s.pass(30)
	s.deploys = append(s.deploys, deploy{fmt.Sprint("d", len(s.deploys)), commit, s.now})
	s.pass(10)
}

func (s *story) way() string { return []string{"merge", "squash", "rebase"}[s.r.IntN(3)] }

// feature is a request into a base, sometimes with another one stacked on it.
func (s *story) feature(base string) {
	head := fmt.Sprint("f", s.number())
	s.branches[head] = s.branches[base]
	_, own := s.work(head, 1+s.r.IntN(3))
	if s.r.IntN(3) == 0 {
		child := head + "-child"
		s.branches[child] = s.branches[head]
		_, more := s.work(child, 1+s.r.IntN(2))
		s.merge(child, head, []string{"merge", "squash"}[s.r.IntN(2)], more, true)
	}
	if s.r.IntN(3) == 0 {
		s.elsewhere(base) // others go on meanwhile
	}
	s.merge(head, base, s.way(), own, true)
}

// elsewhere is a direct push, which is a change without a request.
func (s *story) elsewhere(base string) {
	if base != "main" {
		return
	}
	shas, own := s.work("main", 1)
	q := &request{pieces: own, counted: true}
	q.Change = fact.Change{Repository: repo, ID: shas[0], Merged: s.now, MergeCommit: shas[0], Commits: shas, FirstCommit: s.now, Author: "ann", Branch: "main"}
	s.requests = append(s.requests, q)
}

// backport picks a request's commits from the default branch onto a release branch.
func (s *story) backport(q *request) {
	const branch = "release/1"
	if s.branches[branch] == "" || !q.counted || q.Branch != "main" || q.copyOf != "" {
		return
	}
	from := []string{q.MergeCommit}
	if len(s.commits[q.MergeCommit].Parents) > 1 {
		from = q.Commits
		if !slices.Equal(s.piecesOf(from), q.pieces) {
			return // a parent of stacked requests: others' work would come along
		}
	} else if !slices.Equal(s.commits[q.MergeCommit].pieces, q.pieces) {
		return // the last of several rebased commits
	}
	has := s.inProduction(s.branches[branch])
	if slices.ContainsFunc(q.pieces, func(p int) bool { return has[p] }) {
		return
	}
	trailer := s.r.IntN(2) == 0
	if s.r.IntN(2) == 0 {
		for _, sha := range from {
			s.again(sha, branch, trailer)
		}
		return
	}
	head := "backport-" + q.ID
	s.branches[head] = s.branches[branch]
	for _, sha := range from {
		s.again(sha, head, trailer)
	}
	if b := s.merge(head, branch, "merge", nil, false); b != nil {
		b.copyOf = q.ID
	}
}

// inProduction returns the pieces of work that a deployed commit contains.
func (s *story) inProduction(tip string) map[int]bool {
	has := map[int]bool{}
	for sha := range s.reach(tip) {
		for _, p := range s.commits[sha].pieces {
			has[p] = true
		}
	}
	return has
}

// tell makes up a history of some length.
func (s *story) tell(steps int, gitFlow bool) {
	base := "main"
	if gitFlow {
		base = "develop"
		s.branches["develop"] = s.branches["main"]
	}
	s.deploy(s.branches["main"])
	for range steps {
		switch s.r.IntN(9) {
		case 0, 1, 2:
			s.feature(base)
		case 3:
			s.elsewhere("main")
		case 4:
			s.hotfix(gitFlow)
		case 5:
			if s.branches["release/1"] == "" {
				s.branches["release/1"] = s.branches["main"]
			} else if len(s.requests) > 0 {
				s.backport(s.requests[s.r.IntN(len(s.requests))])
			}
		case 6:
			if gitFlow {
				s.merge("develop", "main", []string{"merge", "squash"}[s.r.IntN(2)], nil, false)
				s.merge("main", "develop", "merge", nil, false) // keeps squashed work from coming twice
			}
		case 7:
			s.deploy(s.branches["main"])
		case 8:
			if tip := s.branches["release/1"]; tip != "" {
				s.deploy(tip)
			}
		}
	}
}

// hotfix is urgent work from the default branch, sometimes deployed before it is
// merged, and merged into develop as well.
func (s *story) hotfix(gitFlow bool) {
	head := fmt.Sprint("hotfix/", s.number())
	s.branches[head] = s.branches["main"]
	_, own := s.work(head, 1+s.r.IntN(2))
	if s.r.IntN(3) == 0 {
		s.deploy(s.branches[head])
	}
	s.merge(head, "main", "merge", own, true)
	if gitFlow {
		s.merge(head, "develop", "merge", nil, false)
	}
}

// history is the story as facts.
func (s *story) history() *history {
	h := newHistory()
	h.Repositories = append(h.Repositories, fact.Repository{Name: repo, DefaultBranch: "main"})
	known := map[string]bool{}
	for _, tip := range []string{s.branches["main"], s.branches["develop"], s.branches["release/1"]} {
		if tip != "" {
			for sha := range s.reach(tip) {
				known[sha] = true
			}
		}
	}
	for _, d := range s.deploys {
		for sha := range s.reach(d.commit) {
			known[sha] = true
		}
	}
	for _, sha := range s.order {
		if known[sha] {
			h.Commits = append(h.Commits, s.commits[sha].Commit)
		}
	}
	for _, q := range s.requests {
		h.Changes = append(h.Changes, q.Change)
	}
	for _, d := range s.deploys {
		h.deploy(d.id, d.commit, d.at)
	}
	return h
}

// truth maps every change that counts to the deployment it reached production with,
// "" for none; changes of the baseline are left out.
func (s *story) truth() map[string]string {
	has := map[int]bool{}
	first := map[string]string{}
	for k, d := range s.deploys {
		for p := range s.inProduction(d.commit) {
			has[p] = true
		}
		for _, q := range s.requests {
			if _, shipped := first[q.ID]; q.counted && !shipped && !slices.ContainsFunc(q.pieces, func(p int) bool { return !has[p] }) {
				first[q.ID] = d.id
				if k == 0 {
					first[q.ID] = "baseline"
				}
			}
		}
	}
	for _, q := range s.requests {
		if _, shipped := first[q.ID]; q.counted && !shipped {
			first[q.ID] = ""
		}
	}
	return first
}
