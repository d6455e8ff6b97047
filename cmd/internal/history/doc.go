// Package history reads the history of the content: the states of configuration and content along
// the first parents of the default branch. Nothing else in the program does.
//
// Open finds the repository, a History has its commits, StateAt reads a state, ReadLedger reads
// the versions of items, and ReadPast the order of the roadmap over time.
package history
