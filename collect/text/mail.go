package text

import (
	"regexp"
	"strings"
)

// mail matches an e-mail address: its domain begins with a letter that is not a version's "v",
// and ends with letters. "web@1.2.0" and "web@v1.2.0-rc.one" are tags.
var mail = regexp.MustCompile(`[^\s@<>"',;:()=?&\[\]/]+@(?:[A-Za-uw-z]|v[A-Za-z-])[A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)

// MaskMails replaces e-mail addresses, so that no cell of a table identifies a person.
func MaskMails(s string) string {
	if strings.IndexByte(s, '@') < 0 {
		return s
	}
	return mail.ReplaceAllString(s, "[e-mail]")
}
