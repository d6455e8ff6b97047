package github

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func at(hours int) time.Time { return time.Date(2026, 1, 1, hours, 0, 0, 0, time.UTC) }

func TestStatuses(t *testing.T) {
	s := func(state fact.State, hours int) fact.Status { return fact.Status{State: state, At: at(hours)} }
	tests := []struct {
		name     string
		in, want []fact.Status
		open     bool
	}{
		{"newest first, written over", []fact.Status{s(fact.Inactive, 5), s(fact.Success, 2), s(fact.Pending, 1)}, []fact.Status{s(fact.Pending, 1), s(fact.Success, 2)}, false},
		{"five successes", []fact.Status{s(fact.Success, 3), s(fact.Success, 4), s(fact.Success, 2), s(fact.Success, 5), s(fact.Success, 6)}, []fact.Status{s(fact.Success, 2)}, false},
		{"failed, then succeeded", []fact.Status{s(fact.Failure, 1), s(fact.Success, 2)}, []fact.Status{s(fact.Failure, 1), s(fact.Success, 2)}, false},
		{"failed long ago", []fact.Status{s(fact.Failure, 1)}, []fact.Status{s(fact.Failure, 1)}, false},
		{"pending long ago", []fact.Status{s(fact.Pending, 1)}, []fact.Status{s(fact.Pending, 1)}, true},
		{"none", nil, nil, true},
	}
	for _, test := range tests {
		d := fact.Deployment{Created: at(0), Statuses: cutStatuses(test.in)}
		if diff := cmp.Diff(test.want, d.Statuses); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if got := isUnfinished(&d, at(0).Add(8*24*time.Hour)); got != test.open {
			t.Errorf("%s: unfinished is %v", test.name, got)
		}
	}
	recent := fact.Deployment{Created: at(0), Statuses: []fact.Status{s(fact.Failure, 1)}}
	if !isUnfinished(&recent, at(20)) {
		t.Error("a deployment that failed today is not looked at again")
	}
}

func TestNames(t *testing.T) {
	accounts := []struct {
		in   string
		want string
	}{
		{`null`, "ghost"},
		{`{}`, "ghost"},
		{`{"login":"ana","__typename":"User"}`, "ana"},
		{`{"login":"dependabot","__typename":"Bot"}`, "dependabot[bot]"},
		{`{"login":"dependabot[bot]","type":"Bot"}`, "dependabot[bot]"},
	}
	for _, test := range accounts {
		var a *actor
		if err := json.Unmarshal([]byte(test.in), &a); err != nil {
			t.Fatal(err)
		}
		if got := a.name(); got != test.want {
			t.Errorf("%s is %q, want %q", test.in, got, test.want)
		}
	}
	authors := []struct {
		user              *actor
		name, mail, wants string
	}{
		{&actor{Login: "ana"}, "Ana", "ana@x.example", "ana"},
		{nil, "dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]"},
		{nil, "Ana", "123+Ana-L@users.noreply.github.com", "ana-l"},
		{nil, "Ana", " Ana@X.example ", "ana@x.example"},
		{nil, " Ana ", "", "Ana"},
	}
	for _, test := range authors {
		if got := authorName(test.user, test.name, test.mail); got != test.wants {
			t.Errorf("%v %q %q is %q, want %q", test.user, test.name, test.mail, got, test.wants)
		}
	}
}

// TestAncestry holds the walk to git's "head, not mark", listed by commit date: a
// branch merged today is older than yesterday's head.
func TestAncestry(t *testing.T) {
	//  f1-f2 --------.
	// a - b - mark - c - merge
	history := [][]string{{"merge", "c", "f2"}, {"c", "mark"}, {"mark", "b"}, {"f2", "f1"}, {"b", "a"}, {"f1", "a"}, {"a", "root"}, {"root"}}
	a := newAncestry("merge", "mark")
	var fresh []string
	for _, c := range history {
		if a.complete() {
			break
		}
		if a.addCommit(c[0], c[1:]) {
			fresh = append(fresh, c[0])
		}
	}
	if got := strings.Join(fresh, " "); got != "merge c f2 f1" || !a.met || !a.complete() {
		t.Errorf("new are %q, met %v, complete %v", got, a.met, a.complete())
	}
	if same := newAncestry("mark", "mark"); !same.complete() {
		t.Error("a head that did not move leaves something to read")
	}
	gone := newAncestry("x", "mark")
	gone.addCommit("x", []string{"y"})
	gone.addCommit("y", nil)
	if gone.met {
		t.Error("a mark that was pushed away was met")
	}
}

