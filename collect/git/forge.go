package git

import (
	"net/url"
	"path"
	"strings"
)

// forge has the address of a repository's web pages, read from the URL of a remote.
type forge struct {
	base string // "https://host/owner/name", without credentials; "" if unknown
	path string // "owner/name"; "" if unknown
	kind string // "github", "gitlab", "bitbucket", "gitea" or "" if unknown
}

// newForge reads a remote's URL: https, ssh, git or the scp-like
// git@host:owner/name.git. User and password are dropped. A local path has no
// web address.
func newForge(remote string) forge {
	host, repo := splitRemote(remote)
	repo = strings.TrimSuffix(strings.Trim(path.Clean("/"+repo), "/"), ".git")
	if host == "" || repo == "" {
		return forge{}
	}
	web := url.URL{Scheme: "https", Host: host, Path: "/" + repo}
	if strings.HasPrefix(remote, "http://") {
		web.Scheme = "http"
	}
	return forge{base: web.String(), path: repo, kind: forgeKind(host)}
}

func splitRemote(remote string) (host, repo string) {
	if strings.Contains(remote, "://") {
		u, err := url.Parse(remote)
		if err != nil {
			return "", ""
		}
		switch u.Scheme {
		case "http", "https":
			return u.Host, u.Path
		case "ssh", "git", "git+ssh", "ssh+git":
			return u.Hostname(), u.Path
		}
		return "", ""
	}
	// scp-like, by the rule of git: a colon before any slash.
	host, repo, ok := strings.Cut(remote, ":")
	if !ok || strings.Contains(host, "/") || len(host) < 2 {
		return "", ""
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if strings.ContainsAny(host, " []%?#\\") {
		return "", ""
	}
	return host, repo
}

// forgeKind returns the kind of forge by a label of its host name: self-managed forges are
// usually called gitlab.example.com.
func forgeKind(host string) string {
	for label := range strings.SplitSeq(strings.ToLower(host), ".") {
		switch label {
		case "github", "gitlab", "bitbucket", "gitea":
			return label
		case "codeberg", "forgejo":
			return "gitea"
		}
	}
	return ""
}

// requestURL returns the page of a pull or merge request, "" if unknown.
func (f forge) requestURL(number string) string {
	segment := map[string]string{
		"github": "/pull/", "gitlab": "/-/merge_requests/", "bitbucket": "/pull-requests/", "gitea": "/pulls/",
	}[f.kind]
	return f.pageURL(segment, number)
}

// commitURL returns the page of a commit, "" if unknown.
func (f forge) commitURL(sha string) string {
	segment := map[string]string{
		"github": "/commit/", "gitlab": "/-/commit/", "bitbucket": "/commits/", "gitea": "/commit/",
	}[f.kind]
	return f.pageURL(segment, sha)
}

// tagURL returns the page of a tag or its release, "" if unknown.
func (f forge) tagURL(name string) string {
	segment := map[string]string{
		"github": "/releases/tag/", "gitlab": "/-/tags/", "bitbucket": "/src/", "gitea": "/releases/tag/",
	}[f.kind]
	return f.pageURL(segment, name)
}

func (f forge) pageURL(segment, name string) string {
	if segment == "" {
		return ""
	}
	return f.base + segment + (&url.URL{Path: name}).EscapedPath()
}
