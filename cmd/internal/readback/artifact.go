package readback

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	// ArtifactName is the name of the artifact with the published data.
	ArtifactName = "ip3dp-data"
	// NightlyJob is the job of GitLab CI that publishes the site.
	NightlyJob = "ip3dp-nightly"
	// maxAnswer is how many bytes an answer of a forge's API may have.
	maxAnswer = 8 << 20
	// maxZip is how large an artifact may be, and maxEntries how many files it may list.
	maxZip, maxEntries = 64 << 20, 20_000
	// perPage and maxPages limit the search for the newest run.
	perPage, maxPages = 50, 6
)

// inJob reports whether the environment is that of a job whose artifact can be asked for.
func (o *Opener) inJob() bool {
	if o.Env("GITLAB_CI") == "" {
		return o.Env("GITHUB_REPOSITORY") != "" && o.gitHubToken() != ""
	}
	u, err := url.Parse(o.Env("CI_API_V4_URL")) // a token is sent over https only
	return err == nil && isSafe(u) && o.Env("CI_PROJECT_ID") != ""
}

// gitHubToken returns the token of the job, which may differ from the one for the forge.
func (o *Opener) gitHubToken() string {
	return cmp.Or(o.Env("IP3DP_READ_TOKEN"), o.Env("GITHUB_TOKEN"))
}

// openArtifact opens the artifact of the newest nightly run of the job's repository, or of the
// newest one that was created before a time.
func (o *Opener) openArtifact(ctx context.Context, before time.Time) (Site, error) {
	if o.Env("GITLAB_CI") != "" {
		return o.openGitLab(ctx, before)
	}
	return o.openGitHub(ctx, before)
}

// precedes reports whether a time is before another, which is no limit if it is zero.
func precedes(t, before time.Time) bool { return before.IsZero() || t.Before(before) }

// forge reads from the API of a forge.
type forge struct {
	base   *url.URL
	client *http.Client // without the token
	agent  string
	call   caller
}

// caller sends a request with the client of a forge, which adds the token, and copies the answer
// to a writer. at is an escaped path below the address of the API. An answer whose status is an
// error is returned with the error.
type caller func(ctx context.Context, at string, query url.Values, to io.Writer) (*http.Response, error)

// errLimited means that the forge refuses further requests of the token for some time.
var errLimited = errors.New("the token has used up its requests for now (rate limit)")

// newForge returns the part that is the same for all forges, for the API at an address.
func (o *Opener) newForge(api string) (*forge, error) {
	base, err := url.Parse(strings.TrimSuffix(api, "/") + "/")
	switch {
	case err != nil || base.Host == "" || base.User != nil:
		return nil, errors.New("the address of the forge's API is not a URL")
	case !isSafe(base):
		return nil, fmt.Errorf("the API of %s is not read: a token is sent over https only", base.Host)
	}
	c := retryablehttp.NewClient()
	c.Logger = nil // addresses are signed
	c.RetryMax, c.RetryWaitMin = attempts-1, time.Second
	if o.Pause != nil {
		c.RetryWaitMin, c.RetryWaitMax = time.Millisecond, time.Millisecond
	}
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = 2 * time.Minute
	c.HTTPClient.Transport = limitedTransport{c.HTTPClient.Transport}
	c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	outer := c.StandardClient()
	outer.CheckRedirect = c.HTTPClient.CheckRedirect
	return &forge{base: base, client: outer, agent: "ip3dp/" + o.Release}, nil
}

// limitedTransport ends every answer, of an error, too, after the largest size of an artifact.
type limitedTransport struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxZip+1)
	}
	return answer, err
}

// limitedBuffer keeps what is written to it, up to a number of bytes.
type limitedBuffer struct {
	data  []byte
	limit int64
	full  bool
}

// Write adds bytes, or fails if they are too many.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if int64(len(b.data)+len(p)) > b.limit {
		b.full = true
		return 0, errors.New("the answer is too large")
	}
	b.data = append(b.data, p...)
	return len(p), nil
}

// answerError reports an answer of a forge that is not 200.
type answerError struct {
	host string
	code int
}

func (e answerError) Error() string {
	text := fmt.Sprintf("%s answered %d", e.host, e.code)
	switch e.code {
	case http.StatusUnauthorized:
		text += ": the token was refused"
	case http.StatusForbidden:
		text += ": the job lacks a permission (permissions: actions: read)"
	case http.StatusNotFound:
		text += ": not found, or the token has no access to it"
	}
	return text
}

