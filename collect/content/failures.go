package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const failuresFile = "failures.toml"

// failures stay in the order written.
func (r *reader) failures(c *fact.Content) {
	var file struct {
		Failures []fact.FailureOverride `toml:"failure"`
	}
	r.failureLines, _ = r.toml(failuresFile, &file)
	for i := range file.Failures {
		file.Failures[i].Origin = fact.Origin{File: failuresFile, Line: r.failureLines.At(fmt.Sprintf("failure.%d", i))}
	}
	c.Failures = file.Failures
}

// failures are reviewed: each says what, why, who and when, and none is ruled on
// twice.
func (k *checker) failures() {
	type deployment struct{ repository, id string }
	first := map[deployment]int{}
	for i := range k.content.Failures {
		f := &k.content.Failures[i]
		at := place{failuresFile, k.failureLines, fmt.Sprintf("failure.%d", i), f.Line}
		k.require(at, "deployment", f.Deployment, "write the deployment's ID as the evidence page shows it")
		k.require(at, "reason", f.Reason, "say why other evidence is wrong or missing")
		k.require(at, "by", f.By, `write a role: by = "on-call engineer"`)
		if f.On.IsZero() {
			k.missing(at, "on", "write the day it was decided: on = 2024-10-07")
		}
		if f.Failed == nil {
			k.missing(at, "failed", "write failed = true or failed = false")
		} else if !*f.Failed && !f.Restored.IsZero() {
			k.problem(at, "restored", "restored is said of a deployment that did not fail", "")
		}
		f.Repository = k.repository(f.Repository)
		key := deployment{f.Repository, f.Deployment}
		if line, seen := first[key]; seen && f.Deployment != "" {
			k.problem(at, "deployment", fmt.Sprintf("deployment %q is ruled on twice", f.Deployment),
				fmt.Sprintf("first on line %d; keep one", line))
			continue
		}
		first[key] = f.Line
	}
}
