package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones by name, also where the system has no list of them

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/notify"
)

// Parse reads config.toml and reports every problem in it. What is not
// wrong is set even then, so that content can be checked in the same run.
func Parse(name string, data []byte) (Config, []content.Problem) {
	c := Defaults()
	lines, problems := content.Decode(name, data, &c)
	k := checker{file: name, lines: lines, config: &c}
	k.platform()
	k.definitions()
	k.thresholds()
	k.forgeDefaults()
	k.nameSources()
	k.forges()
	for i := range c.Git {
		k.git(i)
	}
	for i := range c.Events {
		k.events(i)
	}
	k.exports()
	problems = withoutEchoes(problems, k.problems)
	slices.SortStableFunc(problems, func(a, b content.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return c, problems
}

// withoutEchoes adds what is wrong with meanings to what is wrong with form, but
// not on the same line: a value that could not be read is not also missing.
func withoutEchoes(form, meaning []content.Problem) []content.Problem {
	all := slices.Clone(form)
	for _, p := range meaning {
		if !slices.ContainsFunc(form, func(f content.Problem) bool { return f.Line == p.Line }) {
			all = append(all, p)
		}
	}
	return all
}

// checker finds values that are well-formed but cannot be used.
type checker struct {
	file     string
	lines    fact.Lines
	config   *Config
	problems []content.Problem
}

func (k *checker) problem(key, text, next string) {
	k.problems = append(k.problems, content.Problem{File: k.file, Line: k.lines.At(key), Text: text, Next: next})
}

func (k *checker) platform() {
	c := k.config
	if strings.TrimSpace(c.Platform.Name) == "" {
		k.problem("platform.name", "platform.name is empty", "name the platform as its users do")
	}
	if t := c.Platform.AsOf; !t.IsZero() && !IsPlausible(t) {
		k.problem("platform.as_of", "platform.as_of is "+t.Format(time.DateOnly)+", no time of a platform", PlausibleNext)
	}
	k.between("platform.developers", float64(c.Platform.Developers), 0, 1e7)
	k.inside("content", c.Content)
	k.require("site.out", c.Site.Out, "name the folder that the site is written to")
	if u := c.Site.BaseURL; u != "" && !IsBaseURL(u) {
		k.problem("site.base_url", fmt.Sprintf("site.base_url %q is no web address", u),
			"write it like https://platform.example.com/path/")
	}
	if audiences := []string{AudiencePublic, AudienceOrganisation, AudienceLogin}; !slices.Contains(audiences,
		c.Site.Audience) {
		k.problem("site.audience", fmt.Sprintf("site.audience %q is not known", c.Site.Audience),
			"use "+strings.Join(audiences, ", "))
	}
	if v := c.Notify.WebhookEnv; v != "" && !IsVariable(v) {
		// The value is not repeated: it may be the address itself, which is a secret.
		k.problem("notify.webhook_env", "notify.webhook_env is no name of an environment variable",
			"write the variable's name, such as SLACK_WEBHOOK, never the address itself")
	}
	if !slices.Contains(notify.Formats, c.Notify.Format) {
		k.problem("notify.format", fmt.Sprintf("notify.format %q is not known", c.Notify.Format),
			"use "+strings.Join(notify.Formats, ", "))
	}
	k.between("history.days", float64(c.History.Days), 1, 36500)
	k.between("history.max_kib", float64(c.History.MaxKiB), 64, 1<<20)
}

// IsBaseURL reports whether u can stand before every path of the site.
func IsBaseURL(u string) bool {
	p, err := url.Parse(u)
	return err == nil && (p.Scheme == "https" || p.Scheme == "http") && p.Host != "" &&
		p.User == nil && p.RawQuery == "" && p.Fragment == ""
}

var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,63}$`)

// tokenPrefixes begin tokens of the known forges, some of which would pass as names.
var tokenPrefixes = []string{"GHP_", "GHO_", "GHS_", "GITHUB_PAT_", "GLPAT-"}

// IsVariable reports whether s is the name of a variable rather than a token.
func IsVariable(s string) bool {
	for _, prefix := range tokenPrefixes {
		if strings.HasPrefix(strings.ToUpper(s), prefix) {
			return false
		}
	}
	return variableName.MatchString(s)
}

func (k *checker) definitions() {
	c := k.config
	k.require("deploy.production", c.Deploy.Production, `it is a regular expression, such as "^prod"`)
	k.pattern("deploy.production", c.Deploy.Production)
	k.pattern("deploy.exclude", c.Deploy.Exclude)
	k.pattern("changes.long_lived", c.Changes.LongLived)
	for i, p := range c.People.Bots {
		k.pattern(fmt.Sprintf("people.bots.%d", i), p)
	}
	k.between("deploy.collapse_minutes", float64(c.Deploy.CollapseMinutes), 0, 1440)
	k.dora("deploy.group", func(o *dora.Options) { o.Group = c.Deploy.Group })
	k.between("dora.max_commit_age_days", float64(c.DORA.MaxCommitAgeDays), 1, 3650)
	k.between("dora.maturity_days", float64(c.DORA.MaturityDays), 0, 90)
	k.dora("dora.lead_start", func(o *dora.Options) { o.LeadStart = c.DORA.LeadStart })
	k.dora("dora.lead_statistic", func(o *dora.Options) { o.LeadStatistic = c.DORA.LeadStatistic })
	k.dora("dora.fail_rate", func(o *dora.Options) { o.FailRateOf = c.DORA.FailRate })
	k.dora("dora.tiers", func(o *dora.Options) { o.Tiers = c.DORA.Tiers })
	k.dora("dora.failure_evidence", func(o *dora.Options) { o.Classes = c.DORA.FailureEvidence })
	k.between("dora.window_hours", float64(c.DORA.WindowHours), 1, 720)
	k.dora("dora.blame", func(o *dora.Options) { o.Blame = c.DORA.Blame })
	k.dora("dora.bots", func(o *dora.Options) { o.Bots = c.DORA.Bots })
	k.pattern("dora.hotfix_branch", c.DORA.HotfixBranch)
	k.pattern("dora.hotfix_label", c.DORA.HotfixLabel)
	k.pattern("dora.hotfix_title", c.DORA.HotfixTitle)
	k.pattern("dora.exclude_label", c.DORA.ExcludeLabel)
	k.pattern("dora.exclude_title", c.DORA.ExcludeTitle)
	for i, f := range c.Freezes {
		if !f.From.Before(f.Until) {
			k.problem(fmt.Sprintf("freeze.%d.until", i), "until is not after from", "it is the first day after the freeze")
		}
	}
}

// dora asks the delivery metrics about one of their options, because they know
// the words that it may be.
func (k *checker) dora(key string, set func(*dora.Options)) {
	o := dora.Defaults()
	set(&o)
	if _, err := dora.Measure(o, &org.Organisation{}); err != nil {
		k.problem(key, err.Error(), "")
	}
}

func (k *checker) thresholds() {
	c := k.config
	k.between("decision.satisfied", c.Decision.Satisfied, 0, 100)
	k.between("decision.adoption_high", c.Decision.AdoptionHigh, 0, 100)
	k.between("decision.adoption_leave", c.Decision.AdoptionLeave, 0, 100)
	k.between("decision.adoption_low", c.Decision.AdoptionLow, 0, 100)
	switch {
	case c.Decision.AdoptionLow > c.Decision.AdoptionHigh:
		k.problem("decision.adoption_low", "decision.adoption_low is above decision.adoption_high", "")
	case c.Decision.AdoptionLeave > c.Decision.AdoptionHigh:
		k.problem("decision.adoption_leave", "decision.adoption_leave is above decision.adoption_high", "")
	case c.Decision.AdoptionLeave < c.Decision.AdoptionLow:
		k.problem("decision.adoption_leave", "decision.adoption_leave is below decision.adoption_low", "")
	}
	k.between("discovery.interviews", float64(c.Discovery.Interviews), 0, 1000)
	k.between("discovery.share", c.Discovery.Share, 0, 100)
	k.between("sesoi.failure_rate_points", c.SESOI.FailureRatePoints, 0, 100)
	k.between("sesoi.nps_points", c.SESOI.NPSPoints, 0, 200)
	k.between("sesoi.default_percent", c.SESOI.DefaultPercent, 0, 100)
	k.between("sesoi.impact_percent", c.SESOI.ImpactPercent, 0, 100)
	for _, word := range slices.Sorted(maps.Keys(c.RICE.Impact)) {
		k.between("rice.impact."+word, c.RICE.Impact[word], 0, 100)
	}
	for _, word := range slices.Sorted(maps.Keys(c.RICE.Confidence)) {
		k.between("rice.confidence."+word, c.RICE.Confidence[word], 0, 100)
	}
}

// nameSources gives every source that has no name the obvious one. Names are
// shown on the data-quality page, so no two may be alike.
func (k *checker) nameSources() {
	seen := map[string]string{}
	unique := func(key, name string) {
		if other, taken := seen[name]; taken {
			k.problem(key, fmt.Sprintf("two sources are named %q, the other on line %d", name, k.lines.At(other)),
				"give one of them another name")
		}
		seen[name] = key
	}
	k.nameForges(unique)
	for i := range k.config.Git {
		g := &k.config.Git[i]
		if g.Name == "" {
			g.Name = "git"
			if base := path.Base(path.Clean("/" + g.Path)); len(k.config.Git) > 1 && base != "/" {
				g.Name = base
			}
		}
		unique(fmt.Sprintf("git.%d", i), g.Name)
	}
	for i := range k.config.Events {
		e := &k.config.Events[i]
		e.Name = cmp.Or(e.Name, e.Kind)
		unique(fmt.Sprintf("events.%d", i), e.Name)
	}
	for _, x := range k.config.Exports() {
		x.Files.Name = cmp.Or(x.Files.Name, x.Kind)
		unique(x.Key, x.Files.Name)
	}
}

func (k *checker) git(i int) {
	g := k.config.Git[i]
	key := fmt.Sprintf("git.%d", i)
	if err := g.Options(g.Path, false).Validate(); err != nil {
		for text := range strings.SplitSeq(err.Error(), "\n") {
			field, _, _ := strings.Cut(text, " ")
			k.problem(key+"."+strings.TrimSuffix(field, ":"), text, "")
		}
	}
}

func (k *checker) events(i int) {
	e := k.config.Events[i]
	key := fmt.Sprintf("events.%d", i)
	k.files(key, &e.Files)
	if !e.CoversFrom.IsZero() && !e.CoversTo.IsZero() && !e.CoversFrom.Before(e.CoversTo) {
		k.problem(key+".covers_to", "covers_to is not after covers_from", "")
	}
	o, _ := e.Options()
	if _, err := events.New(e.Name, events.Kind(e.Kind), tabular.File{}, o); err != nil {
		_, text, _ := strings.Cut(err.Error(), ": ")
		k.problem(key+".kind", text, "")
	}
}

// files checks what every table of export files may say.
func (k *checker) files(key string, f *Files) {
	k.require(key+".file", f.File, "name an export; it may hold * for several files")
	if _, err := path.Match(f.File, ""); err != nil {
		k.problem(key+".file", fmt.Sprintf("file %q is no pattern", f.File), "")
	}
	_, errs := f.Tabular()
	for _, err := range errs {
		k.problem(key+"."+err.Key, err.Text, err.Next)
	}
}

func (k *checker) require(key, value, next string) {
	if strings.TrimSpace(value) == "" {
		k.problem(key, key+" is missing", next)
	}
}

func (k *checker) pattern(key, text string) {
	if _, err := regexp.Compile(text); err != nil {
		k.problem(key, fmt.Sprintf("%s %q is no regular expression", key, text), "see https://golang.org/s/re2syntax")
	}
}

func (k *checker) between(key string, value, low, high float64) {
	if value < low || value > high {
		k.problem(key, fmt.Sprintf("%s is %v, outside %v to %v", key, decimal(value), decimal(low), decimal(high)), "")
	}
}

// decimal writes a number without an exponent.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// inside refuses a folder that leads out of the configuration's: what is
// published must lie in the repository that is reviewed.
func (k *checker) inside(key, dir string) {
	if LeadsOut(dir) {
		k.problem(key, fmt.Sprintf("%s %q lies outside the folder of the configuration", key, dir), "name a folder below it")
	}
}

func LeadsOut(dir string) bool {
	clean := path.Clean(filepath.ToSlash(dir))
	return filepath.IsAbs(dir) || path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../")
}

// Options returns the options of a clone whose folder is path. paths asks which files
// each commit touched, even if the table does not.
func (g *Git) Options(path string, paths bool) git.Options {
	return git.Options{
		Path: path, Repository: g.Repository, Branch: g.Branch, Deployments: g.Deployments,
		TagPattern: g.TagPattern, DeployBranch: g.DeployBranch, Paths: g.Paths || paths,
		Environment: g.Environment, Since: g.Since,
	}
}

// Options are the event source's, and what is wrong with them.
func (e *Events) Options() (events.Options, []KeyError) {
	t, errs := e.Tabular()
	return events.Options{
		Repository: e.Repository, Environment: e.Environment, Statuses: e.Statuses,
		Start: e.Since, CoversFrom: e.CoversFrom, CoversTo: e.CoversTo, Tabular: t,
	}, errs
}

// KeyError is what is wrong with one key.
type KeyError struct{ Key, Text, Next string }

// Tabular is the dialect of the files, and what is wrong with it.
func (f *Files) Tabular() (tabular.Options, []KeyError) {
	var errs []KeyError
	o := tabular.Options{Columns: f.Columns, Encoding: f.Encoding, HeaderRows: f.HeaderRows}
	var err error
	if o.Order, err = tabular.ParseDateOrder(f.DateOrder); err != nil {
		errs = append(errs, KeyError{"date_order", err.Error(), ""})
	}
	if f.Timezone != "" {
		o.Zone, err = time.LoadLocation(f.Timezone)
		if err != nil || f.Timezone == "Local" { // another machine would read other times
			errs = append(errs, KeyError{
				"timezone", fmt.Sprintf("timezone %q is not known", f.Timezone),
				`write it like "Europe/Vienna" or "UTC"`,
			})
		}
	}
	if r := []rune(f.Delimiter); len(r) == 1 {
		o.Delimiter = r[0]
	} else if len(r) > 1 {
		errs = append(errs, KeyError{"delimiter", fmt.Sprintf("delimiter %q is not one character", f.Delimiter), ""})
	}
	switch f.Decimal {
	case "":
	case ".", ",":
		o.Decimal = f.Decimal[0]
	default:
		errs = append(errs, KeyError{"decimal", fmt.Sprintf("decimal %q is not known", f.Decimal), `write "." or ","`})
	}
	return o, errs
}

// PlausibleNext is what to do about a time that is not plausible.
const PlausibleNext = "write a year from 2000 to 2200"

// IsPlausible reports whether a platform can have been measured at that time.
func IsPlausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() <= 2200 }
