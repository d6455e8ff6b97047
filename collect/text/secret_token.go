package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// assigned is a credential with its name before it. A colon and a blank are prose
	// too ("password: reset it"): what follows must then look like a credential.
	assigned = regexp.MustCompile(`(?i)([\w-]*(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|credential)["']?)(\s*(?:=>?|:)\s*)(["']?)([^\s"'<>&,;]{3,})`)
	// header is a credential as HTTP carries it.
	header = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:basic|bearer|token|digest|negotiate)?\s*|bearer\s+|basic\s+)([A-Za-z0-9._~+/=:-]{8,})`)
	// authorization is the name of that header with its scheme.
	authorization = regexp.MustCompile(`(?i)authorization.*(?:basic|bearer|token|digest|negotiate)`)
	// jwt is a signed or unsigned token of JSON.
	jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,3}`)
)

// named puts Removed in place of credentials that stand behind their names.
func (c *cleaner) named(s string) string {
	if !strings.ContainsAny(s, ":=") && !containsFold(s, "bearer") && !containsFold(s, "basic") {
		return s
	}
	s = replace(header, s, func(m []string) string {
		named := authorization.MatchString(m[1])
		if strings.HasPrefix(m[2], Removed) || !named && !random(m[2], 12) {
			return m[0]
		}
		return m[1] + c.instead()
	})
	return replace(assigned, s, func(m []string) string {
		switch value := m[4]; {
		case strings.HasPrefix(value, Removed), strings.HasPrefix(value, "${"), strings.HasPrefix(value, "$("):
			return m[0]
		case strings.TrimSpace(m[2]) == ":" && m[3] == "" && !random(value, 6):
			return m[0]
		}
		return m[1] + m[2] + m[3] + c.instead()
	})
}

// shape is the form of one vendor's tokens.
type shape struct {
	prefix string         // in its case
	body   *regexp.Regexp // of what follows, from its beginning
	plain  bool           // nothing else begins like this
	loose  bool           // a digit is enough to tell it from words of people
}