func TestList(t *testing.T) {
	type node struct {
		ID string
		At time.Time
	}
	page := func(more bool, total int, nodes ...*node) *connection[node] {
		return &connection[node]{TotalCount: total, PageInfo: pageInfo{HasNextPage: more, EndCursor: nodes[len(nodes)-1].ID}, Nodes: nodes}
	}
	n := func(id string, hours int) *node { return &node{id, at(hours)} }
	tests := []struct {
		name  string
		pages []*connection[node]
		wrong string // "": none
	}{
		{"whole", []*connection[node]{page(true, 3, n("c", 3), n("b", 2)), page(false, 3, n("a", 1))}, ""},
		{"grown meanwhile", []*connection[node]{page(true, 3, n("c", 3), n("b", 2)), page(false, 4, n("a", 1))}, ""},
		{"null", []*connection[node]{nil}, "null"},
		{"null nodes", []*connection[node]{{}}, "null"},
		{"null node", []*connection[node]{{Nodes: []*node{nil}, TotalCount: 1}}, "null"},
		{"short", []*connection[node]{page(true, 3, n("c", 3))}, "only 1 of 2"},
		{"lost next", []*connection[node]{page(false, 3, n("c", 3), n("b", 2))}, "ends after 2 of 3"},
		{"leads back", []*connection[node]{page(true, 4, n("c", 3), n("b", 3)), page(true, 4, n("c", 3), n("b", 3))}, "no way"},
		{"repeated", []*connection[node]{page(true, 3, n("c", 3), n("b", 3)), page(false, 3, n("b", 3))}, "second time"},
		{"out of order", []*connection[node]{page(true, 4, n("c", 3), n("b", 4))}, "order"},
		{"too many", []*connection[node]{page(false, 3, n("c", 3), n("b", 2), n("a", 1))}, "3 nodes where 2"},
		{"stops before its end", []*connection[node]{page(true, 9, n("c", 3), n("old", 0))}, ""},
	}
	for _, test := range tests {
		l := list[node]{
			title: "nodes", size: 2, id: func(n *node) string { return n.ID }, order: func(n *node) time.Time { return n.At },
			stop: func(n *node) bool { return n.At.Before(at(1)) },
		}
		var err error
		for _, p := range test.pages {
			if _, _, err = l.addPage(p); err != nil {
				break
			}
		}
		if test.wrong == "" && err != nil || test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.wrong)
		}
	}
}

