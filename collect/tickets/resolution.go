package tickets

import (
	"strings"
	"unicode"

	"github.com/ip3dp/ip3dp/collect/text"
)

// unsolvedWords are resolutions that close a ticket without solving it, in letters
// and digits only. Each is the word that is shown for its spellings.
var unsolvedWords = map[string]string{
	"duplicate": "duplicate", "isduplicate": "duplicate", "duplicated": "duplicate", "closedduplicate": "duplicate",
	"closedasduplicate": "duplicate", "duplicateticket": "duplicate", "dup": "duplicate",
	"wontdo": "won't do", "wontfix": "won't do", "willnotdo": "won't do", "willnotfix": "won't do", "wontresolve": "won't do",
	"notplanned": "won't do", "declined": "won't do", "rejected": "won't do", "deferred": "won't do", "notdone": "won't do",
	"closedrejected": "won't do", "notsolvednotreproducible": "cannot reproduce", "notsolvedtoocostly": "won't do",
	"outofscope": "won't do", "closedskipped": "won't do",
	"invalid": "invalid", "notabug": "invalid", "notanissue": "invalid", "asdesigned": "invalid",
	"worksasdesigned": "invalid", "worksasintended": "invalid", "spam": "invalid", "usererror": "invalid",
	"cannotreproduce": "cannot reproduce", "cantreproduce": "cannot reproduce", "notreproducible": "cannot reproduce",
	"unabletoreproduce": "cannot reproduce", "worksforme": "cannot reproduce",
	"incomplete": "incomplete", "notenoughinformation": "incomplete", "needsinformation": "incomplete", "noresponse": "incomplete",
	"insufficientinformation": "incomplete", "stale": "incomplete", "inactivity": "incomplete",
	"abandoned": "cancelled", "cancelled": "cancelled", "canceled": "cancelled", "withdrawn": "cancelled", "obsolete": "cancelled",
	"closedcancelled": "cancelled", "closedcanceled": "cancelled", "cancelledbycaller": "cancelled", "canceledbycaller": "cancelled",
	"cancelledbyuser": "cancelled", "notrequired": "cancelled", "nolongerneeded": "cancelled", "nolongerrequired": "cancelled",
	"unresolved": "unresolved", "notsolved": "unresolved", "notresolved": "unresolved",
}

// findUnsolved returns the word for a resolution that solved nothing; "" for one that
// did, one that is blank and one that is not known.
func findUnsolved(resolution string) string {
	return unsolvedWords[strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text.Fold(resolution))]
}
