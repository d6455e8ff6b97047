package testkit

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// pageFaults break lists, and the answers of GraphQL. A client that loops over
// pages and trusts them sees none of the first four. They happen only where a
// second signal tells the truth: a next link, a total, or a page that is not full.
func pageFaults() []Fault {
	return []Fault{
		{Name: "empty list instead of the page", fits: hasNext, spoil: edited(func(list []any) []any { return []any{} })},
		{Name: "short page", fits: hasNext, spoil: edited(func(list []any) []any { return list[:len(list)-1] })},
		{Name: "repeated page", fits: isLater, spoil: func(w http.ResponseWriter, x *exchange) { x.send(w, x.last) }},
		{Name: "lost next link", fits: hasNext, spoil: lostNext},
		{Name: "GraphQL partial errors", GitHubOnly: true, fits: hasData, spoil: partial},
		{
			Name: "GraphQL RATE_LIMITED", GitHubOnly: true, Heals: true, fits: (*exchange).graphQL,
			spoil: status(200, "application/json",
				`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`, "Retry-After", "1", "X-RateLimit-Remaining", "0"),
		},
		{
			Name: "GraphQL timeout", GitHubOnly: true, Heals: true, fits: (*exchange).graphQL,
			spoil: status(502, "application/json",
				`{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."}]}`),
		},
		{Name: "GraphQL null data", GitHubOnly: true, fits: (*exchange).graphQL, spoil: replaced(`{"data":null}`)},
	}
}

var (
	nextLink = regexp.MustCompile(`<[^>]*>;\s*rel="next",?\s*`)
	// cursors are what differs between the pages of one list in GraphQL.
	cursors = regexp.MustCompile(`,?\s*\\?"?after\\?"?\s*:\s*(?:\\?"[A-Za-z0-9+/=]{12,}\\?"|null)`)
	// after says that a query asks for a later page.
	after = regexp.MustCompile(`after\\?"?\s*:\s*\\?"[A-Za-z0-9+/=]{12,}`)
)

// hasNext fits pages that are not the last of their list.
func hasNext(x *exchange) bool {
	if x.graphQL() {
		_, ok := x.connection()
		return ok
	}
	return x.res.Code == http.StatusOK && nextLink.MatchString(x.res.Header().Get("Link")) &&
		bytes.HasPrefix(bytes.TrimSpace(x.res.Body.Bytes()), []byte("["))
}

// isLater fits second and later pages of which the one before is known.
func isLater(x *exchange) bool {
	if x.last == nil || bytes.Equal(x.last, x.res.Body.Bytes()) {
		return false
	}
	if x.graphQL() {
		return after.Match(x.body)
	}
	q := x.r.URL.Query()
	return q.Get("page") != "" && q.Get("page") != "1" || q.Get("id_after") != "" || q.Get("cursor") != ""
}

// hasData fits answers of GraphQL that have something.
func hasData(x *exchange) bool {
	data, _ := x.decode()["data"].(map[string]any)
	return x.graphQL() && len(data) > 0
}

// decode reads an answer that is an object.
func (x *exchange) decode() map[string]any {
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(x.res.Body.Bytes()))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// connection is the first connection of an answer of GraphQL that has a next page,
// within the whole answer, so that it can be edited.
func (x *exchange) connection() (whole map[string]any, ok bool) {
	whole = x.decode()
	return whole, next(whole["data"]) != nil
}

func next(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		info, _ := v["pageInfo"].(map[string]any)
		list, _ := v[listOf(v)].([]any)
		if info["hasNextPage"] == true && len(list) > 0 {
			return v
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if found := next(v[name]); found != nil {
				return found
			}
		}
	case []any:
		for _, e := range v {
			if found := next(e); found != nil {
				return found
			}
		}
	}
	return nil
}

// listOf is the field that holds the records of a connection.
func listOf(connection map[string]any) string {
	if _, ok := connection["edges"]; ok {
		return "edges"
	}
	return "nodes"
}

// edited changes the records of a page.
func edited(edit func([]any) []any) func(http.ResponseWriter, *exchange) {
	return func(w http.ResponseWriter, x *exchange) {
		if x.graphQL() {
			whole, _ := x.connection()
			c := next(whole["data"])
			list, _ := c[listOf(c)].([]any)
			c[listOf(c)] = edit(list)
			x.sendJSON(w, whole)
			return
		}
		var list []any
		d := json.NewDecoder(bytes.NewReader(x.res.Body.Bytes()))
		d.UseNumber()
		if d.Decode(&list) != nil || len(list) == 0 {
			x.send(w, x.res.Body.Bytes())
			return
		}
		x.sendJSON(w, edit(list))
	}
}

func (x *exchange) sendJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	x.send(w, body)
}

// lostNext says that a page is the last. What else tells of the rest stays: the
// last link, a total, and the page being full.
func lostNext(w http.ResponseWriter, x *exchange) {
	if x.graphQL() {
		whole, _ := x.connection()
		if info, ok := next(whole["data"])["pageInfo"].(map[string]any); ok {
			info["hasNextPage"] = false
		}
		x.sendJSON(w, whole)
		return
	}
	h := x.res.Header()
	h.Set("Link", strings.TrimSuffix(strings.TrimSpace(nextLink.ReplaceAllString(h.Get("Link"), "")), ","))
	if h.Get("X-Next-Page") != "" {
		h.Set("X-Next-Page", "")
	}
	x.send(w, x.res.Body.Bytes())
}

// partial takes the first field of the data away and says so in an error.
func partial(w http.ResponseWriter, x *exchange) {
	whole := x.decode()
	data, _ := whole["data"].(map[string]any)
	name := slices.Sorted(maps.Keys(data))[0]
	data[name] = nil
	errs, _ := whole["errors"].([]any)
	whole["errors"] = append(errs, map[string]any{
		"type": "SERVICE_UNAVAILABLE", "path": []any{name}, "message": "Something went wrong while executing your query.",
	})
	x.sendJSON(w, whole)
}