func TestChangedImages(t *testing.T) {
	tests := []struct {
		name, patch string
		want        []image
	}{
		{"manifest", "@@ -1,3 +1,3 @@\n spec:\n-  image: reg.example.com:5000/web:old\n+  image: \"reg.example.com:5000/web:sha-abc1234\"", []image{{"reg.example.com:5000/web", "sha-abc1234"}}},
		{"kustomize", "@@ -1,3 +1,3 @@\n images:\n - name: reg/web\n-  newTag: a1\n+  newTag: b2", []image{{"reg/web", "b2"}}},
		{"helm, name after", "@@ -1,3 +1,3 @@\n image:\n-  tag: a1\n+  tag: 'b2'\n   repository: reg/web", []image{{"reg/web", "b2"}}},
		{"only moved", "@@ -1,3 +1,3 @@\n-image: web:1\n foo: bar\n+image: web:1", nil},
		{"digest only", "@@ -1 +1 @@\n+image: web@sha256:0000", nil},
		{"tag and digest", "@@ -1 +1 @@\n+- image: web:1@sha256:0000", []image{{"web", "1"}}},
		{"two hunks", "@@ -1 +1 @@\n name: a\n@@ -9 +9 @@\n+newTag: 3", nil},
		{"no patch", "", nil},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, changedImages(test.patch), cmp.AllowUnexported(image{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestReference(t *testing.T) {
	sha := strings.Repeat("0a", 20)
	tests := []struct {
		pattern, tag, want string
		exact              bool
	}{
		{"", "sha-abc1234", "abc1234", false},
		{"", "main-42-abc1234", "abc1234", false},
		{"", sha, sha, true},
		{"", "v1.2.3", "v1.2.3", false},
		{`^build-(?P<n>\d+)-(?P<commit>\w+)$`, "build-7-abc", "abc", false},
		{`^release-(.+)$`, "release-v2", "v2", false},
	}
	for _, test := range tests {
		g, err := (&GitOpsRule{Repository: "acme/config", Images: map[string]string{"a": "b"}, TagPattern: test.pattern}).compileRule()
		if err != nil {
			t.Fatal(err)
		}
		if got, exact := g.findReference(test.tag); got != test.want || exact != test.exact {
			t.Errorf("%q: %q %v, want %q %v", test.tag, got, exact, test.want, test.exact)
		}
	}
}

func TestOptions(t *testing.T) {
	good := Options{Organisations: []string{"acme"}}
	tests := []struct {
		name string
		edit func(*Options)
		want string
	}{
		{"nothing to read", func(o *Options) { o.Organisations = nil }, "nothing to read"},
		{"repository", func(o *Options) { o.Repositories = []string{"web"} }, "owner/name"},
		{"exclude", func(o *Options) { o.Exclude = []string{"[a"} }, "exclude"},
		{"address", func(o *Options) { o.BaseURL = "ghe.example.com" }, "base_url"},
		{"address with a user", func(o *Options) { o.BaseURL = "https://me:pass@ghe.example.com" }, "base_url"},
		{"way", func(o *Options) { o.Deployments = []string{"pushes"} }, "pushes"},
		{"workflows without rules", func(o *Options) { o.Deployments = []string{ByWorkflows} }, "at least one rule"},
		{"workflow without a file", func(o *Options) { o.Workflows = []WorkflowRule{{}} }, "file"},
		{"tag pattern", func(o *Options) { o.TagPattern = "(" }, "tag_pattern"},
		{"keep", func(o *Options) { o.Keep = 1 }, "keep"},
		{"requests", func(o *Options) { o.MaxRequests = -1 }, "max_requests"},
		{"gitops", func(o *Options) { o.GitOps = []GitOpsRule{{Repository: "acme/config"}} }, "no images"},
	}
	for _, test := range tests {
		o := good
		test.edit(&o)
		if _, err := o.compileRules(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if _, err := o.compileRules(); err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("%s: a password is told: %v", test.name, err)
		}
	}
	if _, err := good.compileRules(); err != nil {
		t.Error(err)
	}
}

func TestAnswerErrors(t *testing.T) {
	tests := []struct {
		in                           string
		exceeded, missing, forbidden bool
	}{
		{`{"type":"NOT_FOUND","path":["r0"]}`, false, true, false},
		{`{"type":"FORBIDDEN","path":["r0","p1"]}`, false, false, true},
		{`{"type":"MAX_NODE_LIMIT_EXCEEDED"}`, true, false, false},
		{`{"message":"Something went wrong while executing your query."}`, true, false, false},
		{`{"message":"field does not exist","path":null}`, false, false, false},
	}
	for _, test := range tests {
		var e queryError
		if err := json.Unmarshal([]byte(test.in), &e); err != nil {
			t.Fatal(err)
		}
		if e.isExceeded() != test.exceeded || e.isMissing() != test.missing || e.isForbidden() != test.forbidden {
			t.Errorf("%s: exceeded %v, missing %v, forbidden %v", test.in, e.isExceeded(), e.isMissing(), e.isForbidden())
		}
	}
	a := answer{errors: []queryError{{Path: []any{"r0", "p1"}}, {Path: []any{"r1"}}, {}}}
	if n := len(a.errorsOf("r0")); n != 2 {
		t.Errorf("%d errors concern r0, want its own and the one of the whole", n)
	}
}

// FuzzAnswers feeds any JSON to what reads answers: an error or facts, never a panic.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `[]`, `{"nodes":null}`, `{"nodes":[null]}`, `{"totalCount":1,"nodes":[{}]}`,
		`{"history":{"nodes":[{"oid":"a","author":null,"parents":null,"associatedPullRequests":{"nodes":[null]}}]}}`,
		`{"nodes":[{"number":1,"author":null,"mergeCommit":null,"labels":null,"commits":{"nodes":[null]},"reviews":{"nodes":[{"author":null}]},"timelineItems":{"nodes":[null,{}]}}]}`,
		`{"nodes":[{"databaseId":1,"ref":null,"creator":null,"payload":{"a":1},"statuses":null}]}`,
		`{"nodes":[{"name":"v1","target":{"__typename":"Tag","tagger":null,"target":null}}]}`,
		`{"number":1,"commits":null,"reviews":null}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		r := newSyncer(&Forge{name: "hub", o: Options{Deployments: []string{ByEnvironments, ByReleases, ByTags}}}, nil, nil, collectOptions())
		t := fuzzTarget(r)
		raw := json.RawMessage(text)
		for _, p := range []listReader{
			newDeploymentReader(t, at(0), at(9), 5, nil), newRequestReader(t, at(0), 5), newHistoryReader(t, at(0), 5, "mark", at(1)),
			newIssueReader(t, "incident", at(0)), newReleaseReader(t, 5), newTagReader(t, 5), newWholeReader(t, &qRequest{Number: 1}),
		} {
			_, _, _ = p.takePage(raw)
		}
		var c qCommit
		if json.Unmarshal(raw, &c) == nil {
			c.keepCommit(1)
		}
		var p probed
		if json.Unmarshal(raw, &p) == nil {
			t.noteProbe(&p)
		}
		changedImages(text)
		markOf(text)
	})
}
