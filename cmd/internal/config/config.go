package config

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/compute/trend"
	"github.com/ip3dp/ip3dp/render/notify"
)

// Config is everything that config.toml may say. docs/configuration.md describes
// every key; a test holds the two together. Paths are relative to the file's
// folder.
type Config struct {
	Content   string     `toml:"content"`
	Platform  Platform   `toml:"platform"`
	Site      Site       `toml:"site"`
	History   History    `toml:"history"`
	Deploy    Deploy     `toml:"deploy"`
	Changes   Changes    `toml:"changes"`
	DORA      DORA       `toml:"dora"`
	Freezes   []Freeze   `toml:"freeze"`
	People    People     `toml:"people"`
	Privacy   Privacy    `toml:"privacy"`
	Evidence  Evidence   `toml:"evidence"`
	RICE      RICE       `toml:"rice"`
	Decision  Decision   `toml:"decision"`
	Discovery Discovery  `toml:"discovery"`
	SESOI     SESOI      `toml:"sesoi"`
	Notify    Notify     `toml:"notify"`
	GitHub    []GitHub   `toml:"github"`
	GitLab    []GitLab   `toml:"gitlab"`
	Git       []Git      `toml:"git"`
	Events    []Events   `toml:"events"`
	Surveys   Surveys    `toml:"surveys"`
	Tickets   []Tickets  `toml:"tickets"`
	Usage     []Usage    `toml:"usage"`
	Measures  []Measures `toml:"measures"`
	Tasks     []Tasks    `toml:"tasks"`
}

// Platform is who the site is about.
type Platform struct {
	Name       string    `toml:"name"`
	Developers int       `toml:"developers"` // the population it serves; 0: not said
	AsOf       time.Time `toml:"as_of"`      // a fixed "now", for examples; zero: the clock
}

// Site is where the site goes.
type Site struct {
	Out     string `toml:"out"`
	BaseURL string `toml:"base_url"` // for canonical links, feeds and previews only
	// Audience is who can read it: links to single changes and incidents are left out
	// for the public.
	Audience string `toml:"audience"`
}

// Audiences of a site.
const (
	AudiencePublic       = "public"       // everybody
	AudienceOrganisation = "organisation" // whoever is in the organisation's network
	AudienceLogin        = "login"        // whoever has an account for it
)

// Privacy says whose numbers may be published.
type Privacy struct {
	SoleAuthor bool `toml:"sole_author"` // those of one or two people, too
}

// History is about published values of earlier runs.
type History struct {
	// From is a published measured.json, or the folder of a published site, that
	// history comes back from if the state folder has none; "": Site.Out.
	From string `toml:"from"`
	Days int    `toml:"days"` // how far back sources are asked
	// MaxKiB is how much of measured.json published values may take.
	MaxKiB int `toml:"max_kib"`
}

// Deploy says what counts as a deployment to production.
type Deploy struct {
	Production      string `toml:"production"` // regular expression of environments
	Exclude         string `toml:"exclude"`    // regular expression of environments
	CollapseMinutes int    `toml:"collapse_minutes"`
	Group           string `toml:"group"` // what is one deployment: "environment" or "commit"
}

// Changes tells changes from requests that only carry them.
type Changes struct {
	LongLived string `toml:"long_lived"` // regular expression of branches
}

// DORA are the knobs of the delivery metrics.
type DORA struct {
	MaxCommitAgeDays int      `toml:"max_commit_age_days"`
	MaturityDays     int      `toml:"maturity_days"`
	LeadStart        string   `toml:"lead_start"`
	LeadStatistic    string   `toml:"lead_statistic"`
	FailRate         string   `toml:"fail_rate"`
	Tiers            string   `toml:"tiers"`
	FailureEvidence  []string `toml:"failure_evidence"` // empty: every class
	WindowHours      int      `toml:"window_hours"`
	Blame            string   `toml:"blame"`         // whom an incident that names nothing blames: "window" or "previous"
	Bots             string   `toml:"bots"`          // deployments of bots' changes: "apart" or "counted"
	HotfixBranch     string   `toml:"hotfix_branch"` // regular expressions; "": none
	HotfixLabel      string   `toml:"hotfix_label"`
	HotfixTitle      string   `toml:"hotfix_title"`
	ExcludeLabel     string   `toml:"exclude_label"` // regular expressions; "": none
	ExcludeTitle     string   `toml:"exclude_title"`
}

