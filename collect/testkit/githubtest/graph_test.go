package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// reply is an answer of GraphQL.
type reply struct {
	status int
	Data   map[string]any
	Errors []struct {
		Type    string
		Message string
		Path    []any
	}
}

func ask(t *testing.T, s *Server, query string, variables map[string]any) reply {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	address := s.URL + "/graphql"
	if s.options.Enterprise {
		address = s.URL + "/api/graphql"
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer "+Token)
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode}
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// at walks into data by keys and indexes.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for i, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no object at %v in %v", path[:i], v)
			}
			v = m[step]
		case int:
			l, ok := v.([]any)
			if !ok || step >= len(l) {
				t.Fatalf("no list of %d at %v in %v", step+1, path[:i], v)
			}
			v = l[step]
		}
	}
	return v
}

func TestGraphQLRepository(t *testing.T) {
	for _, o := range []Options{{}, {Enterprise: true}} {
		s, _ := serve(t, o)
		r := ask(t, s, `query($first: Int = 2, $after: String) {
			rateLimit { cost nodeCount remaining }
			old: repository(owner: "acme", name: "storefront") { databaseId nameWithOwner isArchived pushedAt }
			repository(owner: "acme", name: "checkout") {
				defaultBranchRef { name target { oid ... on Commit { history(first: 100, since: "2025-03-01T00:00:00Z") { totalCount nodes {
					oid committedDate message author { email user { login } } parents(first: 2) { nodes { oid } } associatedPullRequests(first: 1) { nodes { number } } } } } } }
				pullRequests(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) { totalCount pageInfo { hasNextPage endCursor } nodes {
					...request } }
				deployments(first: 5, environments: ["production"], orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { databaseId state payload statuses(first: 10) { totalCount nodes { state createdAt } } } }
				issues(first: 10, filterBy: {labels: ["incident"], since: "2025-03-01T00:00:00Z"}) { nodes { number timelineItems(first: 10, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) { nodes { __typename ... on ReopenedEvent { createdAt } } } } }
				object(expression: "HEAD:.github/workflows") { ... on Tree { entries { name oid object { ... on Blob { text } } } } }
			} }
			fragment request on PullRequest { number author { __typename login } mergedAt reviews(first: 10) { nodes { author { login __typename } state submittedAt } } commits(last: 1) { totalCount nodes { commit { oid } } } }`,
			nil)
		if len(r.Errors) > 0 {
			t.Fatal(r.Errors)
		}
		if got := at(t, r.Data, "old", "databaseId"); got != 2.0 {
			t.Errorf("storefront is %v", got)
		}
		pulls := at(t, r.Data, "repository", "pullRequests")
		if at(t, pulls, "totalCount") != 12.0 || len(at(t, pulls, "nodes").([]any)) != 2 || at(t, pulls, "pageInfo", "hasNextPage") != true {
			t.Errorf("pull requests: %v", pulls)
		}
		r = ask(t, s, `query($after: String!) { repository(owner: "acme", name: "checkout") { pullRequests(first: 100, after: $after) { nodes { number title author { __typename login } } } } }`,
			map[string]any{"after": at(t, pulls, "pageInfo", "endCursor")})
		rest := at(t, r.Data, "repository", "pullRequests", "nodes").([]any)
		if len(rest) != 10 {
			t.Errorf("after the second come %d", len(rest))
		}
		for _, q := range rest {
			author := at(t, q, "author")
			switch at(t, q, "title") {
			case "Translate receipts":
				if author != nil {
					t.Errorf("author of a deleted account: %v", author)
				}
			case "Bump express from 4 to 5":
				if at(t, author, "__typename") != "Bot" || at(t, author, "login") != "dependabot" {
					t.Errorf("author of a bot: %v", author)
				}
			}
		}
	}
}

