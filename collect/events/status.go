package events

import (
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// states are the words for a deployment's state in Jenkins, Argo CD, GitHub, GitLab, Azure
// DevOps, Spinnaker and Octopus. Words without a clear result (completed, unstable,
// partiallySucceeded) are left out: they count as unknown until the configuration defines them.
var states = map[string]fact.State{
	"pending": fact.Pending, "queued": fact.Pending, "waiting": fact.Pending, "created": fact.Pending,
	"scheduled": fact.Pending, "running": fact.Pending, "in_progress": fact.Pending, "inprogress": fact.Pending,
	"in progress": fact.Pending, "started": fact.Pending, "progressing": fact.Pending, "executing": fact.Pending,
	"building": fact.Pending, "not_started": fact.Pending,

	"success": fact.Success, "succeeded": fact.Success, "successful": fact.Success, "ok": fact.Success,
	"passed": fact.Success, "healthy": fact.Success, "deployed": fact.Success,

	"failure": fact.Failure, "failed": fact.Failure, "error": fact.Failure, "errored": fact.Failure,
	"fail": fact.Failure, "terminal": fact.Failure, "degraded": fact.Failure, "timed_out": fact.Failure,
	"timedout": fact.Failure, "aborted": fact.Failure, "canceled": fact.Failure, "cancelled": fact.Failure,
	"terminated": fact.Failure, "terminating": fact.Failure, "rejected": fact.Failure,

	"inactive": fact.Inactive, "superseded": fact.Inactive, "destroyed": fact.Inactive,
}

func lowerKeys(words map[string]fact.State) map[string]fact.State {
	out := make(map[string]fact.State, len(words))
	for word, state := range words {
		out[strings.ToLower(word)] = state
	}
	return out
}

// parseState reads a word for a state.
func (s *Source) parseState(word string) (fact.State, bool) {
	word = strings.ToLower(word)
	if state, ok := s.o.Statuses[word]; ok {
		return state, true
	}
	state, ok := states[word]
	return state, ok
}
