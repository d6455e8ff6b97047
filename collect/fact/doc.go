// Package fact is the data model: what sources said and what a team wrote.
//
// It holds types only and does no I/O. Facts stay as the source said them:
// team membership, definitions and bots are applied later, in compute, so that
// editing any of those needs no new collection.
//
// Two kinds of facts never mix:
//
//   - Events are private: deployments, changes, commits, incidents, answers,
//     tickets, usage, measures, and the gaps in them.
//   - Content is written by the platform team, lives in git and is public to
//     the team: teams, features, initiatives, research, cases, decisions.
//
// Every time is UTC; the zero time means "the source did not say". Every slice
// may be in any order unless its comment gives one; compute sorts what it needs.
package fact
