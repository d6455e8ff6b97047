package dora

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// levels are the names of the tiers, best first.
var levels = [4]string{"elite", "high", "medium", "low"}

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	month  = year / 12
	year   = 365.25 * day
)

// tierLimit is the end of a tier. It includes values as good as the limit, unless it is strict.
type tierLimit struct {
	at     float64
	strict bool
}

// scale holds the ends of the elite, high and medium tiers of a metric. Published tiers leave
// gaps; a gap belongs to the lower tier. Frequency is in deployments per day, times in seconds,
// rates from 0 to 1.
type scale [3]tierLimit

// tierScheme holds the scales of one year.
type tierScheme struct {
	name, source string
	scales       map[string]scale // by metric
	none         string           // reason for having no badge, or ""
}

var tierSchemes = []tierScheme{
	{
		name: "dora-2021",
		source: "DORA, Accelerate State of DevOps 2021; gaps between tiers belong to the lower one, and failure rates " +
			"above elite are split at 20 % and 30 %, as Apache DevLake does",
		scales: map[string]scale{
			Frequency:   {{1, true}, {day / month, false}, {2 * day / year, false}},
			LeadTime:    {{hour, true}, {week, false}, {year / 2, false}},
			FailRate:    {{.15, false}, {.20, false}, {.30, false}},
			RestoreTime: {{hour, true}, {day, true}, {week, false}},
		},
	},
	{
		name:   "dora-2023",
		source: "DORA, Accelerate State of DevOps 2023; gaps between tiers belong to the lower one",
		scales: map[string]scale{
			Frequency:    {{1, true}, {day / week, false}, {day / month, false}},
			LeadTime:     {{day, true}, {week, false}, {month, false}},
			FailRate:     {{.05, false}, {.10, false}, {.15, false}},
			RecoveryTime: {{hour, true}, {day, true}, {week, false}},
		},
	},
	{name: "dora-2024", none: "DORA's levels of 2024 are not in order (the high level failed more often than the " +
		"medium one), so they make no badge"},
	{name: "dora-2025", none: "DORA published no levels in 2025"},
}

// findTierScheme finds the tiers by name; "" and "none" mean no tiers.
func findTierScheme(name string) (*tierScheme, error) {
	if name == "" || name == "none" {
		return nil, nil
	}
	known := make([]string, len(tierSchemes))
	for i := range tierSchemes {
		if known[i] = tierSchemes[i].name; known[i] == name {
			return &tierSchemes[i], nil
		}
	}
	return nil, fmt.Errorf("dora.tiers: unknown %q; use none, %s", name, strings.Join(known, ", "))
}

// findTier returns the tier of a metric's value, and the tiers of its interval if they differ.
// A missing limit of an interval could be anywhere.
func (r *rules) findTier(mt *metric.Metric) *metric.Tier {
	if r.tiers == nil || mt.Value == nil {
		return nil
	}
	s, ok := r.tiers.scales[mt.ID]
	if !ok || mt.ID == FailRate && mt.Unit != metric.Share {
		return nil
	}
	t := &metric.Tier{Name: levels[s.findLevel(*mt.Value, mt.Better)], Source: r.tiers.source}
	if mt.Interval == "" {
		return t
	}
	lo, hi := 0.0, math.Inf(1)
	if mt.Lo != nil {
		lo = *mt.Lo
	}
	if mt.Hi != nil {
		hi = *mt.Hi
	}
	ends := []int{s.findLevel(lo, mt.Better), s.findLevel(hi, mt.Better)}
	slices.Sort(ends)
	if ends[0] != ends[1] {
		t.Span = levels[ends[0]] + "…" + levels[ends[1]]
	}
	return t
}

// findLevel returns the index of the tier of a value.
func (s scale) findLevel(v float64, better metric.Direction) int {
	for i, l := range s {
		if v == l.at && !l.strict || better == metric.Down && v < l.at || better == metric.Up && v > l.at {
			return i
		}
	}
	return len(s)
}
