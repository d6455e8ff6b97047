package dora

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Specs returns the declarations of the metrics under these options. Its errors are about the
// options.
func (o Options) Specs() (metric.Specs, error) {
	r, err := o.compile()
	if err != nil {
		return nil, err
	}
	return r.buildSpecs(), nil
}

// buildSpecs returns the declarations under the options in force.
func (r *rules) buildSpecs() metric.Specs {
	var specs metric.Specs
	for _, d := range r.listMetrics() {
		specs = append(specs, d.Spec)
	}
	return specs
}

// listExcludeKnobs returns the rules in force that exclude requests, as in config.toml.
func (r *rules) listExcludeKnobs() []string {
	var knobs []string
	if r.ExcludeLabel != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_label = %q", r.ExcludeLabel))
	}
	if r.ExcludeTitle != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_title = %q", r.ExcludeTitle))
	}
	return knobs
}

// listFailureKnobs returns the options of the evidence, as in config.toml.
func (r *rules) listFailureKnobs() []string {
	var keys []string
	for _, c := range classes {
		if r.uses(c.Evidence) {
			keys = append(keys, strconv.Quote(c.key))
		}
	}
	knobs := []string{
		"dora.failure_evidence = [" + strings.Join(keys, ", ") + "]", fmt.Sprintf("dora.window_hours = %d", r.WindowHours),
		fmt.Sprintf("dora.hotfix_branch = %q", r.HotfixBranch), fmt.Sprintf("dora.hotfix_label = %q", r.HotfixLabel),
		fmt.Sprintf("dora.hotfix_title = %q", r.HotfixTitle),
	}
	if r.Blame == Previous {
		knobs = append(knobs, fmt.Sprintf("dora.blame = %q", r.Blame))
	}
	return knobs
}
