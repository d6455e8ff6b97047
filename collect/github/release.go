package github

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// release is a release as either API tells it.
type release struct {
	id            int64
	url, tag, sha string
	draft, pre    bool
	published     time.Time
	author        *actor
}

func (q *qRelease) release() *release {
	r := &release{
		id: q.ID, url: q.URL, tag: q.TagName, draft: q.IsDraft, pre: q.IsPrerelease,
		published: optional(q.PublishedAt), author: q.Author,
	}
	if q.TagCommit != nil {
		r.sha = q.TagCommit.OID
	}
	return r
}

// tag is a tag with the commit that it leads to, and when it was made: by the date
// of the tag itself if it is annotated, else of its commit.
type tag struct {
	name, sha string
	at        time.Time
}

func (q *qTag) tag() *tag {
	t := &tag{name: q.Name}
	target := q.Target
	if target != nil && target.Typename == "Tag" {
		if target.Tagger != nil {
			t.at = target.Tagger.Date.UTC()
		}
		target = target.Target
	}
	if target != nil && target.Typename == "Commit" {
		t.sha = target.OID
		if t.at.IsZero() {
			t.at = target.CommittedDate.UTC()
		}
	}
	return t
}

// service is what a tag pattern says of a tag: whether it counts, and the service
// that it names.
func service(pattern *regexp.Regexp, tag string) (name string, ok bool) {
	if pattern == nil {
		return "", true
	}
	m := pattern.FindStringSubmatch(tag)
	if m == nil {
		return "", false
	}
	if i := slices.Index(pattern.SubexpNames(), "service"); i >= 0 {
		name = m[i]
	}
	return name, true
}

// deployment is a release or a tag taken for a roll-out, which was over when it
// was made. Ids say which of the two it is, since numbers may coincide.
func (r *rules) releaseDeployment(o *Options, v *release) (fact.Deployment, bool) {
	name, ok := service(r.tag, v.tag)
	if !ok || v.draft || v.published.IsZero() || v.pre && !o.Prereleases {
		return fact.Deployment{}, false
	}
	return fact.Deployment{
		ID: "release-" + number(v.id), URL: v.url, Service: name, Environment: o.ReleaseEnvironment,
		Commit: v.sha, Ref: v.tag, Creator: v.author.name(), Created: v.published, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: v.published}},
	}, true
}

func (r *rules) tagDeployment(o *Options, v *tag, repoURL string) (fact.Deployment, bool) {
	name, ok := service(r.tag, v.name)
	if !ok || v.sha == "" || v.at.IsZero() {
		return fact.Deployment{}, false
	}
	return fact.Deployment{
		ID: "tag-" + v.name, URL: pageOf(repoURL, "tree", v.name), Service: name, Environment: o.ReleaseEnvironment,
		Commit: v.sha, Ref: v.name, Created: v.at, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: v.at}},
	}, true
}

// pageOf is the address of a page of a repository, "" if that has none.
func pageOf(repoURL string, path ...string) string {
	u, err := url.Parse(repoURL)
	if repoURL == "" || err != nil {
		return ""
	}
	return u.JoinPath(path...).String()
}

// escapePath escapes each part of a path, such as the name of a tag.
func escapePath(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// deploymentsPage lists a repository's deployments to an environment. The API
// gives a deployment no page of its own.
func deploymentsPage(repoURL, environment string) string {
	if environment == "" {
		return pageOf(repoURL, "deployments")
	}
	return pageOf(repoURL, "deployments", url.PathEscape(environment))
}
