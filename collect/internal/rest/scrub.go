package rest

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// hidden stands where a secret stood.
const hidden = "[hidden]"

// token is what looks like a token of a forge, whoever's it is: GitHub's and
// GitLab's prefixes, JWTs, and what follows the names of credentials.
var token = regexp.MustCompile(
	`gh[a-z]_[A-Za-z0-9_]{10,}|github_pat_[A-Za-z0-9_]{4,}` +
		`|gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[A-Za-z0-9_.-]{6,}` +
		`|eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?`)

// named is a credential with its name before it, which stays.
var named = regexp.MustCompile(
	`(?i)(\b(?:bearer|basic|authorization["']?:\s*(?:token|bearer|basic)?)\s+` +
		`|\b(?:private[_-]token|job[_-]token|access[_-]token|refresh[_-]token|client[_-]secret|password)["']?\s*[=:]\s*["']?)` +
		`([^\s&"'<>;,]{3,})`)

// secretParameter is the name of a query parameter whose value is one.
var secretParameter = regexp.MustCompile(`(?i)token|secret|password|signature|^(?:sig|key|code|auth)$`)

// scrubber takes secrets out of texts. It learns more of them as the run goes on.
type scrubber struct {
	mu       sync.RWMutex
	known    map[string]bool
	replacer *strings.Replacer
}

// learn adds secrets, in the spellings in which they may come back.
func (s *scrubber) learn(secrets ...string) {
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
	// Longest first, so that a secret within another leaves no rest of it.
	var all []string
	for v := range s.known {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, v := range all {
		pairs = append(pairs, v, hidden)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// minSecret is the length below which a word is no secret; taking it out would
// make texts unreadable and protect nothing.
const minSecret = 4

// scrub returns text without secrets.
func (s *scrubber) scrub(text string) string {
	s.mu.RLock()
	replacer := s.replacer
	s.mu.RUnlock()
	if replacer != nil {
		text = replacer.Replace(text)
	}
	text = token.ReplaceAllLiteralString(text, hidden)
	return named.ReplaceAllString(text, "${1}"+hidden)
}

// line is text without secrets as one line of at most 200 characters: what a forge
// or its proxy says is untrusted, and must not begin a line of a log.
func (s *scrubber) line(text string) string {
	text = s.scrub(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	return text
}

// address is a URL without user, fragment and values of secret parameters.
func (s *scrubber) address(u *url.URL) string {
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
	return s.line(shown.String())
}
