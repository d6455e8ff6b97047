package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// tokenKind is what a token is, told by its form.
type tokenKind string

const (
	noToken      tokenKind = "none"
	accessToken  tokenKind = "access token"
	jobToken     tokenKind = "job token"
	oauthToken   tokenKind = "OAuth token"
	deployToken  tokenKind = "deploy token"
	runnerToken  tokenKind = "runner token"
	triggerToken tokenKind = "trigger token"
)

// kindOf tells a token by the prefix that GitLab gives it. One without a prefix is
// older, or of an instance that chose a prefix of its own: then it is an access
// token, unless it has the form of an OAuth token (64 hexadecimal digits) or of a
// job token (a JWT).
func kindOf(token string) tokenKind {
	hex := len(token) == 64 && strings.Trim(token, "0123456789abcdef") == ""
	switch {
	case token == "":
		return noToken
	case strings.HasPrefix(token, "glcbt-"), strings.HasPrefix(token, "eyJ"):
		return jobToken
	case strings.HasPrefix(token, "gloas-"), hex:
		return oauthToken
	case strings.HasPrefix(token, "gldt-"):
		return deployToken
	case strings.HasPrefix(token, "glrt-"), strings.HasPrefix(token, "glrtr-"):
		return runnerToken
	case strings.HasPrefix(token, "glptt-"):
		return triggerToken
	}
	return accessToken
}

// header is how a token of the kind is sent.
func (k tokenKind) header(token string) (name, value string) {
	switch k {
	case jobToken:
		return "JOB-TOKEN", token
	case oauthToken:
		return "Authorization", "Bearer " + token
	}
	return "PRIVATE-TOKEN", token
}

// howTo is what to do about a token that is missing or cannot do what it must.
const howTo = "make a group access token with the role Reporter and the scope read_api"

// usable says what is wrong with a kind of token, or nil.
func (k tokenKind) usable() error {
	switch k {
	case noToken:
		return errors.New("no token: " + howTo)
	case deployToken, runnerToken, triggerToken:
		return fmt.Errorf("a %s cannot read the API: %s", k, howTo)
	}
	return nil
}

// described is what a token is and can do, and what it lacks. Only access tokens
// can be asked about themselves.
func (f *Forge) described(ctx context.Context, c *client) (credential string, missing []string, err error) {
	kind := kindOf(f.o.Token)
	switch kind {
	case jobToken:
		return "job token of CI", []string{"a job token reaches hardly more than its own project: " + howTo}, nil
	case oauthToken:
		return "OAuth token", nil, nil
	}
	self, err := one[ownToken](ctx, c, "personal_access_tokens/self", nil)
	switch status := statusOf(err); {
	case status == http.StatusNotFound, status == http.StatusBadRequest, status == http.StatusForbidden:
		// GitLab before 15.5, or a token that may not ask.
		return string(kind) + " of unknown scopes", nil, nil
	case err != nil:
		return "", nil, err
	}
	credential = fmt.Sprintf("access token with %s", strings.Join(self.Scopes, ", "))
	if self.Expires != "" {
		credential += ", expires " + self.Expires
	}
	if !slices.Contains(self.Scopes, "read_api") && !slices.Contains(self.Scopes, "api") {
		missing = append(missing, "scope read_api: "+howTo)
	}
	return credential, missing, nil
}
