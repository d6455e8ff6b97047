// Package scaffold makes the files that init, new and demo write: configuration, teams,
// samples, and the jobs of a forge.
package scaffold