// Freeze is a span in which nobody is expected to deploy as usual.
type Freeze struct {
	Title string    `toml:"title"`
	From  time.Time `toml:"from"`  // its first day
	Until time.Time `toml:"until"` // the first day after it
}

// People says who is no person.
type People struct {
	Bots []string `toml:"bots"` // regular expressions of logins and e-mails
}

// Evidence says what is published about single events.
type Evidence struct {
	Titles bool `toml:"titles"`
}

// RICE are the units of the scores and the numbers that words stand for.
type RICE struct {
	Reach      string             `toml:"reach"`
	Effort     string             `toml:"effort"`
	Impact     map[string]float64 `toml:"impact"`
	Confidence map[string]float64 `toml:"confidence"` // percent
}

// Decision are the thresholds of the decision tree, in percent.
type Decision struct {
	Satisfied     float64 `toml:"satisfied"`
	AdoptionHigh  float64 `toml:"adoption_high"`
	AdoptionLeave float64 `toml:"adoption_leave"` // below it, adoption stops being high
	AdoptionLow   float64 `toml:"adoption_low"`
}

// Discovery are the levels of discovery that are aimed at.
type Discovery struct {
	Interviews int     `toml:"interviews"` // per quarter of 12 weeks
	Share      float64 `toml:"share"`      // of person-days, in percent
}

// SESOI are the smallest effects of interest: smaller ones are "about the
// same".
type SESOI struct {
	FailureRatePoints float64 `toml:"failure_rate_points"`
	NPSPoints         float64 `toml:"nps_points"`
	DefaultPercent    float64 `toml:"default_percent"`
	ImpactPercent     float64 `toml:"impact_percent"`
}

// Git is one clone.
type Git struct {
	Name         string    `toml:"name"`
	Path         string    `toml:"path"`
	Repository   string    `toml:"repository"`
	Branch       string    `toml:"branch"`
	Deployments  string    `toml:"deployments"`
	TagPattern   string    `toml:"tag_pattern"`
	DeployBranch string    `toml:"deploy_branch"`
	Environment  string    `toml:"environment"`
	Paths        bool      `toml:"paths"`
	Since        time.Time `toml:"since"`
}

// Files is what every table of export files may say. It is exported so that
// content.Decode finds its fields where it is embedded.
type Files struct {
	Name       string              `toml:"name"`
	File       string              `toml:"file"`   // may hold * and ?
	System     string              `toml:"system"` // that issued the ids in it; "": one known by File
	Timezone   string              `toml:"timezone"`
	DateOrder  string              `toml:"date_order"`
	Decimal    string              `toml:"decimal"`
	Encoding   string              `toml:"encoding"`
	Delimiter  string              `toml:"delimiter"`
	HeaderRows int                 `toml:"header_rows"`
	Columns    map[string][]string `toml:"columns"`
}

// Events is one kind of event files.
type Events struct {
	Files
	Kind        string                `toml:"kind"`
	Repository  string                `toml:"repository"`
	Environment string                `toml:"environment"`
	Statuses    map[string]fact.State `toml:"statuses"`
	Since       time.Time             `toml:"since"`
	CoversFrom  time.Time             `toml:"covers_from"`
	CoversTo    time.Time             `toml:"covers_to"`
}

