package fact

import (
	"slices"
	"testing"
)

// TestMergeKeepsSources: facts are merged again and again while a site is
// served, and a source's own list must never change by it.
func TestMergeKeepsSources(t *testing.T) {
	spare := append(make([]Incident, 0, 8), Incident{ID: "a"})
	one, two, three := Events{Incidents: spare}, Events{Incidents: []Incident{{ID: "b"}}}, Events{Incidents: []Incident{{ID: "c"}}}
	merge := func(list ...Events) []string {
		var all Events
		for _, e := range list {
			all.Merge(e)
		}
		var ids []string
		for _, in := range all.Incidents {
			ids = append(ids, in.ID)
		}
		return ids
	}
	first := merge(one, two)
	if second := merge(one, three); !slices.Equal(first, []string{"a", "b"}) || !slices.Equal(second, []string{"a", "c"}) {
		t.Errorf("merged %q, then %q", first, second)
	}
	if hidden := spare[:2][1].ID; hidden != "" {
		t.Errorf("the source's spare room holds %q", hidden)
	}
	if none := merge(Events{}, Events{}); none != nil {
		t.Errorf("nothing merged gives %q", none)
	}
}
