// Package discovery computes what the team knows about its developers' problems,
// and what it does not know yet.
//
// Its input is content (research, initiatives, features, cases, surveys) with a few
// figures of other families: adoption, ticket themes, and pipelines that are copies
// of each other. Its result follows from links between items, read from either
// side: research that names an initiative and an initiative that names research
// are the same link. Drafts count nowhere, and links to them lead nowhere.
//
// Teams that research was done with are published as counts, never as names.
package discovery
