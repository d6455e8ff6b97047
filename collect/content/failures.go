package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const failuresFile = "failures.toml"

// readFailures reads failures.toml and keeps its order.
func (r *reader) readFailures(c *fact.Content) {
	var file struct {
		Failures []fact.FailureOverride `toml:"failure"`
	}
	r.failureLines, _ = r.readTOML(failuresFile, &file)
	for i := range file.Failures {
		file.Failures[i].Origin = fact.Origin{File: failuresFile, Line: r.failureLines.At(fmt.Sprintf("failure.%d", i))}
	}
	c.Failures = file.Failures
}

// checkFailures reports entries without a deployment, a verdict, a reason, a role or a day,
// and deployments that are listed twice.
func (k *checker) checkFailures() {
	type deployment struct{ repository, id string }
	first := map[deployment]int{}
	for i := range k.content.Failures {
		f := &k.content.Failures[i]
		at := location{failuresFile, k.failureLines, fmt.Sprintf("failure.%d", i), f.Line}
		k.requireText(at, "deployment", f.Deployment, "write the deployment's ID as the evidence page shows it")
		k.requireText(at, "reason", f.Reason, "write why other evidence is wrong or missing")
		k.requireText(at, "by", f.By, `write a role: by = "on-call engineer"`)
		if f.On.IsZero() {
			k.addMissing(at, "on", "write the day it was decided: on = 2024-10-07")
		}
		if f.Failed == nil {
			k.addMissing(at, "failed", "write failed = true or failed = false")
		} else if !*f.Failed && !f.Restored.IsZero() {
			k.addProblem(at, "restored", "restored is set for a deployment that did not fail", "")
		}
		f.Repository = k.normaliseRepository(f.Repository)
		key := deployment{f.Repository, f.Deployment}
		if line, seen := first[key]; seen && f.Deployment != "" {
			k.addProblem(at, "deployment", fmt.Sprintf("deployment %q is listed twice", f.Deployment),
				fmt.Sprintf("first on line %d; keep one", line))
			continue
		}
		first[key] = f.Line
	}
}
