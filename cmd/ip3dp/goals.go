package main

import (
	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// goalProblems finds goals that no metric can meet: content alone does not know which
// metrics there are. A configuration that gives no metrics has problems of its own.
func goalProblems(c *config.Config, read fact.Content) []content.Problem {
	if len(read.Goals) == 0 {
		return nil
	}
	faults, err := compute.CheckGoals(c.Options(), read)
	if err != nil {
		return nil
	}
	out := make([]content.Problem, len(faults))
	for i, f := range faults {
		out[i] = content.Problem{File: f.Goal.File, Line: f.Goal.LineOf(f.Key), Text: f.Text, Next: f.Next}
	}
	return out
}
