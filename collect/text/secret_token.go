package text

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// assignedCredential matches a credential after its name. Prose may have a colon and a
	// blank too ("password: reset it"): the word after it must then look like a credential.
	assignedCredential = regexp.MustCompile(`(?i)([\w-]*(?:token|secret|passw(?:or)?d|pwd|api[_-]?key` +
		`|access[_-]?key|private[_-]?key` +
		`|account[_-]?key|credential)["']?)` +
		`(\s*(?:=>?|:)\s*)(["']?)([^\s"'<>&,;]{3,})`)
	// headerCredential matches a credential in a header of HTTP.
	headerCredential = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?` +
		`(?:basic|bearer|token|digest|negotiate)?\s*` +
		`|bearer\s+|basic\s+)([A-Za-z0-9._~+/=:-]{8,})`)
	// authorization matches the name of that header with its scheme.
	authorization = regexp.MustCompile(`(?i)authorization.*(?:basic|bearer|token|digest|negotiate)`)
	// jwt matches a signed or unsigned token of JSON.
	jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,3}`)
)

// cleanNamed replaces credentials after their names.
func (c *cleaner) cleanNamed(s string) string {
	if !strings.ContainsAny(s, ":=") && !containsFold(s, "bearer") && !containsFold(s, "basic") {
		return s
	}
	if mayHave(s, headerWords) {
		s = c.cleanHeaders(s)
	}
	if !mayHave(s, assignedWords) {
		return s
	}
	return replaceGroups(assignedCredential, s, func(m []string) string {
		switch value := m[4]; {
		case strings.HasPrefix(value, Removed), strings.HasPrefix(value, "${"), strings.HasPrefix(value, "$("):
			return m[0]
		case strings.TrimSpace(m[2]) == ":" && m[3] == "" && !looksRandom(value, 6):
			return m[0]
		}
		return m[1] + m[2] + m[3] + c.markRemoved()
	})
}

// headerWords and assignedWords are in every match of headerCredential and assignedCredential.
var (
	headerWords   = []string{"authorization", "bearer", "basic"}
	assignedWords = []string{"token", "secret", "passw", "pwd", "key", "credential"}
)

// mayHave reports whether a text has one of some words in any case. Letters whose lower case is
// ASCII, which patterns match too, count as one.
func mayHave(s string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return containsFold(s, word) }) ||
		strings.ContainsAny(s, "\u017f\u212a") // the long s and the sign of kelvin
}

// cleanHeaders replaces credentials in headers of HTTP.
func (c *cleaner) cleanHeaders(s string) string {
	return replaceGroups(headerCredential, s, func(m []string) string {
		named := authorization.MatchString(m[1])
		if strings.HasPrefix(m[2], Removed) || !named && !looksRandom(m[2], 12) {
			return m[0]
		}
		return m[1] + c.markRemoved()
	})
}

// tokenForm is the form of one vendor's tokens.
type tokenForm struct {
	prefix string         // in its case
	body   *regexp.Regexp // matches the text after the prefix
	plain  bool           // no other text has this prefix
	loose  bool           // a digit is enough to distinguish it from words
}

