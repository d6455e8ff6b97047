// Package config reads config.toml.
//
// A key is one field of a struct. The field's comment describes the key in
// docs/reference/config.md, and its tags are:
//
//	toml     the name of the key
//	option   the field of compute.Options that the key sets, and whose default it has
//	default  the default of a key without an option
//	check    the checks of a value, separated by spaces; checks lists them
//	example  a value for the message that asks for one
//
// The last sentence of a comment may begin with "Default:" where the default is not a
// value.
package config

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Config is config.toml. Paths are relative to the folder of the file.
type Config struct {
	Content   Content   `toml:"content"`
	Platform  Platform  `toml:"platform"`
	Site      Site      `toml:"site"`
	History   History   `toml:"history"`
	Deploy    Deploy    `toml:"deploy"`
	Changes   Changes   `toml:"changes"`
	DORA      DORA      `toml:"dora"`
	Calendar  []Break   `toml:"calendar"`
	People    People    `toml:"people"`
	Privacy   Privacy   `toml:"privacy"`
	Evidence  Evidence  `toml:"evidence"`
	RICE      RICE      `toml:"rice"`
	Decision  Decision  `toml:"decision"`
	Discovery Discovery `toml:"discovery"`
	SESOI     SESOI     `toml:"sesoi"`
	Notify    Notify    `toml:"notify"`
	ForgeTables
	Git      []Git      `toml:"git"`
	Events   []Events   `toml:"events"`
	Surveys  Surveys    `toml:"surveys"`
	Tickets  []Tickets  `toml:"tickets"`
	Usage    []Usage    `toml:"usage"`
	Measures []Measures `toml:"measures"`
	Tasks    []Tasks    `toml:"tasks"`
	SQL      []SQL      `toml:"sql"`
}

// Content describes where the content is, and its history.
//
// `content = "site"` is short for the path alone.
type Content struct {
	// The folder with `teams.toml`, `features/`, `roadmap/` and the rest. It must be below
	// the folder of the configuration. Both may be relative links to others in the
	// repository, but not out of it or into `.git`. Nothing in the folder may link out of it.
	Path string `toml:"path" default:"." check:"inside"`
	// The repository with the history of the content: a clone, a bare repository, or a file
	// of `git bundle`. Its folders are those of the repository with the configuration, of the
	// configuration's folder, or of the content. It shows when predictions were written down
	// ([roadmap.md](../roadmap.md#what-git-recorded)). `build` and `serve` read it; `diff` and
	// `preview` take this key from the base, not from the compared configuration, and `check`
	// does not read it. Default: the clone of the configuration.
	History string `toml:"history"`
}

// UnmarshalText reads the short form, the path.
func (c *Content) UnmarshalText(path []byte) error {
	*c = Content{Path: string(path)}
	return nil
}

// Platform describes the platform that is measured.
type Platform struct {
	// The platform's name, at the top of every page.
	Name string `toml:"name" option:"Platform.Name" check:"required" example:"Fawkes"`
	// The number of developers that the platform serves. 0 means unknown. Shares and tickets
	// per 100 developers need it.
	Developers int `toml:"developers" option:"Platform.Developers" check:"0..10000000"`
	// The address where developers can ask for something: a web page, such as a form of the
	// tracker, or `mailto:` with an e-mail address. The pages about discovery and decisions
	// link to it. Default: the next office hours of `research/`.
	Ask string `toml:"ask" option:"Platform.Ask" check:"ask"`
	// The number that leads the first page: `change_lead_time`, `deployment_frequency`,
	// `change_failure_rate` or `time_to_restore`. It stays, whatever the numbers are.
	Lead string `toml:"lead" option:"Platform.Lead" check:"lead"`
	// A fixed time to call now, for examples and tests. `--now` and `IP3DP_NOW` override it.
	// Default: the clock.
	AsOf time.Time `toml:"as_of" check:"year"`
}

