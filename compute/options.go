package compute

import (
	"cmp"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// Options are the definitions in force, from config.toml.
type Options struct {
	Platform Platform
	// MaturityDays is the number of days after its Sunday when a week begins to count.
	MaturityDays int
	Bots         []string
	// ShowFew allows delivery numbers of one or two people to be shown.
	ShowFew bool
	// LongLived is a regular expression for branches that collect changes of several people.
	LongLived string
	DORA      dora.Options
	RICE      rice.Options
	Decision  decision.Thresholds
	Discovery discovery.Goals
	// ImpactPercent is the smallest effect of interest of a feature on lead time, in percent.
	ImpactPercent float64
	// NPSPoints is the smallest change of interest of the net promoter score, in points.
	NPSPoints float64
	// Breaks are the spans of the calendar without the usual work.
	Breaks []metric.Break
	// HistoryBytes is the largest size of history in measured.json, in bytes. If it is larger,
	// the oldest weeks are dropped.
	HistoryBytes int
}

// Platform describes the platform that the site is about.
type Platform struct {
	Name       string `json:"name"`
	Developers int    `json:"developers"` // the population it serves; 0 if not given
	// Ask is the address where developers can ask for something; "" if not given.
	Ask string `json:"ask,omitempty"`
	// Lead is the word of the number that leads the first page, one of LeadWords.
	Lead string `json:"lead,omitempty"`
}

// leads maps the words of platform.lead to the numbers that may lead the first page.
var leads = map[string]string{
	"change_lead_time": dora.LeadTime, "deployment_frequency": dora.Frequency,
	"change_failure_rate": dora.FailRate, "time_to_restore": dora.RestoreTime,
}

// LeadWords lists the words of platform.lead, the default first.
var LeadWords = []string{"change_lead_time", "deployment_frequency", "change_failure_rate", "time_to_restore"}

// LeadMetric returns the ID of the number that leads the first page. The configuration names
// it, and never the data.
func (p *Platform) LeadMetric() string { return cmp.Or(leads[p.Lead], dora.LeadTime) }

// DefaultOptions returns the definitions for settings that config.toml leaves out.
func DefaultOptions() Options {
	return Options{
		Platform: Platform{Name: "Platform", Lead: LeadWords[0]}, MaturityDays: 7, LongLived: org.DefaultLongLived,
		DORA: dora.Defaults(), RICE: rice.Defaults(), Decision: decision.Defaults(), Discovery: discovery.DefaultGoals(), ImpactPercent: 20, NPSPoints: 5, HistoryBytes: 1 << 20,
	}
}
