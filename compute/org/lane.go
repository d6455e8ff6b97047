package org

import (
	"fmt"
	"regexp"
	"strings"
)

// Lane separates work of people from work of automation.
type Lane string

// Lanes.
const (
	Human      Lane = "human"
	Automation Lane = "automation"
)

// knownBots are accounts that forges and common tools use without the "[bot]"
// suffix, in lower case and without a mail domain.
var knownBots = map[string]bool{
	"dependabot": true, "dependabot-preview": true, "renovate": true, "renovate-bot": true,
	"github-actions": true, "greenkeeper": true, "snyk-bot": true, "web-flow": true,
	"semantic-release-bot": true, "gitlab-bot": true, "project-bot": true, "ghost-bot": true,
	"mergify": true, "bors": true, "pre-commit-ci": true, "allcontributors": true,
	"k8s-ci-robot": true, "copybara-service": true, "codecov": true, "imgbot": true,
	"argocd-image-updater": true, "goreleaserbot": true, "fluxcdbot": true, "weblate": true, "jenkins": true,
}

// Bots tells automation's accounts from people's.
type Bots struct {
	patterns []*regexp.Regexp
	seen     map[string]bool // memo: the same few thousand accounts recur
}

// NewBots compiles the configured patterns, which are added to the "[bot]"
// suffix and the known list. It reports every pattern that does not compile.
func NewBots(patterns []string) (*Bots, error) {
	b := &Bots{seen: map[string]bool{}}
	var bad []string
	for _, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			bad = append(bad, fmt.Sprintf("%q: %v", p, err))
			continue
		}
		b.patterns = append(b.patterns, re)
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("people.bots: not a regular expression: %s", strings.Join(bad, "; "))
	}
	return b, nil
}

// Is reports whether the login or e-mail is automation's. An unknown author
// ("", "ghost") is taken for a person: deleted accounts are people far more often.
func (b *Bots) Is(login string) bool {
	if login == "" {
		return false
	}
	if is, ok := b.seen[login]; ok {
		return is
	}
	is := b.judge(login)
	b.seen[login] = is
	return is
}

func (b *Bots) judge(login string) bool {
	l := strings.ToLower(login)
	if strings.HasSuffix(l, "[bot]") || strings.Contains(l, "[bot]@") {
		return true
	}
	name, _, _ := strings.Cut(l, "@")
	if l == "actions@github.com" {
		return true
	}
	if _, after, ok := strings.Cut(name, "+"); ok {
		name = after // "49699333+renovate@users.noreply…"
	}
	if knownBots[name] {
		return true
	}
	for _, re := range b.patterns {
		if re.MatchString(login) {
			return true
		}
	}
	return false
}
