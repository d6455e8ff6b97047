package text

import (
	"net/url"
	"regexp"
	"strings"
)

// Removed replaces a credential. It has no character that ends an address or a Markdown link.
const Removed = "credential-removed"

// RemoveSecrets returns s without credentials, and the number of credentials. From addresses it
// drops the user before "@" and every parameter with the name of a credential: in the query, in
// the fragment and in addresses inside parameters. In any text it replaces tokens, passwords
// after their name and private keys by Removed. It counts each Removed already in s, so that a
// text after Redact has the same count.
func RemoveSecrets(s string) (string, int) {
	c := cleaner{}
	clean := c.cleanText(s, 0)
	if c.n == 0 {
		return s, 0
	}
	return clean, c.n
}

// Redact returns s with Removed in place of every credential that RemoveSecrets would drop or
// replace. Facts are kept in this form: RemoveSecrets still counts all credentials in it.
func Redact(s string) string {
	c := cleaner{keep: true}
	clean := c.cleanText(s, 0)
	if c.n == 0 {
		return s
	}
	return clean
}

// HasSecret reports whether s contains a credential.
func HasSecret(s string) bool {
	_, n := RemoveSecrets(s)
	return n > 0
}

// IsSecretName reports whether a parameter, a header or a field of that name contains a
// credential: "private_token", "X-Amz-Signature", "sig".
func IsSecretName(name string) bool {
	for range maxNesting {
		plain, err := url.QueryUnescape(name)
		if err != nil || plain == name {
			break
		}
		name = plain
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, name)
	if secretNames[name] {
		return true
	}
	for _, part := range secretParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// maxNesting limits how deep addresses inside addresses are cleaned.
const maxNesting = 4

// secretNames are names of parameters, in lower-case letters and digits only.
var secretNames = map[string]bool{
	"sig": true, "key": true, "code": true, "auth": true, "jwt": true, "pwd": true, "pass": true, "sid": true,
	"authorization": true, "googleaccessid": true, "keypairid": true, "hmac": true,
	"otp": true, "assertion": true, "apitoken": true,
}

// secretParts are parts of the longer names of credentials.
var secretParts = []string{
	"token", "secret", "passw", "passphrase", "signature", "credential", "apikey",
	"accesskey", "privatekey", "sessionid", "sessionkey", "authkey",
	"subscriptionkey", "oauthverifier",
	"sharedkey", "accountkey", "clientkey", "webhookkey", "jsessionid", "phpsessid", "bearer",
}

// cleaner removes credentials from one text and counts them.
type cleaner struct {
	keep bool // replace a credential by Removed instead of dropping it
	n    int
}

// markRemoved counts a credential and returns its replacement.
func (c *cleaner) markRemoved() string {
	c.n++
	return Removed
}

func (c *cleaner) cleanText(s string, depth int) string {
	if !mayHaveSecret(s) {
		return s
	}
	if !c.keep {
		c.n += strings.Count(s, Removed)
	}
	if strings.Contains(s, "-----BEGIN") {
		s = privateKey.ReplaceAllStringFunc(s, func(string) string { return c.markRemoved() })
	}
	s = c.cleanWebhooks(c.cleanAddresses(s, depth))
	s = c.cleanNamed(s)
	return c.cleanTokens(s)
}

var privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----` +
	`.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)`)

// scheme matches the beginning of an address, in the spellings of browsers and git.
var scheme = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*:|(?:^|[\s"'(<=]))[/\\]{2,}`)

// cleanAddresses cleans every address in a text, and texts that look like the end of one.
func (c *cleaner) cleanAddresses(s string, depth int) string {
	var b strings.Builder
	for hasSlashes(s) {
		at := scheme.FindStringIndex(s)
		if at == nil {
			break
		}
		b.WriteString(c.cleanBare(s[:at[0]], depth))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
		end := addressEnd(s)
		b.WriteString(c.cleanAddress(s[:end], depth))
		s = s[end:]
	}
	if b.Len() == 0 {
		return c.cleanBare(s, depth)
	}
	b.WriteString(c.cleanBare(s, depth))
	return b.String()
}

// hasSlashes reports whether a text has two slashes of either kind in a row, as every address.
func hasSlashes(s string) bool {
	for i := 1; i < len(s); i++ {
		if (s[i] == '/' || s[i] == '\\') && (s[i-1] == '/' || s[i-1] == '\\') {
			return true
		}
	}
	return false
}

