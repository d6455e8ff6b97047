package content

// AsErrors gives problems the level of errors.
func AsErrors(problems []Problem) []Finding {
	findings := make([]Finding, len(problems))
	for i, p := range problems {
		findings[i] = Finding{Problem: p, Level: Error}
	}
	return findings
}
