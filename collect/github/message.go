package github

import (
	"regexp"
	"strings"
)

var (
	revertsCommit  = regexp.MustCompile(`\bThis reverts commits? ([0-9a-f]{7,64})\b`)
	revertsRequest = regexp.MustCompile(`(?m)^\s*Reverts (?:[\w.-]+/[\w.-]+)?#(\d+)\b`)
)

// revertedCommit is the SHA that a commit message says it reverts, or "".
func revertedCommit(message string) string {
	if m := revertsCommit.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

// reverted is what a request says it reverts: the number in "Reverts
// owner/name#1", which GitHub's button writes, else the SHA in "This reverts
// commit …", else "".
func reverted(text string) string {
	if m := revertsRequest.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return revertedCommit(text)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}
