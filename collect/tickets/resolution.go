package tickets

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// unsolvedWords maps the words on the pages to the resolutions that close a ticket without
// a solution, in letters and digits only.
var unsolvedWords = map[string][]string{
	fact.Duplicate: {
		"duplicate", "isduplicate", "duplicated", "closedduplicate", "closedasduplicate", "duplicateticket",
		"dup",
	},
	"won't do": {
		"wontdo", "wontfix", "willnotdo", "willnotfix", "wontresolve", "notplanned", "declined", "rejected",
		"deferred", "notdone", "closedrejected", "notsolvedtoocostly", "outofscope", "closedskipped",
	},
	"cannot reproduce": {
		"notsolvednotreproducible", "cannotreproduce", "cantreproduce", "notreproducible",
		"unabletoreproduce", "worksforme",
	},
	"invalid": {
		"invalid", "notabug", "notanissue", "asdesigned", "worksasdesigned", "worksasintended", "spam",
		"usererror",
	},
	"incomplete": {
		"incomplete", "notenoughinformation", "needsinformation", "noresponse", "insufficientinformation",
		"stale", "inactivity",
	},
	"cancelled": {
		"abandoned", "cancelled", "canceled", "withdrawn", "obsolete", "closedcancelled", "closedcanceled",
		"cancelledbycaller", "canceledbycaller", "cancelledbyuser", "notrequired", "nolongerneeded",
		"nolongerrequired",
	},
	"unresolved": {
		"unresolved", "notsolved", "notresolved",
	},
}

// findUnsolved returns the word for a resolution without a solution; "" for all others.
func findUnsolved(resolution string) string {
	key := lettersOf(resolution)
	for word, spellings := range unsolvedWords {
		if slices.Contains(spellings, key) {
			return word
		}
	}
	return ""
}
