package org

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// Lane separates work of people from work of automation.
type Lane string

// Lanes.
const (
	Human      Lane = "human"
	Automation Lane = "automation"
)

// knownBots lists accounts that forges and common tools use without the "[bot]" suffix, in
// lower case and without a mail domain.
var knownBots = map[string]bool{
	"dependabot": true, "dependabot-preview": true, "renovate": true, "renovate-bot": true,
	"github-actions": true, "greenkeeper": true, "snyk-bot": true, "web-flow": true,
	"semantic-release-bot": true, "gitlab-bot": true, "project-bot": true, "ghost-bot": true,
	"mergify": true, "bors": true, "pre-commit-ci": true, "allcontributors": true,
	"k8s-ci-robot": true, "copybara-service": true, "codecov": true, "imgbot": true,
	"argocd-image-updater": true, "goreleaserbot": true, "fluxcdbot": true, "weblate": true, "jenkins": true,
}

// knownBotMails lists addresses of tools and forges whose local part is too general for
// knownBots.
var knownBotMails = map[string]bool{
	"actions@github.com": true, "action@github.com": true, "noreply@github.com": true,
	"support@dependabot.com": true, "bot@renovateapp.com": true, "renovate@whitesourcesoftware.com": true,
	"no-reply@renovatebot.com": true, "support@greenkeeper.io": true, "bot@snyk.io": true,
	"hosted@weblate.org": true, "noreply@weblate.org": true, "bot@stepsecurity.io": true, "ci@gitlab.com": true,
}

// forgeToken matches the accounts that GitLab makes for access tokens of projects
// and groups ("project_42_bot_0f3a", before 2023 "project_42_bot1") and for service
// accounts, with or without a mail domain.
var forgeToken = regexp.MustCompile(`^((project|group)_[0-9]+_bot([0-9]*|_[0-9a-z]+)|service_account_[0-9a-z_-]+)(@|$)`)

// Bots separates accounts of automation from accounts of people.
type Bots struct {
	patterns []*regexp.Regexp
	seen     map[string]bool // memo: the same few thousand accounts recur
}

// NewBots compiles the configured patterns, which add to the "[bot]" suffix and the built-in
// list. Its error lists every pattern that does not compile.
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

// IsBot reports whether a login or e-mail belongs to automation. An unknown author ("",
// "ghost") counts as a person, because most deleted accounts are people.
func (b *Bots) IsBot(login string) bool {
	if login == "" {
		return false
	}
	if is, ok := b.seen[login]; ok {
		return is
	}
	is := b.matchesLogin(login)
	b.seen[login] = is
	return is
}

// matchesLogin reports whether a name in the login belongs to automation. Exports write "name",
// "mail" or "name <mail>".
func (b *Bots) matchesLogin(login string) bool {
	if slices.ContainsFunc(b.patterns, func(re *regexp.Regexp) bool { return re.MatchString(login) }) {
		return true
	}
	name, mail, both := strings.Cut(text.Fold(login), "<")
	return isBot(strings.TrimSpace(name)) || both && isBot(strings.TrimRight(mail, "> "))
}

// isBot reports whether one folded login, display name or e-mail belongs to automation.
func isBot(login string) bool {
	if strings.HasSuffix(login, "[bot]") || strings.Contains(login, "[bot]@") || strings.HasPrefix(login, "app/") {
		return true // "app/dependabot" is how GitHub's command line writes an app
	}
	if knownBotMails[login] || forgeToken.MatchString(login) {
		return true
	}
	name, _, _ := strings.Cut(login, "@")
	if _, after, ok := strings.Cut(name, "+"); ok {
		name = after // "49699333+renovate@users.noreply…"
	}
	return knownBots[strings.ReplaceAll(name, " ", "-")]
}
