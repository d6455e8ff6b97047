// Package merge decides which facts of several sources are the same one.
//
// A clone and a forge describe the same repository; only one of them is asked for
// each kind of fact.
package merge

import "github.com/ip3dp/ip3dp/collect/fact"

// Origin is what kind of source facts come from.
type Origin int

// Origins.
const (
	Export Origin = iota // a file
	Clone                // a git repository on this machine
	Forge                // GitHub or GitLab
)

// Part is what one source gave. Its lists are never written to.
type Part struct {
	Source string // name in config.toml
	Origin Origin
	Events fact.Events
}

// Merge returns all facts of the parts, in their order. production reports
// whether an environment, with the tier that its source reports, is production.
func Merge(parts []Part, production func(environment, tier string) bool) fact.Events {
	var all fact.Events
	for _, p := range settle(parts, production) {
		all.Merge(p.Events)
	}
	return all
}
