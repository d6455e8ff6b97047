package events

import (
	"cmp"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// changeRow is one pull or merge request, or a commit that reached the default branch without
// one.
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
	Updated     tabular.Time `csv:"updated,updated_at,updated_on,last_updated,last_updated_at,modified,modified_at,last_modified,last_modified_at,last_modified_date,sys_updated_on"`
	Sequence    *int         `csv:"sequence,seq,sequence_number,omitempty"`
	MergeCommit string       `csv:"merge_commit,merge_commit_sha,squash_commit_sha,merge_sha"`
	Head        string       `csv:"head,head_sha,head_commit"`
	Commits     tabular.List `csv:"commits,shas" tabular:"words"`
	Reverts     string       `csv:"reverts"`
	Body        string       `csv:"body,description,message"`
	Paths       tabular.List `csv:"paths,files" tabular:"words"`
}

// addChange adds the change of a row.
func (b *fileReader) addChange(_ int, row *changeRow) error {
	repository, err := b.rowRepository(row.Repository)
	if err != nil {
		return err
	}
	c := fact.Change{
		Source: b.name, Repository: repository, ID: row.ID, URL: row.URL, Title: row.Title,
		Author: row.Author, Authors: row.Authors, Labels: row.Labels, Branch: row.Branch, HeadBranch: row.HeadBranch,
		HeadRepository: otherRepository(row.HeadRepo, repository),
		Draft:          row.Draft != nil && *row.Draft, Tracker: row.Tracker,
		FirstCommit: row.FirstCommit.Time, Opened: row.Opened.Time, Ready: row.Ready.Time,
		FirstReview: row.FirstReview.Time, Merged: row.Merged.Time, Closed: row.Closed.Time,
		Updated: row.Updated.Time, Sequence: intOrZero(row.Sequence),
		MergeCommit: row.MergeCommit, Head: row.Head, Commits: row.Commits, Reverts: row.Reverts, Paths: row.Paths,
	}
	c.Reverts = cmp.Or(c.Reverts, text.Reverted(row.Body))
	if !c.Merged.IsZero() {
		// Forges set both times of a merged request; Closed means closed without merging.
		c.Closed, c.Draft = time.Time{}, false
	}
	at := firstTime(row.Merged, row.Closed, row.Opened)
	if at.IsZero() {
		return tabular.Reject("no time: opened, merged and closed are blank")
	}
	if err := b.admit(repository, at, c.FirstCommit, c.Opened, c.Ready, c.FirstReview); err != nil {
		return err
	}
	b.changes.Add(c)
	return nil
}

// otherRepository returns the repository of a request's branch, or "" if the request was merged
// into the same repository.
func otherRepository(named, repository string) string {
	if text.FoldRepository(named) == text.FoldRepository(repository) {
		return ""
	}
	return named
}
