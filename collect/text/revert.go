package text

import "regexp"

var (
	revertsRequest = regexp.MustCompile(`(?m)(?:\bThis reverts (?:merge|pull) request|^\s*Reverts) [\w./-]*[#!](\d+)\b`)
	revertsCommit  = regexp.MustCompile(`\bThis reverts commits? ([0-9a-f]{7,64})\b`)
	pickedCommit   = regexp.MustCompile(`\(cherry picked from commit ([0-9a-f]{7,64})\)`)
)

// RevertedRequest returns the number of the request that the text of a commit or a
// request reverts, in the words that the buttons of forges write ("Reverts
// owner/name#1", "This reverts merge request !1"); "" if it names none.
func RevertedRequest(s string) string { return last(revertsRequest.FindStringSubmatch(s)) }

// RevertedCommit returns the hash, maybe abbreviated, of the commit that "This
// reverts commit …" names; "" if it names none.
func RevertedCommit(s string) string { return last(revertsCommit.FindStringSubmatch(s)) }

// Reverted returns the request that a text reverts, else the commit, else "".
func Reverted(s string) string {
	if number := RevertedRequest(s); number != "" {
		return number
	}
	return RevertedCommit(s)
}

// PickedFrom returns the hash, maybe abbreviated, of the commit that a commit is a
// copy of, as git cherry-pick -x appends it to the message; "" if it names none.
// Of several the last is meant.
func PickedFrom(message string) string {
	all := pickedCommit.FindAllStringSubmatch(message, -1)
	if len(all) == 0 {
		return ""
	}
	return last(all[len(all)-1])
}

// last returns the group of a match, "" if there is no match.
func last(match []string) string {
	if match == nil {
		return ""
	}
	return match[len(match)-1]
}
