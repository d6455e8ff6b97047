package text

import (
	"net/url"
	"regexp"
	"strings"
)

// Removed stands in a text where a credential stood. It has no character that an
// address or a Markdown link would end at.
const Removed = "credential-removed"

// WithoutSecrets returns s without credentials, and how many there were. From
// addresses it drops the user before "@" and every parameter whose name is that of a
// credential, in the query, in the fragment and in addresses within parameters. In any
// text it puts Removed in place of what has the form of a token, of a password after
// its name and of a private key. Each Removed that s has already is counted again, so
// that a text which went through Redact has the same count.
func WithoutSecrets(s string) (string, int) {
	c := cleaner{}
	clean := c.text(s, 0)
	if c.n == 0 {
		return s, 0
	}
	return clean, c.n
}

// Redact returns s with Removed in place of every credential that WithoutSecrets would
// drop or replace. It is the form in which facts are kept: WithoutSecrets finds in it
// as many credentials as there were.
func Redact(s string) string {
	c := cleaner{keep: true}
	clean := c.text(s, 0)
	if c.n == 0 {
		return s
	}
	return clean
}

// HasSecret reports whether s holds a credential.
func HasSecret(s string) bool {
	_, n := WithoutSecrets(s)
	return n > 0
}

// SecretName reports whether a parameter, a header or a field of that name holds a
// credential: "private_token", "X-Amz-Signature", "sig".
func SecretName(name string) bool {
	for range deepest {
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

// deepest is how many times an address within an address is unpacked.
const deepest = 4

// secretNames are names of parameters in lower case, letters and digits only.
var secretNames = map[string]bool{
	"sig": true, "key": true, "code": true, "auth": true, "jwt": true, "pwd": true, "pass": true, "sid": true,
	"authorization": true, "googleaccessid": true, "keypairid": true, "hmac": true, "otp": true, "assertion": true, "apitoken": true,
}

// secretParts are what the longer names of credentials contain.
var secretParts = []string{
	"token", "secret", "passw", "passphrase", "signature", "credential", "apikey", "accesskey", "privatekey", "sessionid", "sessionkey", "authkey",
	"subscriptionkey", "oauthverifier", "sharedkey", "accountkey", "clientkey", "webhookkey", "jsessionid", "phpsessid", "bearer",
}

// cleaner takes credentials out of one text and counts them.
type cleaner struct {
	keep bool // put Removed where a credential stood, rather than drop it
	n    int
}

// instead returns what stands for a credential that was found.
func (c *cleaner) instead() string {
	c.n++
	return Removed
}

func (c *cleaner) text(s string, depth int) string {
	if !suspicious(s) {
		return s
	}
	if !c.keep {
		c.n += strings.Count(s, Removed)
	}
	if strings.Contains(s, "-----BEGIN") {
		s = privateKey.ReplaceAllStringFunc(s, func(string) string { return c.instead() })
	}
	s = c.webhook(c.addresses(s, depth))
	s = c.named(s)
	return c.tokens(s)
}

var privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)`)

// scheme is how an address begins, in the spellings that browsers and git take.
var scheme = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]*:|(?:^|[\s"'(<=]))[/\\]{2,}`)

// addresses cleans every address in a text, and what looks like the end of one.
func (c *cleaner) addresses(s string, depth int) string {
	var b strings.Builder
	for s != "" {
		at := scheme.FindStringIndex(s)
		if at == nil {
			break
		}
		b.WriteString(c.bare(s[:at[0]], depth))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
		end := endOfAddress(s)
		b.WriteString(c.address(s[:end], depth))
		s = s[end:]
	}
	if b.Len() == 0 {
		return c.bare(s, depth)
	}
	b.WriteString(c.bare(s, depth))
	return b.String()
}

// endOfAddress returns where the address ends that a text begins with: at a blank, at a
// bracket or quote that cannot be part of one, or where another address begins.
func endOfAddress(s string) int {
	end := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == '"' || r == '`' || r == '\u00a0' })
	if end < 0 {
		end = len(s)
	}
	if at := another.FindStringIndex(s[:end]); at != nil {
		return at[0]
	}
	return len(strings.TrimRight(s[:end], ".,;:!?)]}'"))
}

// another is an address within an address.
var another = regexp.MustCompile(`(?i)\b(?:https?|ssh|git|ftps?)://`)

// address cleans an address without its scheme: authority, path, query and fragment.
func (c *cleaner) address(s string, depth int) string {
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
		case user == "git" || user == "": // of every clone by SSH: nobody's
			authority = host
		case c.keep:
			authority = c.instead() + "@" + host
		case user == Removed: // which has been counted
			authority = host
		default:
			c.n++
			authority = host
		}
	} else if encoded := strings.LastIndex(authority, "%40"); encoded >= 0 {
		host := authority[encoded+len("%40"):]
		if authority = host; c.keep {
			authority = c.instead() + "@" + host
		} else {
			c.n++
		}
	}
	return authority + c.behind(rest, depth)
}

