package compute

import (
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// Options are the definitions in force, from config.toml.
type Options struct {
	Platform Platform
	// MaturityDays is how old a week's Sunday must be before the week counts.
	MaturityDays int
	Bots         []string
	// ShowFew lets delivery numbers of one or two people be shown.
	ShowFew bool
	// LongLived is a regular expression of branches that collect the work of others.
	LongLived string
	DORA      dora.Options
	RICE      rice.Options
	Decision  decision.Thresholds
	Discovery discovery.Goals
	// ImpactPercent is the smallest effect of a feature on lead time that would matter.
	ImpactPercent float64
	// NPSPoints is the smallest change of the net promoter score that would matter.
	NPSPoints float64
	// HistoryBytes is how much of measured.json history may take: beyond it the
	// oldest weeks are dropped.
	HistoryBytes int
}

// Platform is who the site is about.
type Platform struct {
	Name       string `json:"name"`
	Developers int    `json:"developers"` // the population it serves; 0 if not given
}

// DefaultOptions returns the definitions used for settings that config.toml leaves out.
func DefaultOptions() Options {
	return Options{
		Platform: Platform{Name: "Platform"}, MaturityDays: 7, LongLived: org.DefaultLongLived,
		DORA: dora.Defaults(), RICE: rice.Defaults(), Decision: decision.Defaults(), Discovery: discovery.DefaultGoals(), ImpactPercent: 20, NPSPoints: 5, HistoryBytes: 1 << 20,
	}
}
