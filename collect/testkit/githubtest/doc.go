// Package githubtest is a GitHub that shows a testkit.World: REST as
// go-github v60 asks it, GraphQL by an excerpt of GitHub's public schema, the
// login of GitHub Apps, and the limits of all of them. It answers in the layout of
// api.github.com and, under /api, in that of GitHub Enterprise Server.
//
// Where it is stricter than a mock: connections without first or last, or above
// 100, are refused; so are queries above 500,000 nodes; a renamed repository
// answers 301 to /repositories/ID; an empty one 409; lists stop where GitHub's do.
package githubtest
