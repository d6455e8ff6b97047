package githubtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// view is the World as one request sees it.
type view struct {
	*testkit.World
	now     time.Time
	api     string // base of REST addresses, without a slash at the end
	cost    cost
	unknown []any // errors about ids of Query.nodes, beside the data
	server  *Server
}

type viewKey struct{}

// attach gives the request its view of the World.
func (s *Server) attach(r *http.Request, prefix string) *http.Request {
	v := &view{World: s.world, now: s.Now(), api: "http://" + r.Host + prefix, server: s}
	return r.WithContext(context.WithValue(r.Context(), viewKey{}, v))
}

func viewOf(ctx context.Context) *view {
	v, _ := ctx.Value(viewKey{}).(*view)
	return v
}

// web is where people look at things.
const web = "https://github.com/"

// object is a JSON object.
type object = map[string]any

// answer is what a handler has to say. Lists are paged by the caller: item makes
// one of n records.
type answer struct {
	status int
	body   any
	list   string // name of the list in an object with total_count; "": no list
	n      int
	item   func(i int) any
	most   int // records that are shown at all; 0: all
}

func found(body any) answer   { return answer{status: http.StatusOK, body: body} }
func missing() answer         { return refused(http.StatusNotFound, "Not Found") }
func invalid(m string) answer { return refused(http.StatusUnprocessableEntity, m) }

func refused(status int, message string) answer {
	return answer{status: status, body: object{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	}}
}

// listOf answers with a list of records by pages.
func listOf[T any](name string, all []T, item func(T) any) answer {
	return answer{status: http.StatusOK, list: name, n: len(all), item: func(i int) any { return item(all[i]) }}
}

// call is one REST request.
type call struct {
	*view
	r    *http.Request
	repo *testkit.Repository
}

func (c *call) param(name string) string { return c.r.URL.Query().Get(name) }

// number reads a number of the path.
func (c *call) number(name string) int64 {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/rate_limit" && !s.spend(w, "core", 1) {
		s.count("over the limit")
		fail(w, http.StatusForbidden, "API rate limit exceeded for user ID 1.")
		return
	}
	s.byNumber(r)
	_, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.count("unknown " + r.Method + " " + r.URL.Path)
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.count(pattern)
	s.mux.ServeHTTP(w, r)
}

// byNumber turns /repositories/ID/… into /repos/OWNER/NAME/….
func (s *Server) byNumber(r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/repositories/")
	if !ok {
		return
	}
	number, rest, _ := strings.Cut(rest, "/")
	id, _ := strconv.ParseInt(number, 10, 64)
	v := viewOf(r.Context())
	if repo := v.Repository(id); repo != nil && repo.Visible(v.now) {
		r.URL.Path = strings.TrimSuffix("/repos/"+repo.Name(v.now)+"/"+rest, "/")
	}
}

// handle registers a handler for what belongs to no repository.
func (s *Server) handle(pattern string, f func(c *call) answer) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := &call{view: viewOf(r.Context()), r: r}
		c.write(w, f(c))
	})
}

// handleRepo registers a handler below /repos/{owner}/{repo}.
func (s *Server) handleRepo(pattern string, f func(c *call) answer) {
	method, path, _ := strings.Cut(pattern, " ")
	s.mux.HandleFunc(method+" /repos/{owner}/{repo}"+path, func(w http.ResponseWriter, r *http.Request) {
		c := &call{view: viewOf(r.Context()), r: r}
		full := r.PathValue("owner") + "/" + r.PathValue("repo")
		repo, moved := c.Find(full, c.now)
		switch {
		case repo == nil:
			c.write(w, missing())
			return
		case slices.Contains(s.options.Blocked, repo.ID):
			c.write(w, answer{status: http.StatusUnavailableForLegalReasons, body: object{
				"message": "Repository access blocked", "block": object{"reason": "dmca", "created_at": stamp(repo.Created)},
			}})
			return
		case moved:
			rest := strings.TrimPrefix(r.URL.Path, "/repos/"+full)
			target := fmt.Sprintf("%s/repositories/%d%s", c.api, repo.ID, rest)
			if r.URL.RawQuery != "" {
				target += "?" + r.URL.RawQuery
			}
			w.Header().Set("Location", target)
			c.write(w, answer{status: http.StatusMovedPermanently, body: object{
				"message": "Moved Permanently", "url": target, "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
			}})
			return
		}
		c.repo = repo
		c.write(w, f(c))
	})
}

// write sends an answer, a list by pages with its Link header.
func (c *call) write(w http.ResponseWriter, a answer) {
	if a.list != "" {
		a.body = c.page(w, a)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the client has gone: nothing to tell it
}

// page is one page of a list: 30 records or per_page of at most 100.
func (c *call) page(w http.ResponseWriter, a answer) any {
	size, page := 30, 1
	if n, err := strconv.Atoi(c.param("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(c.param("page")); err == nil && n > 0 {
		page = n
	}
	shown := a.n
	if a.most > 0 {
		shown = min(shown, a.most)
	}
	last := max(1, (shown+size-1)/size)
	items := []any{}
	for i := min((page-1)*size, shown); i < min(page*size, shown); i++ {
		items = append(items, a.item(i))
	}
	var links []string
	link := func(rel string, n int) {
		q := c.r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		u := url.URL{Path: c.r.URL.Path, RawQuery: q.Encode()}
		links = append(links, fmt.Sprintf(`<%s%s>; rel=%q`, c.api, u.String(), rel))
	}
	if page > 1 {
		link("prev", min(page-1, last))
	}
	if page < last {
		link("next", page+1)
		link("last", last)
	}
	if page > 1 {
		link("first", 1)
	}
	if len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
	return object{"total_count": a.n, a.list: items}
}

// fail answers with GitHub's form of an error.
func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(refused(status, message).body)
}

// stamp is a time as GitHub writes it, null if there is none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// before is t, or the zero time if it had not come by now.
func (v *view) before(t time.Time) time.Time {
	if t.After(v.now) {
		return time.Time{}
	}
	return t
}
