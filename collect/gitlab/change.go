package gitlab

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// ghost is who GitLab shows in place of a deleted account. Null, which some answers
// have there, is taken for the same.
const ghost = "ghost"

var (
	// draftMark matches the prefixes by which a title marks a draft.
	draftMark = regexp.MustCompile(`(?i)^\s*(?:\[(?:draft|wip)\]|\((?:draft|wip)\)|(?:draft|wip):)\s*`)
	// ownBot matches accounts that GitLab makes for project and group access tokens and
	// for itself.
	ownBot = regexp.MustCompile(`(?i)^(?:(?:project|group)_?\d+_?bot|service_account_)|` +
		`^(?:gitlab-bot|gitlab-duo|gitlabduo|duo-code-review-bot|support-bot|alert-bot|security-bot|automation-bot)$|` +
		`\[bot\]$`)
)

// isBot reports whether the account is not a person, so that its reviews do not count.
func (r *rules) isBot(a *account) bool {
	if a == nil {
		return false
	}
	if a.Bot || ownBot.MatchString(a.Username) {
		return true
	}
	return slices.ContainsFunc(r.bots, func(re *regexp.Regexp) bool { return re.MatchString(a.Username) })
}

// request is a merge request with its details, which take requests of their own.
type request struct {
	mergeRequest
	commits []*commit // of its own branch, in any order
	notes   []*note
}

// isMerged reports whether it was merged before now. GitLab sets the SHAs of a merge already
// while it goes on, so the state decides.
func (q *request) isMerged(now time.Time) bool {
	return q.State == "merged" && !q.mergedAt().IsZero() && q.mergedAt().Before(now)
}

// mergedAt returns the time of the merge. It is null for requests that were imported or merged
// long ago; then the time of closing is that of the merge.
func (q *request) mergedAt() time.Time {
	if q.Merged.IsZero() && q.State == "merged" {
		return q.Closed.Time
	}
	return q.Merged.Time
}

// mergeCommit returns the commit that the merge put on the branch. merge_commit_sha is null
// when the commits were squashed without one (squash_commit_sha), and both are null when the
// branch was moved forward (sha, the head of the request).
func (q *request) mergeCommit() string {
	for _, sha := range []string{q.MergeSHA, q.SquashSHA, q.SHA} {
		if sha != "" {
			return sha
		}
	}
	return ""
}

// landedSHAs returns the SHAs on the branch that belong to the request.
func (q *request) landedSHAs() []string {
	shas := []string{q.MergeSHA, q.SquashSHA, q.SHA}
	for _, c := range q.commits {
		shas = append(shas, c.SHA)
	}
	return shas
}

// makeChange returns the fact as of now.
func (q *request) makeChange(r *rules, p *project, now time.Time) fact.Change {
	c := fact.Change{
		ID: strconv.FormatInt(q.IID, 10), URL: q.URL, Title: draftMark.ReplaceAllString(q.Title,
			""), Author: q.Author.login(), Labels: q.Labels,
		Branch: q.TargetBranch, HeadBranch: q.SourceBranch, HeadRepository: q.forkPath(), Draft: q.Draft || q.WorkInProg,
		Opened: q.Created.Time, Updated: cutTime(q.Updated.Time, now), Head: q.SHA, Reverts: q.findReverted(),
	}
	if c.Branch == p.DefaultBranch {
		c.Branch = ""
	}
	if q.isMerged(now) {
		c.Merged, c.MergeCommit = q.mergedAt(), q.mergeCommit()
	} else if !q.Closed.IsZero() && q.Closed.Before(now) {
		c.Closed = q.Closed.Time
	}
	for _, m := range oldestFirst(q.commits) {
		c.Commits = append(c.Commits, m.SHA)
		if who := loginOf(m.Email); who != "" && !slices.Contains(c.Authors, who) {
			c.Authors = append(c.Authors, who)
		}
		for _, who := range text.CoAuthors(m.Message) {
			if !slices.Contains(c.CoAuthors, who) {
				c.CoAuthors = append(c.CoAuthors, who)
			}
		}
		if !m.Authored.IsZero() && (c.FirstCommit.IsZero() || m.Authored.Before(c.FirstCommit)) {
			c.FirstCommit = m.Authored.Time
		}
	}
	c.FirstReview, c.Ready = q.reviewTimes(r, now)
	return c
}

