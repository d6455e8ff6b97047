package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// tokenKind is the kind of a token, by its form.
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

// kindOf returns the kind of a token by the prefix that GitLab gives it. A token without a
// prefix is older, or of an instance with a prefix of its own: then it is an access token,
// unless it has the form of an OAuth token (64 hexadecimal digits) or of a job token (a JWT).
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

// authHeader returns the header by which a token of the kind is sent.
func (k tokenKind) authHeader(token string) (name, value string) {
	switch k {
	case jobToken:
		return "JOB-TOKEN", token
	case oauthToken:
		return "Authorization", "Bearer " + token
	}
	return "PRIVATE-TOKEN", token
}

// howTo is the advice about a token that is missing or lacks rights.
const howTo = "make a group access token with the role Reporter and the scope read_api"

// checkUsable returns an error if a kind of token cannot read what is needed.
func (k tokenKind) checkUsable() error {
	switch k {
	case noToken:
		return errors.New("no token: " + howTo)
	case deployToken, runnerToken, triggerToken:
		return fmt.Errorf("a %s cannot read the API: %s", k, howTo)
	}
	return nil
}

// describeToken returns the kind of the token with its scopes, and the scopes that it lacks.
// GitLab shows scopes of access tokens only.
func (f *Forge) describeToken(ctx context.Context, c *client) (credential string, missing []string, err error) {
	kind := kindOf(f.o.Token)
	switch kind {
	case jobToken:
		return "job token of CI", []string{"a job token reaches hardly more than its own project: " + howTo}, nil
	case oauthToken:
		return "OAuth token", nil, nil
	}
	self, err := getOne[ownToken](ctx, c, "personal_access_tokens/self", nil)
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
