package gitlabtest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

func get(t *testing.T, address, token string) (*http.Response, []map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("PRIVATE-TOKEN", token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []map[string]any
	if resp.StatusCode == http.StatusOK {
		if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
	}
	return resp, list
}

var next = regexp.MustCompile(`<([^>]*)>; rel="next"`)

// The fake keeps to the rules that it is there for.
func TestRules(t *testing.T) {
	w := testkit.Story()
	s := gitlabtest.Serve(w, gitlabtest.Options{Token: "t", Prefix: "/lab", NoCI: map[int64]bool{3: true}})
	t.Cleanup(s.Close)
	api := s.BaseURL() + "/api/v4/"
	after := url.QueryEscape(w.From.Format(time.RFC3339))
	for path, want := range map[string]int{
		"groups/acme/projects":                                              200,
		"projects/1/deployments?updated_after=" + after:                     400, // unpaired
		"projects/1/deployments?order_by=updated_at&updated_after=" + after: 200,
		"projects/3/deployments":                                            403,
		"projects/5":                                                        404, // deleted
		"groups/acme/dora/metrics?metric=x":                                 403,
		"projects/1/repository/commits?ref_name=0..1":                       404,
		"projects/acme%2Fwebshop/merge_requests":                            200,
		"projects/1/merge_requests?updated_after=today":                     400,
		"nothing": 404,
	} {
		t.Run(path, func(t *testing.T) {
			if resp, _ := get(t, api+path, "t"); resp.StatusCode != want || resp.Header.Get("RateLimit-Remaining") == "" {
				t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
			}
		})
	}
	if resp, _ := get(t, api+"groups/acme/projects", "other"); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("another token: %d", resp.StatusCode)
	}
	if resp, _ := get(t, s.URL+"/api/v4/groups/acme/projects", "t"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("outside of the prefix: %d", resp.StatusCode)
	}
	if s.Counts()["projects/deployments"] != 3 || s.Requests() < 11 {
		t.Errorf("counted %d: %v", s.Requests(), s.Counts())
	}
	s.Reset()
	if s.Requests() != 0 {
		t.Error("still counted")
	}
}

// Pages by number tell totals, pages by keyset tell the next one only; both hold
// every item once.
func TestPages(t *testing.T) {
	w := testkit.Story()
	s := gitlabtest.Serve(w, gitlabtest.Options{MaxTotal: 10})
	t.Cleanup(s.Close)
	resp, list := get(t, s.URL+"/api/v4/groups/acme/projects?per_page=3", "")
	if resp.Header.Get("X-Total") != "7" || resp.Header.Get("X-Total-Pages") != "3" || resp.Header.Get("X-Next-Page") != "2" || len(list) != 3 {
		t.Errorf("%v", resp.Header)
	}
	if resp, _ = get(t, s.URL+"/api/v4/groups/acme/merge_requests?per_page=5", ""); resp.Header.Get("X-Total") != "" || resp.Header.Get("X-Next-Page") != "2" {
		t.Errorf("more than it counts: %v", resp.Header)
	}
	seen := map[any]bool{}
	pages := 0
	for address := s.URL + "/api/v4/groups/acme/projects?per_page=2&pagination=keyset&order_by=id"; address != ""; pages++ {
		resp, list := get(t, address, "")
		if resp.Header.Get("X-Next-Page")+resp.Header.Get("X-Total") != "" {
			t.Errorf("%v", resp.Header)
		}
		for _, p := range list {
			seen[p["id"]] = true
		}
		address = ""
		if m := next.FindStringSubmatch(resp.Header.Get("Link")); m != nil {
			address = m[1]
		}
	}
	if len(seen) != 7 || pages != 4 {
		t.Errorf("%d projects on %d pages", len(seen), pages)
	}
}

// What has not happened yet is not shown, and dates of commits have offsets.
func TestAsOf(t *testing.T) {
	w := testkit.Story()
	s := gitlabtest.Serve(w, gitlabtest.Options{})
	t.Cleanup(s.Close)
	_, all := get(t, s.URL+"/api/v4/projects/1/merge_requests?per_page=100", "")
	s.SetNow(w.From.AddDate(0, 0, 4))
	_, few := get(t, s.URL+"/api/v4/projects/1/merge_requests?per_page=100", "")
	if len(few) == 0 || len(few) >= len(all) {
		t.Errorf("%d then, %d now", len(few), len(all))
	}
	_, commits := get(t, s.URL+"/api/v4/projects/1/repository/commits?ref_name=main", "")
	offsets := false
	for _, c := range commits {
		at, _ := c["committed_date"].(string)
		offsets = offsets || !strings.HasSuffix(at, "+00:00")
	}
	if !offsets {
		t.Error("all commits are in UTC")
	}
}
