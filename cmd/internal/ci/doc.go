// Package ci has the steps of a job of GitHub Actions or GitLab CI: its outputs, its
// summary, the issue about stale sources and the comment on a request.
package ci