// addressEnd returns the end of the address at the beginning of a text: at a blank, at a
// bracket or quote that cannot be part of it, or before another address.
func addressEnd(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r == '<' || r == '>' || r == '"' || r == '`' || r == '\u00a0'
	})
	if end < 0 {
		end = len(s)
	}
	if at := innerAddress.FindStringIndex(s[:end]); at != nil {
		return at[0]
	}
	return len(strings.TrimRight(s[:end], ".,;:!?)]}'"))
}

// innerAddress matches an address inside an address.
var innerAddress = regexp.MustCompile(`(?i)\b(?:https?|ssh|git|ftps?)://`)

// cleanAddress cleans an address without its scheme: authority, path, query and fragment.
func (c *cleaner) cleanAddress(s string, depth int) string {
	authority, rest := s, ""
	if cut := strings.IndexAny(s, `/\?#`); cut >= 0 {
		authority, rest = s[:cut], s[cut:]
	}
	if _, port, ok := strings.Cut(authority, ":"); ok && !strings.Contains(authority, "@") && strings.Trim(port, "0123456789") != "" {
		if at := strings.LastIndexByte(rest, '@'); at >= 0 { // a password with "/" in it
			authority, rest = s[:len(authority)+at+1], ""
			if cut := strings.IndexAny(s[len(authority):], `/\?#`); cut >= 0 {
				authority, rest = s[:len(authority)+cut], s[len(authority)+cut:]
			} else {
				authority = s
			}
		}
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, host := authority[:at], authority[at+1:]
		switch {
		case user == "git" || user == "": // the user of every clone by SSH
			authority = host
		case c.keep:
			authority = c.markRemoved() + "@" + host
		case user == Removed: // already counted
			authority = host
		default:
			c.n++
			authority = host
		}
	} else if encoded := strings.LastIndex(authority, "%40"); encoded >= 0 {
		host := authority[encoded+len("%40"):]
		if authority = host; c.keep {
			authority = c.markRemoved() + "@" + host
		} else {
			c.n++
		}
	}
	return authority + c.cleanPath(rest, depth)
}

// cleanPath cleans the path, query and fragment of an address.
func (c *cleaner) cleanPath(s string, depth int) string {
	s, fragment, hasFragment := strings.Cut(s, "#")
	path, query, hasQuery := strings.Cut(s, "?")
	out := c.cleanMatrix(c.cleanEncoded(path, depth, url.PathUnescape, url.PathEscape), depth)
	if hasQuery {
		if kept := c.cleanParameters(query, depth); kept != "" || query == "" {
			out += "?" + kept
		}
	}
	if hasFragment {
		// "#access_token=…", "#/path?token=…", "#/path&token=…"
		before, parameters, has := strings.Cut(fragment, "?")
		fragment = c.cleanParameters(before, depth)
		if has {
			if kept := c.cleanParameters(parameters, depth); kept != "" {
				fragment += "?" + kept
			}
		}
		if fragment != "" {
			out += "#" + fragment
		}
	}
	return out
}

// cleanMatrix drops credentials from the parameters of a path: "/page;jsessionid=…".
func (c *cleaner) cleanMatrix(path string, depth int) string {
	before, parameters, ok := strings.Cut(path, ";")
	if !ok || !strings.Contains(parameters, "=") {
		return path
	}
	kept := c.cleanParameters(parameters, depth)
	if kept == "" {
		return before
	}
	return before + ";" + kept
}

// cleanParameters drops the credentials from the parameters of a query.
func (c *cleaner) cleanParameters(query string, depth int) string {
	var b strings.Builder
	for query != "" {
		cut := strings.IndexAny(query, "&;")
		part, separator := query, ""
		if cut >= 0 {
			part, separator, query = query[:cut], query[cut:cut+1], query[cut+1:]
		} else {
			query = ""
		}
		name, value, has := strings.Cut(part, "=")
		switch {
		case !has || value == "" && !IsSecretName(name):
			b.WriteString(c.cleanEncoded(part, depth, url.QueryUnescape, url.QueryEscape) + separator)
		case !IsSecretName(strings.TrimPrefix(name, "amp;")):
			b.WriteString(name + "=" + c.cleanEncoded(value, depth, url.QueryUnescape, url.QueryEscape) + separator)
		case c.keep:
			b.WriteString(name + "=" + c.markRemoved() + separator)
		case value == Removed: // already counted
		default:
			c.n++
		}
	}
	return strings.TrimRight(b.String(), "&;")
}

