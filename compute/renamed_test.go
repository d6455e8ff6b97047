package compute

import (
	"reflect"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestFollowNames(t *testing.T) {
	t.Parallel()
	measured := func(id, team string) Measured {
		return Measured{
			Teams:    []TeamInfo{{ID: team}},
			Adoption: adoption.Result{Features: []adoption.Feature{{ID: id, Known: true}}},
			Effects:  []Effect{{Feature: id}}, History: []Row{{Subject: id}, {Subject: ""}},
			Sections: []metric.Section{{Metrics: []metric.Metric{
				{Scope: metric.Scope{Kind: metric.Feature, ID: id}}, {Scope: metric.Scope{Kind: metric.Team, ID: team}}, {Scope: metric.Scope{Kind: metric.Group, ID: "charts"}},
			}}},
		}
	}
	feature := func(id string, formerly ...string) fact.Feature {
		return fact.Feature{Item: fact.Item{ID: id, Formerly: formerly}}
	}
	for _, c := range []struct {
		name string
		list []fact.Feature
		want string
	}{
		{"the same", []fact.Feature{feature("charts")}, "charts"},
		{"renamed", []fact.Feature{feature("helm", "old", "charts")}, "helm"},
		{"the former ID is another feature's", []fact.Feature{feature("helm", "charts"), feature("charts")}, "charts"},
		{"a draft", []fact.Feature{{Item: fact.Item{ID: "helm", Draft: true, Formerly: []string{"charts"}}}}, "charts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := measured("charts", "cart")
			got := FollowNames(m, fact.Content{Features: c.list, Teams: []fact.Team{{ID: "basket", Formerly: []string{"cart"}}}})
			if !reflect.DeepEqual(measured(c.want, "basket"), got) {
				t.Errorf("%+v", got)
			}
			if !reflect.DeepEqual(measured("charts", "cart"), m) {
				t.Errorf("the measured values were changed: %+v", m)
			}
		})
	}
}
