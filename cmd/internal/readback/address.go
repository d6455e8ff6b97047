package readback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

const (
	// FetchTime is how long a published file may take.
	FetchTime = 30 * time.Second
	// mostRedirects is how many redirects are followed, all on one host.
	mostRedirects = 5
	// attempts is how often an address without an answer is asked.
	attempts = 3
)

// readFile reads a published file of this machine.
func readFile(name string) ([]byte, error) {
	data, err := workspace.ReadAtMost(name, MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		if abs, err := filepath.Abs(name); err == nil {
			name = abs
		}
		return nil, missingError{rooted.PublicName(workspace.WorkingDirectory(), name)}
	}
	return data, err
}

// StatusError reports an address that gave no file.
type StatusError struct {
	Address string
	Code    int
}

// Error returns the address and the status.
func (e StatusError) Error() string {
	text := fmt.Sprintf("%s answers %d %s", e.Address, e.Code, http.StatusText(e.Code))
	if e.Code == http.StatusNotFound {
		text += " (a site that only members can read may answer so, too)"
	}
	return text
}

// Is reports whether an error is fs.ErrNotExist and the address has no such file.
func (e StatusError) Is(target error) bool {
	return target == fs.ErrNotExist && e.Code == http.StatusNotFound
}

// LoginError reports an address that answers with a login page in place of a file.
type LoginError struct {
	Address, Host string
	Seen          string // by which the page was recognised
	Sent          bool   // a header was sent
	Unset         string // the variable of the header, which is not set
}

// Error returns the address and how the login page was recognised.
func (e LoginError) Error() string {
	return fmt.Sprintf("%s answered with a login page (host %s, %s)", e.Address, e.Host, e.Seen)
}

// Next returns the next step.
func (e LoginError) Next() string {
	const artifact = ", or let the artifact be read (permissions: actions: read)"
	switch {
	case e.Unset != "":
		return "set " + e.Unset + " to the header that the site asks for, in the form Name: value" + artifact
	case e.Sent:
		return "renew the header in the variable of history.header_env" + artifact
	}
	return "give history.header_env a variable with a header that the site accepts" + artifact
}

// Reason describes why a place could not be read, without its name, for a page.
func Reason(err error) string {
	var login LoginError
	var status StatusError
	var network net.Error
	switch {
	case errors.As(err, &login):
		return "answered with a login page"
	case errors.As(err, &status):
		return fmt.Sprintf("answered %d", status.Code)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "did not answer in time"
	case errors.Is(err, fs.ErrNotExist):
		return "has no such file"
	}
	return "could not be read"
}

// addressFiles reads the files of a published site over the web.
func (o *Opener) addressFiles(ctx context.Context, site string) Files {
	return func(file string) ([]byte, string, error) {
		name := hideQuery(Locate(site, file))
		for attempt := 1; ; attempt++ {
			data, passing, err := o.fetch(ctx, site, file)
			if err == nil || !passing || attempt == attempts {
				return data, name, err
			}
			if err := o.wait(ctx, attempt); err != nil {
				return nil, name, err
			}
		}
	}
}

