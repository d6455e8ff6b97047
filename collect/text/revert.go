package text

import "regexp"

var (
	revertsRequest = regexp.MustCompile(`(?m)(?:\bThis reverts (?:merge|pull) request|^\s*Reverts) [\w./-]*[#!](\d+)\b`)
	revertsCommit  = regexp.MustCompile(`\bThis reverts commits? ([0-9a-f]{7,64})\b`)
	pickedCommit   = regexp.MustCompile(`\(cherry picked from commit ([0-9a-f]{7,64})\)`)
)

// RevertedRequest returns the number of the request that the text of a commit or a request
// reverts, in the words of the forges' buttons ("Reverts owner/name#1", "This reverts merge
// request !1"), or "".
func RevertedRequest(s string) string { return lastGroup(revertsRequest.FindStringSubmatch(s)) }

// RevertedCommit returns the hash, maybe abbreviated, in "This reverts commit …", or "".
func RevertedCommit(s string) string { return lastGroup(revertsCommit.FindStringSubmatch(s)) }

// Reverted returns the request that a text reverts, else the commit, else "".
func Reverted(s string) string {
	if number := RevertedRequest(s); number != "" {
		return number
	}
	return RevertedCommit(s)
}

// PickedCommit returns the hash, maybe abbreviated, of the original of a cherry-picked commit,
// as git cherry-pick -x appends it to the message, or "". The last of several hashes counts.
func PickedCommit(message string) string {
	all := pickedCommit.FindAllStringSubmatch(message, -1)
	if len(all) == 0 {
		return ""
	}
	return lastGroup(all[len(all)-1])
}

// lastGroup returns the last group of a match, or "" without a match.
func lastGroup(match []string) string {
	if match == nil {
		return ""
	}
	return match[len(match)-1]
}
