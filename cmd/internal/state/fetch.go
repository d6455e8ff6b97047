package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
)

const (
	// MaxMeasured is how large a published file may be: that of 60 teams over two
	// years has 5 MiB.
	MaxMeasured = 64 << 20
	// fetchTime is how long a published file may take.
	fetchTime = 30 * time.Second
	// mostRedirects is how many redirects are followed, all on one host.
	mostRedirects = 5
)

// DecodeMeasured reads the measured.json of a site. The site may be a stranger's, so its
// content is checked.
func (r *Reader) DecodeMeasured(files SiteFiles) (compute.Measured, error) {
	var m compute.Measured
	if err := r.decodeSite(files, MeasuredForm, &m); err != nil {
		return compute.Measured{}, err
	}
	m.Version = compute.MeasuredVersion
	return m, plausibleMeasured(&m)
}

// plausibleMeasured refuses numbers of times that no platform has.
func plausibleMeasured(m *compute.Measured) error {
	if !config.IsPlausible(m.CutOff) {
		return errors.New("measured.json was not written by ip3dp, or is damaged")
	}
	// Weeks are counted one by one, so they must be those of a platform.
	for i := range m.History {
		if !config.IsPlausible(m.History[i].Week) {
			return fmt.Errorf("measured.json: row %d of its history is of no time of a platform", i+1)
		}
	}
	return checkHistory("measured.json", m.History)
}

// IsAddress reports whether a name is one of the web and not of a file.
func IsAddress(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

// readPublished reads a file of a published site: from its address or folder, or the
// file itself.
func (r *Reader) readPublished(ctx context.Context, site, file string) ([]byte, error) {
	if IsAddress(site) {
		return r.fetchPublished(ctx, site, file)
	}
	name := site
	if info, err := os.Stat(site); err == nil && info.IsDir() {
		name = filepath.Join(site, filepath.FromSlash(file))
	}
	data, err := workspace.ReadAtMost(name, MaxMeasured)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missingError{rooted.PublicName(workspace.WorkingDirectory(), name)}
	}
	return data, err
}

// missingError reports a missing file.
type missingError struct{ name string }

func (e missingError) Error() string { return "there is no " + e.name }

// Is reports whether an error is fs.ErrNotExist.
func (missingError) Is(target error) bool { return target == fs.ErrNotExist }

// statusError reports an address that gave no file.
type statusError struct {
	address string
	code    int
}

func (e statusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.address, e.code, http.StatusText(e.code))
}

// Is reports whether an error is fs.ErrNotExist and the address has no such file.
func (e statusError) Is(target error) bool {
	return target == fs.ErrNotExist && e.code == http.StatusNotFound
}

// fetchPublished reads a file of a published site over the web: by https, or by
// http from this machine, in bounded time and size, and without leaving the host.
func (r *Reader) fetchPublished(ctx context.Context, site, file string) ([]byte, error) {
	u, err := url.Parse(site)
	if err != nil {
		return nil, errors.New("the address of the published site cannot be read")
	}
	if u.User != nil {
		return nil, fmt.Errorf("the address of %s holds a password: leave it out", u.Host)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !IsThisMachine(u.Hostname())) {
		return nil, fmt.Errorf("%s: only https is read", u.Redacted())
	}
	if !strings.HasSuffix(u.Path, ".json") {
		u = u.JoinPath(file)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Redacted(), err)
	}
	request.Header.Set("User-Agent", "ip3dp/"+r.Release)
	client := http.Client{CheckRedirect: sameHost}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() // read only
	if response.StatusCode != http.StatusOK {
		return nil, statusError{u.Redacted(), response.StatusCode}
	}
	return workspace.ReadAll(response.Body, u.Redacted(), MaxMeasured)
}

// sameHost refuses redirects to another host: a site's files are on one host.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > mostRedirects:
		return errors.New("too many redirects")
	case next.URL.Host != first.Host || next.URL.Scheme != first.Scheme:
		return fmt.Errorf("redirects to another host, %s", next.URL.Host)
	}
	return nil
}

// IsThisMachine reports whether a host is the one that the program runs on.
func IsThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
