// Command ip3dp collects delivery facts, computes metrics of an internal developer platform
// from them, and writes a static site.
//
// The program is a function, start, of arguments, environment and streams, so that tests call
// it as a shell would. A file cmd_NAME.go has one command. This package is the only one that
// reads flags, the environment and the clock, and the only one that decides exit codes. Its
// packages are below cmd/internal.
//
//	cmd/internal/config    config.toml
//	cmd/internal/sources   the sources of facts, in order
//	cmd_build.go           collect → measure → decide → render → publish
package main
