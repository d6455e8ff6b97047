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

// pageFaults returns faults that break lists, and the answers of GraphQL. A client that loops
// over pages and trusts them sees none of the first four. They happen only where a second
// signal is right: a next link, a total, or a page that is not full.
func pageFaults() []Fault {
	return []Fault{
		{
			Name: "empty list instead of the page", fits: hasNext,
			spoil: editRecords(func(list []any) []any { return []any{} }),
		},
		{Name: "short page", fits: hasNext, spoil: editRecords(func(list []any) []any { return list[:len(list)-1] })},
		{Name: "repeated page", fits: isLater, spoil: func(w http.ResponseWriter, x *exchange) { x.sendBody(w, x.last) }},
		{Name: "lost next link", fits: hasNext, spoil: loseNext},
		{Name: "GraphQL partial errors", GitHubOnly: true, fits: hasData, spoil: sendPartial},
		{
			Name: "GraphQL RATE_LIMITED", GitHubOnly: true, Heals: true, fits: (*exchange).isGraphQL,
			spoil: answerStatus(200, "application/json",
				`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`,
				"Retry-After", "1", "X-RateLimit-Remaining", "0"),
		},
		{
			Name: "GraphQL timeout", GitHubOnly: true, Heals: true, fits: (*exchange).isGraphQL,
			spoil: answerStatus(502, "application/json",
				`{"data":null,"errors":[{"message":"Something went wrong while executing your query. `+
					`This may be the result of a timeout, or it could be a GitHub bug."}]}`),
		},
		{Name: "GraphQL null data", GitHubOnly: true, fits: (*exchange).isGraphQL, spoil: replaceBody(`{"data":null}`)},
	}
}

var (
	nextLink = regexp.MustCompile(`<[^>]*>;\s*rel="next",?\s*`)
	// cursors matches the only difference between the queries of one list's pages in GraphQL.
	cursors = regexp.MustCompile(`,?\s*\\?"?after\\?"?\s*:\s*(?:\\?"[A-Za-z0-9+/=]{12,}\\?"|null)`)
	// after matches a query for a later page.
	after = regexp.MustCompile(`after\\?"?\s*:\s*\\?"[A-Za-z0-9+/=]{12,}`)
)

// hasNext fits pages that are not the last of their list.
func hasNext(x *exchange) bool {
	if x.isGraphQL() {
		_, ok := x.findConnection()
		return ok
	}
	return x.res.Code == http.StatusOK && nextLink.MatchString(x.res.Header().Get("Link")) &&
		bytes.HasPrefix(bytes.TrimSpace(x.res.Body.Bytes()), []byte("["))
}

// isLater fits second and later pages, if the page before was seen.
func isLater(x *exchange) bool {
	if x.last == nil || bytes.Equal(x.last, x.res.Body.Bytes()) {
		return false
	}
	if x.isGraphQL() {
		return after.Match(x.body)
	}
	q := x.r.URL.Query()
	return q.Get("page") != "" && q.Get("page") != "1" || q.Get("id_after") != "" || q.Get("cursor") != ""
}

// hasData fits answers of GraphQL that have something.
func hasData(x *exchange) bool {
	data, _ := x.decodeObject()["data"].(map[string]any)
	return x.isGraphQL() && len(data) > 0
}

// decodeObject reads an answer that is an object.
func (x *exchange) decodeObject() map[string]any {
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(x.res.Body.Bytes()))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// findConnection returns the whole answer of GraphQL, for editing; ok means that it has a
// connection with a next page.
func (x *exchange) findConnection() (whole map[string]any, ok bool) {
	whole = x.decodeObject()
	return whole, findUnfinished(whole["data"]) != nil
}

func findUnfinished(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		info, _ := v["pageInfo"].(map[string]any)
		list, _ := v[recordsField(v)].([]any)
		if info["hasNextPage"] == true && len(list) > 0 {
			return v
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if found := findUnfinished(v[name]); found != nil {
				return found
			}
		}
	case []any:
		for _, e := range v {
			if found := findUnfinished(e); found != nil {
				return found
			}
		}
	}
	return nil
}

// recordsField returns the name of the field with the records of a connection.
func recordsField(connection map[string]any) string {
	if _, ok := connection["edges"]; ok {
		return "edges"
	}
	return "nodes"
}

// editRecords changes the records of a page.
func editRecords(edit func([]any) []any) func(http.ResponseWriter, *exchange) {
	return func(w http.ResponseWriter, x *exchange) {
		if x.isGraphQL() {
			whole, _ := x.findConnection()
			c := findUnfinished(whole["data"])
			list, _ := c[recordsField(c)].([]any)
			c[recordsField(c)] = edit(list)
			x.sendJSON(w, whole)
			return
		}
		var list []any
		d := json.NewDecoder(bytes.NewReader(x.res.Body.Bytes()))
		d.UseNumber()
		if d.Decode(&list) != nil || len(list) == 0 {
			x.sendBody(w, x.res.Body.Bytes())
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
	x.sendBody(w, body)
}

// loseNext turns a page into the last. Other signs of the rest stay: the last link, a total,
// and the page being full.
func loseNext(w http.ResponseWriter, x *exchange) {
	if x.isGraphQL() {
		whole, _ := x.findConnection()
		if info, ok := findUnfinished(whole["data"])["pageInfo"].(map[string]any); ok {
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
	x.sendBody(w, x.res.Body.Bytes())
}

// sendPartial removes the first field of the data and adds an error about that field.
func sendPartial(w http.ResponseWriter, x *exchange) {
	whole := x.decodeObject()
	data, _ := whole["data"].(map[string]any)
	name := slices.Sorted(maps.Keys(data))[0]
	data[name] = nil
	errs, _ := whole["errors"].([]any)
	whole["errors"] = append(errs, map[string]any{
		"type": "SERVICE_UNAVAILABLE", "path": []any{name}, "message": "Something went wrong while executing your query.",
	})
	x.sendJSON(w, whole)
}
