package gitlab_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

// The store that is used in earnest has the same facts in the end, a push by force
// and the drops of it among them.
func TestRealStore(t *testing.T) {
	w := testkit.Story()
	s := serve(t, w, gitlabtest.Options{Token: token})
	file := filepath.Join(t.TempDir(), "store.db")
	var syncs []time.Time
	for at := w.From.AddDate(0, 0, 2); at.Before(w.To); at = at.AddDate(0, 0, 3) {
		syncs = append(syncs, at)
	}
	syncs = append(syncs, w.To)
	for _, now := range syncs {
		s.SetNow(now)
		kept, err := store.Open(t.Context(), store.Options{File: file})
		if err != nil {
			t.Fatal(err)
		}
		o := window(w, now)
		o.Full = now.Equal(syncs[2])
		if _, err := open(t, storyOptions(s.BaseURL())).Sync(t.Context(), kept, o); err != nil {
			t.Fatal(err)
		}
		if err := kept.Close(); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := store.Open(t.Context(), store.Options{File: file, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	found, err := kept.Source("lab", store.SourceOptions{}).Collect(t.Context(), collect.Window{From: w.From, To: w.To})
	if err != nil {
		t.Fatal(err)
	}
	want := w.Normalise(w.Facts("lab", w.From, syncs, storyRules()))
	for _, list := range [][]fact.Repository{want.Repositories, found.Repositories} {
		for i := range list {
			list[i].Former = nil // the store gives a name to the one that bears it now
		}
	}
	if diff := cmp.Diff(want, w.Normalise(found)); diff != "" {
		t.Errorf("facts (-truth +collected):\n%s", diff)
	}
}
