// Package testkit tells what happened in imaginary organisations, so that
// forges can be tested against the truth. A World is neutral: the fake servers of
// collect/testkit/githubtest and collect/testkit/gitlabtest show the same one in
// the words of their forge, as of a Now that tests move to simulate nights.
//
// Story is one team's month with everything that goes wrong in real ones,
// Organisation a large one to measure with. World.Facts says which facts a forge
// should find, worked out from the World alone; Conform holds a forge to them.
// Faults are middleware that break either fake server in the ways in which real
// ones break.
//
// The package is imported by tests only.
package testkit
