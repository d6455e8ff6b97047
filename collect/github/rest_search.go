package github

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// moved says which repositories have requests or issues that were updated since a
// time. all says that it could not be found out, so that any may have.
type moved struct {
	all   bool
	repos map[string]bool // by name in lower case
}

func (m *moved) has(name string) bool { return m.all || m.repos[strings.ToLower(name)] }

// errSearch says that a search does not show everything.
var errSearch = errors.New("the search is incomplete")

// mostFound is how many results GitHub shows of a search.
const mostFound = 1000

// search asks for what was updated in the organisations since a time. A search that
// GitHub cut short is no answer: then each repository is asked.
func (r *run) search(ctx context.Context, what string, since time.Time) (*moved, error) {
	m := &moved{repos: map[string]bool{}}
	for _, org := range r.f.o.Organisations {
		query := fmt.Sprintf("org:%s %s updated:>=%s", org, what, since.UTC().Format("2006-01-02T15:04:05Z"))
		found, err := r.searchOne(ctx, query)
		if err != nil {
			if fatal(ctx, err) {
				return nil, err
			}
			r.note("the search for %s did not answer in full (%s), so every repository was asked", what, oneLine(err.Error()))
			m.all = true
			return m, nil
		}
		for _, i := range found {
			if _, name, ok := strings.Cut(i.RepositoryURL, "/repos/"); ok {
				m.repos[strings.ToLower(name)] = true
			}
		}
	}
	return m, nil
}

func (r *run) searchOne(ctx context.Context, query string) ([]*rIssue, error) {
	incomplete := false
	found, err := fetch(ctx, r.client, restList[*rIssue]{
		name: "search", path: "search/issues", wrapped: "items",
		query: url.Values{"q": {query}, "sort": {"updated"}, "order": {"desc"}},
		key:   func(i *rIssue) string { return i.HTMLURL },
		refuse: func(total int) error {
			if total > mostFound {
				return errSearch
			}
			return nil
		},
		incomplete: &incomplete,
	})
	if err == nil && incomplete {
		err = errSearch
	}
	return found, err
}

// single says whether a repository is read by its own name, so that no search of an
// organisation shows it.
func (r *run) single(name string) bool {
	owner, _, _ := strings.Cut(name, "/")
	return !slices.ContainsFunc(r.f.o.Organisations, func(o string) bool { return strings.EqualFold(o, owner) })
}
