package rest

import (
	"cmp"
	"encoding/base64"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// hidden replaces a secret.
const hidden = "[hidden]"

// tokenPattern matches texts that look like a token of any user of a forge: GitHub's and
// GitLab's prefixes, and JWTs.
var tokenPattern = regexp.MustCompile(
	`gh[a-z]_[A-Za-z0-9_]{10,}|github_pat_[A-Za-z0-9_]{4,}` +
		`|gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[A-Za-z0-9_.-]{6,}` +
		`|eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?`)

// namedCredential matches a credential after its name. The name is kept.
var namedCredential = regexp.MustCompile(
	`(?i)(\b(?:bearer|basic|authorization["']?:\s*(?:token|bearer|basic)?)\s+` +
		`|\b(?:private[_-]token|job[_-]token|access[_-]token|refresh[_-]token|client[_-]secret|password)["']?\s*[=:]\s*["']?)` +
		`([^\s&"'<>;,]{3,})`)

// secretParameter matches the names of query parameters with a secret value.
var secretParameter = regexp.MustCompile(`(?i)token|secret|password|signature|^(?:sig|key|code|auth)$`)

// scrubber removes secrets from texts. Secrets are added during the run.
type scrubber struct {
	mu       sync.RWMutex
	known    map[string]bool
	replacer *strings.Replacer
}

// addSecrets adds secrets in all spellings that a response may contain.
func (s *scrubber) addSecrets(secrets ...string) {
	s.mu.RLock()
	unknown := slices.ContainsFunc(secrets, func(v string) bool { return len(v) >= minSecret && !s.known[v] })
	s.mu.RUnlock()
	if !unknown {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]bool{}
	}
	for _, v := range secrets {
		if len(v) < minSecret {
			continue
		}
		for _, spelling := range []string{
			v, url.QueryEscape(v), url.PathEscape(v),
			base64.StdEncoding.EncodeToString([]byte(v)),
		} {
			s.known[spelling] = true
		}
	}
	// Longest first, so that no part of a secret is left that contains another.
	all := slices.SortedFunc(maps.Keys(s.known), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	var pairs []string
	for _, v := range all {
		pairs = append(pairs, v, hidden)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// minSecret is the shortest length of a secret. Removing shorter words would make texts
// unreadable and protect nothing.
const minSecret = 4

// scrub returns text without secrets.
func (s *scrubber) scrub(text string) string {
	s.mu.RLock()
	replacer := s.replacer
	s.mu.RUnlock()
	if replacer != nil {
		text = replacer.Replace(text)
	}
	text = tokenPattern.ReplaceAllLiteralString(text, hidden)
	return namedCredential.ReplaceAllString(text, "${1}"+hidden)
}

// scrubLine returns text without secrets as one line of at most 200 characters. Text of a forge
// or its proxy is not trusted: it must not be able to begin a line of a log.
func (s *scrubber) scrubLine(text string) string {
	text = s.scrub(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}

// scrubURL returns a URL without user, fragment and values of secret parameters.
func (s *scrubber) scrubURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	shown := *u
	shown.User = nil
	shown.Fragment, shown.RawFragment = "", ""
	if shown.RawQuery != "" {
		parts := strings.Split(shown.RawQuery, "&")
		for i, p := range parts {
			name, _, _ := strings.Cut(p, "=")
			if plain, err := url.QueryUnescape(name); err != nil || secretParameter.MatchString(plain) {
				parts[i] = name + "=" + hidden
			}
		}
		shown.RawQuery = strings.Join(parts, "&")
	}
	return s.scrubLine(shown.String())
}
