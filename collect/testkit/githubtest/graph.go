package githubtest

import (
	"context"
	_ "embed" // schema.graphql
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/graph-gophers/graphql-go"
)

//go:embed schema.graphql
var schemaText string

// graph executes queries. Its schema takes a while to be parsed and is the same
// for all servers.
type graph struct{ schema *graphql.Schema }

var parsed = sync.OnceValue(func() *graphql.Schema {
	return graphql.MustParseSchema(schemaText, &query{})
})

func newGraph() *graph { return &graph{schema: parsed()} }

// maxQuery is the size of a request's body that is read.
const maxQuery = 1 << 20

func (s *Server) serveGraph(w http.ResponseWriter, r *http.Request) {
	s.countRequest("graphql")
	var asked struct {
		Query         string                     `json:"query"`
		OperationName string                     `json:"operationName"`
		Variables     map[string]json.RawMessage `json:"variables"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxQuery))
	if err != nil || r.Method != http.MethodPost || json.Unmarshal(body, &asked) != nil {
		sendError(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	v := viewOf(r.Context())
	v.cost, err = measureCost(s.graph.schema.AST(), asked.Query, asked.Variables)
	if err != nil {
		s.sendRefusal(w, err)
		return
	}
	s.mu.Lock()
	s.points += v.cost.points
	s.mu.Unlock()
	if !s.spendLimit(w, "graphql", v.cost.points) {
		writeJSON(w, object{"errors": []any{object{
			"type":    "RATE_LIMITED",
			"message": "API rate limit exceeded for user ID 1.",
		}}})
		return
	}
	if s.options.Heavy > 0 && v.cost.nodes > s.options.Heavy {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, tooLong) // the client may have gone
		return
	}
	variables := make(map[string]any, len(asked.Variables))
	for name, raw := range asked.Variables {
		var value any
		if json.Unmarshal(raw, &value) != nil {
			sendError(w, http.StatusBadRequest, "Problems parsing JSON")
			return
		}
		variables[name] = toIntegers(value)
	}
	s.sendResponse(w, v, s.graph.schema.Exec(context.WithoutCancel(r.Context()), asked.Query, asked.OperationName,
		variables))
}

// tooLong is GitHub's answer, as 502, to a query that took more than ten seconds.
const tooLong = `{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the ` +
	`result of a timeout, or it could be a GitHub bug. Please include ` + "`C0DE:1234:5678`" + ` when reporting this issue."}]}`

// toIntegers turns the floats of JSON into the integers that Int arguments want.
func toIntegers(value any) any {
	switch v := value.(type) {
	case float64:
		if v == float64(int32(v)) {
			return int32(v)
		}
	case []any:
		for i := range v {
			v[i] = toIntegers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = toIntegers(v[k])
		}
	}
	return value
}

func (s *Server) sendRefusal(w http.ResponseWriter, err error) {
	e := object{"message": err.Error()}
	var r *refusal
	if errors.As(err, &r) && r.kind != "" {
		e["type"] = r.kind
	}
	writeJSON(w, object{"errors": []any{e}})
}

// sendResponse writes a response with GitHub's form of errors, which have a type beside
// the message.
func (s *Server) sendResponse(w http.ResponseWriter, v *view, response *graphql.Response) {
	out := object{}
	if response.Data != nil {
		out["data"] = response.Data
	}
	list := append([]any{}, v.unknown...)
	for _, e := range response.Errors {
		o := object{"message": e.Message}
		if e.Path != nil {
			o["path"] = e.Path
		}
		if e.Locations != nil {
			o["locations"] = e.Locations
		}
		var r *refusal
		if errors.As(e.ResolverError, &r) {
			o["type"] = r.kind
		}
		list = append(list, o)
	}
	if len(list) > 0 {
		out["errors"] = list
	}
	writeJSON(w, out)
}

func writeJSON(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
