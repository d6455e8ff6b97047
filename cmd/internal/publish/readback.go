package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ReadFiles reads files of the branch as it is published. It returns those of the names that
// exist, each of at most limit bytes. A branch that does not exist is fs.ErrNotExist. stale
// reports that the remote was not reached, and the files are those that the clone fetched last.
func (b *Branch) ReadFiles(ctx context.Context, names []string, limit int64) (files map[string][]byte, stale bool,
	err error,
) {
	if b.remote == "" {
		files, err = b.readLocal(ctx, names, limit)
		return files, false, err
	}
	sweepWork(os.TempDir())
	dir, err := os.MkdirTemp("", workPrefix+"*")
	if err != nil {
		return nil, false, err
	}
	defer os.RemoveAll(dir) // the next run will
	if release, err := (system{}).Lock(dir); err == nil {
		defer release()
	}
	git := &program{dir: dir, gitDir: filepath.Join(dir, "repository"), secret: b.secret, env: b.env}
	if _, err := git.run(ctx, nil, "init", "--quiet", "--bare", git.gitDir); err != nil {
		return nil, false, err
	}
	c, unreached := b.fetchTree(ctx, git)
	if unreached == nil && c.base != "" {
		files, err = c.readFiles(ctx, names, limit)
		return files, false, err
	}
	if ctx.Err() != nil {
		return nil, false, ctx.Err()
	}
	files, err = b.readLocal(ctx, names, limit)
	if unreached != nil && err != nil {
		return nil, false, unreached
	}
	return files, unreached != nil, err
}

// readLocal reads files of the branch as the clone has it: as it was fetched last or, without
// that, the branch of the clone.
func (b *Branch) readLocal(ctx context.Context, names []string, limit int64) (map[string][]byte, error) {
	if b.clone == "" {
		return nil, fmt.Errorf("%s: %w", b.name, fs.ErrNotExist)
	}
	git := &program{dir: b.clone, env: b.env}
	for _, ref := range []string{"refs/remotes/origin/", "refs/heads/"} {
		sha, err := git.run(ctx, nil, "rev-parse", "--verify", "--quiet", ref+b.branch+"^{commit}")
		if err != nil {
			continue
		}
		c := &treeEdit{git: git, base: strings.TrimSpace(sha), entries: map[string]entry{}}
		if err := c.loadTree(ctx); err != nil {
			return nil, err
		}
		return c.readFiles(ctx, names, limit)
	}
	return nil, fmt.Errorf("there is no branch %s: %w", b.branch, fs.ErrNotExist)
}

// readFiles reads regular files of the tree that are not larger than limit.
func (c *treeEdit) readFiles(ctx context.Context, names []string, limit int64) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range names {
		e, there := c.entries[name]
		if !there {
			continue
		}
		if !e.isRegular() {
			return nil, fmt.Errorf("%s is not a regular file", name)
		}
		size, err := c.git.run(ctx, nil, "cat-file", "-s", e.sha)
		if err != nil {
			return nil, err
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(size), 10, 64); err != nil || n > limit {
			return nil, fmt.Errorf("%s is larger than %d MiB", name, limit>>20)
		}
		data, err := c.git.run(ctx, nil, "cat-file", "blob", e.sha)
		if err != nil {
			return nil, err
		}
		files[name] = []byte(data)
	}
	return files, nil
}

// ReadFile reads a published file of at most limit bytes. A file that does not exist is
// fs.ErrNotExist.
func (b *Bucket) ReadFile(ctx context.Context, name string, limit int64) ([]byte, error) {
	object := b.objectName("", name)
	data, err := b.objects.get(ctx, object, limit+1)
	switch {
	case errors.Is(err, errNoObject):
		return nil, fmt.Errorf("there is no s3://%s/%s: %w", b.o.Bucket, object, fs.ErrNotExist)
	case err != nil:
		return nil, b.wrapError(object, err)
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("s3://%s/%s is larger than %d MiB", b.o.Bucket, object, limit>>20)
	}
	return data, nil
}

// ErrKeys means that the environment has no keys of the bucket.
var ErrKeys = errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")

// ParseBucket returns the bucket that a text such as "s3://BUCKET/FOLDER?endpoint=https://HOST"
// names, with the keys of the environment. Its errors do not repeat the text, which may hold
// credentials. Without keys it is ErrKeys.
func ParseBucket(text string, get func(string) string) (BucketOptions, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return BucketOptions{}, errors.New("names no bucket, or holds credentials")
	}
	query := u.Query()
	for key := range query {
		if key != "endpoint" && key != "region" {
			return BucketOptions{}, fmt.Errorf("%q is unknown", key)
		}
	}
	endpoint, err := url.Parse(cmp.Or(query.Get("endpoint"), get("AWS_ENDPOINT_URL_S3"),
		get("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com"))
	if err != nil || endpoint.Host == "" || endpoint.User != nil || strings.Trim(endpoint.Path, "/") != "" ||
		endpoint.Scheme != "https" && endpoint.Scheme != "http" {
		return BucketOptions{}, errors.New("endpoint is not an address of a server")
	}
	folder := strings.Trim(u.Path, "/")
	if folder != "" && !isBucketFolder(folder) {
		return BucketOptions{}, fmt.Errorf("%q is not a folder of a bucket", folder)
	}
	o := BucketOptions{
		Endpoint: endpoint.Host, Insecure: endpoint.Scheme == "http", Bucket: u.Host, Folder: folder,
		Region:    cmp.Or(query.Get("region"), get("AWS_REGION"), get("AWS_DEFAULT_REGION"), "us-east-1"),
		AccessKey: get("AWS_ACCESS_KEY_ID"), SecretKey: get("AWS_SECRET_ACCESS_KEY"), SessionToken: get("AWS_SESSION_TOKEN"),
	}
	if o.AccessKey == "" || o.SecretKey == "" {
		return o, ErrKeys
	}
	return o, nil
}

// isBucketFolder reports whether a folder of a bucket is one that stays in it.
func isBucketFolder(folder string) bool {
	for part := range strings.SplitSeq(folder, "/") {
		if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "\\\x00\r\n") {
			return false
		}
	}
	return !os.IsPathSeparator(folder[0])
}

// ParseBranch returns the remote and the branch that a text "branch:NAME" or "git+URL#NAME"
// names; the remote is "" for that of the clone. ok is false for other texts.
func ParseBranch(text string) (remote, branch string, ok bool) {
	if branch, ok = strings.CutPrefix(text, "branch:"); ok {
		return "", branch, true
	}
	if remote, ok = strings.CutPrefix(text, "git+"); !ok {
		return "", "", false
	}
	at := strings.LastIndexByte(remote, '#')
	if at < 0 {
		return remote, "", true
	}
	return remote[:at], remote[at+1:], true
}

// JobToken returns the token of a job of GitHub Actions for a remote on the server of the job;
// "" for any other: no other host is ever sent the token.
func JobToken(remote string, get func(string) string) string {
	server, err := url.Parse(cmp.Or(get("GITHUB_SERVER_URL"), "https://github.com"))
	u, bad := url.Parse(remote)
	if err == nil && bad == nil && u.Scheme == "https" && strings.EqualFold(u.Host, server.Host) {
		return get("GITHUB_TOKEN")
	}
	return ""
}
