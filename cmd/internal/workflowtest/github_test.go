package workflowtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// repositoryOfTests is what jobs run for.
const repositoryOfTests = "acme/platform"

// fakeGitHub is as much of the API as jobs speak to. A token may do what its job's
// permissions say, so a workflow that lacks one fails here as it would there.
type fakeGitHub struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex

	private  bool
	pulls    []fakePull
	issues   []*fakePost
	comments []*fakePost // of pull requests
	tokens   map[string]map[string]string
	// artifacts lists those of a run; pages are the settings of Pages, nil without any.
	artifacts func(run string) []map[string]any
	pages     map[string]any
	next      int
}

type fakePull struct {
	Number int `json:"number"`
	Head   struct {
		SHA   string `json:"sha"`
		Label string `json:"label"` // owner:branch
	} `json:"head"`
}

// fakePost is an issue or a comment.
type fakePost struct {
	ID     int      `json:"id"`
	Number int      `json:"number"` // of the issue, or of the pull request
	Title  string   `json:"title,omitempty"`
	Body   string   `json:"body"`
	State  string   `json:"state,omitempty"`
	Labels []string `json:"-"`
	User   struct {
		Type string `json:"type"`
	} `json:"user"`
}

func newFakeGitHub(t *testing.T) *fakeGitHub {
	f := &fakeGitHub{t: t, tokens: map[string]map[string]string{}, next: 100}
	mux := http.NewServeMux()
	repo := "/repos/" + repositoryOfTests
	mux.HandleFunc("GET "+repo, f.may("", func(http.ResponseWriter, *http.Request) any {
		return map[string]any{"full_name": repositoryOfTests, "private": f.private, "id": 1, "default_branch": "main"}
	}))
	mux.HandleFunc("GET "+repo+"/pulls", f.may("pull-requests", func(_ http.ResponseWriter, r *http.Request) any {
		list := []fakePull{}
		for _, p := range f.pulls {
			if p.Head.Label == r.URL.Query().Get("head") {
				list = append(list, p)
			}
		}
		return list
	}))
	mux.HandleFunc("GET "+repo+"/actions/runs/{run}/artifacts", f.may("actions", func(_ http.ResponseWriter, r *http.Request) any {
		return map[string]any{"artifacts": f.artifacts(r.PathValue("run"))}
	}))
	// No run is listed here: package readback tests which one counts.
	mux.HandleFunc("GET "+repo+"/actions/workflows/{file}", f.may("actions", func(_ http.ResponseWriter, r *http.Request) any {
		return map[string]any{"id": 1, "path": ".github/workflows/" + r.PathValue("file")}
	}))
	mux.HandleFunc("GET "+repo+"/actions/workflows/{id}/runs", f.may("actions", func(http.ResponseWriter, *http.Request) any {
		return map[string]any{"workflow_runs": []any{}}
	}))
	mux.HandleFunc("GET "+repo+"/pages", f.may("pages", func(w http.ResponseWriter, _ *http.Request) any {
		if f.pages == nil {
			http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
			return nil
		}
		return f.pages
	}))
	mux.HandleFunc("GET "+repo+"/issues", f.may("issues", func(http.ResponseWriter, *http.Request) any {
		list := []*fakePost{}
		for _, i := range f.issues {
			if i.State == "open" {
				list = append(list, i)
			}
		}
		return list
	}))
	mux.HandleFunc("POST "+repo+"/issues", f.may("issues", func(w http.ResponseWriter, r *http.Request) any {
		p := f.add(&f.issues, r)
		p.Number, p.State = p.ID, "open"
		return created(w, p)
	}))
	mux.HandleFunc("PATCH "+repo+"/issues/{id}", f.may("issues", func(w http.ResponseWriter, r *http.Request) any {
		return f.edit(w, r, f.issues)
	}))
	mux.HandleFunc("GET "+repo+"/issues/{number}/comments", f.may("pull-requests", func(_ http.ResponseWriter, r *http.Request) any {
		list := []*fakePost{}
		for _, c := range f.comments {
			if strconv.Itoa(c.Number) == r.PathValue("number") {
				list = append(list, c)
			}
		}
		return list
	}))
	mux.HandleFunc("POST "+repo+"/issues/{number}/comments", f.may("pull-requests", func(w http.ResponseWriter, r *http.Request) any {
		p := f.add(&f.comments, r)
		p.Number, _ = strconv.Atoi(r.PathValue("number"))
		return created(w, p)
	}))
	mux.HandleFunc("PATCH "+repo+"/issues/comments/{id}", f.may("pull-requests", func(w http.ResponseWriter, r *http.Request) any {
		return f.edit(w, r, f.comments)
	}))
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

// token is a token with a job's permissions.
func (f *fakeGitHub) token(permissions map[string]string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := strings.ReplaceAll(fmt.Sprintf("ghs_canary%v", permissions), " ", ",")
	f.tokens[name] = permissions
	return name
}

// may answers if the token has a permission: read for GET, write for all else.
func (f *fakeGitHub) may(permission string, answer func(http.ResponseWriter, *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		granted, known := f.tokens[token]
		level := granted[permission]
		switch {
		case !known:
			http.Error(w, `{"message": "Bad credentials"}`, http.StatusUnauthorized)
		case permission != "" && level != "write" && (level != "read" || r.Method != http.MethodGet):
			f.t.Errorf("%s %s with a token that has %v", r.Method, r.URL.Path, granted)
			http.Error(w, `{"message": "Resource not accessible by integration"}`, http.StatusForbidden)
		default:
			if v := answer(w, r); v != nil {
				json.NewEncoder(w).Encode(v) // the other end is a test
			}
		}
	}
}

func (f *fakeGitHub) add(list *[]*fakePost, r *http.Request) *fakePost {
	var p fakePost
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		f.t.Error(err)
	}
	if len(p.Body) > 65_536 {
		f.t.Errorf("a text of %d bytes, which GitHub refuses", len(p.Body))
	}
	f.next++
	p.ID = f.next
	p.User.Type = "Bot"
	*list = append(*list, &p)
	return &p
}

func (f *fakeGitHub) edit(w http.ResponseWriter, r *http.Request, list []*fakePost) any {
	for _, p := range list {
		if strconv.Itoa(p.ID) != r.PathValue("id") {
			continue
		}
		if p.User.Type != "Bot" {
			f.t.Errorf("the text of a person is edited: %+v", p)
		}
		if err := json.NewDecoder(r.Body).Decode(p); err != nil {
			f.t.Error(err)
		}
		return p
	}
	http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
	return nil
}

func created(w http.ResponseWriter, v any) any {
	w.WriteHeader(http.StatusCreated)
	return v
}
