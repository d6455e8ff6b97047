// Command ip3dp collects delivery facts, computes what they say about an
// internal developer platform, and writes a static site.
//
// The program is a function, start, of arguments, environment and streams, so that
// tests call it as a shell would. Each subcommand is one file. This package is
// the only one that reads flags, the environment and the clock, and the only one
// that decides exit codes; what it wires together is listed in three places:
//
//	config.go   what config.toml may say
//	sources.go  which sources there are, in order
//	build.go    the way: collect → measure → decide → render → publish
package main
