// Package discovery computes the known and unknown problems of a platform's developers.
//
// Its input is content (research, initiatives, features, cases, surveys) with a few figures of
// other families: adoption, ticket themes, and pipelines that are copies of each other. Its
// result follows from the links between items, which work in both directions: research that
// names an initiative and an initiative that names research are the same link. Drafts, and
// links to them, do not count.
//
// Teams that took part in research are published as counts, never as names.
package discovery
