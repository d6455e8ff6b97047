package github

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// leadsTo returns the commit that the tag leads to, and the time of the tag: its own date
// if it is annotated, else the date of the commit.
func (q *qTag) leadsTo() (sha string, at time.Time) {
	target := q.Target
	if target != nil && target.Typename == "Tag" {
		if target.Tagger != nil {
			at = target.Tagger.Date.UTC()
		}
		target = target.Target
	}
	if target != nil && target.Typename == "Commit" {
		sha = target.OID
		if at.IsZero() {
			at = target.CommittedDate.UTC()
		}
	}
	return sha, at
}

// matchTag reports whether a tag matches a pattern, and returns the service in it.
func matchTag(pattern *regexp.Regexp, tag string) (name string, ok bool) {
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

// releaseDeployment makes a deployment of a release, which was finished when it was
// published. Ids of releases and tags have prefixes, since their numbers may coincide.
func (r *rules) releaseDeployment(o *Options, q *qRelease) (fact.Deployment, bool) {
	name, ok := matchTag(r.tag, q.TagName)
	published := orZero(q.PublishedAt)
	if !ok || q.IsDraft || published.IsZero() || q.IsPrerelease && !o.Prereleases {
		return fact.Deployment{}, false
	}
	d := fact.Deployment{
		ID: "release-" + formatNumber(q.ID), URL: q.URL, Service: name, Environment: o.ReleaseEnvironment,
		Ref: q.TagName, Creator: q.Author.name(), Created: published, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: published}},
	}
	if q.TagCommit != nil {
		d.Commit = q.TagCommit.OID
	}
	return d, true
}

// tagDeployment makes a deployment of a tag, which was finished when the tag was made.
func (r *rules) tagDeployment(o *Options, q *qTag, repoURL string) (fact.Deployment, bool) {
	name, ok := matchTag(r.tag, q.Name)
	sha, at := q.leadsTo()
	if !ok || sha == "" || at.IsZero() {
		return fact.Deployment{}, false
	}
	return fact.Deployment{
		ID: "tag-" + q.Name, URL: pageOf(repoURL, "tree", q.Name), Service: name, Environment: o.ReleaseEnvironment,
		Commit: sha, Ref: q.Name, Created: at, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: at}},
	}, true
}

// pageOf returns the address of a page of a repository, "" if the repository has no address.
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
