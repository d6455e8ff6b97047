package content

// credentials warns of the lines that a credential was taken out of: pages do not show
// it, and the repository has it still.
func (l *linter) credentials() {
	for _, at := range l.content.Credentials {
		l.findings = append(l.findings, Finding{
			Problem: Problem{
				File: at.File, Line: at.Line, Text: "a credential is written here; pages leave it out",
				Next: "revoke it, and remove it: a user before \"@\", a parameter such as private_token, or a token",
			},
			Rule: "credential", Level: Warning,
		})
	}
}