// Site describes where the site is published.
type Site struct {
	// The folder that the site is published to. It is replaced as a whole, in one step.
	// Files that `ip3dp` did not write are never removed
	// ([publish.md](../publish.md#which-files-are-ours)).
	Out string `toml:"out" default:"public" check:"required" example:"public"`
	// The address of the site, for canonical links, feeds and the links of `404.html` only. All
	// other links are relative, so the same folder works under any address and from `file://`.
	BaseURL string `toml:"base_url" check:"web"`
	// The people who can read the site: `public`, `organisation` (everyone in its network)
	// or `login` (everyone with an account for it). A public site has the numbers of the
	// organisation, of features and of the roadmap, and nothing about teams, single events and
	// the words of developers ([private-sites.md](../private-sites.md)).
	Audience string `toml:"audience" default:"public" check:"public|organisation|login"`
	// Whether each team has pages. Without them names of teams are plain text, and the numbers
	// of teams are on the pages of delivery and of groups only.
	TeamPages bool `toml:"team_pages" default:"true"`
	// Whether each group of `teams.toml` has pages. Without them its teams are on the page of
	// delivery only.
	GroupPages bool `toml:"group_pages" default:"true"`
}

// AudiencePublic is the audience of a site that everybody can read.
const AudiencePublic = "public"

// History describes the published values of earlier runs.
//
// Published values are kept in `.ip3dp/history.json`, so that a published period does not
// change silently.
type History struct {
	// A place that the history is read back from if `.ip3dp` is lost: `branch:NAME`,
	// `git+https://HOST/REPOSITORY.git#BRANCH`, `s3://BUCKET/FOLDER`, `artifact` (of the job's
	// repository), an address, or a folder. It is read together with `site.out`, the artifact in
	// a job, and `site.base_url`, in the order of [reading-back.md](../reading-back.md). `diff`
	// and `preview` take this key from the base, not from the compared configuration.
	// Default: none.
	From string `toml:"from" check:"place"`
	// The name of the environment variable with a header that the published site asks for, in
	// the form `Name: value`. It is sent to the hosts of `history.from` and `site.base_url`
	// only, by https.
	HeaderEnv string `toml:"header_env" check:"variable" example:"SITE_HEADER"`
	// The file of the nightly workflow in `.github/workflows/`, whose artifact counts. Default:
	// in the nightly run its own file, else `nightly.yml`.
	Workflow string `toml:"workflow" check:"workflow" example:"nightly.yml"`
	// The days before now for which sources are read. Older data of a source still counts as
	// the baseline of lead times.
	Days int `toml:"days" default:"730" check:"1..36500"`
	// The size that published values may have in `data/measured.json`, in KiB. Every week of
	// the last two years is kept, then every fourth. Beyond the limit the oldest weeks are
	// dropped.
	MaxKiB int `toml:"max_kib" default:"1024" check:"64..1048576"`
}

// People lists accounts that are not people.
type People struct {
	// Logins and e-mails of automation, as regular expressions, besides the `[bot]` suffix
	// and the built-in list. Automation is shown separately.
	Bots []string `toml:"bots" option:"Bots" check:"pattern"`
}

// Privacy limits the numbers that are published.
type Privacy struct {
	// Publishes the delivery numbers of a team, or an organisation, of fewer than three
	// people. People are the distinct human authors and co-authors of its changes in the 26
	// weeks before the cut-off. If no source names an author, the number in `teams.toml`
	// applies. Otherwise the site shows only counts and dates of their deployments.
	// `ip3dp explain`, and `ip3dp serve` on an address of this machine, always show the
	// numbers.
	SoleAuthor bool `toml:"sole_author" option:"ShowFew"`
}

// Evidence limits what is published about single events.
type Evidence struct {
	// Lists the titles of changes and incidents as evidence. They may name people.
	Titles bool `toml:"titles" option:"DORA.Titles"`
}

