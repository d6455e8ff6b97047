package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Usage that no feature got, and a feature with more users than there can be, are
// told on the pages where their numbers are missed.
func TestUsageThatCountsNowhereIsTold(t *testing.T) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	c := fact.Content{Features: []fact.Feature{{
		Item:     fact.Item{ID: "vault", Title: "Vault", Lines: fact.Lines{}},
		Adoption: fact.Adoption{Unit: "developer", Eligible: 1, Source: "usage"},
	}}}
	var e fact.Events
	for _, u := range [][2]string{{"vault", "a"}, {"vault", "b"}, {"valut", "c"}} {
		e.Usage = append(e.Usage, fact.Use{Feature: u[0], Unit: u[1], At: asOf.AddDate(0, 0, -14), Count: 1})
	}
	r, c, ev := measure(t, c, e, asOf)
	site := tree(t, options, r, c, ev)
	for page, want := range map[string]string{
		"about/data/index.html":     `1 rows of usage: name an unknown feature: &#34;valut&#34;; did you mean &#34;vault&#34;?`,
		"features/vault/index.html": "2 active of 1 eligible: the count of eligible units is out of date. Next: set eligible and eligible_on in features/vault.md.",
	} {
		t.Run(page, func(t *testing.T) {
			if got := plainText(site[page]); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", page, want, got)
			}
		})
	}
}
