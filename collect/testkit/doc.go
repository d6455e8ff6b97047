// Package testkit describes imaginary organisations, so that forges can be tested against the
// truth. A World is neutral: the fake servers of collect/testkit/githubtest and
// collect/testkit/gitlabtest show the same World in the form of their forge, at a Now that
// tests move to simulate nights.
//
// Story is one team's month with everything that goes wrong in real ones, Organisation a large
// one for measurements. World.Facts returns the facts that a forge should find, computed from
// the World alone; Conform compares a forge with them. Faults are middleware that break either
// fake server as real ones break.
//
// Only tests import the package.
package testkit