// get reads the answer at a path. location is where the forge redirects to, nil without one.
func (f *forge) get(ctx context.Context, at string, query url.Values, limit int64) (data []byte, location *url.URL,
	err error,
) {
	to := &limitedBuffer{limit: limit}
	answer, err := f.call(ctx, at, query, to)
	switch {
	case answer == nil, errors.Is(err, errLimited):
		return nil, nil, describeFault(f.base.Host, 2*time.Minute, ctx, err)
	case answer.StatusCode/100 == 3:
		if location, err = answer.Location(); err != nil {
			return nil, nil, fmt.Errorf("%s redirects to no address", f.base.Host)
		}
		return nil, location, nil
	case answer.StatusCode != http.StatusOK:
		return nil, nil, answerError{f.base.Host, answer.StatusCode}
	case to.full:
		return nil, nil, fmt.Errorf("the answer of %s is larger than %d MiB", f.base.Host, limit>>20)
	case err != nil:
		return nil, nil, fmt.Errorf("the answer of %s: %w", f.base.Host, err)
	}
	return to.data, nil, nil
}

// getJSON decodes the answer at a path.
func (f *forge) getJSON(ctx context.Context, at string, query url.Values, into any) error {
	data, away, err := f.get(ctx, at, query, maxAnswer)
	switch {
	case err != nil:
		return err
	case away != nil:
		return fmt.Errorf("%s redirects to %s: is the repository renamed?", f.base.Host, away.Host)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("the answer of %s is not the JSON that its API describes", f.base.Host)
	}
	return nil
}

// download reads a file behind the API. It follows one redirect, without the token, to a host
// that is reached by https.
func (f *forge) download(ctx context.Context, at string, query url.Values, limit int64) ([]byte, error) {
	data, away, err := f.get(ctx, at, query, limit)
	if err != nil || away == nil {
		return data, err
	}
	if away.User != nil || away.Scheme != "https" && (f.base.Scheme == "https" || !isSafe(away)) {
		return nil, fmt.Errorf("%s redirects the download to %s without https", f.base.Host, away.Host)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, away.String(), nil)
	if err != nil {
		return nil, errors.New("the address of the download is not a URL")
	}
	request.Header.Set("User-Agent", f.agent)
	answer, err := f.client.Do(request)
	if err != nil {
		return nil, describeFault(away.Host, 2*time.Minute, ctx, err)
	}
	defer answer.Body.Close() // read only
	switch {
	case answer.StatusCode/100 == 3:
		return nil, fmt.Errorf("%s redirects the download again, which is not followed", away.Host)
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answered the download with %d", away.Host, answer.StatusCode)
	}
	return readLimited(answer.Body, "the download from "+away.Host, limit)
}

// unpack returns the published files in an artifact. Nothing is written to disk. It refuses an
// archive with names that lead out of it, and one with a store.
func unpack(data []byte) (map[string][]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("it is not a ZIP archive")
	}
	if len(r.File) > maxEntries {
		return nil, fmt.Errorf("it lists more than %d files", maxEntries)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !fs.ValidPath(name) || strings.ContainsAny(f.Name, "\\\x00"):
			return nil, errors.New("it has a file whose name leads out of it")
		case path.Ext(name) == ".db":
			return nil, errors.New("it has a store, which an artifact never has")
		}
		// The action leaves out the folder that all files are in.
		file := name
		if !strings.HasPrefix(file, "data/") {
			file = "data/" + file
		}
		if !slices.Contains(published, file) {
			continue
		}
		if _, twice := files[file]; twice {
			return nil, fmt.Errorf("it has %s twice", file)
		}
		if files[file], err = unpackFile(f, file); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// unpackFile reads one file of an artifact.
func unpackFile(f *zip.File, name string) ([]byte, error) {
	if !f.Mode().IsRegular() {
		return nil, fmt.Errorf("%s in it is not a regular file", name)
	}
	if f.UncompressedSize64 > MaxFile {
		return nil, fmt.Errorf("%s in it is larger than %d MiB", name, MaxFile>>20)
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s in it cannot be unpacked", name)
	}
	defer in.Close() // read only
	data, err := readLimited(in, name+" in it", MaxFile)
	if err != nil {
		return nil, err
	}
	return data, nil
}
