package git

import (
	"net/url"
	"path"
	"strings"
)

// forge is what the URL of a remote says: where its web pages are and how that
// kind of forge addresses them.
type forge struct {
	base string // "https://host/owner/name", without credentials; "" if unknown
	path string // "owner/name"; "" if unknown
	kind string // "github", "gitlab", "bitbucket", "gitea" or "" if unknown
}

// newForge reads a remote's URL: https, ssh, git or the scp-like
// git@host:owner/name.git. User and password are dropped. A local path has no
// web address.
func newForge(remote string) forge {
	host, repo := split(remote)
	repo = strings.TrimSuffix(strings.Trim(path.Clean("/"+repo), "/"), ".git")
	if host == "" || repo == "" {
		return forge{}
	}
	web := url.URL{Scheme: "https", Host: host, Path: "/" + repo}
	if strings.HasPrefix(remote, "http://") {
		web.Scheme = "http"
	}
	return forge{base: web.String(), path: repo, kind: kindOf(host)}
}

func split(remote string) (host, repo string) {
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
	// scp-like, as git itself tells it from a path: a colon before any slash.
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

// kindOf tells the kind of forge by a label of its host name; a self-managed
// forge is usually called gitlab.example.com.
func kindOf(host string) string {
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

// request is the page of a pull or merge request, "" if unknown.
func (f forge) request(number string) string {
	segment := map[string]string{
		"github": "/pull/", "gitlab": "/-/merge_requests/", "bitbucket": "/pull-requests/", "gitea": "/pulls/",
	}[f.kind]
	return f.page(segment, number)
}

// commit is the page of a commit, "" if unknown.
func (f forge) commit(sha string) string {
	segment := map[string]string{
		"github": "/commit/", "gitlab": "/-/commit/", "bitbucket": "/commits/", "gitea": "/commit/",
	}[f.kind]
	return f.page(segment, sha)
}

// tag is the page of a tag or its release, "" if unknown.
func (f forge) tag(name string) string {
	segment := map[string]string{
		"github": "/releases/tag/", "gitlab": "/-/tags/", "bitbucket": "/src/", "gitea": "/releases/tag/",
	}[f.kind]
	return f.page(segment, name)
}

func (f forge) page(segment, name string) string {
	if segment == "" {
		return ""
	}
	return f.base + segment + (&url.URL{Path: name}).EscapedPath()
}
