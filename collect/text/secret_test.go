package text

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

func TestWithoutSecrets(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
	for in, want := range map[string]string{
		"":                                     "",
		"https://github.com/acme/shop/pull/12": "https://github.com/acme/shop/pull/12",
		"https://oauth2:TOKEN@host/a/b?private_token=x&page=2#note_3": "https://host/a/b?page=2#note_3",
		"https://TOKEN@host/a":                 "https://host/a",
		"https://user:pa/ss@host/a?b=1":        "https://host/a?b=1",
		"https://user:p@ss@host/":              "https://host/",
		"ssh://git@host:22/acme/a.git":         "ssh://git@host:22/acme/a.git",
		"git@github.com:acme/a.git":            "git@github.com:acme/a.git",
		"oauth2:TOKEN@host/a/b":                "host/a/b",
		"//u:pass@host/x":                      "//host/x",
		"/x?a=1&token=abc":                     "/x?a=1",
		"/x?token=abc&a=1":                     "/x?a=1",
		"https://h/x?token=abc":                "https://h/x",
		"https://h/x?TOKEN=abc&b=2":            "https://h/x?b=2",
		"https://h/x?to%6ben=abc&b=2":          "https://h/x?b=2",
		"https://h/x#access_token=abc&state=1": "https://h/x#state=1",
		"https://h/x#/route?jwt=abc&b=1":       "https://h/x#/route?b=1",
		"https://h/x;jsessionid=abc?b=1":       "https://h/x?b=1",
		"https://h/b?sv=1&sig=a%2Bb&se=2":      "https://h/b?sv=1&se=2",
		"https://h/b?X-Amz-Signature=a&X-Amz-Credential=b&X-Amz-Security-Token=c&X-Amz-Date=d": "https://h/b?X-Amz-Date=d",
		"https://h/r?to=https%3A%2F%2Fu%3Apw%40i%2Fx%3Ftoken%3Dy":                              "https://h/r?to=" + url.QueryEscape("https://i/x"),
		"https://h/r?to=%2Fx%3Ftoken%3Dy%26a%3D1":                                              "https://h/r?to=" + url.QueryEscape("/x?a=1"),
		"see (https://u:p@h/x), and https://h/y?key=1.":                                        "see (https://h/x), and https://h/y.",
		"mail anna@example.com, or mailto:anna@example.com":                                    "mail anna@example.com, or mailto:anna@example.com",
		"Bump ghp_0123456789abcdefghij now":                                                    "Bump " + Removed + " now",
		"glpat-abcDEF1234567890abcd":                                                           Removed,
		"AKIAIOSFODNN7EXAMPLE!":                                                                Removed + "!",
		"t=" + jwt:                                                                             "t=" + Removed,
		"Authorization: Bearer abcdefgh-ijkl":                                                  "Authorization: Bearer " + Removed,
		"use bearer abcd1234efgh5678":                                                          "use bearer " + Removed,
		"Add bearer authentication":                                                            "Add bearer authentication",
		"password=hunter2 works":                                                               "password=" + Removed + " works",
		"api_key: a1b2c3d4e5f6":                                                                "api_key: " + Removed,
		"Fix password: reset the form":                                                         "Fix password: reset the form",
		"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nx":               Removed + "\nx",
		"https://hooks.slack.com/services/T0123/B0456/abcDEF":                                  "https://hooks.slack.com/services/T0123/B0456/" + Removed,
		"gha_runner_configuration, task-force-of-the-year-2024":                                "gha_runner_configuration, task-force-of-the-year-2024",
		"sk-translation-of-the-2024-homepage":                                                  "sk-translation-of-the-2024-homepage",
		"sk-proj-abcdEFGH1234ijklMNOP":                                                         Removed,
		"npm_abcdefGHIJ1234567890klmn":                                                         Removed,
		"pypi-AgEIcHlwaS5vcmcCJGU2ZTA4":                                                        Removed,
		"was " + Removed + " before":                                                           "was " + Removed + " before",
	} {
		t.Run(in, func(t *testing.T) {
			got, n := RemoveSecrets(in)
			if got != want {
				t.Errorf("WithoutSecrets(%q) = %q, want %q", in, got, want)
			}
			if (n > 0) != (in != want || strings.Contains(in, Removed)) {
				t.Errorf("WithoutSecrets(%q) counts %d", in, n)
			}
		})
	}
}

// secretForms are texts with a credential in them.
var secretForms = []string{
	"https://oauth2:%s@host/a?b=1", "https://%s@host/a", "http://u:x%s@h:8080/p#f", "ssh://me:%s@host/x", "ftp://a:%s@h/",
	"https://h/p?private_token=%s", "https://h/p?b=1&access_token=%s&c=2", "https://h/p#id_token=%s", "https://h/#/r?api_key=%s",
	"/p?sig=%s&x=1", "?key=%s", "x?code=%s", "https://h/p?X-Amz-Signature=%s", "https://h/p?client_secret=%s", "https://h/p?Session-Id=%s&jwt=%s",
	"ghp_%s", "gho_%s", "ghs_%s", "github_pat_%s", "glpat-%s", "gldt-%s", "glrt-%s", "xoxb-%s", "eyJhbGciOi.eyJ%s.c2ln", "Authorization: Bearer %s",
	"Authorization: Basic %s", "npm_%s", "pypi-%s", "sk-%s", "password=%s", `{"token":"%s"}`, "X-Api-Key: %s", "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----",
	"-----BEGIN OPENSSH PRIVATE KEY-----\n%s", "https://hooks.slack.com/services/T1/B1/%s", "AWS_SECRET_ACCESS_KEY=%s", "curl -u x -H 'PRIVATE-TOKEN: %s'",
}

