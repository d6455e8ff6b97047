package tabular

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isPlain reports whether s needs no cleaning: printable ASCII without outer spaces.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	i := 0
	for ; i+8 <= len(s); i += 8 { // the highest bit of a byte marks one that is not printable
		const each, high = 0x0101010101010101, 0x8080808080808080
		v := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		if (v|(v-0x20*each)|(v+each))&high != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Clean removes dangerous characters from untrusted text: control characters other than tab and
// newline, bidirectional overrides and marks, byte order marks. Invalid UTF-8 becomes U+FFFD.
// Outer white space is removed.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	return strings.TrimSpace(strings.Map(neutralise, s))
}

func neutralise(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\u2028' || r == '\u2029' || r == '\u00a0':
		return ' '
	case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff':
		return -1
	}
	return r
}

// isAddress reports whether a cell is nothing but an e-mail or IP address.
func isAddress(s string) bool {
	if len(s) < 3 || len(s) > 254 {
		return false
	}
	if at := strings.IndexByte(s, '@'); at > 0 && at < len(s)-1 {
		return !strings.ContainsAny(s, " \t\n")
	}
	address, _, _ := strings.Cut(s, "%")
	for i := range len(address) { // most texts end here: an error of ParseAddr takes memory
		if c := address[i] | 0x20; (c < '0' || c > ':') && (c < 'a' || c > 'f') && c != '.' {
			return false
		}
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// identityKeys are normalised headers of columns that name a person or a machine.
var identityKeys = map[string]bool{
	"name": true, "fullname": true, "firstname": true, "lastname": true, "surname": true,
	"username": true, "user": true, "login": true, "email": true, "emailaddress": true,
	"mail": true, "ipaddress": true, "ip": true, "phone": true, "phonenumber": true,
	"recipientemail": true, "recipientfirstname": true, "recipientlastname": true,
	"respondentname": true, "respondentemail": true, "externalreference": true,
	"locationlatitude": true, "locationlongitude": true, "customdata": true, "userid": true,
	"reporter": true, "reporteremail": true, "requester": true, "requesteremail": true,
	"requestername": true, "assignee": true, "assigneename": true, "assigneeemail": true,
	"creator": true, "nom": true, "vorname": true, "nachname": true, "refererurl": true,
}

// isIdentifying reports whether a header announces names, e-mails or addresses.
func isIdentifying(key string) bool {
	return identityKeys[key] || strings.Contains(key, "email") || strings.Contains(key, "ipaddress")
}
