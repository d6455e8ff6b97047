// Package explain describes one metric in lines of text, with its range, test, definition and
// evidence.
package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/render/view"
)

// Version is the version of the JSON form of an Explanation.
const Version = 1

// Source has the metrics that can be explained, and the pages that show them.
type Source struct {
	Sections []metric.Section
	Evidence []metric.Evidence // nil for a published site
	History  []compute.Row
	Panel    *compute.Panel // nil: too few data for a plan
	Shipped  func(metric.Scope) *dora.Shipped
	// Page returns the page of the site with that path, or nil.
	Page func(path string) []byte
}

// LookupError reports a name or scope without a metric.
type LookupError struct{ Text, Next string }

// Error returns the text of the error.
func (e *LookupError) Error() string { return e.Text }

func notFound(next, text string, args ...any) error {
	return &LookupError{Text: fmt.Sprintf(text, args...), Next: next}
}

// Find returns the metric with that ID, or the only one whose ID ends with it.
func (in *Source) Find(name string, scope metric.Scope) (*metric.Metric, error) {
	id, err := in.findID(name)
	if err != nil {
		return nil, err
	}
	var subjects []string
	var kinds []string
	for i := range in.Sections {
		if m := in.Sections[i].Find(id, scope); m != nil {
			return m, nil
		}
		for _, m := range in.Sections[i].Metrics {
			if m.ID != id {
				continue
			}
			if m.Scope.Kind == scope.Kind {
				subjects = append(subjects, m.Scope.ID)
			}
			if flag := "--" + string(m.Scope.Kind); m.Scope.Kind != metric.Organisation && !slices.Contains(kinds, flag) {
				kinds = append(kinds, flag)
			}
		}
	}
	what := string(scope.Kind)
	switch {
	case scope.ID != "" && len(subjects) > 0:
		return nil, notFound(text.DidYouMean(scope.ID, what+"s", subjects), "%s is not measured for the %s %q", id, what,
			scope.ID)
	case len(kinds) > 0:
		return nil, notFound("ask with "+strings.Join(kinds, " or "), "%s is not measured for %s", id,
			text.Join(" ", "the", what))
	}
	return nil, notFound("leave out --"+what, "%s is measured for the whole organisation only", id)
}

// findID returns the ID of the metric with a name.
func (in *Source) findID(name string) (string, error) {
	var ids, short, ending []string
	for i := range in.Sections {
		for _, m := range in.Sections[i].Metrics {
			if m.ID == name {
				return name, nil
			}
			if slices.Contains(ids, m.ID) {
				continue
			}
			ids = append(ids, m.ID)
			if _, last, ok := strings.Cut(m.ID, "."); ok {
				short = append(short, last)
			}
			if strings.HasSuffix(m.ID, "."+name) {
				ending = append(ending, m.ID)
			}
		}
	}
	if len(ending) == 1 {
		return ending[0], nil
	}
	if !strings.Contains(name, ".") {
		ids = short
	}
	return "", notFound(text.Join("; ", text.DidYouMean(name, "metrics", ids), `"ip3dp explain" lists all`),
		"unknown metric %q", name)
}

// Explanation has all data about a metric. It is the output of --json.
type Explanation struct {
	Version    int                `json:"version"`
	Metric     *metric.Metric     `json:"metric"`
	Definition *metric.Definition `json:"definition"`
	Page       string             `json:"page,omitempty"` // path and fragment
	Methods    string             `json:"methods"`
	Published  int                `json:"published"` // weeks in the history with this definition
	Revised    int                `json:"revised"`   // the number of those that would be different today
	Evidence   *metric.Evidence   `json:"evidence"`  // null without one
	Rows       int                `json:"evidence_rows"`
	Shipped    *dora.Shipped      `json:"shipped"` // counts and dates of the scope's deployments
}

// Explain returns the explanation of a metric.
func (in *Source) Explain(m *metric.Metric) Explanation {
	e := Explanation{Version: Version, Metric: m, Shipped: in.Shipped(m.Scope), Methods: render.Methods + "#" +
		view.Anchor(m.Definition)}
	for i := range in.Sections {
		for k := range in.Sections[i].Definitions {
			if d := &in.Sections[i].Definitions[k]; d.ID == m.Definition {
				e.Definition = d
			}
		}
	}
	for _, path := range render.Places(m) {
		if strings.Contains(string(in.Page(path)), `id="`+view.Anchor(m.ID)+`"`) {
			e.Page = path + "#" + view.Anchor(m.ID)
			break
		}
	}
	for i := range in.History {
		if r := &in.History[i]; r.Metric == m.ID && r.Subject == m.Scope.ID && r.Hash == m.DefinitionHash {
			e.Published++
			if r.Revised != nil {
				e.Revised++
			}
		}
	}
	if found := in.findEvidence(m); found != nil {
		copied := *found
		e.Evidence, e.Rows = &copied, len(found.Rows)
	}
	return e
}

// findEvidence returns the evidence of a metric. An organisation of teams has one part, with the
// contribution of each team.
func (in *Source) findEvidence(m *metric.Metric) *metric.Evidence {
	var scope *metric.Evidence
	for i := range in.Evidence {
		e := &in.Evidence[i]
		if m.Evidence == "" || e.Scope.Kind != m.Scope.Kind || e.Scope.ID != m.Scope.ID {
			continue
		}
		if e.ID == m.Evidence {
			return e
		}
		if scope == nil {
			scope = e
		}
	}
	return scope
}