var (
	letters    = regexp.MustCompile(`^[A-Za-z0-9]{16,}`)
	underlined = regexp.MustCompile(`^[A-Za-z0-9_]{10,}`)
	dashed     = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}`)
	shorter    = regexp.MustCompile(`^[A-Za-z0-9_.=-]{8,}`)
	capitals   = regexp.MustCompile(`^[A-Z0-9]{12,}`)
	dotted     = regexp.MustCompile(`^[A-Za-z0-9_.-]{20,}`)
)

// shapes are the tokens that are known by their prefix.
var shapes = func() (by [256][]shape) {
	list := []shape{{"github_pat_", underlined, true, true}}
	for _, kind := range []string{"p", "o", "u", "s", "r"} {
		list = append(list, shape{"gh" + kind + "_", underlined, false, true})
	}
	for _, kind := range []string{
		"pat", "oas", "dt", "rtr", "rt", "cbt", "ptt", "ft", "imt", "agent", "soat", "ffct",
		"wt",
	} {
		list = append(list, shape{"gl" + kind + "-", shorter, kind == "pat", true})
	}
	for _, kind := range []string{"a", "b", "c", "e", "o", "p", "r", "s"} {
		list = append(list, shape{"xox" + kind + "-", shorter, false, true})
	}
	list = append(list, shape{"xapp-", shorter, false, true}, shape{"xoxe.", shorter, false, true})
	for _, kind := range []string{"AKIA", "ASIA", "AROA", "ABIA", "ACCA", "AIDA"} {
		list = append(list, shape{kind, capitals, true, true})
	}
	for _, kind := range []string{"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"} {
		list = append(list, shape{kind, letters, true, true})
	}
	for _, kind := range []string{
		"npm_", "hf_", "dckr_pat_", "dop_v1_", "shpat_", "shpss_", "glsa_", "glc_",
		"rubygems_", "lin_api_", "sntrys_", "sntryu_", "dapi", "tfp_", "pscale_tkn_", "oy2", "AGE-SECRET-KEY-", "phc_", "figd_", "PMAK-", "NRAK-", "sk-", "pypi-", "AIza",
	} {
		list = append(list, shape{kind, dashed, false, false})
	}
	for _, kind := range []string{"ya29.", "SG.", "hvs.", "ATATT", "ATBB"} {
		list = append(list, shape{kind, dotted, false, false})
	}
	for _, s := range list {
		by[s.prefix[0]] = append(by[s.prefix[0]], s)
	}
	return by
}()

// tokens puts Removed in place of what has the form of a token.
func (c *cleaner) tokens(s string) string {
	if strings.Contains(s, "eyJ") {
		s = jwt.ReplaceAllStringFunc(s, func(string) string { return c.instead() })
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		n := tokenAt(s, i)
		if n == 0 {
			continue
		}
		b.WriteString(s[from:i])
		b.WriteString(c.instead())
		from = i + n
		i = from - 1
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// tokenAt returns the length of the token that stands at a place of a text; 0 if none
// does.
func tokenAt(s string, i int) int {
	list := shapes[s[i]]
	if list == nil || i > 0 && isWord(s[i-1]) {
		return 0
	}
	for k := range list {
		shape := &list[k]
		if !strings.HasPrefix(s[i:], shape.prefix) {
			continue
		}
		rest := s[i+len(shape.prefix):]
		n := len(shape.body.FindString(rest[:min(len(rest), judged)]))
		if n == 0 || !shape.plain && !drawn(rest[:n], shape.loose) {
			continue
		}
		if n == judged {
			n = len(shape.body.FindString(rest))
		}
		return len(shape.prefix) + n
	}
	return 0
}

// judged is how much of a word is looked at to tell whether it is a token, in bytes.
const judged = 64

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// drawn reports whether what follows the prefix of a token is not just words: loosely,
// whether it has a digit, or a long run without a separator.
func drawn(s string, loose bool) bool {
	const longRun = 16
	if loose && strings.ContainsAny(s, "0123456789") || random(s, 12) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) &&
			!unicode.IsDigit(r)
	}),
		func(run string) bool { return len(run) >= longRun && (loose || run != strings.ToLower(run)) })
}

// random reports whether a word of at least so many bytes looks as if a machine had
// drawn it: many letters and digits without a separator between them.
func random(s string, least int) bool {
	if len(s) < least {
		return false
	}
	for run := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(run) >= min(least, 10) && strings.ContainsFunc(run, unicode.IsDigit) &&
			strings.ContainsFunc(run, unicode.IsLetter) {
			return true
		}
	}
	return false
}

// containsFold reports whether a text contains a word of lower-case ASCII in any case.
func containsFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && startsFold(s[i:], word) {
			return true
		}
	}
	return false
}

// words are what credentials are called before a colon.
var words = []string{"token", "secret", "passw", "pwd", "key", "credential", "authorization"}

// suspicious reports whether a text may hold a credential. It is there for the many that
// hold none, and reads them once.
func suspicious(s string) bool {
	colon, slashes := false, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '=', b == '%':
			return true
		case b == ':':
			if !colon && slices.ContainsFunc(words, func(word string) bool { return containsFold(s, word) }) {
				return true
			}
			if !colon && strings.ContainsAny(s[i:], "@?#;") {
				return true
			}
			colon = true
		case b == '@':
			if slashes {
				return true
			}
		case b == '-':
			if strings.HasPrefix(s[i:], "-----BEGIN") {
				return true
			}
		case b == '/':
			if slashes = slashes || i+1 < len(s) && s[i+1] == '/'; webhookStart(s[i:]) {
				return true
			}
		case b >= 'A' && (i == 0 || !isWord(s[i-1])):
			if tokenAt(s, i) > 0 || strings.HasPrefix(s[i:], "eyJ") || startsFold(s[i:], "bearer") ||
				startsFold(s[i:], "basic") || strings.HasPrefix(s[i:], Removed) {
				return true
			}
		}
	}
	return false
}

// webhookStart reports whether the path of a webhook begins here.
func webhookStart(s string) bool {
	for _, path := range []string{"/services/T", "/webhook", "/api/webhooks/", "/bot"} {
		if startsFold(s, path) {
			return true
		}
	}
	return false
}

func startsFold(s, word string) bool {
	return len(s) >= len(word) && strings.EqualFold(s[:len(word)], word)
}
