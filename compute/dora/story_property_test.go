package dora

import (
	"flag"
	"maps"
	"slices"
	"testing"
)

var stories = flag.Int("stories", 250, "how many random histories attribution is held to")

// Attribution equals the truth of random histories with stacked requests, git-flow,
// back-merges, release branches, backports, hotfixes, squash and rebase.
func TestAttributionOfStories(t *testing.T) {
	for seed := range uint64(*stories) {
		s := newStory(seed)
		s.tell(10+s.r.IntN(30), seed%2 == 1)
		l := s.history().link(t)
		got := map[string]string{}
		for i := range l.Deliveries {
			for _, lead := range l.Deliveries[i].Changes {
				if _, again := got[lead.Change.ID]; again {
					t.Errorf("seed %d: change %s ships twice", seed, lead.Change.ID)
				}
				got[lead.Change.ID] = l.Deliveries[i].ID
			}
		}
		want := s.truth()
		for _, id := range slices.Sorted(maps.Keys(want)) {
			if want[id] != "baseline" && got[id] != want[id] {
				t.Errorf("seed %d: change %s ships with %q, want %q", seed, id, got[id], want[id])
			}
			delete(got, id)
		}
		for id, d := range got {
			t.Errorf("seed %d: %s counts as a change of %s, and carries or repeats others", seed, id, d)
		}
	}
}
