package events

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// changeRow is one pull or merge request, or a commit that reached the default
// branch without one.
type changeRow struct {
	Repository  string       `csv:"repository,repo,project,base_repository"`
	ID          string       `csv:"id,number,iid,pull_request,merge_request" tabular:"required"`
	URL         string       `csv:"url,web_url,html_url,link"`
	Title       string       `csv:"title,subject"`
	Author      string       `csv:"author,user,login,created_by" tabular:"identity"`
	Authors     tabular.List `csv:"authors" tabular:"identity,words"`
	Labels      tabular.List `csv:"labels,label,tags"`
	Branch      string       `csv:"branch,base,base_branch,target_branch,base_ref"`
	HeadBranch  string       `csv:"head_branch,head_ref,source_branch"`
	HeadRepo    string       `csv:"head_repository,head_repo,head_repository_full_name,source_repository,source_project"`
	Draft       *bool        `csv:"draft,is_draft,work_in_progress,omitempty"`
	Tracker     string       `csv:"tracker,issue,issue_key,ticket"`
	FirstCommit tabular.Time `csv:"first_commit,first_commit_at,authored_at"`
	Opened      tabular.Time `csv:"opened,opened_at,created,created_at"`
	Ready       tabular.Time `csv:"ready,ready_at,ready_for_review_at"`
	FirstReview tabular.Time `csv:"first_review,first_review_at,reviewed_at"`
	Merged      tabular.Time `csv:"merged,merged_at"`
	Closed      tabular.Time `csv:"closed,closed_at"`
	MergeCommit string       `csv:"merge_commit,merge_commit_sha,squash_commit_sha,merge_sha"`
	Head        string       `csv:"head,head_sha,head_commit"`
	Commits     tabular.List `csv:"commits,shas" tabular:"words"`
	Updated     tabular.Time `csv:"updated,updated_at,last_updated,modified,modified_at"`
	Reverts     string       `csv:"reverts"`
	Body        string       `csv:"body,description,message"`
	Paths       tabular.List `csv:"paths,files" tabular:"words"`
}

// change takes a row in.
func (b *build) change(_ int, row *changeRow) error {
	repository, err := b.repository(row.Repository)
	if err != nil {
		return err
	}
	c := fact.Change{
		Source: b.name, Repository: repository, ID: row.ID, URL: row.URL, Title: row.Title,
		Author: row.Author, Authors: row.Authors, Labels: row.Labels, Branch: row.Branch, HeadBranch: row.HeadBranch,
		HeadRepository: fork(row.HeadRepo, repository), Updated: row.Updated.Time,
		Draft: row.Draft != nil && *row.Draft, Tracker: row.Tracker,
		FirstCommit: row.FirstCommit.Time, Opened: row.Opened.Time, Ready: row.Ready.Time,
		FirstReview: row.FirstReview.Time, Merged: row.Merged.Time, Closed: row.Closed.Time,
		MergeCommit: row.MergeCommit, Head: row.Head, Commits: row.Commits, Reverts: row.Reverts, Paths: row.Paths,
	}
	fill(&c.Reverts, text.Reverted(row.Body))
	if !c.Merged.IsZero() {
		c.Closed = time.Time{} // forges give a merged request both; Closed is without merging
	}
	at := first(row.Merged, row.Closed, row.Opened)
	if at.IsZero() {
		return tabular.Reject("no time: opened, merged and closed are blank")
	}
	i, known := b.index[identity{repository, c.ID}]
	if known && !b.events.Changes[i].Opened.Equal(c.Opened) && !c.Opened.IsZero() {
		return tabular.Reject("id used before for a change opened at another time")
	}
	if err := b.admit(repository, at, c.FirstCommit, c.Opened, c.Ready, c.FirstReview); err != nil {
		return err
	}
	if known {
		updateChange(&b.events.Changes[i], &c)
		return nil
	}
	b.index[identity{repository, c.ID}] = len(b.events.Changes)
	b.events.Changes = append(b.events.Changes, c)
	return nil
}

// fork is the repository of a request's branch, "" where it is the one that the
// request was merged into.
func fork(named, repository string) string {
	if text.FoldRepository(named) == text.FoldRepository(repository) {
		return ""
	}
	return named
}

// updateChange fills what earlier rows of a change left blank.
func updateChange(c, by *fact.Change) {
	fill(&c.URL, by.URL)
	fill(&c.Title, by.Title)
	fill(&c.Author, by.Author)
	fill(&c.Branch, by.Branch)
	fill(&c.HeadBranch, by.HeadBranch)
	fill(&c.HeadRepository, by.HeadRepository)
	fill(&c.Tracker, by.Tracker)
	fill(&c.FirstCommit, by.FirstCommit)
	fill(&c.Ready, by.Ready)
	fill(&c.FirstReview, by.FirstReview)
	fill(&c.Merged, by.Merged)
	fill(&c.Closed, by.Closed)
	fill(&c.MergeCommit, by.MergeCommit)
	fill(&c.Head, by.Head)
	fill(&c.Reverts, by.Reverts)
	if !c.Merged.IsZero() {
		c.Closed, c.Draft = time.Time{}, false
	}
	for _, list := range [...]struct{ field, value *[]string }{
		{&c.Authors, &by.Authors}, {&c.Labels, &by.Labels}, {&c.Commits, &by.Commits}, {&c.Paths, &by.Paths},
	} {
		if *list.field == nil {
			*list.field = *list.value
		}
	}
}
