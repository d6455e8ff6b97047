// Package fact is the data model: facts from sources, and content of a team.
//
// It has types only and does no I/O. Facts stay as the source reported them. Compute applies
// team membership, definitions and bots later, so that a change of those needs no new
// collection.
//
// Two kinds of facts never mix:
//
//   - Events are private: deployments, changes, commits, incidents, answers,
//     tickets, usage, measures, and the gaps in them.
//   - Content is written by the platform team, is kept in git and is public to
//     the team: teams, features, initiatives, research, cases, decisions.
//
// Every time is UTC; the zero time means that the source has none. A slice may be in any order
// unless its comment gives one; compute sorts as necessary.
package fact
