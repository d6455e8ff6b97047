package discovery_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/ip3dp/ip3dp/compute/discovery"
)

// TestOrderIndependent: the order in which content was read does not matter, but
// for the themes, of which the first that matches wins.
func TestOrderIndependent(t *testing.T) {
	in := site(t)
	want := marshal(t, in)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		c := &in.Content
		for _, list := range []any{c.Research, c.Initiatives, c.Features, c.Cases, c.Teams, c.Activities, c.Surveys, c.Measures, in.Adoption, in.Themes} {
			r.Shuffle(reflect.ValueOf(list).Len(), reflect.Swapper(list))
		}
		if got := marshal(t, in); got != want {
			t.Fatal("another order gives another result")
		}
	}
}

// TestLinksFromEitherSide: what one file says about another may be written in either.
func TestLinksFromEitherSide(t *testing.T) {
	in := site(t)
	want := discovery.Discover(in)
	c := &in.Content
	for i := range c.Initiatives {
		for _, id := range c.Initiatives[i].Research {
			for k := range c.Research {
				if c.Research[k].ID == id {
					c.Research[k].Initiatives = append(c.Research[k].Initiatives, c.Initiatives[i].ID)
				}
			}
		}
		c.Initiatives[i].Research = nil
	}
	got := discovery.Discover(in)
	if !reflect.DeepEqual(want, got) {
		t.Error("moving links from initiatives to research changes the result")
	}
}

func marshal(t *testing.T, in discovery.Input) string {
	t.Helper()
	b, err := json.Marshal(discovery.Discover(in))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
