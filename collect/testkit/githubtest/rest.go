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

// attachView gives the request its view of the World.
func (s *Server) attachView(r *http.Request, prefix string) *http.Request {
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

// answer is the answer of a handler. The caller makes pages of lists: item makes one of n
// records.
type answer struct {
	status int
	body   any
	list   string // name of the list in an object with total_count; "": no list
	n      int
	item   func(i int) any
	most   int // records that are shown at all; 0: all
}

func answerJSON(body any) answer    { return answer{status: http.StatusOK, body: body} }
func answerMissing() answer         { return answerError(http.StatusNotFound, "Not Found") }
func answerInvalid(m string) answer { return answerError(http.StatusUnprocessableEntity, m) }

func answerError(status int, message string) answer {
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

func (c *call) queryParam(name string) string { return c.r.URL.Query().Get(name) }

// pathNumber reads a number of the path.
func (c *call) pathNumber(name string) int64 {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *Server) serveREST(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/rate_limit" && !s.spendLimit(w, "core", 1) {
		s.countRequest("over the limit")
		sendError(w, http.StatusForbidden, "API rate limit exceeded for user ID 1.")
		return
	}
	s.byNumber(r)
	_, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.countRequest("unknown " + r.Method + " " + r.URL.Path)
		sendError(w, http.StatusNotFound, "Not Found")
		return
	}
	s.countRequest(pattern)
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

// handleOrg registers a handler for a path outside of repositories.
func (s *Server) handleOrg(pattern string, f func(c *call) answer) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := &call{view: viewOf(r.Context()), r: r}
		c.writeAnswer(w, f(c))
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
			c.writeAnswer(w, answerMissing())
			return
		case slices.Contains(s.options.Blocked, repo.ID):
			c.writeAnswer(w, answer{status: http.StatusUnavailableForLegalReasons, body: object{
				"message": "Repository access blocked", "block": object{"reason": "dmca", "created_at": formatTime(repo.Created)},
			}})
			return
		case moved:
			rest := strings.TrimPrefix(r.URL.Path, "/repos/"+full)
			target := fmt.Sprintf("%s/repositories/%d%s", c.api, repo.ID, rest)
			if r.URL.RawQuery != "" {
				target += "?" + r.URL.RawQuery
			}
			w.Header().Set("Location", target)
			c.writeAnswer(w, answer{status: http.StatusMovedPermanently, body: object{
				"message": "Moved Permanently", "url": target,
				"documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
			}})
			return
		}
		c.repo = repo
		c.writeAnswer(w, f(c))
	})
}

// writeAnswer sends an answer, a list by pages with its Link header.
func (c *call) writeAnswer(w http.ResponseWriter, a answer) {
	if a.list != "" {
		a.body = c.writePage(w, a)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the client may have gone
}

// writePage returns one page of a list, of 30 records or per_page of at most 100, and writes
// its Link header.
func (c *call) writePage(w http.ResponseWriter, a answer) any {
	size, page := 30, 1
	if n, err := strconv.Atoi(c.queryParam("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(c.queryParam("page")); err == nil && n > 0 {
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

// sendError answers with GitHub's form of an error.
func sendError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answerError(status, message).body)
}

// formatTime returns a time as GitHub writes it, null if it is zero.
func formatTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// orNever returns t, or the zero time if it has not come by now.
func (v *view) orNever(t time.Time) time.Time {
	if t.After(v.now) {
		return time.Time{}
	}
	return t
}