func (q *request) findReverted() string {
	if said := text.Reverted(q.Description); said != "" || len(q.commits) != 1 {
		return said
	}
	return text.Reverted(q.commits[0].Message)
}

// oldestFirst sorts the commits of a request, which GitLab lists newest first, in the order in
// which they build on each other: parents before children.
func oldestFirst(commits []*commit) []*commit {
	at := make(map[string]*commit, len(commits))
	for _, c := range commits {
		at[c.SHA] = c
	}
	sorted := make([]*commit, 0, len(commits))
	// Depth first without recursion: a branch may hold thousands of commits.
	for _, c := range slices.Backward(commits) {
		for stack := []*commit{c}; len(stack) > 0; {
			top := stack[len(stack)-1]
			if at[top.SHA] == nil {
				stack = stack[:len(stack)-1]
				continue
			}
			ready := true
			for _, parent := range slices.Backward(top.Parents) {
				if before := at[parent]; before != nil && before != top && !slices.Contains(stack, before) {
					stack, ready = append(stack, before), false
				}
			}
			if ready {
				at[top.SHA] = nil
				sorted = append(sorted, top)
				stack = stack[:len(stack)-1]
			}
		}
	}
	return sorted
}

// Prefixes of the system notes about reviews and drafts. GitLab has no other record of them
// with a time. They are always in English.
var (
	reviewWords = []string{"approved this merge request", "requested changes", "left review comments", "reviewed"}
	readyWords  = []string{
		"marked this merge request as **ready**", "unmarked as a **draft**", "unmarked this merge request as a **draft**",
		"unmarked as a **work in progress**", "unmarked this merge request as a **work in progress**",
	}
)

// reviewTimes finds when another person first looked at it, and when it was last
// marked as ready. A review is an approval, a request for changes or a comment by a
// person who is not the author: GitLab has no other review that its API shows.
// Comments that are not submitted yet are not shown at all.
func (q *request) reviewTimes(r *rules, now time.Time) (first, ready time.Time) {
	for _, n := range q.notes {
		if !n.Created.Before(now) {
			continue
		}
		if n.System && hasPrefix(n.Body, readyWords) && n.Created.After(ready) {
			ready = n.Created.Time
		}
		if n.System && !hasPrefix(n.Body, reviewWords) || r.isBot(n.Author) || n.Author.login() == q.Author.login() {
			continue
		}
		if first.IsZero() || n.Created.Before(first) {
			first = n.Created.Time
		}
	}
	return first, ready
}

func hasPrefix(body string, words []string) bool {
	body = strings.ToLower(strings.TrimSpace(body))
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(body, w) })
}

// cutTime returns the time of an update, cut at now. An item that changes while it is read
// belongs to this run, and the next run reads it again.
func cutTime(updated, now time.Time) time.Time {
	if updated.Before(now) {
		return updated
	}
	return now.Add(-time.Second)
}

// makeCommit returns the commit as it is kept.
func (c *commit) makeCommit() fact.Commit {
	parents := c.Parents
	if len(parents) == 0 {
		parents = nil
	}
	return fact.Commit{
		SHA: c.SHA, Parents: parents, Author: loginOf(c.Email), AuthorTime: c.Authored.Time,
		CommitTime: c.Committed.Time, Subject: fact.HashSubject(c.Message), PickedFrom: text.PickedCommit(c.Message),
		Reverts: text.RevertedCommit(c.Message),
	}
}

// makeDirectChange returns the change of a commit of the branch that belongs to no request.
func (c *commit) makeDirectChange(repo int64) collect.Kept[fact.Change] {
	f := fact.Change{
		ID: c.SHA, URL: c.URL, Title: c.Title, Author: loginOf(c.Email), CoAuthors: text.CoAuthors(c.Message),
		FirstCommit: c.Authored.Time,
		Merged:      c.Committed.Time, MergeCommit: c.SHA, Commits: []string{c.SHA}, Reverts: text.RevertedCommit(c.Message),
	}
	if f.Author != "" {
		f.Authors = []string{f.Author}
	}
	return collect.Kept[fact.Change]{Repository: repo, ID: c.SHA, At: c.Committed.Time, Fact: f}
}
