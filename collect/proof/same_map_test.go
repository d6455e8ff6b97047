package proof_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
)

// flow is a small story that goes on at random: features into main or develop,
// others stacked on them, hotfixes, direct pushes, releases of develop.
type flow struct {
	*small
	random *rand.Rand
	now    time.Time
	tips   map[string]string // branch → commit
	marks  int
	pushed map[string]bool // commits that went straight to the default branch
}

func newFlow(seed uint64) *flow {
	f := &flow{small: newSmall(), random: rand.New(rand.NewPCG(seed, 4)), now: matrixDay(4, 0), pushed: map[string]bool{}}
	f.tips = map[string]string{"main": f.head(), "develop": f.head()}
	return f
}

func (f *flow) pass() time.Time {
	f.now = f.now.Add(time.Duration(20+f.random.IntN(60)) * time.Minute)
	return f.now
}

// write adds n commits to a branch.
func (f *flow) write(branch string, n int) {
	for range n {
		f.marks++
		f.tips[branch] = f.commit("ben", f.pass(), fmt.Sprint("work ", f.marks), 0, f.tips[branch])
	}
}

// brought lists the commits of a branch that another one lacks, oldest first.
func (f *flow) brought(head, base string) []testkit.Pushed {
	has, in := f.reach(f.tips[base]), f.reach(f.tips[head])
	var list []testkit.Pushed
	for _, c := range f.r.Commits {
		if in[c.SHA] && !has[c.SHA] {
			list = append(list, testkit.Pushed{SHA: c.SHA, At: c.CommitTime})
		}
	}
	return list
}

// reach returns the commits that a commit contains. The repository indexes its
// commits only once, so that it can be asked only when the story is over.
func (f *flow) reach(sha string) map[string]bool {
	parents := map[string][]string{}
	for _, c := range f.r.Commits {
		parents[c.SHA] = c.Parents
	}
	seen := map[string]bool{}
	for stack := []string{sha}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[at] {
			seen[at] = true
			stack = append(stack, parents[at]...)
		}
	}
	return seen
}

// land merges a request from one branch into another.
func (f *flow) land(head, base string, squash bool) {
	commits := f.brought(head, base)
	if len(commits) == 0 {
		return
	}
	n := len(f.r.Requests) + 1
	for _, pushed := range commits {
		at := slices.IndexFunc(f.r.Commits, func(c testkit.Commit) bool { return c.SHA == pushed.SHA })
		if c := &f.r.Commits[at]; c.Request == 0 && !f.pushed[c.SHA] {
			c.Request = n
		}
	}
	q := testkit.Request{
		ID: int64(100 + n), Number: n, Author: "ben", Title: fmt.Sprint("Request ", n), Opened: f.pass(), Base: base, Head: head,
		Commits: commits, Merged: f.pass(), Method: testkit.Merge,
	}
	if squash {
		q.Method = testkit.Squash
		q.MergeCommit = f.commit("ben", q.Merged, fmt.Sprintf("%s (#%d)", q.Title, n), n, f.tips[base])
		q.Landed = []string{q.MergeCommit}
	} else {
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", n, testkit.StoryOrganisation, head, q.Title)
		q.MergeCommit = f.commit("ben", q.Merged, message, n, f.tips[base], f.tips[head])
		for _, c := range commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	}
	f.r.Requests = append(f.r.Requests, q)
	f.tips[base] = q.MergeCommit
	if base == "main" {
		f.push(q.MergeCommit, q.Merged)
	}
}

// release deploys the default branch, if that is new: two tags of one commit are
// one release of a clone.
func (f *flow) release() {
	if ds := f.r.Deployments; ds[len(ds)-1].SHA != f.head() {
		f.deploy(f.pass())
		f.pass()
	}
}

func (f *flow) step(gitFlow bool) {
	base := "main"
	if gitFlow {
		base = "develop"
	}
	branch := fmt.Sprint("work-", f.marks)
	switch f.random.IntN(6) {
	case 0, 1: // a feature, sometimes with another one stacked on it
		f.tips[branch] = f.tips[base]
		f.write(branch, 1+f.random.IntN(2))
		if f.random.IntN(3) == 0 {
			f.tips[branch+"-more"] = f.tips[branch]
			f.write(branch+"-more", 1)
			f.land(branch+"-more", branch, false)
			f.land(branch, base, false)
			return
		}
		f.land(branch, base, f.random.IntN(2) == 0)
	case 2: // a hotfix
		f.tips["hotfix/"+branch] = f.tips["main"]
		f.write("hotfix/"+branch, 1)
		f.land("hotfix/"+branch, "main", false)
	case 3: // a direct push
		f.write("main", 1)
		f.push(f.tips["main"], f.now)
		f.pushed[f.tips["main"]] = true
	case 4:
		if gitFlow {
			f.land("develop", "main", false)
		}
	case 5:
		f.release()
	}
}

// mapOf maps changes to the place of the deployment that brought them to
// production. Commits are named by when they were written, because each source
// hashes them in its own way.
func mapOf(t *testing.T, f *flow, e fact.Events) map[string]int {
	t.Helper()
	rules := dora.Defaults()
	organisation, err := org.Resolve(org.Options{
		Calendar:  org.Calendar{AsOf: matrixDay(20, 0), MaturityDays: 7},
		LongLived: org.DefaultLongLived, HotfixBranch: rules.HotfixBranch,
	}, fact.Content{}, e)
	if err != nil {
		t.Fatal(err)
	}
	result, err := dora.Measure(rules, organisation)
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string]int{}
	for i := range result.Linked {
		for k := range result.Linked[i].Deliveries {
			for _, l := range result.Linked[i].Deliveries[k].Changes {
				name := "#" + l.Change.ID
				if len(l.Change.ID) == 40 {
					name = l.Change.Merged.Format(time.DateTime)
				}
				shipped[name] = k
			}
		}
	}
	return shipped
}

// TestSameMapFromEverySource tells random histories through a clone, CSV, JSON,
// GitHub and GitLab: each gives the same map of changes to deployments.
func TestSameMapFromEverySource(t *testing.T) {
	t.Parallel()
	seeds := 60
	if *every {
		seeds = 1000
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			f := newFlow(seed)
			for f.now.Before(matrixDay(9, 0)) && len(f.r.Deployments) < 8 {
				f.step(seed%2 == 1)
			}
			f.release()
			var want map[string]int
			for _, source := range matrixSources {
				got := mapOf(t, f, source.read(t, f.small))
				if want == nil {
					want = got
					continue
				}
				for _, name := range slices.Sorted(maps.Keys(want)) {
					if k, ok := got[name]; !ok || k != want[name] {
						t.Errorf("seed %d: change %s is in deployment %d by the clone, and in %d (known: %v) by %s", seed, name, want[name], k, ok, source.name)
					}
					delete(got, name)
				}
				for _, name := range slices.Sorted(maps.Keys(got)) {
					t.Errorf("seed %d: change %s is one by %s alone", seed, name, source.name)
				}
			}
		})
	}
}
