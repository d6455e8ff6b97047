package events

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/collect/tabular"
)

// MatchColumns returns the columns of a file of that kind that would be read, by the field of a
// row. declared is as in tabular.Options.
func MatchColumns(kind Kind, in *tabular.Inspection, declared map[string][]string) ([]tabular.Match, error) {
	switch kind {
	case Deployments:
		return tabular.MatchColumns[deploymentRow](in, declared)
	case Changes:
		return tabular.MatchColumns[changeRow](in, declared)
	case Incidents:
		return tabular.MatchColumns[incidentRow](in, declared)
	case Commits:
		return tabular.MatchColumns[commitRow](in, declared)
	}
	return nil, fmt.Errorf("kind %q is unknown: use deployments, changes, incidents or commits", kind)
}

// IsState reports whether a word, in any case, is a state of a deployment.
func IsState(word string) bool {
	_, ok := states[strings.ToLower(word)]
	return ok
}
