package events

import (
	"cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// commitRow is one commit.
type commitRow struct {
	Repository string       `csv:"repository,repo,project"`
	SHA        string       `csv:"sha,commit,id,hash,commit_sha" tabular:"required"`
	Parents    tabular.List `csv:"parents,parent" tabular:"words"`
	Author     string       `csv:"author,author_email,login,user" tabular:"identity"`
	AuthorTime tabular.Time `csv:"author_time,authored,authored_at,author_date,authored_date"`
	CommitTime tabular.Time `csv:"commit_time,committed,committed_at,commit_date,committed_date,date"`
	Subject    string       `csv:"subject,title"`
	Message    string       `csv:"message,commit_message,body"`
	PickedFrom string       `csv:"picked_from,cherry_picked_from"`
	Reverts    string       `csv:"reverts"`
	Paths      tabular.List `csv:"paths,files" tabular:"words"`
}

// addCommit adds the commit of a row.
func (b *fileReader) addCommit(_ int, row *commitRow) error {
	repository, err := b.rowRepository(row.Repository)
	if err != nil {
		return err
	}
	at := firstTime(row.CommitTime, row.AuthorTime)
	if at.IsZero() {
		return tabular.Reject("no time: author_time and commit_time are blank")
	}
	if err := b.admit(repository, at, row.AuthorTime.Time); err != nil {
		return err
	}
	row.Subject = cmp.Or(row.Subject, row.Message) // the first line of a message
	row.PickedFrom = cmp.Or(row.PickedFrom, text.PickedCommit(row.Message))
	row.Reverts = cmp.Or(row.Reverts, text.RevertedCommit(row.Message))
	b.commits.Add(fact.Commit{
		Repository: repository, SHA: row.SHA, Parents: row.Parents, Author: row.Author,
		AuthorTime: firstTime(row.AuthorTime, row.CommitTime), CommitTime: at,
		Subject: fact.HashSubject(row.Subject), PickedFrom: row.PickedFrom, Reverts: row.Reverts, Paths: row.Paths,
	})
	return nil
}
