package rest

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func TestScrub(t *testing.T) {
	var s scrubber
	s.addSecrets("s3cr3t/+ value", "", "abc", "s3cr3t/+ value and more")
	tests := map[string]string{
		"nothing to hide":                                           "nothing to hide",
		"s3cr3t/+ value":                                            hidden,
		"a s3cr3t/+ value and more b":                               "a " + hidden + " b",
		"?q=s3cr3t%2F%2B+value&r":                                   "?q=" + hidden + "&r",
		"/s3cr3t%2F+%20value/":                                      "/" + hidden + "/",
		"abc is too short":                                          "abc is too short",
		"ghp_0123456789abcdefABCDEF":                                hidden,
		"token gho_0123456789abcdefABCDEF, bad":                     "token " + hidden + ", bad",
		"(ghs_0123456789abcdefABCDEF)":                              "(" + hidden + ")",
		"xghu_0123456789abcdefABCDEF":                               "x" + hidden,
		"github_pat_11AAAAAAA0_abcdefghijkl":                        hidden,
		"glpat-xxxxxxxxxxxxxxxxxxxx":                                hidden,
		"glcbt-64_xxxxxxxxxxxxxxxxxxxx!":                            hidden + "!",
		"Authorization: Bearer abc.def-ghi":                         "Authorization: Bearer " + hidden,
		"bearer AbCdEf":                                             "bearer " + hidden,
		"Authorization: token abcdef":                               "Authorization: token " + hidden,
		"private_token=abcdef&page=2":                               "private_token=" + hidden + "&page=2",
		`{"access_token":"abcdef","page":2}`:                        `{"access_token":"` + hidden + `","page":2}`,
		"PRIVATE-TOKEN: abcdef":                                     "PRIVATE-TOKEN: " + hidden,
		"eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl x":                      hidden + " x",
		"ghs_tokens are issued by glue-code":                        "ghs_tokens are issued by glue-code",
		base64.StdEncoding.EncodeToString([]byte("s3cr3t/+ value")): hidden,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			if got := s.scrub(text); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	var s scrubber
	s.addSecrets("s3cr3t")
	tests := map[string]string{
		"https://api.github.com/orgs/acme/repos?page=2&per_page=100": "https://api.github.com/orgs/acme/repos?page=2&per_page=100",
		"https://me:pw@forge.example/x#part":                         "https://forge.example/x",
		"https://forge.example/x?private_token=abc&page=2":           "https://forge.example/x?private_token=" + hidden + "&page=2",
		"https://forge.example/x?%70rivate_token=abc":                "https://forge.example/x?%70rivate_token=" + hidden,
		"https://forge.example/x?code=abc&encode=1":                  "https://forge.example/x?code=" + hidden + "&encode=1",
		"https://forge.example/s3cr3t/x":                             "https://forge.example/" + hidden + "/x",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			u, err := url.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.scrubURL(u); got != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		})
	}
}

func FuzzScrub(f *testing.F) {
	const secret = "s3cr3t-c4n4ry/+ x"
	for _, seed := range []string{"", "a ", "s3cr3t-", "Bearer ", "eyJ", "gh", "private_token=", "%", "\n", "[hidden]"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		var s scrubber
		s.addSecrets(secret)
		for _, spelling := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text := before + spelling + after
			if got := s.scrub(text); strings.Contains(got, spelling) {
				t.Errorf("%q leaves %q", text, got)
			}
			got := s.scrubLine(text)
			if strings.Contains(got, spelling) || len([]rune(got)) > 201 {
				t.Errorf("%q becomes the line %q", text, got)
			}
			if strings.ContainsFunc(got, unicode.IsControl) {
				t.Errorf("control characters in %q", got)
			}
		}
	})
}