// Whatever stands around them, credentials go; what is kept has the same count; and
// what was cleaned is clean.
func TestSecretsInAnyText(t *testing.T) {
	around := []string{"%s", "Deploy of %s failed", "(%s)", "[x](%s)", "a, %s; b", "<%s>", "\"%s\"", "see\n%s\n", "https://h/go?to=%s", "é %s ü"}
	r := rand.New(rand.NewPCG(1, 1))
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range 2000 {
		canary := "7"
		for range 24 {
			canary += string(alphabet[r.IntN(len(alphabet))])
		}
		form := secretForms[r.IntN(len(secretForms))]
		secret := strings.ReplaceAll(form, "%s", canary)
		frame := around[r.IntN(len(around))]
		in := strings.ReplaceAll(frame, "%s", secret)
		if strings.Contains(frame, "?to=") {
			in = strings.ReplaceAll(frame, "%s", url.QueryEscape(secret))
		}
		out, n := RemoveSecrets(in)
		if strings.Contains(out, canary) || n == 0 {
			t.Fatalf("%q: %d removed: %q", in, n, out)
		}
		kept := Redact(in)
		if strings.Contains(kept, canary) {
			t.Fatalf("%q is kept as %q", in, kept)
		}
		if _, again := RemoveSecrets(kept); again != n {
			t.Fatalf("%q: %d removed, and %d of what is kept, %q", in, n, again, kept)
		}
		if twice := Redact(kept); twice != kept {
			t.Fatalf("%q is kept as %q, and that as %q", in, kept, twice)
		}
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"private_token": true, "X-Amz-Credential": true, "SIG": true, "code": true, "user[password]": true, "apiKey": true, "%74oken": true,
		"page": false, "q": false, "id": false, "ticket": false, "user": false, "monkey": false, "keyword": false, "encode": false,
	} {
		t.Run(name, func(t *testing.T) {
			if got := IsSecretName(name); got != want {
				t.Errorf("SecretName(%q) = %v", name, got)
			}
		})
	}
}

func FuzzWithoutSecrets(f *testing.F) {
	for _, form := range secretForms {
		f.Add(strings.ReplaceAll(form, "%s", "a1b2c3d4e5f6g7h8i9j0"))
	}
	f.Add(base64.StdEncoding.EncodeToString([]byte("x")) + "%25253A//@?&#;=")
	f.Fuzz(func(t *testing.T, s string) {
		clean, n := RemoveSecrets(s)
		if n == 0 && clean != s {
			t.Errorf("%q changed to %q without a credential", s, clean)
		}
		if again, _ := RemoveSecrets(Redact(s)); strings.Contains(again, "://"+Removed+"@") {
			t.Errorf("%q keeps a user: %q", s, again)
		}
	})
}

func BenchmarkWithoutSecrets(b *testing.B) {
	texts := []string{"https://github.com/acme/checkout-service/pull/1234", "Fix the flaky test of the checkout service", "7b1c0f9e7b1c0f9e7b1c0f9e7b1c0f9e7b1c0f9e"}
	for i := range b.N {
		RemoveSecrets(texts[i%len(texts)])
	}
	_ = fmt.Sprint()
}

// Every text that a pattern of credentials matches has one of the pattern's words, so that texts
// without one need no pattern.
func TestWordsOfPatterns(t *testing.T) {
	parts := []string{
		"Authorization", "proxy-authorization", "BEARER ", "basic ", "token", "ſecret", "passwd", "Password", "pwd", "api_key", "apiKey",
		"private-\u212aey", "credential", "accountkey", "ba\u017fic ", ":", "=", " => ", "://", "\\\\", "//", "(", "\"", " ", "a1b2c3d4e5", "x",
	}
	matched := 0
	for seed := range uint64(5000) {
		r, s := rand.New(rand.NewPCG(seed, 2)), ""
		for range 1 + r.IntN(6) {
			s += parts[r.IntN(len(parts))]
		}
		for _, x := range []struct{ matches, may bool }{
			{headerCredential.MatchString(s), mayHave(s, headerWords)},
			{assignedCredential.MatchString(s), mayHave(s, assignedWords)},
			{scheme.MatchString(s), hasSlashes(s)},
		} {
			if x.matches {
				matched++
			}
			if x.matches && !x.may {
				t.Fatalf("%q is matched, and has no word of the pattern", s)
			}
		}
	}
	if matched < 1000 {
		t.Errorf("only %d texts are matched", matched)
	}
}
