// Package demo generates the delivery facts of an example organisation.
//
// The same generator makes the example site (60 teams with exact numbers) and organisations of
// any size for benchmarks. It works in blocks of four weeks that end at the cut-off of the last
// mature week:
//
//  1. plan: how many deployments each service has in the block, and when
//  2. fail: which of them fail, which are rolled back, which incidents follow
//  3. aim: with targets, scale the drawn durations so that medians are hit
//  4. add facts: turn the plan into changes, deployments and incidents
//
// Every draw comes from a PCG stream with a seed for its purpose (team, service, use), so the
// same options give the same bytes. Without targets, another team leaves the events of all
// others as they were.
//
// With Options.Staff it also generates the actions of people: two survey waves, tickets, usage
// of the platform's features, measures and attempts at common tasks. A team's lead times begin
// to fall on the day of its first use of Buildpacks.
//
// GenerateEvents keeps the facts in memory; Write streams them, block by block, as the CSV
// files that the plain importers read. Both contain noise that must not count: staging,
// roll-outs that never succeeded, retries, bots, drafts and requests that were never merged.
package demo
