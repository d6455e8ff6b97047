package render

import (
	"encoding/xml"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
)

func feedOf(t *testing.T, baseURL string) (site map[string]string, f atomFeed) {
	t.Helper()
	r, c, ev := concept(t, conceptContent(t))
	o := options
	o.BaseURL = baseURL
	site = tree(t, o, r, c, ev)
	if err := xml.Unmarshal([]byte(site[feedPath]), &f); err != nil {
		t.Fatal(err)
	}
	return site, f
}

func TestFeedLinksLeadToPages(t *testing.T) {
	site, f := feedOf(t, "")
	for _, l := range append(f.Links, links(f)...) {
		if at := path.Join(path.Dir(feedPath), l.Href); site[at] == "" {
			t.Errorf("link to %q leads to no page %q", l.Href, at)
		}
	}
	_, f = feedOf(t, "https://example.org/x/")
	for _, l := range append(f.Links, links(f)...) {
		if !strings.HasPrefix(l.Href, "https://example.org/x/") || strings.Contains(l.Href, "..") {
			t.Errorf("link %q is not below the base URL", l.Href)
		}
	}
}

func links(f atomFeed) []atomLink {
	var out []atomLink
	for i := range f.Entries {
		out = append(out, f.Entries[i].Link)
	}
	return out
}

// RFC 4287: an ID is an absolute address and is the same wherever the feed is
// published; dates are RFC 3339.
func TestFeedKeepsItsIdentity(t *testing.T) {
	_, here := feedOf(t, "")
	_, there := feedOf(t, "https://example.org/")
	if here.ID != there.ID || len(here.Entries) != len(there.Entries) {
		t.Fatal("the feed is another one elsewhere")
	}
	seen := map[string]bool{here.ID: true}
	last := here.Updated
	for i, e := range here.Entries {
		if e.ID != there.Entries[i].ID || seen[e.ID] {
			t.Errorf("entry %q has the ID %s, twice or another elsewhere", e.Title, e.ID)
		}
		seen[e.ID] = true
		if u, err := url.Parse(e.ID); err != nil || u.Scheme != "urn" || len(e.ID) != len("urn:uuid:")+36 {
			t.Errorf("ID %q", e.ID)
		}
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Updated > last {
			t.Errorf("entry %q is dated %s, after %s", e.Title, e.Updated, last)
		}
		last = e.Updated
		if e.Title == "" || e.Category.Term == "" {
			t.Errorf("entry without a title or kind: %+v", e)
		}
	}
	if got := here.Entries[0].Title; got != "Custom Helm Charts: the product manager accepted: deprecate" {
		t.Errorf("the newest entry is %q", got)
	}
}

// With a log of changes each is told once, dated by the run that saw it, whatever
// else is recommended by now.
func TestFeedTellsChanges(t *testing.T) {
	r, c, ev := concept(t, conceptContent(t))
	day := r.CutOff.AddDate(0, 0, -7)
	r.Log = compute.DecisionLog{Begun: day, Changes: []compute.DecisionLogEntry{
		{ID: "recommendation/gitops/invest", Kind: compute.RecommendationChanged, On: day, Subject: "gitops", Title: "GitOps", To: "invest", Text: "satisfied: yes"},
		{ID: "decision/x", Kind: compute.DecisionMade, On: day, Subject: "gitops", Title: "GitOps", Text: "in the feed already"},
		{ID: "passed/gitops-rollout/ga", Kind: compute.GatePassed, On: day, Subject: "gitops-rollout", Title: "GitOps rollout", Text: "the criteria of ga are met, 3 of 3"},
		{ID: "passed/gone/ga", Kind: compute.GatePassed, On: day, Subject: "gone", Title: "Gone", Text: "the criteria of ga are met, 3 of 3"},
	}}
	site := tree(t, options, r, c, ev)
	var f atomFeed
	if err := xml.Unmarshal([]byte(site[feedPath]), &f); err != nil {
		t.Fatal(err)
	}
	got := map[string]atomEntry{}
	for _, e := range f.Entries {
		got[e.Title] = e
		if strings.Contains(e.Title+e.Summary, "in the feed already") || e.Category.Term == "recommendation" && e.Updated != atomTime(day) {
			t.Errorf("entry %+v", e)
		}
		if at := path.Join(path.Dir(feedPath), e.Link.Href); site[at] == "" {
			t.Errorf("%q leads to no page %q", e.Title, at)
		}
	}
	for _, want := range []string{"GitOps: recommended is now: invest", "GitOps rollout: the criteria of ga are met, 3 of 3", "Gone: the criteria of ga are met, 3 of 3"} {
		if e, ok := got[want]; !ok || e.Updated != atomTime(day) {
			t.Errorf("%q: %+v", want, e)
		}
	}
}
