package events

import (
	"context"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// fuzzKind holds, for any bytes, that every row is used or counted, that nothing
// from the future gets in, and that every record can be told from the others.
func fuzzKind(f *testing.F, kind Kind, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := New("ci", kind, inMemory(in), Options{
			Repository: "r", Environment: "prod", Tabular: tabular.Options{MaxBytes: 1 << 20},
		})
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Collect(context.Background(), window)
		if err != nil {
			if len(e.Gaps) != 1 || len(e.Deployments)+len(e.Changes)+len(e.Incidents)+len(e.Commits) > 0 {
				t.Errorf("an unreadable file gave %+v", e)
			}
			return
		}
		im := e.Imports[0]
		sum := im.Used
		for _, r := range im.Rejected {
			sum += r.Count
		}
		if sum != im.Read {
			t.Errorf("read %d, used and rejected %d", im.Read, sum)
		}
		for _, d := range e.Deployments {
			checkDeployment(t, &d)
		}
	})
}

func checkDeployment(t *testing.T, d *fact.Deployment) {
	t.Helper()
	if d.ID == "" || d.Repository == "" || d.Environment == "" || len(d.Statuses) == 0 {
		t.Errorf("deployment %+v", d)
	}
	for i, s := range d.Statuses {
		if !s.At.Before(window.To) || i > 0 && s.At.Before(d.Statuses[i-1].At) {
			t.Errorf("statuses %v", d.Statuses)
		}
	}
}

func FuzzDeployments(f *testing.F) {
	fuzzKind(f, Deployments, "repository,id,environment,created,finished,status\nr,1,prod,2024-10-15,2024-10-16,success\n",
		`{"id":1,"at":1728984600,"status":"queued"}`, "id;finished;status\n1;15.10.2024;ok\n")
}

func FuzzChanges(f *testing.F) {
	fuzzKind(f, Changes, "id,opened,merged,draft,labels\n1,2024-10-15,2024-10-16,no,a;b\n1,2024-10-15,,,\n", `[{"number":1,"merged_at":1728984600}]`)
}

func FuzzIncidents(f *testing.F) {
	fuzzKind(f, Incidents, "id,opened,resolved,reopened\n1,2024-10-15,2024-10-16,2024-10-15T09:30:00Z\n", `{"id":"P","created_on":1728984600}`)
}

func FuzzCommits(f *testing.F) {
	fuzzKind(f, Commits, "sha,parents,author_time,commit_time\nabc,a b,2024-10-15,2024-10-16\n")
}
