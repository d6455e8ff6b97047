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
		Rejected: []fact.Rejected{{Reason: "opened: no date", Count: 6, Line: 3}},
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
