package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// TestExampleShowsDefaults: a key that the example comments out shows its default.
func TestExampleShowsDefaults(t *testing.T) {
	example, err := os.ReadFile("../../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(example), "# Sources,")
	all := regexp.MustCompile(`(?m)^# ([a-z_]+ = )`).ReplaceAllString(text, "$1")
	got, problems := Parse("config.toml", []byte(all))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := Default()
	want.Content, want.Platform, want.Site.Audience = got.Content, got.Platform, got.Site.Audience // the example's own
	want.People.Bots, want.DORA.FailureEvidence = []string{}, []string{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example is not the default (-default +example):\n%s", diff)
	}
}

// TestEmptyConfig: everything has a default, and the definitions are compute's.
func TestEmptyConfig(t *testing.T) {
	c, problems := Parse("config.toml", nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if diff := cmp.Diff(compute.DefaultOptions(), c.Options()); diff != "" {
		t.Errorf("defaults differ from compute's (-compute +config):\n%s", diff)
	}
}

func TestOptions(t *testing.T) {
	c, problems := Parse("config.toml", []byte(`
[platform]
name = "Fawkes"
developers = 250
lead = "time_to_restore"
[deploy]
production = "^live$"
exclude = "^x$"
collapse_minutes = 30
group = "commit"
[dora]
max_commit_age_days = 21
maturity_days = 3
lead_start = "opened"
lead_statistic = "mean"
fail_rate = "incidents"
tiers = "none"
failure_evidence = ["override", "rollback"]
window_hours = 12
hotfix_branch = "^urgent/"
hotfix_label = "^urgent$"
hotfix_title = "URGENT"
exclude_label = "^release$"
exclude_title = "^Release "
[people]
bots = ["^ci-"]
[privacy]
sole_author = true
[evidence]
titles = true
[rice]
reach = "teams"
[decision]
satisfied = 50
adoption_high = 80
adoption_leave = 75
adoption_low = 10
[discovery]
interviews = 12
share = 25
[sesoi]
failure_rate_points = 3
nps_points = 8
default_percent = 5
impact_percent = 15
[[calendar]]
title = "December"
kind = "freeze"
from = 2024-12-20
until = 2025-01-01
teams = ["shop"]
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := compute.DefaultOptions()
	want.Platform = compute.Platform{Name: "Fawkes", Developers: 250, Lead: "time_to_restore"}
	want.MaturityDays, want.Bots, want.ShowFew = 3, []string{"^ci-"}, true
	want.DORA.Production, want.DORA.Exclude, want.DORA.CollapseMinutes = "^live$", "^x$", 30
	want.DORA.Group, want.DORA.ExcludeLabel, want.DORA.ExcludeTitle = "commit", "^release$", "^Release "
	want.DORA.MaxCommitAge, want.DORA.Titles = 21, true
	want.DORA.LeadStart, want.DORA.LeadStatistic = "opened", "mean"
	want.DORA.FailRateOf, want.DORA.Tiers = "incidents", "none"
	want.DORA.Classes, want.DORA.WindowHours = []string{"override", "rollback"}, 12
	want.DORA.HotfixBranch, want.DORA.HotfixLabel, want.DORA.HotfixTitle = "^urgent/", "^urgent$", "URGENT"
	want.RICE.Reach = "teams"
	want.Decision = decision.Thresholds{Satisfied: 50, AdoptionHigh: 80, AdoptionLeave: 75, AdoptionLow: 10}
	want.Discovery = discovery.Goals{Interviews: 12, DiscoveryShare: 0.25}
	want.ImpactPercent, want.NPSPoints = 15, 8
	want.DORA.Sesoi = trend.Sesoi{Ratio: 0.05, Share: 0.03, Points: 8}
	want.Breaks = []metric.Break{{
		Title: "December", Kind: metric.Freeze, Teams: []string{"shop"},
		Window: metric.Window{From: time.Date(2024, 12, 20, 0, 0, 0, 0, time.UTC), To: time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)},
	}}
	if diff := cmp.Diff(want, c.Options()); diff != "" {
		t.Error(diff)
	}
}

func TestConfigProblems(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"absurd now", "[platform]\nas_of = 1024-11-11", `config.toml:2: platform.as_of is 1024-11-11, which is not a time of a platform; write a year from 2000 to 2200`},
		{"told once", "[[usage]]\nfile = 3", `config.toml:2: usage.0.file: want text in quotes, got 3`},
		{"unknown table", "[platfrom]", `config.toml:1: unknown key "platfrom"; did you mean "platform"?`},
		{"wrong type", "[platform]\ndevelopers = \"many\"", "config.toml:2: platform.developers: want a whole number"},
		{"lead", "[platform]\nlead = \"nps\"", `config.toml:2: platform.lead "nps" is unknown; use change_lead_time, deployment_frequency, change_failure_rate, time_to_restore`},
		{"no name", "[platform]\nname = \" \"", "config.toml:2: platform.name is missing"},
		{"content outside", `content = "../x"`, "is outside the folder"},
		{"content absolute", `content = "/etc"`, "is outside the folder"},
		{"address with a password", "[site]\nbase_url = \"https://ann:pw@example.com/\"", "is not a web address"},
		{"address with a query", "[site]\nbase_url = \"https://example.com/?a=b\"", "is not a web address"},
		{"nobody to ask", "[platform]\nask = \"javascript:alert(1)\"", "config.toml:2: platform.ask \"javascript:alert(1)\" is not an address to ask at"},
		{"ask with a password", "[platform]\nask = \"https://ann:pw@example.com/\"", "is not an address to ask at"},
		{"ask somebody by name", "[platform]\nask = \"mailto:Ann <ann@example.com>\"", "is not an address to ask at"},
		{"a place with a password", "[history]\nfrom = \"git+https://ann:pw@example.com/x.git#b\"", "config.toml:2: history.from is not a place to read back from"},
		{"a branch without a name", "[history]\nfrom = \"branch:\"", "is not a place to read back from"},
		{"a place of another kind", "[history]\nfrom = \"ftp://example.com/\"", "is not a place to read back from"},
		{"a header and not its variable", "[history]\nheader_env = \"X-Key: 1\"", "config.toml:2: history.header_env is not the name of an environment variable"},
		{"a workflow elsewhere", "[history]\nworkflow = \"../x.yml\"", `config.toml:2: history.workflow "../x.yml" is not the name of a workflow's file`},
		{"no days", "[history]\ndays = 0", "config.toml:2: history.days is 0, outside 1 to 36500"},
		{"no room", "[history]\nmax_kib = 1", "config.toml:2: history.max_kib is 1, outside 64 to"},
		{"bots", "[people]\nbots = [\"a\", \"(\"]", "config.toml:2: people.bots.1 \"(\" is not a regular expression"},
		{"thresholds crossed", "[decision]\nadoption_low = 80", "config.toml:2: decision.adoption_low is above decision.adoption_high"},
		{"adoption leaves above high", "[decision]\nadoption_leave = 75", "config.toml:2: decision.adoption_leave is above decision.adoption_high"},
		{"adoption leaves below low", "[decision]\nadoption_leave = 10", "config.toml:2: decision.adoption_leave is below decision.adoption_low"},
		{"discovery", "[discovery]\nshare = 101", "config.toml:2: discovery.share is 101, outside 0 to 100"},
		{"former freeze", "[[freeze]]\nfrom = 2024-12-20\nuntil = 2024-12-21", `config.toml:1: [[freeze]] is now [[calendar]]; write [[calendar]] with kind`},
		{"calendar backwards", "[[calendar]]\nfrom = 2024-12-20\nuntil = 2024-12-19", "config.toml:3: until is before from"},
		{"calendar of hours", "[[calendar]]\nfrom = 2024-12-20T10:00:00\nuntil = 2024-12-21", "config.toml:2: calendar.0.from has a time; write the date alone, such as 2024-12-20"},
		{"calendar in a zone", "[[calendar]]\nfrom = 2024-12-20\nuntil = 2024-12-21T00:00:00+02:00", "config.toml:3: calendar.0.until has a time"},
		{"calendar without a day", "[[calendar]]\nfrom = 2024-12-20", "config.toml:1: calendar.0.until is missing"},
		{"calendar of years", "[[calendar]]\nfrom = 2024-12-20\nuntil = 2026-12-20", "config.toml:3: the entry is longer than a year"},
		{"calendar of a kind", "[[calendar]]\nfrom = 2024-12-20\nuntil = 2024-12-20\nkind = \"party\"", `config.toml:4: calendar.0.kind "party" is unknown; use holiday, freeze`},
		{"tickets without file", "[[tickets]]\nname = \"jira\"", "config.toml:1: tickets.0.file is missing"},
		{"usage's zone", "[[usage]]\nfile = \"a\"\ntimezone = \"Mars\"", `config.toml:3: timezone "Mars" is unknown`},
		{"measure of tasks", "[[tasks]]\nfile = \"a\"\nmeasure = \"x\"", `config.toml:3: unknown key "measure"`},
		{"DSN in place of a variable", "[[sql]]\nkind = \"usage\"\nquery = \"a.sql\"\ndsn_env = \"postgres://u:pw@h/d\"", "config.toml:4: sql.0.dsn_env is not the name of an environment variable; write the variable's name, such as IP3DP_DSN"},
		{"DSN", "[[sql]]\nkind = \"usage\"\nquery = \"a.sql\"\ndsn_env = \"D\"\ndsn = \"postgres://u:pw@h/d\"", `config.toml:5: unknown key "dsn"`},
		{"query of a kind", "[[sql]]\nkind = \"surveys\"\nquery = \"a.sql\"\ndsn_env = \"D\"", `config.toml:2: sql.0.kind "surveys" is unknown; use deployments, changes`},
		{"query elsewhere", "[[sql]]\nkind = \"usage\"\nquery = \"../a.sql\"\ndsn_env = \"D\"", "config.toml:3: sql.0.query \"../a.sql\" is outside the folder"},
		{"query with a span", "[[sql]]\nkind = \"usage\"\nquery = \"a.sql\"\ndsn_env = \"D\"\ncovers_from = 2024-01-01", "covers_from and covers_to are for deployments"},
		{"two usages", "[[usage]]\nfile = \"a\"\n[[usage]]\nfile = \"b\"", `config.toml:3: two sources are named "usage", the other on line 1`},
		{"evidence", "[dora]\nfailure_evidence = [\"override\", \"guess\"]", `config.toml:2: dora.failure_evidence: unknown class "guess"; use override, incident_field, `},
		{"lead start", "[dora]\nlead_start = \"then\"", "config.toml:2: dora.lead_start"},
		{"tiers", "[dora]\ntiers = \"best\"", "config.toml:2: dora.tiers"},
		{"window", "[dora]\nwindow_hours = 0", "config.toml:2: dora.window_hours is 0, outside 1 to 720"},
		{"hotfix", "[dora]\nhotfix_title = \"(\"", `config.toml:2: dora.hotfix_title "(" is not a regular expression`},
		{"release requests", "[dora]\nexclude_label = \"(\"", `config.toml:2: dora.exclude_label "(" is not a regular expression`},
		{"what is one deployment", "[deploy]\ngroup = \"region\"", `config.toml:2: deploy.group: unknown "region"; use environment, commit`},
		{"scale", "[rice]\nimpact = { huge = -1 }", "rice.impact.huge is -1"},
		{"git without path", "[[git]]\nname = \"a\"", "config.toml:1: git.0.path is missing"},
		{"git pattern", "[[git]]\npath = \".\"\ntag_pattern = \"(\"", "config.toml:3: tag_pattern: "},
		{"two of a name", "[[events]]\nkind = \"changes\"\nfile = \"a\"\n[[events]]\nkind = \"changes\"\nfile = \"b\"", `two sources are named "changes"`},
		{"no file", "[[events]]\nkind = \"changes\"", "events.0.file is missing"},
		{"file pattern", "[[events]]\nkind = \"changes\"\nfile = \"[\"", `events.0.file "[" is not a pattern`},
		{"machine's zone", "[[events]]\nkind = \"changes\"\nfile = \"a\"\ntimezone = \"Local\"", `config.toml:4: timezone "Local" is unknown`},
		{"date order", "[[events]]\nkind = \"changes\"\nfile = \"a\"\ndate_order = \"ydm\"", `config.toml:4: date_order "ydm"`},
		{"delimiter", "[[events]]\nkind = \"changes\"\nfile = \"a\"\ndelimiter = \"--\"", `config.toml:4: delimiter "--"`},
		{"decimal", "[[events]]\nkind = \"changes\"\nfile = \"a\"\ndecimal = \"'\"", "config.toml:4: decimal"},
		{"state", "[[events]]\nkind = \"deployments\"\nfile = \"a\"\nstatuses = { ok = \"fine\" }", `status "ok" is mapped to "fine"`},
		{"span", "[[events]]\nkind = \"changes\"\nfile = \"a\"\ncovers_from = 2024-02-01\ncovers_to = 2024-01-01", "config.toml:5: covers_to is not after covers_from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := Parse("config.toml", []byte(tt.text))
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), tt.want) {
				t.Errorf("problems %q, want one with %q", problems, tt.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a", `a "b" \c`, "a\nb\x00\x7f<&>", "ü\u2028", "\xff"} {
		var got struct {
			A string `toml:"a"`
		}
		if _, problems := content.Decode("x", []byte("a = "+Quote(s)), &got); len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got.A != want {
			t.Errorf("%q comes back as %q", s, got.A)
		}
	}
}
