package content

// lintCredentials warns of the lines that contain a credential: pages leave it out, but the
// repository still has it.
func (l *linter) lintCredentials() {
	for _, at := range l.content.Credentials {
		l.report(Problem{
			File: at.File, Line: at.Line, Text: "a credential is written here; pages leave it out",
			Next: "revoke it, and remove it: a user before \"@\", a parameter such as private_token, or a token",
		}, "credential", Warning)
	}
}