func TestGraphQLNodes(t *testing.T) {
	s, _ := serve(t, Options{})
	r := ask(t, s, `{ organization(login: "acme") { teams(first: 10) { nodes { slug members(first: 10) { nodes { login } } repositories(first: 10) { edges { permission node { nameWithOwner } } } } }
		repositories(first: 100, orderBy: {field: NAME, direction: ASC}) { totalCount nodes { nameWithOwner deployments(first: 1) { nodes { id } } } } } }`, nil)
	if len(r.Errors) > 0 {
		t.Fatal(r.Errors)
	}
	if got := at(t, r.Data, "organization", "teams", "nodes", 0, "members", "nodes", 0, "login"); got != "ana" {
		t.Errorf("first member %v", got)
	}
	id := at(t, r.Data, "organization", "repositories", "nodes", 0, "deployments", "nodes", 0, "id")
	r = ask(t, s, `query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Deployment { commitOid updatedAt latestStatus { state } repository { nameWithOwner } } } }`,
		map[string]any{"ids": []any{id, "DE_bm9uZQ"}})
	if at(t, r.Data, "nodes", 0, "repository", "nameWithOwner") != "acme/checkout" || at(t, r.Data, "nodes", 1) != nil {
		t.Errorf("nodes: %v", r.Data)
	}
	if len(r.Errors) != 1 || r.Errors[0].Type != "NOT_FOUND" || fmt.Sprint(r.Errors[0].Path) != "[nodes 1]" {
		t.Errorf("errors: %v", r.Errors)
	}
}

func TestGraphQLRefusals(t *testing.T) {
	hundred := `[` + strings.Repeat(`"x",`, 101) + `]`
	for _, tt := range []struct{ query, kind string }{
		{`{ organization(login: "acme") { repositories { totalCount } } }`, "MISSING_PAGINATION_BOUNDARIES"},
		{`{ organization(login: "acme") { repositories(first: 101) { totalCount } } }`, "EXCESSIVE_PAGINATION"},
		{`{ organization(login: "acme") { repositories(first: 100) { nodes { pullRequests(first: 100) { nodes { commits(first: 60) { totalCount } } } } } } }`, "MAX_NODE_LIMIT_EXCEEDED"},
		{`{ nodes(ids: ` + hundred + `) { id } }`, "ARGUMENT_LIMIT"},
		{`{ repository(owner: "acme", name: "nothing") { id } }`, "NOT_FOUND"},
		{`{ organization(login: "nobody") { id } }`, "NOT_FOUND"},
		{`{ repository(owner: "acme", name: "checkout") { deployments(first: 1, after: "x") { totalCount } } }`, "INVALID_CURSOR_ARGUMENTS"},
		{`{ repository(owner: "acme", name: "checkout") { stars } }`, ""},
	} {
		s, _ := serve(t, Options{})
		r := ask(t, s, tt.query, nil)
		if r.status != http.StatusOK || len(r.Errors) != 1 || r.Errors[0].Type != tt.kind {
			t.Errorf("%s: %d %v, want %s", tt.query, r.status, r.Errors, tt.kind)
		}
	}
}

func TestGraphQLLimits(t *testing.T) {
	// The example of GitHub's documentation: 51 points.
	const example = `{ organization(login: "acme") { repositories(first: 100) { nodes { issues(first: 50) { nodes { labels(first: 60) { nodes { name } } } } } } } }`
	s, _ := serve(t, Options{Points: 60})
	if r := ask(t, s, example, nil); len(r.Errors) > 0 {
		t.Fatal(r.Errors)
	}
	if s.Points() != 51 {
		t.Errorf("%d points, want 51", s.Points())
	}
	r := ask(t, s, example, nil)
	if r.status != http.StatusOK || len(r.Errors) != 1 || r.Errors[0].Type != "RATE_LIMITED" || r.Data != nil {
		t.Errorf("over the limit: %+v", r)
	}
	s, _ = serve(t, Options{Heavy: 100_000})
	if r := ask(t, s, example, nil); r.status != http.StatusBadGateway {
		t.Errorf("too heavy: %d", r.status)
	}
	if r := ask(t, s, strings.Replace(example, "100", "10", 1), nil); r.status != http.StatusOK {
		t.Errorf("a tenth of it: %d", r.status)
	}
	if kinds := s.Requests(); kinds["graphql"] != 2 || !slices.Equal([]int{s.Total()}, []int{2}) {
		t.Errorf("counted %v", kinds)
	}
}

func FuzzMeasure(f *testing.F) {
	f.Add(`query($n: Int = 5) { a: organization(login: "x") { repositories(first: $n) { nodes { ...f } } } } fragment f on Repository { ...f }`)
	f.Add(`{ nodes(ids: ["a", "b"]) { ... on Repository { issues(last: -1) { totalCount } } } }`)
	f.Add(`{{{{ ... @x(a: [{b: "c"}]) } # comment`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := measure(parsed().AST(), text, nil)
		if err == nil && (c.points < 1 || c.nodes < 0) {
			t.Errorf("%+v", c)
		}
	})
}