// wait pauses before another attempt.
func (o *Opener) wait(ctx context.Context, attempt int) error {
	if o.Pause != nil {
		return o.Pause(ctx, attempt)
	}
	timer := time.NewTimer(time.Duration(attempt) * 2 * time.Second)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// fetch reads a file of a published site: by https, or by http from this machine, in bounded
// time and size, and without leaving the host. passing reports an error that may pass.
func (o *Opener) fetch(ctx context.Context, site, file string) (data []byte, passing bool, err error) {
	u, err := url.Parse(site)
	switch {
	case err != nil:
		return nil, false, errors.New("the address of the published site cannot be read")
	case u.User != nil:
		return nil, false, fmt.Errorf("the address of %s holds a password: leave it out", u.Host)
	case !isSafe(u):
		return nil, false, fmt.Errorf("%s: only https is read", hideQuery(u.Redacted()))
	case !strings.HasSuffix(u.Path, ".json"):
		u = u.JoinPath(file)
	default:
		if u, err = url.Parse(Locate(site, file)); err != nil {
			return nil, false, errors.New("the address of the published site cannot be read")
		}
	}
	limit := o.Timeout
	if limit == 0 {
		limit = FetchTime
	}
	parent := ctx
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, false, errors.New("the address of the published site cannot be read")
	}
	request.Header.Set("User-Agent", "ip3dp/"+o.Release)
	request.Header.Set("Accept", "application/json")
	shown := hideQuery(u.String())
	login := LoginError{Address: shown, Host: u.Host}
	if err := o.addHeader(request, &login); err != nil {
		return nil, false, err
	}
	var away *url.URL
	client := http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if leaves(next.URL, u) || len(via) > mostRedirects {
			away = next.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return nil, parent.Err() == nil, describeFault(shown, limit, ctx, err)
	}
	defer response.Body.Close() // read only
	if away != nil {
		return nil, false, describeRedirect(login, u, away)
	}
	switch code := response.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		login.Seen = fmt.Sprintf("%d %s", code, http.StatusText(code))
		return nil, false, login
	case code != http.StatusOK:
		return nil, code >= 500 || code == http.StatusTooManyRequests, StatusError{shown, code}
	}
	data, err = workspace.ReadAll(response.Body, shown, MaxFile)
	if err != nil {
		return nil, ctx.Err() != nil && parent.Err() == nil, err
	}
	if isHTML(response.Header.Get("Content-Type"), data) {
		login.Host, login.Seen = response.Request.URL.Host, "a page where JSON is expected"
		return nil, false, login
	}
	return data, false, nil
}

// describeFault returns an error of the network without the address's query.
func describeFault(shown string, limit time.Duration, ctx context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s: %w", shown, limit, context.DeadlineExceeded)
	}
	return fmt.Errorf("%s: %w", shown, err)
}

// leaves reports whether a redirect leads to another host or to a page of a login.
func leaves(next, from *url.URL) bool {
	return next.Host != from.Host || next.Scheme != from.Scheme || loginPath.MatchString(next.Path) &&
		!loginPath.MatchString(from.Path)
}

// loginPath matches paths of login pages.
var loginPath = regexp.MustCompile(`(?i)(^|/)(log[-_]?in|sign[-_]?in|oauth2?|openid[^/]*|sso|saml2?|cas|auth|adfs|accounts?)(/|\.|$)`)

// describeRedirect returns the error of a redirect that is not followed.
func describeRedirect(login LoginError, from, to *url.URL) error {
	login.Host, login.Seen = to.Host, "a redirect to another host"
	switch {
	case to.Host == from.Host && loginPath.MatchString(to.Path):
		login.Seen = "a redirect to " + to.Path[:min(len(to.Path), 60)]
	case to.Host == from.Host && to.Scheme == from.Scheme:
		return fmt.Errorf("%s: too many redirects", login.Address)
	case to.Host == from.Host:
		return fmt.Errorf("%s redirects from %s to %s", login.Address, from.Scheme, to.Scheme)
	}
	return login
}

// isHTML reports whether an answer is a page and not JSON.
func isHTML(contentType string, data []byte) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == "text/html" || kind == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n\ufeff"), []byte("<"))
}

// headerName matches the names that a header of the environment may have.
var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

// ownHeaders are headers that a request sets itself.
var ownHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer"}

// addHeader adds the header of the environment to a request, if its host is one of the trusted
// configuration. Errors do not contain the header.
func (o *Opener) addHeader(request *http.Request, login *LoginError) error {
	if o.HeaderEnv == "" || !slices.Contains(o.Hosts, request.URL.Host) {
		return nil
	}
	line := strings.TrimSpace(o.Env(o.HeaderEnv))
	if line == "" {
		login.Unset = o.HeaderEnv
		return nil
	}
	name, value, ok := strings.Cut(line, ":")
	name, value = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
	if !ok || value == "" || !headerName.MatchString(name) || slices.Contains(ownHeaders, name) ||
		strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("the variable %s, which history.header_env names, holds no header of the form Name: value", o.HeaderEnv)
	}
	login.Sent = true
	request.Header.Set(name, value)
	return nil
}

// isSafe reports whether an address is read: by https, or by http from this machine.
func isSafe(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && IsThisMachine(u.Hostname())
}

// IsThisMachine reports whether a host is the one that the program runs on.
func IsThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hideQuery returns an address without its query, which may hold a signature.
func hideQuery(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	return address
}

// readLimited reads a body of at most limit bytes.
func readLimited(body io.Reader, name string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%s is larger than %d MiB", name, limit>>20)
	}
	return data, nil
}
