package github

import (
	"regexp"
	"strings"
)

// ghost is the login that GitHub shows for a deleted account, which its API gives
// as null.
const ghost = "ghost"

// actor is an account as both APIs give it. GraphQL names its type __typename and
// leaves "[bot]" out of a bot's login; REST names it type.
type actor struct {
	Login    string `json:"login"`
	Typename string `json:"__typename"`
	Type     string `json:"type"`
}

// name returns the login that facts use; that of a null account is "ghost".
func (a *actor) name() string {
	switch {
	case a == nil || a.Login == "":
		return ghost
	case a.isBot() && !strings.HasSuffix(a.Login, botSuffix):
		return a.Login + botSuffix
	}
	return a.Login
}

const botSuffix = "[bot]"

func (a *actor) isBot() bool {
	return a != nil && (a.Typename == "Bot" || a.Type == "Bot" || strings.HasSuffix(a.Login, botSuffix))
}

var noReply = regexp.MustCompile(`(?i)^(?:\d+\+)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\[bot\])?)@users\.noreply\.`)

// authorName returns the name for the author of a commit: the login of the account; else the
// login in the name or in the no-reply address; else the e-mail in lower case; else the name.
func authorName(user *actor, name, email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	switch {
	case user != nil && user.Login != "":
		return user.name()
	case strings.HasSuffix(name, botSuffix):
		return name
	}
	if m := noReply.FindStringSubmatch(email); m != nil {
		return m[1]
	}
	if email != "" {
		return email
	}
	return strings.TrimSpace(name)
}
