package render

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
)

// moved is a metric of the organisation with a tested change; "" was not tested.
func moved(id string, unit metric.Unit, better metric.Direction, value, was float64, o metric.Outcome) metric.Metric {
	m := metric.Metric{
		ID: id, Scope: organisation, State: metric.OK, Unit: unit, Better: better, Figure: metric.Figure{Value: metric.Of(value)},
		Was: &metric.Was{Figure: metric.Figure{Value: metric.Of(was)}}, N: []metric.Count{{What: "deployments", N: 100}},
	}
	if o != "" {
		m.Trend = &metric.Trend{Outcome: o, Change: value/was - 1, Relative: true, Better: better}
	}
	return m
}

// on is the beginning of a day.
func on(date string) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return at
}

// The first sentence holds what tests support and nothing else.
func TestHeadline(t *testing.T) {
	const (
		changed = metric.Changed
		watched = metric.WorthWatching
		same    = metric.AboutTheSame
		unknown = metric.NotEnoughData
	)
	type four struct {
		frequency, lead, fail, restore metric.Outcome
		faster, safer                  bool // the direction of what changed
	}
	for _, c := range []struct {
		name         string
		in           four
		nps          metric.Outcome
		claim, doubt string
	}{
		{"the example", four{changed, changed, same, changed, true, true}, unknown, "Delivery is faster and fails no more often.", "Not sure yet: whether developers are happier (may be chance)."},
		{"all better", four{changed, changed, changed, changed, true, true}, changed, "Delivery is faster and fails less often; developers are happier.", ""},
		{"bought speed", four{changed, changed, changed, same, true, false}, same, "Delivery is faster but fails more often.", ""},
		{"nominal changes are no claim", four{watched, watched, watched, watched, true, true}, same, "Nothing in delivery has changed beyond chance.", "Not sure yet: whether delivery is faster (worth watching); whether it fails more often (worth watching)."},
		{"all worse", four{changed, changed, changed, changed, false, false}, same, "Delivery is slower and fails more often; teams deploy less often; incidents last longer.", ""},
		{"nothing moved", four{same, same, same, same, true, true}, same, "Delivery is as fast as before and fails no more often.", ""},
		{"nothing can be told", four{unknown, unknown, unknown, unknown, true, true}, same, "Nothing in delivery has changed beyond chance.", "Not sure yet: whether delivery is faster (may be chance); whether it fails more often (may be chance)."},
		{"only how often", four{changed, unknown, unknown, unknown, true, true}, same, "Teams deploy more often.", "Not sure yet: whether delivery is faster (may be chance); whether it fails more often (may be chance)."},
		{"half is known", four{unknown, changed, unknown, unknown, true, true}, same, "Delivery is faster.", "Not sure yet: whether it fails more often (may be chance)."},
		{"not tested", four{"", "", "", "", true, true}, same, "Teams deploy 5.2 times a day each; half of all changes reach production within 42 min.", "Not tested yet: whether that is better than four weeks before. Each number has its earlier value beside it."},
		{"nothing is deployed any more", four{"", "", "", "", true, true}, same, "No release in the last four weeks; the last was v1.2.0, on 6 Dec 2025.", "Work went on: the last change was merged on 12 Jan 2026. If tags are not your deployments, set deployments = \"branch\" in config.toml."},
	} {
		t.Run(c.name, func(t *testing.T) {
			value := func(good, bad float64, isGood bool) float64 {
				if isGood {
					return good
				}
				return bad
			}
			sec := &metric.Section{Family: "dora", Metrics: []metric.Metric{
				moved(dora.Frequency, metric.PerDayPer, metric.Up, value(5.2, 3, c.in.faster), 4, c.in.frequency),
				moved(dora.LeadTime, metric.Seconds, metric.Down, value(2520, 3600, c.in.faster), 2940, c.in.lead),
				moved(dora.FailRate, metric.Share, metric.Down, value(0.08, 0.12, c.in.safer), 0.1, c.in.fail),
				moved(dora.RestoreTime, metric.Seconds, metric.Down, value(1320, 3000, c.in.safer), 2220, c.in.restore),
			}}
			s := &site{report: compute.Report{}}
			if c.name == "nothing is deployed any more" {
				sec.Metrics[0].Value = metric.Of(0)
				sec.Metrics[0].Window = metric.Window{From: on("2025-12-29"), To: on("2026-01-26")}
				s.report.Shipped = []dora.Shipped{{
					Scope: organisation, Releases: true, N: 7, First: on("2025-02-03"), Merged: on("2026-01-12"),
					Latest: []dora.Shipment{{At: on("2025-12-06"), Name: "v1.2.0"}},
				}}
			}
			nps := moved(space.NPS, metric.Points, metric.Up, 42.2, 33.7, c.nps)
			if c.in.lead == "" {
				s.report.Changes.Untested = headlineIDs
			}
			claim, doubt := s.headline(sec, &nps)
			if plainSpaces(claim) != c.claim || plainSpaces(doubt) != c.doubt {
				t.Errorf("%s:\ngot  %q, %q\nwant %q, %q", c.name, plainSpaces(claim), plainSpaces(doubt), c.claim, c.doubt)
			}
		})
	}
}