// behind cleans what follows the host of an address, or an address without one.
func (c *cleaner) behind(s string, depth int) string {
	s, fragment, hasFragment := strings.Cut(s, "#")
	path, query, hasQuery := strings.Cut(s, "?")
	out := c.matrix(c.unpacked(path, depth, url.PathUnescape, url.PathEscape), depth)
	if hasQuery {
		if kept := c.parameters(query, depth); kept != "" || query == "" {
			out += "?" + kept
		}
	}
	if hasFragment {
		// "#access_token=…", "#/path?token=…", "#/path&token=…"
		before, parameters, has := strings.Cut(fragment, "?")
		fragment = c.parameters(before, depth)
		if has {
			if kept := c.parameters(parameters, depth); kept != "" {
				fragment += "?" + kept
			}
		}
		if fragment != "" {
			out += "#" + fragment
		}
	}
	return out
}

// matrix drops credentials among the parameters of a path: "/page;jsessionid=…".
func (c *cleaner) matrix(path string, depth int) string {
	before, parameters, ok := strings.Cut(path, ";")
	if !ok || !strings.Contains(parameters, "=") {
		return path
	}
	kept := c.parameters(parameters, depth)
	if kept == "" {
		return before
	}
	return before + ";" + kept
}

// parameters drops the credentials among the parameters of a query.
func (c *cleaner) parameters(query string, depth int) string {
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
		case !has || value == "" && !SecretName(name):
			b.WriteString(c.unpacked(part, depth, url.QueryUnescape, url.QueryEscape) + separator)
		case !SecretName(strings.TrimPrefix(name, "amp;")):
			b.WriteString(name + "=" + c.unpacked(value, depth, url.QueryUnescape, url.QueryEscape) + separator)
		case c.keep:
			b.WriteString(name + "=" + c.instead() + separator)
		case value == Removed: // which has been counted
		default:
			c.n++
		}
	}
	return strings.TrimRight(b.String(), "&;")
}

// unpacked cleans what an encoded part of an address holds, which may be another
// address. A part without a credential stays as it is.
func (c *cleaner) unpacked(s string, depth int, decode func(string) (string, error), encode func(string) string) string {
	if depth >= deepest {
		return s
	}
	plain, err := decode(s)
	if err != nil {
		return s
	}
	inner := cleaner{keep: c.keep}
	clean := inner.text(plain, depth+1)
	if plain != s && inner.n == 0 {
		clean = inner.behindAlone(plain, depth+1)
	}
	if inner.n == 0 || clean == plain {
		return s
	}
	// What stands there already has been counted.
	c.n += inner.n
	if !c.keep {
		c.n -= strings.Count(plain, Removed)
	}
	if plain == s {
		return clean
	}
	return encode(clean)
}

// behindAlone cleans a text that may be the path, query or fragment of an address.
func (c *cleaner) behindAlone(s string, depth int) string {
	if !strings.ContainsAny(s, "?#=") {
		return s
	}
	return c.behind(s, depth)
}

// webhooks are addresses whose path is the credential.
var webhooks = regexp.MustCompile(`(?i)(/services/T[A-Z0-9]+/B[A-Z0-9]+/|/api/webhooks/\d+/|/webhookb2/|/bot\d+:)[\w@./-]+`)

func (c *cleaner) webhook(path string) string {
	return webhooks.ReplaceAllStringFunc(path, func(found string) string {
		prefix := webhooks.FindStringSubmatch(found)[1]
		if found == prefix+Removed {
			return found
		}
		return prefix + c.instead()
	})
}

var (
	// looseQuery is a query or fragment of an address without a scheme.
	looseQuery = regexp.MustCompile(`[?#][^\s"'<>` + "`" + `]*=[^\s"'<>` + "`" + `]*`)
	// looseParameter is a parameter of an address whose beginning is missing.
	looseParameter = regexp.MustCompile(`([&;])([\w.\[\]%-]{2,60})=([^\s&;#"'<>` + "`" + `]+)`)
	// looseUser is a user and a password before a host without a scheme.
	looseUser = regexp.MustCompile(`(^|[\s"'(<=,/])([\w.%+~-]+:[^\s@"'<>]{3,})@([\w.-]+(?::\d+)?(?:[/\s?#"')>,]|$))`)
)

// bare cleans text that no scheme stands before.
func (c *cleaner) bare(s string, depth int) string {
	if strings.ContainsAny(s, "?&;#") && strings.Contains(s, "=") {
		s = looseQuery.ReplaceAllStringFunc(s, func(found string) string { return c.behind(found, depth) })
		s = replace(looseParameter, s, func(m []string) string {
			switch {
			case !SecretName(m[2]):
				return m[0]
			case m[3] == Removed && !c.keep:
				return ""
			case m[3] == Removed:
				return m[0]
			case c.keep:
				return m[1] + m[2] + "=" + c.instead()
			}
			c.n++
			return ""
		})
	}
	if !strings.Contains(s, "@") {
		return s
	}
	return replace(looseUser, s, func(m []string) string {
		if strings.HasPrefix(strings.ToLower(m[2]), "mailto:") {
			return m[0]
		}
		if c.keep {
			return m[1] + c.instead() + "@" + m[3]
		}
		c.n++
		return m[1] + m[3]
	})
}

// replace replaces each match of a pattern by what f makes of its groups.
func replace(pattern *regexp.Regexp, s string, f func(groups []string) string) string {
	return pattern.ReplaceAllStringFunc(s, func(found string) string {
		groups := pattern.FindStringSubmatch(found)
		if groups == nil { // what stands behind the match decided
			return found
		}
		return f(groups)
	})
}