// RICE describes the scores of the roadmap.
//
// Units of the scores, and the numbers that words mean in `roadmap/*.md`.
type RICE struct {
	// The unit of reach.
	Reach string `toml:"reach" option:"RICE.Reach"`
	// The unit of effort.
	Effort string `toml:"effort" option:"RICE.Effort"`
	// The scale of impact. `check` reports other numbers.
	Impact map[string]float64 `toml:"impact" option:"RICE.Impact" check:"0..100"`
	// Words for confidence, in percent.
	Confidence map[string]float64 `toml:"confidence" option:"RICE.Confidence" check:"0..100"`
}

// Decision describes the thresholds of the decision tree.
//
// Thresholds of the recommendations, in percent. A feature can have its own in its file.
type Decision struct {
	// Users count as satisfied from this positive share.
	Satisfied float64 `toml:"satisfied" option:"Decision.Satisfied" check:"0..100"`
	// Adoption is high from this share.
	AdoptionHigh float64 `toml:"adoption_high" option:"Decision.AdoptionHigh" check:"0..100"`
	// High adoption stops being high below this share. It is between the other two, so that
	// a share at the limit does not change the recommendation every week.
	AdoptionLeave float64 `toml:"adoption_leave" option:"Decision.AdoptionLeave" check:"0..100"`
	// Adoption is low below this share, from the fourth week in a row. It stops being low at
	// a limit as far above it as `adoption_leave` is below `adoption_high`: 30 by default.
	AdoptionLow float64 `toml:"adoption_low" option:"Decision.AdoptionLow" check:"0..100"`
}

// Discovery describes the targets of discovery.
type Discovery struct {
	// The target of interviews in a quarter of 12 weeks.
	Interviews int `toml:"interviews" option:"Discovery.Interviews" check:"0..1000"`
	// The target of person-days spent on discovery, in percent.
	Share float64 `toml:"share" default:"20" check:"0..100"`
}

// Notify describes where changes are announced.
//
// `ip3dp notify` announces what changed ([notifications.md](../notifications.md)). Nothing
// is sent unless it runs.
type Notify struct {
	// The name of the environment variable that holds the webhook's address, such as
	// `"SLACK_WEBHOOK"`. It is never the address itself.
	WebhookEnv string `toml:"webhook_env" check:"variable" example:"SLACK_WEBHOOK"`
	// `slack`, `teams` or `markdown`.
	Format string `toml:"format" default:"slack" check:"format"`
}

// Default returns the configuration of an empty file.
func Default() Config {
	var c Config
	o := compute.DefaultOptions()
	for k := range keysOf(&c) {
		k.setDefault(&o)
	}
	return c
}

// Options returns the options of compute that the configuration sets.
func (c *Config) Options() compute.Options {
	o := compute.DefaultOptions()
	for k := range keysOf(c) {
		if path := k.field.Tag.Get("option"); path != "" {
			optionField(&o, path).Set(k.value)
		}
	}
	o.HistoryBytes = c.History.MaxKiB << 10
	o.Discovery.DiscoveryShare = c.Discovery.Share / 100
	o.DORA.Sesoi = trend.Sesoi{
		Ratio: c.SESOI.DefaultPercent / 100, Share: c.SESOI.FailureRatePoints / 100, Points: c.SESOI.NPSPoints,
	}
	for _, b := range c.Calendar {
		o.Breaks = append(o.Breaks, metric.Break{
			Title: b.Title, Kind: b.Kind, Teams: b.Teams,
			Window: metric.Window{From: b.From, To: b.Until.AddDate(0, 0, 1)},
		})
	}
	return o
}

// Production returns the rule of [deploy] that decides which environments are production.
func (c *Config) Production() *org.Production {
	rule, err := org.NewProduction(c.Deploy.Production, c.Deploy.Exclude)
	if err != nil { // Parse has reported it
		rule, _ = org.NewProduction("", "")
	}
	return rule
}

// Resolve returns a path of the configuration, which is relative to the folder root.
func Resolve(root, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(root, name)
}

// Quote returns a text as a TOML string. JSON's escapes are a subset of TOML's.
func Quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(strings.ToValidUTF8(s, "\uFFFD")); err != nil {
		panic(err) // a text can always be encoded
	}
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "\x7f", `\u007f`)
}
