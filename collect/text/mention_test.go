package text

import (
	"fmt"
	"strings"
	"testing"
)

func TestMentions(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"It broke after deployment 123.":   "deployment 123",
		"Deployment #123 is bad":           "change 123, deployment 123",
		"deployment id: d-4711, was fine":  "deployment d-4711",
		"deploy 99":                        "deployment 99",
		"a deployment 2 hours ago":         "",
		"the deployment of 12 services":    "",
		"deployments fail":                 "",
		"Since #12 and !13, see GH-14":     "change 12, change 13, change 14",
		"acme/shop#12 and group/sub/app!7": "acme/shop change 12, group/sub/app change 7",
		"acme/shop@1a2b3c4d":               "acme/shop commit 1a2b3c4d",
		"(#12), [#13] and “#14”":           "change 12, change 13, change 14",
		"#12 #12 #13":                      "change 12, change 13",
		"commit 1A2B3C4":                   "commit 1a2b3c4",
		"1a2b3c is too short":              "",
		"not a hash: 1a2b3c4z, x1a2b3c4":   "",
		"page.html#12, &#8211; a##12":      "",
		"https://github.com/acme/shop/pull/12#issuecomment-1234567":                 "acme/shop change 12",
		"https://gitlab.example.com/a/b/c/-/merge_requests/7/diffs":                 "a/b/c change 7",
		"see https://github.com/acme/shop/commit/" + strings.Repeat("ab12", 10):     "acme/shop commit " + strings.Repeat("ab12", 10),
		"https://api.github.com/repos/acme/shop/deployments/987654321":              "acme/shop deployment 987654321",
		"https://gitlab.example.com/api/v4/projects/5/deployments/9":                "deployment 9",
		"<!-- for example deployment 5 or #6 -->\nbroke with #7 <!-- not closed #8": "change 7",
	} {
		t.Run(text, func(t *testing.T) {
			var got []string
			for _, m := range Mentions(text) {
				got = append(got, strings.TrimSpace(fmt.Sprint(m.Repository, " ", m.Kind, " ", m.ID)))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%q: got %s, want %s", text, strings.Join(got, ", "), want)
			}
		})
	}
	if n := len(Mentions(strings.Repeat("#1 ", 10) + manyNumbers(500))); n != mostMentions {
		t.Errorf("%d mentions", n)
	}
}

func manyNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "#%d ", i)
	}
	return b.String()
}

func FuzzMentions(f *testing.F) {
	for _, s := range []string{"deployment 12", "acme/shop#12 !3", "https://x/a/b/pull/1", "<!--", "abc1234", "GH-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := Mentions(s)
		if len(all) > mostMentions {
			t.Errorf("%d mentions", len(all))
		}
		for _, m := range all {
			if m.ID == "" || m.Kind == "" || !strings.Contains(strings.ToLower(s), strings.ToLower(m.ID)) || !strings.Contains(s, m.Repository) {
				t.Errorf("%q mentions %+v", s, m)
			}
			if m.Kind == CommitMention && (len(m.ID) < 7 || strings.Trim(m.ID, "0123456789abcdef") != "") {
				t.Errorf("%q is no hash", m.ID)
			}
		}
	})
}
