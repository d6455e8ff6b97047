package github

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// credentials set what authenticates a request: a token as it is, or the token of
// an App's installation, which lasts an hour and is replaced before that.
type credentials struct {
	client *client
	static string
	app    *App
	owner  string // organisation with the installation
	now    func() time.Time

	mu      sync.Mutex
	key     *rsa.PrivateKey
	current string
	expires time.Time
}

func newCredentials(o *Options, c *client) *credentials {
	t := &credentials{client: c, static: o.Token, app: o.App, now: o.Now}
	if len(o.Organisations) > 0 {
		t.owner = o.Organisations[0]
	} else if len(o.Repositories) > 0 {
		t.owner, _, _ = strings.Cut(o.Repositories[0], "/")
	}
	return t
}

// checkUsable reports credentials that cannot work before anything is sent.
func (t *credentials) checkUsable() error {
	switch {
	case t.app == nil && t.static == "":
		return fmt.Errorf("%w: no token: create a GitHub App or a fine-grained token with read access",
			collect.ErrCredentials)
	case t.app == nil:
		if strings.ContainsAny(t.static, " \t\r\n") {
			return fmt.Errorf("%w: the token has white space in it", collect.ErrCredentials)
		}
		return nil
	case t.now == nil:
		return fmt.Errorf("an App needs a clock")
	case t.app.ID <= 0:
		return fmt.Errorf("%w: the GitHub App has no id", collect.ErrCredentials)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(t.app.Key)
	if err != nil {
		return fmt.Errorf("%w: the private key of GitHub App %d is not PEM with an RSA key", collect.ErrCredentials, t.app.ID)
	}
	t.key = key
	return nil
}

// describeToken names the token, never shows it.
func (t *credentials) describeToken() string {
	if t.app != nil {
		return fmt.Sprintf("the installation token of GitHub App %d", t.app.ID)
	}
	kinds := []struct{ prefix, name string }{
		{"ghs_", "an installation token (the workflow's own GITHUB_TOKEN is one)"},
		{"github_pat_", "a fine-grained personal access token"},
		{"ghp_", "a classic personal access token"},
		{"gho_", "an OAuth token"},
		{"ghu_", "a user token of a GitHub App"},
	}
	for _, k := range kinds {
		if strings.HasPrefix(t.static, k.prefix) {
			return k.name
		}
	}
	return "a token of unknown kind"
}

type installing struct{}

// authorize sets the credentials of every attempt. Requests for the installation's token have
// the App's own signature instead.
func (t *credentials) authorize(ctx context.Context, r *http.Request) error {
	token := t.static
	if t.app != nil {
		var err error
		if ctx.Value(installing{}) != nil {
			token, err = t.signToken()
		} else {
			token, err = t.installationToken(ctx)
		}
		if err != nil {
			return err
		}
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// signToken returns the App's own token. It begins a minute ago, as GitHub advises for clocks
// that differ, and lasts for less than the ten minutes allowed.
func (t *credentials) signToken() (string, error) {
	now := t.now()
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer:    formatNumber(t.app.ID),
		IssuedAt:  jwt.NewNumericDate(now.Add(-time.Minute)),
		ExpiresAt: jwt.NewNumericDate(now.Add(9 * time.Minute)),
	}).SignedString(t.key)
}

// installationToken returns a token with at least five minutes to live.
func (t *credentials) installationToken(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != "" && !rest.Refused(ctx) && t.now().Add(5*time.Minute).Before(t.expires) {
		return t.current, nil
	}
	ctx = context.WithValue(rest.WithShape(ctx, rest.Object), installing{}, true)
	id := t.app.Installation
	if id == 0 {
		var err error
		if id, err = t.findInstallation(ctx); err != nil {
			return "", err
		}
	}
	var made struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires_at"`
	}
	if err := t.requestAsApp(rest.WithQuery(ctx), http.MethodPost, fmt.Sprintf("app/installations/%d/access_tokens", id),
		&made); err != nil {
		return "", fmt.Errorf("%w: no token for installation %d of GitHub App %d: %w", collect.ErrCredentials, id,
			t.app.ID, err)
	}
	if made.Token == "" {
		return "", fmt.Errorf("%w: GitHub App %d was given an empty token", collect.ErrCredentials, t.app.ID)
	}
	t.current, t.expires = made.Token, made.Expires
	return t.current, nil
}

// findInstallation asks for the App's installation in the first organisation.
func (t *credentials) findInstallation(ctx context.Context) (int64, error) {
	var found struct {
		ID int64 `json:"id"`
	}
	err := t.requestAsApp(ctx, http.MethodGet, "orgs/"+t.owner+"/installation", &found)
	if err == nil && found.ID != 0 {
		return found.ID, nil
	}
	// A user's installation, or a server that lacks the question, is in the list.
	var all []struct {
		ID      int64  `json:"id"`
		Account *actor `json:"account"`
	}
	if err := t.requestAsApp(rest.WithShape(ctx, rest.Array), http.MethodGet, "app/installations?per_page=100",
		&all); err != nil {
		return 0, fmt.Errorf("%w: GitHub App %d: %w", collect.ErrCredentials, t.app.ID, err)
	}
	for _, i := range all {
		if strings.EqualFold(i.Account.name(), t.owner) {
			return i.ID, nil
		}
	}
	return 0, fmt.Errorf("%w: GitHub App %d is not installed in %s: install it there, or give the installation's id",
		collect.ErrCredentials, t.app.ID, t.owner)
}

// requestAsApp goes past go-github's client: it is made while another request waits for
// its credentials.
func (t *credentials) requestAsApp(ctx context.Context, method, path string, out any) error {
	u, err := t.client.base.Parse(path)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/vnd.github+json")
	resp, err := t.client.transport.Client().Do(r)
	if err != nil {
		return t.client.explainError(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return &statusError{status: resp.StatusCode, request: formatRequest(r), message: http.StatusText(resp.StatusCode)}
	}
	b, err := io.ReadAll(resp.Body) // the transport has bounded it
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}