// cleanEncoded cleans an encoded part of an address, which may contain another address. A part
// without a credential stays unchanged.
func (c *cleaner) cleanEncoded(s string, depth int,
	decode func(string) (string, error), encode func(string) string,
) string {
	if depth >= maxNesting {
		return s
	}
	plain, err := decode(s)
	if err != nil {
		return s
	}
	inner := cleaner{keep: c.keep}
	clean := inner.cleanText(plain, depth+1)
	if plain != s && inner.n == 0 {
		clean = inner.cleanLoosePath(plain, depth+1)
	}
	if inner.n == 0 || clean == plain {
		return s
	}
	// A Removed in the text is already counted.
	c.n += inner.n
	if !c.keep {
		c.n -= strings.Count(plain, Removed)
	}
	if plain == s {
		return clean
	}
	return encode(clean)
}

// cleanLoosePath cleans a text that may be the path, query or fragment of an address.
func (c *cleaner) cleanLoosePath(s string, depth int) string {
	if !strings.ContainsAny(s, "?#=") {
		return s
	}
	return c.cleanPath(s, depth)
}

// webhooks matches addresses with a credential as path.
var webhooks = regexp.MustCompile(`(?i)(/services/T[A-Z0-9]+/B[A-Z0-9]+/` +
	`|/api/webhooks/\d+/|/webhookb2/|/bot\d+:)[\w@./-]+`)

func (c *cleaner) cleanWebhooks(path string) string {
	if !strings.Contains(path, "/") {
		return path
	}
	return webhooks.ReplaceAllStringFunc(path, func(found string) string {
		prefix := webhooks.FindStringSubmatch(found)[1]
		if found == prefix+Removed {
			return found
		}
		return prefix + c.markRemoved()
	})
}

var (
	// looseQuery matches a query or fragment of an address without a scheme.
	looseQuery = regexp.MustCompile(`[?#][^\s"'<>` + "`" + `]*=[^\s"'<>` + "`" + `]*`)
	// looseParameter matches a parameter of an address without its beginning.
	looseParameter = regexp.MustCompile(`([&;])([\w.\[\]%-]{2,60})=([^\s&;#"'<>` + "`" + `]+)`)
	// looseUser matches a user and a password before a host without a scheme.
	looseUser = regexp.MustCompile(`(^|[\s"'(<=,/])([\w.%+~-]+:[^\s@"'<>]{3,})@([\w.-]+(?::\d+)?(?:[/\s?#"')>,]|$))`)
)

// cleanBare cleans text without a scheme before it.
func (c *cleaner) cleanBare(s string, depth int) string {
	if strings.ContainsAny(s, "?&;#") && strings.Contains(s, "=") {
		s = looseQuery.ReplaceAllStringFunc(s, func(found string) string { return c.cleanPath(found, depth) })
		s = replaceGroups(looseParameter, s, func(m []string) string {
			switch {
			case !IsSecretName(m[2]):
				return m[0]
			case m[3] == Removed && !c.keep:
				return ""
			case m[3] == Removed:
				return m[0]
			case c.keep:
				return m[1] + m[2] + "=" + c.markRemoved()
			}
			c.n++
			return ""
		})
	}
	if !strings.Contains(s, "@") {
		return s
	}
	return replaceGroups(looseUser, s, func(m []string) string {
		if strings.HasPrefix(strings.ToLower(m[2]), "mailto:") {
			return m[0]
		}
		if c.keep {
			return m[1] + c.markRemoved() + "@" + m[3]
		}
		c.n++
		return m[1] + m[3]
	})
}

// replaceGroups replaces each match of a pattern by the result of f for its groups.
func replaceGroups(pattern *regexp.Regexp, s string, f func(groups []string) string) string {
	return pattern.ReplaceAllStringFunc(s, func(found string) string {
		groups := pattern.FindStringSubmatch(found)
		if groups == nil { // the text after the match was decisive
			return found
		}
		return f(groups)
	})
}
