package githubtest

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// requests are the requests that are there now, in REST's order: by sort and
// direction, newest creation first unless they say otherwise.
func (c *call) requests() []*testkit.Request {
	var all []*testkit.Request
	for i := range c.repo.Requests {
		q := &c.repo.Requests[i]
		wanted := c.param("state")
		if !q.Visible(c.now) || wanted != "all" && state(q.IsClosed(c.now)) != orText(wanted, "open") {
			continue
		}
		if base := c.param("base"); base != "" && q.Base != base {
			continue
		}
		all = append(all, q)
	}
	updated := c.param("sort") == "updated"
	slices.SortStableFunc(all, func(a, b *testkit.Request) int {
		if updated {
			return a.Updated(c.now).Compare(b.Updated(c.now))
		}
		return a.Opened.Compare(b.Opened)
	})
	// The documentation: desc when sort is created or not given, else asc.
	if orText(c.param("direction"), map[bool]string{true: "asc", false: "desc"}[updated]) == "desc" {
		slices.Reverse(all)
	}
	return all
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (c *call) pulls() answer {
	return listOf(c.requests(), func(q *testkit.Request) any { return c.pullJSON(c.repo, q, false) })
}

// request is the request of the path, or nil.
func (c *call) request() *testkit.Request { return c.requestNumbered(c.repo, c.number("number")) }

func (v *view) requestNumbered(r *testkit.Repository, number int64) *testkit.Request {
	for i := range r.Requests {
		if q := &r.Requests[i]; int64(q.Number) == number && q.Visible(v.now) {
			return q
		}
	}
	return nil
}

func (c *call) pull() answer {
	q := c.request()
	if q == nil {
		return missing()
	}
	return found(c.pullJSON(c.repo, q, true))
}

// shownReviews are the reviews that are shown, oldest first.
func (v *view) shownReviews(q *testkit.Request) []testkit.Review {
	return slices.DeleteFunc(q.ReviewsAt(v.now), func(r testkit.Review) bool {
		return r.State == "pending" &&
			!v.pending
	})
}

func (c *call) reviews() answer {
	q := c.request()
	if q == nil {
		return missing()
	}
	return listOf(c.shownReviews(q), func(r testkit.Review) any {
		o := object{
			"id": userID(r.Author) + int32(r.At.Unix()%1000), "user": c.userJSON(r.Author), "state": strings.ToUpper(r.State),
			"body": "", "commit_id": c.headSHA(q), "author_association": "MEMBER",
		}
		if r.State != "pending" {
			o["submitted_at"] = stamp(r.At)
		}
		return o
	})
}

func (c *call) pullCommits() answer {
	q := c.request()
	if q == nil {
		return missing()
	}
	var commits []*testkit.Commit
	for _, sha := range q.CommitsAt(c.now) {
		commits = append(commits, c.repo.Commit(sha))
	}
	a := listOf(commits, func(k *testkit.Commit) any { return c.commitJSON(c.repo, k) })
	a.most = 250 // "Lists a maximum of 250 commits for a pull request."
	return a
}

// commitPulls are the requests that a commit came by: merged ones that it belongs
// to, or open ones that have it.
func (c *call) commitPulls() answer {
	k := c.repo.Commit(c.r.PathValue("sha"))
	if k == nil {
		return refused(422, "No commit found for SHA: "+c.r.PathValue("sha"))
	}
	return listOf(c.associated(c.repo, k), func(q *testkit.Request) any { return c.pullJSON(c.repo, q, false) })
}

func (v *view) associated(r *testkit.Repository, k *testkit.Commit) []*testkit.Request {
	if k.Request == 0 {
		return nil
	}
	q := v.requestNumbered(r, int64(k.Request))
	if q == nil {
		return nil
	}
	return []*testkit.Request{q}
}
