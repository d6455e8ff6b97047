package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// A grade that is not "complete" says on the page what it comes from.
func TestDataQualitySaysWhy(t *testing.T) {
	e := fact.Events{Imports: []fact.Import{{
		Source: "tickets", Kind: "tickets", File: "tickets.csv", Read: 10, Used: 4,
		Rejected: []fact.Rejected{{Reason: "opened: no date", Count: 6, Line: 3, Class: fact.Refused}},
	}}}
	r, c, ev := measure(t, fact.Content{}, e, time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC))
	why := r.Quality[0].Why
	if why == "" {
		t.Fatal("6 of 10 rows rejected, and no reason for the grade")
	}
	page := tree(t, options, r, c, ev)["about/data/index.html"]
	for _, text := range []string{"partial", why, "6 × opened: no date"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// The page says how fresh a forge's facts are, what that took, what the forge
// says of itself.
func TestDataQualityOfForge(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	e := fact.Events{
		Imports: []fact.Import{{Source: "github", Kind: "changes", Read: 1, Used: 1}},
		Syncs: []fact.Sync{{
			Source: "github", At: asOf.AddDate(0, 0, -1), Until: asOf.AddDate(0, 0, -3), Requests: 1191, Retries: 2, Pages: 31, Items: 900,
			Limit: 5000, Left: 4242, Notes: []string{"force-push in acme/<b>"},
		}},
		Checks: []fact.Check{
			{Source: "github", What: "deployments of acme/shop", Theirs: 3, Ours: 2, Unit: "deployments", Comparable: true, From: asOf.AddDate(0, 0, -7), To: asOf},
			{Source: "github", What: "lead time", Theirs: 7200, Ours: 3600, Unit: "seconds", Note: "theirs ends at the merge", From: asOf.AddDate(0, 0, -7), To: asOf},
			{Source: "github", What: "restore time", Theirs: 60, TheirsOnly: true, Unit: "seconds", Note: "all causes", From: asOf.AddDate(0, 0, -7), To: asOf},
			{Source: "github", What: "open requests", Theirs: 3, Ours: 3, Comparable: true, From: asOf.AddDate(0, 0, -7), To: asOf},
		},
	}
	r, c, ev := measure(t, fact.Content{}, e, asOf)
	site := tree(t, options, r, c, ev)
	page := strings.ReplaceAll(site["about/data/index.html"], "\u00a0", " ")
	for _, text := range []string{
		`</span> stale</span></h2>`, "0 of 1 source are complete; <span class=\"unknown\">1 is stale.</span>", "nothing after 2024-11-08 00:00 UTC is known", "Last collected 10 Nov 2024, 00:00 UTC",
		"1,191 requests, 2 retries, 31 pages, 900 records", "4,242 of 5,000 requests left",
		"force-push in acme/&lt;b&gt;",
		"3 deployments", "differ, and should not", "not comparable: theirs ends at the merge", ">—<", "\">2\u202fh<", "the same",
	} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if !strings.Contains(site["index.html"], "github: nothing after 2024-11-08") {
		t.Error("the first page does not say that the source is stale")
	}
}

// A gap has its repository, its days and the next step, as far as they are known.
func TestDataQualityGaps(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	e := fact.Events{
		Imports: []fact.Import{{Source: "github", Kind: "changes", Read: 1, Used: 1}},
		Gaps: []fact.Gap{
			{Source: "github", Reason: "no teams"},
			{Source: "github", Repository: "acme/<i>", From: asOf.AddDate(0, 0, -7), To: asOf, Reason: "no access", Next: "grant it"},
		},
	}
	r, c, ev := measure(t, fact.Content{}, e, asOf)
	page := strings.ReplaceAll(tree(t, options, r, c, ev)["about/data/index.html"], "\u00a0", " ")
	for _, want := range []string{"<li>no teams</li>", "<li><bdi>acme/&lt;i&gt;</bdi>: no access, 4–10 Nov 2024. Next: grant it</li>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not contain %q", want)
		}
	}
}
