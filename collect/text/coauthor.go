package text

import (
	"regexp"
	"slices"
	"strings"
)

var (
	coAuthorLine = regexp.MustCompile(`(?im)^[ \t]*co-authored-by:[^<>\r\n]*<([^<>\s]+)>[ \t]*\r?$`)
	// ownAddress matches an address that a forge gives to hide a person's own, with or without
	// the number of the account: "1234+login@users.noreply.github.com".
	ownAddress = regexp.MustCompile(`(?i)^(?:\d+[-+])?([^@]+)@users\.noreply\.`)
)

// mostCoAuthors limits the co-authors of one message.
const mostCoAuthors = 50

// CoAuthors returns the people in the trailers "Co-authored-by: Name <address>" of a commit
// message: the login in an address of a forge, or else the address in lower case. Each is
// listed once, in the order of the message.
func CoAuthors(message string) []string {
	if !strings.Contains(message, "-") || !strings.Contains(message, "<") {
		return nil
	}
	var out []string
	for _, found := range coAuthorLine.FindAllStringSubmatch(message, mostCoAuthors) {
		who := strings.ToLower(found[1])
		if m := ownAddress.FindStringSubmatch(found[1]); m != nil {
			who = m[1]
		}
		if !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}