var (
	letters    = regexp.MustCompile(`^[A-Za-z0-9]{16,}`)
	underlined = regexp.MustCompile(`^[A-Za-z0-9_]{10,}`)
	dashed     = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}`)
	shorter    = regexp.MustCompile(`^[A-Za-z0-9_.=-]{8,}`)
	capitals   = regexp.MustCompile(`^[A-Z0-9]{12,}`)
	dotted     = regexp.MustCompile(`^[A-Za-z0-9_.-]{20,}`)
)

// tokenForms are the forms of tokens with a fixed prefix, by its first byte.
var tokenForms = func() (by [256][]tokenForm) {
	list := []tokenForm{{"github_pat_", underlined, true, true}}
	for _, kind := range []string{"p", "o", "u", "s", "r"} {
		list = append(list, tokenForm{"gh" + kind + "_", underlined, false, true})
	}
	for _, kind := range []string{
		"pat", "oas", "dt", "rtr", "rt", "cbt", "ptt", "ft", "imt", "agent", "soat", "ffct",
		"wt",
	} {
		list = append(list, tokenForm{"gl" + kind + "-", shorter, kind == "pat", true})
	}
	for _, kind := range []string{"a", "b", "c", "e", "o", "p", "r", "s"} {
		list = append(list, tokenForm{"xox" + kind + "-", shorter, false, true})
	}
	list = append(list, tokenForm{"xapp-", shorter, false, true}, tokenForm{"xoxe.", shorter, false, true})
	for _, kind := range []string{"AKIA", "ASIA", "AROA", "ABIA", "ACCA", "AIDA"} {
		list = append(list, tokenForm{kind, capitals, true, true})
	}
	for _, kind := range []string{"sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"} {
		list = append(list, tokenForm{kind, letters, true, true})
	}
	for _, kind := range []string{
		"npm_", "hf_", "dckr_pat_", "dop_v1_", "shpat_", "shpss_", "glsa_", "glc_",
		"rubygems_", "lin_api_", "sntrys_", "sntryu_", "dapi", "tfp_", "pscale_tkn_",
		"oy2", "AGE-SECRET-KEY-", "phc_", "figd_", "PMAK-", "NRAK-", "sk-", "pypi-", "AIza",
	} {
		list = append(list, tokenForm{kind, dashed, false, false})
	}
	for _, kind := range []string{"ya29.", "SG.", "hvs.", "ATATT", "ATBB"} {
		list = append(list, tokenForm{kind, dotted, false, false})
	}
	for _, s := range list {
		by[s.prefix[0]] = append(by[s.prefix[0]], s)
	}
	return by
}()

// cleanTokens replaces words with the form of a token.
func (c *cleaner) cleanTokens(s string) string {
	if strings.Contains(s, "eyJ") {
		s = jwt.ReplaceAllStringFunc(s, func(string) string { return c.markRemoved() })
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		n := tokenLength(s, i)
		if n == 0 {
			continue
		}
		b.WriteString(s[from:i])
		b.WriteString(c.markRemoved())
		from = i + n
		i = from - 1
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// tokenLength returns the length of the token at an index of a text, or 0.
func tokenLength(s string, i int) int {
	list := tokenForms[s[i]]
	if list == nil || i > 0 && isWord(s[i-1]) {
		return 0
	}
	for k := range list {
		shape := &list[k]
		if !strings.HasPrefix(s[i:], shape.prefix) {
			continue
		}
		rest := s[i+len(shape.prefix):]
		n := len(shape.body.FindString(rest[:min(len(rest), maxJudged)]))
		if n == 0 || !shape.plain && !looksGenerated(rest[:n], shape.loose) {
			continue
		}
		if n == maxJudged {
			n = len(shape.body.FindString(rest))
		}
		return len(shape.prefix) + n
	}
	return 0
}

// maxJudged is how many bytes of a word decide whether it is a token.
const maxJudged = 64

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// looksGenerated reports whether the text after the prefix of a token is more than words: if
// loose, whether it has a digit, or a long run without a separator.
func looksGenerated(s string, loose bool) bool {
	const longRun = 16
	if loose && strings.ContainsAny(s, "0123456789") || looksRandom(s, 12) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) &&
			!unicode.IsDigit(r)
	}),
		func(run string) bool { return len(run) >= longRun && (loose || run != strings.ToLower(run)) })
}

// looksRandom reports whether a word of at least so many bytes looks generated: it has many
// letters and digits without a separator between them.
func looksRandom(s string, least int) bool {
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

// secretWords are names of credentials before a colon.
var secretWords = []string{"token", "secret", "passw", "pwd", "key", "credential", "authorization"}

// mayHaveSecret reports whether a text may contain a credential. It reads each text once, so
// that the many texts without one cost little.
func mayHaveSecret(s string) bool {
	colon, slashes := false, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '=', b == '%':
			return true
		case b == ':':
			if !colon && slices.ContainsFunc(secretWords, func(word string) bool { return containsFold(s, word) }) {
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
			if slashes = slashes || i+1 < len(s) && s[i+1] == '/'; startsWebhook(s[i:]) {
				return true
			}
		case b >= 'A' && (i == 0 || !isWord(s[i-1])):
			if tokenLength(s, i) > 0 || strings.HasPrefix(s[i:], "eyJ") || startsFold(s[i:], "bearer") ||
				startsFold(s[i:], "basic") || strings.HasPrefix(s[i:], Removed) {
				return true
			}
		}
	}
	return false
}

// startsWebhook reports whether a text begins with the path of a webhook.
func startsWebhook(s string) bool {
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
