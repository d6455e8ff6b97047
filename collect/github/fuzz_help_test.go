package github

import (
	"github.com/ip3dp/ip3dp/collect"
)

func collectOptions() collect.SyncOptions {
	return collect.SyncOptions{Window: collect.Window{From: at(0), To: at(9)}}
}

// fuzzTarget is a target that wants everything.
func fuzzTarget(r *syncer) *repository {
	t := &repository{run: r, head: "head", spans: map[collect.Kind]*span{}}
	for _, kind := range factKinds {
		t.spans[kind] = &span{moved: true}
	}
	return t
}
