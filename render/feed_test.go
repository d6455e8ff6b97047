package render

import (
	"encoding/xml"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"
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
