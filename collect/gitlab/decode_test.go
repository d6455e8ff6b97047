package gitlab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// now is the end of the windows of these tests.
var now = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)

// shop is the project of the recorded answers.
var shop = &project{ID: 7, Path: "acme/shop", DefaultBranch: "main", URL: "https://gitlab.example.com/acme/shop"}

// recorded reads an answer as GitLab gives it, shortened.
func recorded[T any](t *testing.T, name string) []*T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []*T
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func utc(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

func TestMergeRequests(t *testing.T) {
	url := shop.URL + "/-/merge_requests/"
	want := []fact.Change{
		{
			ID: "41", URL: url + "41", Title: "Squashed without a merge commit", Author: "ben", Labels: []string{"backend", "perf"}, HeadBranch: "fast-basket",
			Updated: utc("2024-05-03T12:00:00.5Z"), Opened: utc("2024-05-02T09:10:11.123Z"), Merged: utc("2024-05-03T11:59:58.001Z"),
			MergeCommit: "5555000000000000000000000000000000000041", Head: "aaaa000000000000000000000000000000000041",
		},
		{
			ID: "42", URL: url + "42", Title: "Moved the branch forward", Author: "ana", Labels: []string{}, HeadBranch: "back", Reverts: "41",
			Updated: utc("2024-05-04T10:00:00Z"), Opened: utc("2024-05-04T09:00:00Z"), Merged: utc("2024-05-04T08:00:00Z"),
			MergeCommit: "aaaa000000000000000000000000000000000042", Head: "aaaa000000000000000000000000000000000042",
		},
		{
			ID: "43", URL: url + "43", Title: "Squashed and merged with a merge commit", Author: "ghost", Labels: []string{"hotfix"}, Branch: "release/1", HeadBranch: "x",
			Updated: utc("2024-05-05T10:00:00Z"), Opened: utc("2024-05-05T09:00:00Z"), Merged: utc("2024-05-05T10:00:00Z"),
			MergeCommit: "eeee000000000000000000000000000000000043", Head: "aaaa000000000000000000000000000000000043",
		},
		{
			ID: "44", URL: url + "44", Title: "Not yet", Author: "project_7_bot_0123abcd", HeadBranch: "y", Draft: true,
			Updated: utc("2024-05-06T10:00:00Z"), Opened: utc("2024-05-06T09:00:00Z"), Head: "aaaa000000000000000000000000000000000044",
		},
		{
			ID: "45", URL: url + "45", Title: "Imported, merged on another host", Author: "ghost", Labels: []string{}, HeadBranch: "z",
			Updated: utc("2024-05-06T10:00:00Z"), Opened: utc("2019-01-06T09:00:00Z"), Merged: utc("2019-01-07T09:00:00Z"),
			MergeCommit: "eeee000000000000000000000000000000000045", Reverts: "5555000000000000000000000000000000000041",
		},
		{
			ID: "46", URL: url + "46", Title: "Given up", Author: "ben", Labels: []string{}, HeadBranch: "w", Draft: true,
			Updated: utc("2024-05-08T10:00:00Z"), Opened: utc("2024-05-07T09:00:00Z"), Closed: utc("2024-05-08T10:00:00Z"), Head: "aaaa000000000000000000000000000000000046",
		},
		{
			ID: "47", URL: url + "47", Title: "Merged after the run's now", Author: "ben", Labels: []string{}, HeadBranch: "v",
			Updated: utc("2024-05-31T23:59:59Z"), Opened: utc("2024-05-09T09:00:00Z"), Head: "aaaa000000000000000000000000000000000047",
		},
	}
	var got []fact.Change
	for _, m := range recorded[mergeRequest](t, "merge_requests") {
		got = append(got, (&request{mergeRequest: *m}).makeChange(&rules{}, shop, now))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The commits and notes of a request: offsets, no-reply addresses, drafts that came
// and went, and who counts as a reviewer.
func TestRequestDetail(t *testing.T) {
	o := Options{Groups: []string{"acme"}, Bots: []string{"-ci$"}, Now: time.Now}
	r, err := o.compileRules()
	if err != nil {
		t.Fatal(err)
	}
	q := &request{
		mergeRequest: mergeRequest{Author: &account{Username: "ben"}},
		commits:      recorded[commit](t, "commits"), notes: recorded[note](t, "notes"),
	}
	c := q.makeChange(&r, shop, now)
	want := fact.Change{
		ID: "0", Author: "ben", Authors: []string{"ben@acme.example", "ana"}, Branch: "",
		FirstCommit: utc("2024-05-02T06:59:59Z"), FirstReview: utc("2024-05-02T11:00:00Z"), Ready: utc("2024-05-03T08:00:00Z"),
		Commits: []string{"c100000000000000000000000000000000000001", "c200000000000000000000000000000000000002", "c300000000000000000000000000000000000003"},
	}
	c.Branch = ""
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	f := q.commits[0].makeCommit()
	if f.Author != "ana" || f.Reverts != "5555000000000000000000000000000000000041" || !f.CommitTime.Equal(utc("2024-05-02T13:00:00Z")) || f.CommitTime.Location() != time.UTC {
		t.Errorf("commit %+v", f)
	}
	if f := q.commits[1].makeCommit(); f.Parents != nil || f.Author != "ben@acme.example" {
		t.Errorf("first commit %+v", f)
	}
}

func TestDeployments(t *testing.T) {
	begun := func(at string) fact.Status { return fact.Status{State: fact.Pending, At: utc(at)} }
	want := map[string][]fact.Status{
		"901": {begun("2024-05-02T09:00:00Z"), {State: fact.Success, At: utc("2024-05-02T09:04:00Z")}}, // updated later for another reason
		"902": {begun("2024-05-03T09:00:00Z"), {State: fact.Success, At: utc("2024-05-03T09:07:00Z")}}, // without a job
		"903": {begun("2024-05-04T09:00:00Z"), {State: fact.Failure, At: utc("2024-05-04T09:04:30Z")}},
		"905": {begun("2024-05-05T10:00:00Z")},                                                         // its job waits for a runner; that of 904 for a hand
		"907": {begun("2024-05-07T09:00:00Z"), {State: fact.Failure, At: utc("2024-05-07T09:20:00Z")}}, // cancelled
		"909": {begun("2024-05-31T23:59:00Z")},                                                         // ends after now
		"910": {begun("2024-05-10T09:00:00Z"), {State: fact.Success, At: utc("2024-05-10T09:03:00Z")}},
	}
	got := map[string][]fact.Status{}
	off := []int64{}
	for _, d := range recorded[deployment](t, "deployments") {
		if d.isOffBranch(shop, "production") {
			off = append(off, d.ID)
		}
		if d.hasBegun() {
			f := d.makeDeployment(shop, "production", now)
			got[f.ID] = f.Statuses
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !slices.Equal(off, []int64{909}) {
		t.Errorf("off the branch: %v", off)
	}
	list := recorded[deployment](t, "deployments")
	if f := list[0].makeDeployment(shop, "production", now); f.URL != shop.URL+"/-/jobs/5001" || f.Environment != "live" || f.Tier != "production" || f.Creator != "ana" || f.Commit != "d001" {
		t.Errorf("%+v", f)
	}
	if f := list[1].makeDeployment(shop, "", now); f.URL != shop.URL+"/-/environments/5" || f.Creator != "" {
		t.Errorf("%+v", f)
	}
	if f := list[6].makeDeployment(shop, "", now); f.Environment != "" || f.Ref != "v1.2.3" {
		t.Errorf("%+v", f)
	}
}

func TestIncidents(t *testing.T) {
	list, events := recorded[issue](t, "issues"), recorded[stateEvent](t, "state_events")
	url := shop.URL + "/-/issues/"
	want := []fact.Incident{
		{ID: "11", URL: url + "11", Title: "Checkout is down", Severity: "critical", Labels: []string{"incident", "sev1"}, Opened: utc("2024-05-02T09:00:00Z"), Resolved: utc("2024-05-03T12:00:00Z")},
		{ID: "12", URL: url + "12", Title: "Open again", Labels: []string{}, Opened: utc("2024-05-05T09:00:00Z"), Reopened: []time.Time{utc("2024-05-05T11:00:00Z"), utc("2024-05-06T08:00:00Z")}},
		{ID: "13", URL: url + "13", Title: "Closed after the run's now", Labels: []string{}, Opened: utc("2024-05-31T09:00:00Z")},
	}
	got := []fact.Incident{list[0].makeIncident(nil, nil, now), list[1].makeIncident(events, nil, now), list[2].makeIncident(nil, nil, now)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPipelineRules(t *testing.T) {
	list := recorded[pipeline](t, "pipelines")
	for _, tt := range []struct {
		rule PipelineRule
		want []int64
	}{
		{PipelineRule{}, []int64{1, 4, 5}},
		{PipelineRule{Ref: "*"}, []int64{1, 2, 4, 5}},
		{PipelineRule{Name: "dep*"}, []int64{1, 5}},
		{PipelineRule{Source: "schedule"}, []int64{4}},
		{PipelineRule{Ref: "main", Name: "test"}, nil},
	} {
		t.Run(fmt.Sprintf("%+v", tt.rule), func(t *testing.T) {
			var got []int64
			for _, l := range list {
				if l.hasBegun() && tt.rule.matchesPipeline(l, "main") {
					got = append(got, l.ID)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%+v: %v, want %v", tt.rule, got, tt.want)
			}
		})
	}
	f := list[0].makeDeployment(&PipelineRule{Environment: "production"}, now)
	if f.ID != "pipeline-1" || f.Environment != "production" || !f.Finished().Equal(utc("2024-05-02T09:10:00Z")) {
		t.Errorf("%+v", f)
	}
	if f := list[4].makeDeployment(&PipelineRule{}, now); !f.Finished().IsZero() || len(f.Statuses) != 1 {
		t.Errorf("a running pipeline has ended: %+v", f)
	}
}

func TestReleasesAndTags(t *testing.T) {
	f, err := New("lab", Options{Groups: []string{"acme"}, TagPattern: `^(?:(?P<service>[a-z]+)/)?v\d+\.\d+\.\d+$`, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"v1.2.3": "", "billing/v1.2.3": "billing", "v1.2.3-rc.1": "left out", "nightly": "left out"} {
		t.Run(name, func(t *testing.T) {
			d, ok := f.makeRelease("release", name, "abc", "", now, "ana")
			got := d.Service
			if !ok {
				got = "left out"
			}
			if got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
			if ok && (!d.Release || d.Ref != name || d.Environment != "production" || !d.Finished().Equal(now)) {
				t.Errorf("%+v", d)
			}
		})
	}
	plain := tag{Commit: &commit{Committed: stamp{utc("2024-05-01T00:00:00Z")}}}
	annotated := tag{Created: stamp{utc("2024-05-03T00:00:00Z")}, Commit: plain.Commit}
	if !plain.createdAt().Equal(utc("2024-05-01T00:00:00Z")) || !annotated.createdAt().Equal(utc("2024-05-03T00:00:00Z")) || !(&tag{}).createdAt().IsZero() {
		t.Errorf("dates of tags: %v, %v", plain.createdAt(), annotated.createdAt())
	}
}

// Commits of the branch that belong to no request, where merges are and where not.
func TestBareCommits(t *testing.T) {
	at := func(n int) stamp { return stamp{now.Add(time.Duration(n) * time.Hour)} }
	list := []*commit{
		{SHA: "h", Parents: []string{"m2"}, Committed: at(7)},        // pushed
		{SHA: "m2", Parents: []string{"m1", "s2"}, Committed: at(6)}, // a merge by hand
		{SHA: "s2", Parents: []string{"s1"}, Committed: at(5)},
		{SHA: "s1", Parents: []string{"a"}, Committed: at(4)},
		{SHA: "m1", Parents: []string{"a", "r1"}, Committed: at(3)}, // merged by a request
		{SHA: "r1", Parents: []string{"a"}, Committed: at(2)},
		{SHA: "a", Parents: []string{"old"}, Committed: at(1)},
	}
	var got []string
	for _, c := range findDirect(list, "h", map[string]bool{"m1": true, "r1": true}) {
		got = append(got, c.SHA)
	}
	if strings.Join(got, " ") != "a s1 s2 h" {
		t.Errorf("got %v", got)
	}
	if !isDescendant(list, "old", "h") || isDescendant(list, "elsewhere", "h") || isDescendant(nil, "h", "h") {
		t.Error("descent is told wrongly")
	}
	if got := findTip(list); got != "h" {
		t.Errorf("tip %q", got)
	}
	if got := cutKnown(slices.Clone(list), "m1"); len(got) != 4 {
		t.Errorf("%d commits since m1", len(got))
	}
}

func TestTiersMerged(t *testing.T) {
	mark, changed := mergeTiers("", map[string]string{"live": "production", "review/x": "development", "?": ""}, false)
	if mark != `{"live":"production"}` || changed {
		t.Errorf("%s %t", mark, changed)
	}
	if m, changed := mergeTiers(mark, map[string]string{"qa": "testing", "live": "production"}, true); m != `{"live":"production","qa":"testing"}` || changed {
		t.Errorf("%s %t", m, changed)
	}
	if _, changed := mergeTiers(mark, map[string]string{"live": "staging"}, true); !changed {
		t.Error("an edited tier is not noticed")
	}
	if _, changed := mergeTiers("not JSON", nil, true); !changed {
		t.Error("a mark that cannot be read is trusted")
	}
}

func TestOptionsRefused(t *testing.T) {
	_, err := New("lab", Options{
		BaseURL: "ftp://x", Projects: []string{"shop"}, Exclude: []string{"["}, TagPattern: "(", Bots: []string{"("},
		Deployments: []string{"workflows", ByPipelines}, Keep: 1, MaxRequests: -1,
	})
	for _, part := range []string{"gitlab lab", "base_url", "projects", "exclude", "tag_pattern", "bots", "workflows", "at least one rule", "keep", "max_requests", "no clock"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not told: %v", part, err)
		}
	}
	if _, err := New("lab", Options{Now: time.Now}); err == nil || !strings.Contains(err.Error(), "nothing to read") {
		t.Errorf("%v", err)
	}
	for base, want := range map[string]string{"": "https://gitlab.com", "https://host/gitlab/": "https://host/gitlab", "https://host/api/v4": "https://host"} {
		t.Run(base, func(t *testing.T) {
			f, err := New("lab", Options{BaseURL: base, Groups: []string{"acme"}, Now: time.Now})
			if err != nil || f.o.BaseURL != want {
				t.Errorf("%q: %v", base, err)
			}
		})
	}
	o := Options{Exclude: []string{"acme/legacy-*", "Acme/Old/**"}}
	for name, want := range map[string]bool{"acme/legacy-1": true, "acme/old/deep/x": true, "acme/legacy": false, "acme/sub/legacy-1": false} {
		t.Run(name, func(t *testing.T) {
			if o.isExcluded(name) != want {
				t.Errorf("%s: excluded %t", name, !want)
			}
		})
	}
}

func TestTokenKinds(t *testing.T) {
	for token, want := range map[string]tokenKind{
		"": noToken, "glpat-x": accessToken, "acme-own-prefix": accessToken, "glcbt-1_x": jobToken, "eyJhbGciOi.x.y": jobToken,
		"gloas-x": oauthToken, strings.Repeat("0f", 32): oauthToken, "gldt-x": deployToken, "glrt-x": runnerToken, "glptt-x": triggerToken,
	} {
		t.Run(token, func(t *testing.T) {
			if got := kindOf(token); got != want {
				t.Errorf("%q is %s, want %s", token, got, want)
			}
		})
	}
}

// What strangers send ends in facts or in an error, and facts have times in UTC.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"merge_requests", "commits", "notes", "deployments", "issues", "state_events", "pipelines"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		var list []json.RawMessage
		if err := json.Unmarshal(b, &list); err != nil {
			f.Fatal(err)
		}
		for _, item := range list {
			f.Add([]byte(item))
		}
	}
	f.Add([]byte(`{"created_at":"","labels":[{"name":null}],"parent_ids":null,"author":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m mergeRequest
		if json.Unmarshal(b, &m) == nil {
			var c commit
			var n note
			q := &request{mergeRequest: m}
			if json.Unmarshal(b, &c) == nil {
				q.commits = []*commit{&c, {SHA: "x", Parents: []string{c.SHA}}, {SHA: "x", Parents: []string{"x"}}}
				findDirect(q.commits, c.SHA, nil)
				cutKnown(slices.Clone(q.commits), c.SHA)
			}
			if json.Unmarshal(b, &n) == nil {
				q.notes = []*note{&n}
			}
			change := q.makeChange(&rules{}, shop, now)
			if change.Merged.Location() != time.UTC || !change.Merged.Before(now) {
				t.Errorf("merged at %v", change.Merged)
			}
		}
		var d deployment
		if json.Unmarshal(b, &d) == nil {
			for _, s := range d.makeDeployment(shop, "", now).Statuses[1:] {
				if !s.At.Before(now) {
					t.Errorf("ended after now: %v", s.At)
				}
			}
		}
		var i issue
		if json.Unmarshal(b, &i) == nil && !i.makeIncident(nil, nil, now).Resolved.Before(now) {
			t.Error("resolved after now")
		}
	})
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{`"2024-05-02T18:30:00.000+05:30"`, `"2012-06-28"`, `"2016-01-01 10:00:00 UTC"`, `""`, `null`, `17`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s stamp
		if json.Unmarshal(b, &s) == nil && s.Location() != time.UTC {
			t.Errorf("%s is in %v", b, s.Location())
		}
	})
}