// Defaults are what holds where config.toml says nothing.
func Defaults() Config {
	o := compute.DefaultOptions()
	return Config{
		Content:  ".",
		Platform: Platform{Name: o.Platform.Name},
		Site:     Site{Out: "public", Audience: AudiencePublic},
		History:  History{Days: 730, MaxKiB: o.HistoryBytes >> 10},
		Deploy: Deploy{
			Production: o.DORA.Production, Exclude: o.DORA.Exclude, CollapseMinutes: o.DORA.CollapseMinutes,
			Group: o.DORA.Group,
		},
		Changes: Changes{LongLived: o.LongLived},
		DORA: DORA{
			MaxCommitAgeDays: o.DORA.MaxCommitAge, MaturityDays: o.MaturityDays,
			LeadStart: o.DORA.LeadStart, LeadStatistic: o.DORA.LeadStatistic, FailRate: o.DORA.FailRateOf, Tiers: o.DORA.Tiers,
			FailureEvidence: o.DORA.Classes, WindowHours: o.DORA.WindowHours, Blame: o.DORA.Blame, Bots: o.DORA.Bots,
			HotfixBranch: o.DORA.HotfixBranch, HotfixLabel: o.DORA.HotfixLabel, HotfixTitle: o.DORA.HotfixTitle,
			ExcludeLabel: o.DORA.ExcludeLabel, ExcludeTitle: o.DORA.ExcludeTitle,
		},
		RICE:      RICE(o.RICE),
		Decision:  Decision(o.Decision),
		Discovery: Discovery{Interviews: o.Discovery.Interviews, Share: 20},
		Notify:    Notify{Format: notify.Slack},
		SESOI:     SESOI{FailureRatePoints: 2, NPSPoints: 5, DefaultPercent: 10, ImpactPercent: 20},
	}
}

// Options are the definitions in force.
func (c *Config) Options() compute.Options {
	o := compute.DefaultOptions()
	o.Platform = compute.Platform{Name: c.Platform.Name, Developers: c.Platform.Developers}
	o.MaturityDays = c.DORA.MaturityDays
	o.Bots = c.People.Bots
	o.ShowFew = c.Privacy.SoleAuthor
	o.LongLived = c.Changes.LongLived
	o.HistoryBytes = c.History.MaxKiB << 10
	o.DORA.Production, o.DORA.Exclude = c.Deploy.Production, c.Deploy.Exclude
	o.DORA.CollapseMinutes, o.DORA.Group = c.Deploy.CollapseMinutes, c.Deploy.Group
	o.DORA.MaxCommitAge = c.DORA.MaxCommitAgeDays
	o.DORA.Titles = c.Evidence.Titles
	o.DORA.LeadStart, o.DORA.LeadStatistic = c.DORA.LeadStart, c.DORA.LeadStatistic
	o.DORA.FailRateOf, o.DORA.Tiers = c.DORA.FailRate, c.DORA.Tiers
	o.DORA.Classes, o.DORA.WindowHours = c.DORA.FailureEvidence, c.DORA.WindowHours
	o.DORA.Blame, o.DORA.Bots = c.DORA.Blame, c.DORA.Bots
	o.DORA.HotfixBranch, o.DORA.HotfixLabel, o.DORA.HotfixTitle = c.DORA.HotfixBranch, c.DORA.HotfixLabel, c.DORA.HotfixTitle
	o.DORA.ExcludeLabel, o.DORA.ExcludeTitle = c.DORA.ExcludeLabel, c.DORA.ExcludeTitle
	o.DORA.Sesoi = trend.Sesoi{
		Ratio: c.SESOI.DefaultPercent / 100, Share: c.SESOI.FailureRatePoints / 100, Points: c.SESOI.NPSPoints,
	}
	o.ImpactPercent, o.NPSPoints = c.SESOI.ImpactPercent, c.SESOI.NPSPoints
	for _, f := range c.Freezes {
		o.DORA.Freezes = append(o.DORA.Freezes, dora.Freeze(f))
	}
	o.RICE = rice.Options(c.RICE)
	o.Decision = decision.Thresholds(c.Decision)
	o.Discovery = discovery.Goals{Interviews: c.Discovery.Interviews, DiscoveryShare: c.Discovery.Share / 100}
	return o
}

// Notify says where changes are told, if anywhere.
type Notify struct {
	WebhookEnv string `toml:"webhook_env"` // name of the variable with the address; "": nowhere
	Format     string `toml:"format"`      // slack, teams or markdown
}

// IsProduction is the rule of which environments are production, as [deploy] has it.
func (c *Config) IsProduction() func(environment, tier string) bool {
	rule, err := org.NewProduction(c.Deploy.Production, c.Deploy.Exclude)
	if err != nil { // Parse has reported it
		return func(string, string) bool { return true }
	}
	return rule.IsProduction
}
