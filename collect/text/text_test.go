package text

import "testing"

func TestFold(t *testing.T) {
	for _, tt := range []struct{ a, b string }{
		{"Zürich", "Zu\u0308rich"},
		{"Payments  Team", " payments\u00a0team "},
		{"Data\u200bPlatform", "dataplatform"},
		{"ÉQUIPE", "équipe"},
		{"a", "A"},
		{"", " \t"},
	} {
		t.Run(tt.a, func(t *testing.T) {
			if Fold(tt.a) != Fold(tt.b) {
				t.Errorf("Fold(%q) = %q, Fold(%q) = %q, want them equal", tt.a, Fold(tt.a), tt.b, Fold(tt.b))
			}
		})
	}
	if Fold("Zürich") == Fold("Zurich") {
		t.Error("an accent is folded away")
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Zu\u0308rich  🚀")
	f.Add(" A b ")
	f.Fuzz(func(t *testing.T, s string) {
		if once := Fold(s); Fold(once) != once {
			t.Errorf("Fold(%q) = %q, and folded again %q", s, once, Fold(once))
		}
	})
}

func TestRepository(t *testing.T) {
	for in, want := range map[string]string{
		"acme/a":                                  "acme/a",
		" acme/a ":                                "acme/a",
		"https://github.com/acme/a.git":           "acme/a",
		"https://github.com/acme/a/":              "acme/a",
		"ssh://git@host:22/acme/a.git":            "acme/a",
		"git@github.com:acme/a.git":               "acme/a",
		"https://gitlab.com/g/sub/a/-/tree/main":  "g/sub/a",
		"https://github.com/acme/a/tree/main/web": "acme/a",
		"https://github.com":                      "https://github.com",
		"urn:x":                                   "urn:x",
		"":                                        "",
	} {
		t.Run(in, func(t *testing.T) {
			if got := Repository(in); got != want {
				t.Errorf("Repository(%q) = %q, want %q", in, got, want)
			}
		})
	}
	if FoldRepository("https://github.com/Acme/A") != FoldRepository("acme/a") {
		t.Error("the address of a repository and its name differ")
	}
}

func TestNearest(t *testing.T) {
	names := []string{"buildpacks", "gitops", "helm"}
	for got, want := range map[string]string{"build-packs": "buildpacks", "GitOps": "gitops", "hlem": "helm", "vault": ""} {
		t.Run(got, func(t *testing.T) {
			if near := Nearest(got, names); near != want {
				t.Errorf("Nearest(%q) = %q, want %q", got, near, want)
			}
		})
	}
	if next := DidYouMean("vault", "features", names); next != "known features: buildpacks, gitops, helm" {
		t.Errorf("DidYouMean = %q", next)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1204: "1,204", -1204: "-1,204", 1234567: "1,234,567"} {
		if got := FormatCount(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}
