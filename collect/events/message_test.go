package events

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// A request's fork, its last change and what its description reverts.
func TestRequestOfAFork(t *testing.T) {
	got := mustCollect(t, Changes, `repository,id,head_branch,head_repository,opened,updated_at,body
acme/a,1,develop,bob/a,2024-10-15T09:00:00Z,2024-10-15T10:00:00Z,"Reverts acme/a#7"
acme/a,2,develop,https://github.com/Acme/A,2024-10-15T09:00:00Z,,"This reverts merge request !8"
acme/a,3,develop,,2024-10-15T09:00:00Z,,Only words
`, Options{}).Changes
	want := []fact.Change{
		{HeadRepository: "bob/a", Updated: at("10:00:00"), Reverts: "7"},
		{Reverts: "8"},
		{},
	}
	for i := range want {
		want[i].Source, want[i].Repository, want[i].ID = "ci", "acme/a", string(rune('1'+i))
		want[i].HeadBranch, want[i].Opened = "develop", at("09:00:00")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A commit's message is read for what facts need of it, and not kept.
func TestMessagesOfCommits(t *testing.T) {
	sha := strings.Repeat("a", 40)
	rows := `{"repository":"r","sha":"1","date":"2024-10-15T09:00:00Z","message":"Fix it\n\n(cherry picked from commit ` + sha + `)"}
{"repository":"r","sha":"2","date":"2024-10-15T09:00:00Z","message":"Revert \"Fix it\"\n\nThis reverts commit ` + sha + `."}
{"repository":"r","sha":"3","date":"2024-10-15T09:00:00Z","subject":"Fix it","message":"other"}
{"repository":"r","sha":"4","date":"2024-10-15T09:00:00Z","subject":"Fix it ","picked_from":"9"}
`
	fix := fact.HashSubject("Fix it")
	want := []fact.Commit{{Subject: fix, PickedFrom: sha}, {Subject: fact.HashSubject(`Revert "Fix it"`), Reverts: sha}, {Subject: fix}, {Subject: fix, PickedFrom: "9"}}
	for i := range want {
		want[i].Repository, want[i].SHA = "r", string(rune('1'+i))
		want[i].AuthorTime, want[i].CommitTime = at("09:00:00"), at("09:00:00")
	}
	if diff := cmp.Diff(want, mustCollect(t, Commits, rows, Options{}).Commits, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
