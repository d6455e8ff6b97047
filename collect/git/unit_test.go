package git

import (
	"reflect"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	tests := []struct {
		names     string // space-separated
		want      verdict
		component string
	}{
		{"v1.2.3 1.2.3 V1.2 1.2 v1.2.3.4 go1.22.1 r1.2 v.1.2 version-1.2.3 ver1.2 REL_15_2 1.1.1w", release, ""},
		{"release-2024-01-31 2024-01-31 2024.01.31 20240131 20240131.2 2024-01-31.1 2024-01-31T10-30Z", release, ""},
		{"release-1.2.3 release/1.2.3 releases/v1.2 rel-1.2 deploy-42 prod/1712345678 release-17 hotfix/1.2.4", release, ""},
		{"v1.2.3+build.7 1.2-1 1.2.3-final 1.2.3.GA 1.2.3.RELEASE v1.2.3-hotfix.1 1.2.3-lts 1.2.post1 v2.0.0+incompatible", release, ""},
		{"v1.2.3-rc1 v1.2.3-rc.1 1.0rc1 1.0a1 1.0b2 1.0.dev3 v1-alpha.1.2 v1.2.3-alpha v1.2.3-BETA2 v1.2.3-pre v1.2.3-dev", preRelease, ""},
		{"v1.2.3-SNAPSHOT v2.18.0-52825890-nightly v1.0.0-canary.3 5.0.0.M3 v1.2.0-next.1 nightly 1.0-preview2 v1.2-ea", preRelease, ""},
		{"nightly-2024-01-31", preRelease, "nightly"},
		{"v1 v2 2.1.x latest stable main keep all-tests-pass v1.2.3-1-g1234abc deploy prod 12 v1.x", notRelease, ""},
		{"billing/v1.2.3 billing/1.2 billing@1.2.3 release/billing/v1.2.3 billing-v1.2.3 billing_1.2", release, "billing"},
		{"services/a/v1.0.0", release, "services/a"},
		{"@acme/web@1.2.3", release, "@acme/web"},
		{"dev-portal/v1.2.3", release, "dev-portal"},
		{"billing/v1.2.3-rc1", preRelease, "billing"},
		{"staging/v1.2.3", preRelease, "staging"},
	}
	for _, tt := range tests {
		t.Run(tt.names, func(t *testing.T) {
			for name := range strings.FieldsSeq(tt.names) {
				if got := (judge{}).judgeTag(name); got.verdict != tt.want || got.verdict != notRelease && got.component != tt.component {
					t.Errorf("%s: verdict %d component %q, want %d %q", name, got.verdict, got.component, tt.want, tt.component)
				}
			}
		})
	}
}

func TestVersionOf(t *testing.T) {
	got := parseVersion("v1.22-99999999999999999999")
	if want := []int64{1, 22, 999999999999999999}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestParseMessage(t *testing.T) {
	sha := strings.Repeat("ab", 20)
	tests := []struct {
		name, text string
		want       messageFacts
	}{
		{"GitHub merge", "Merge pull request #12 from bob/x\n\nThe title\n\nmore", messageFacts{request: "12", title: "The title"}},
		{"GitHub merge without a title", "Merge pull request #12 from bob/x", messageFacts{request: "12", title: "Merge pull request #12 from bob/x"}},
		{"GitHub squash", "The title (#12)\n\n* one\n* two (#9)", messageFacts{request: "12", title: "The title"}},
		{"squash of a revert", "Revert \"The title (#12)\" (#13)\n\nThis reverts commit " + sha + ".", messageFacts{request: "13", title: `Revert "The title (#12)"`, reverts: sha}},
		{"backport", "The title (#12) (#20)", messageFacts{request: "20", title: "The title (#12)"}},
		{"revert button", "Revert \"x\" (#13)\n\nReverts acme/shop#12", messageFacts{request: "13", title: `Revert "x"`, undoes: "12"}},
		{"GitLab merge", "Merge branch 'x' into 'main'\n\nThe title\n\nCloses #4\n\nSee merge request acme/shop!41", messageFacts{request: "41", title: "The title"}},
		{"GitLab squash", "The title\n\nSee merge request acme/sub/shop!41", messageFacts{request: "41", title: "The title"}},
		{"GitLab template", "The title (!41)", messageFacts{request: "41", title: "The title"}},
		{"GitLab revert", "Revert \"x\"\n\nThis reverts merge request !41", messageFacts{title: `Revert "x"`, undoes: "41"}},
		{"Bitbucket Cloud", "Merged in feature/x (pull request #5)\n\nThe title\n\nApproved-by: Bob", messageFacts{request: "5", title: "The title"}},
		{"Bitbucket Data Center", "Pull request #5: The title", messageFacts{request: "5", title: "The title"}},
		{"Bitbucket Data Center, older", "Merge pull request #5 in SHOP/cart from x to main\n\n* commit 'abc':\n  x", messageFacts{request: "5", title: "* commit 'abc':"}},
		{"Azure DevOps", "Merged PR 77: The title", messageFacts{request: "77", title: "The title"}},
		{"Gitea merge", "Merge pull request 'The title' (#8) from x into main", messageFacts{request: "8", title: "The title"}},
		{"Gitea squash", "The title (#8)\n\nReviewed-on: https://git.example.com/a/b/pulls/8", messageFacts{request: "8", title: "The title"}},
		{"Gerrit", "The title\n\nChange-Id: Iabc\nReviewed-on: https://r.example.com/c/shop/+/12345\nReviewed-by: Bob", messageFacts{request: "12345", title: "The title"}},
		{"bors", "Auto merge of #99 - bob:x, r=ann\n\nThe title", messageFacts{request: "99", title: "The title"}},
		{"bors-ng", "Merge #99\n\n99: The title r=ann", messageFacts{request: "99", title: "99: The title r=ann"}},
		{"mentions no request", "Fix #12, finally", messageFacts{title: "Fix #12, finally"}},
		{"merge by hand", "Merge branch 'x'\n\nsee #4", messageFacts{title: "Merge branch 'x'"}},
		{"CRLF and leading lines", "\r\n\nThe title (#3)\r\n\r\nbody", messageFacts{request: "3", title: "The title"}},
		{"abbreviated revert", "x\n\nThis reverts commits " + sha[:12] + " and more", messageFacts{title: "x", reverts: sha[:12]}},
		{"too short for a hash", "x\n\nThis reverts commit abc", messageFacts{title: "x"}},
		{"odd bytes", "\xff\x01title (#3)", messageFacts{request: "3", title: "\uFFFD\x01title"}},
		{"empty", "", messageFacts{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseMessage([]byte(tt.text), true); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
	if got := parseMessage([]byte("just words"), false); got != (messageFacts{}) {
		t.Errorf("a title nobody needs is kept: %+v", got)
	}
}

func TestIdentity(t *testing.T) {
	tests := []struct{ name, email, want string }{
		{"Ann", "Ann@Example.com", "ann@example.com"},
		{"Ann", "1234+ann-lee@users.noreply.github.com", "ann-lee"},
		{"Ann", "ann-lee@users.noreply.github.com", "ann-lee"},
		{"Ann", "12-ann@users.noreply.gitlab.com", "ann"},
		{"Ann", "12-ann@users.noreply.github.com", "12-ann"},
		{"x", "49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]"},
		{"dependabot[bot]", "support@github.com", "dependabot[bot]"},
		{"Ann", "", "Ann"},
		{"\xff\xfe", "", "\uFFFD"},
		{"", "", ""},
		{"x", "@users.noreply.github.com", "@users.noreply.github.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := authorIdentity(tt.name, tt.email); got != tt.want {
				t.Errorf("%q <%s>: got %q, want %q", tt.name, tt.email, got, tt.want)
			}
		})
	}
}

func TestForge(t *testing.T) {
	tests := []struct{ remote, base, path, kind string }{
		{"https://github.com/acme/shop.git", "https://github.com/acme/shop", "acme/shop", "github"},
		{"https://bob:s3cret@github.com/acme/shop", "https://github.com/acme/shop", "acme/shop", "github"},
		{"https://x-access-token:ghp_abc@github.com/acme/shop.git?a=b#c", "https://github.com/acme/shop", "acme/shop", "github"},
		{"git@github.com:acme/shop.git", "https://github.com/acme/shop", "acme/shop", "github"},
		{"ssh://git@gitlab.example.com:2222/group/sub/shop.git", "https://gitlab.example.com/group/sub/shop", "group/sub/shop", "gitlab"},
		{"git://codeberg.org/acme/shop", "https://codeberg.org/acme/shop", "acme/shop", "gitea"},
		{"http://git.example.com:8080/acme/shop/", "http://git.example.com:8080/acme/shop", "acme/shop", ""},
		{"https://bitbucket.org/acme/shop.git", "https://bitbucket.org/acme/shop", "acme/shop", "bitbucket"},
		{"/srv/git/shop.git", "", "", ""},
		{"../shop", "", "", ""},
		{"file:///srv/git/shop.git", "", "", ""},
		{"C:/code/shop", "", "", ""},
		{"javascript://github.com/%0aalert(1)", "", "", ""},
		{"https://[::1", "", "", ""},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.remote, func(t *testing.T) {
			if got := newForge(tt.remote); got != (forge{tt.base, tt.path, tt.kind}) {
				t.Errorf("%s: got %+v", tt.remote, got)
			}
		})
	}
}

func TestForgePages(t *testing.T) {
	tests := []struct{ kind, request, commit, tag string }{
		{"github", "/pull/7", "/commit/abc", "/releases/tag/a/v1%231"},
		{"gitlab", "/-/merge_requests/7", "/-/commit/abc", "/-/tags/a/v1%231"},
		{"bitbucket", "/pull-requests/7", "/commits/abc", "/src/a/v1%231"},
		{"gitea", "/pulls/7", "/commit/abc", "/releases/tag/a/v1%231"},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			f := forge{base: "https://h/a/b", kind: tt.kind}
			got := []string{f.requestURL("7"), f.commitURL("abc"), f.tagURL("a/v1#1")}
			if want := []string{f.base + tt.request, f.base + tt.commit, f.base + tt.tag}; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %q, want %q", tt.kind, got, want)
			}
		})
	}
	if f := newForge("https://git.example.com/a/b"); f.requestURL("1")+f.commitURL("a")+f.tagURL("v") != "" {
		t.Error("an unknown forge has no known pages")
	}
}

func TestScrub(t *testing.T) {
	got := scrub("fatal: unable to access 'https://bob:s3cr@t@host/x.git/': no\n\x1b[31mhint: ssh://tok@host/y\n")
	want := "fatal: unable to access 'https://***@host/x.git/': no; [31mhint: ssh://***@host/y"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEnv(t *testing.T) {
	got := cleanEnv([]string{"HOME=/h", "GIT_DIR=/elsewhere", "GIT_EXTERNAL_DIFF=evil", "GIT_CONFIG_COUNT=1", "LC_ALL=de", "PATH=/bin"})
	if strings.Join(got[:3], " ") != "HOME=/h GIT_CONFIG_COUNT=1 PATH=/bin" || got[3] != "LC_ALL=C" {
		t.Errorf("got %q", got)
	}
}

func TestRemedies(t *testing.T) {
	tests := []struct{ stderr, reason string }{
		{"fatal: detected dubious ownership in repository at '/r'", "git refuses a clone that belongs to another user"},
		{"fatal: not a git repository (or any of the parent directories): .git", "not a git repository"},
		{"fatal: could not fetch abc from promisor remote", "a partial clone lacks the objects that are needed"},
		{"fatal: bad object abc", "objects are missing from the clone"},
	}
	for _, tt := range tests {
		t.Run(tt.stderr, func(t *testing.T) {
			err := program{}.explainFailure("log", errFake, tt.stderr)
			if !strings.HasPrefix(err.Error(), tt.reason+": ") || !strings.Contains(err.Error(), tt.stderr) {
				t.Errorf("%s: %v", tt.stderr, err)
			}
		})
	}
}

// One component joined by a dash is the project's name, unless somebody owns a part
// of that name.
func TestOneDashedComponent(t *testing.T) {
	for _, tt := range []struct{ tags, owned, want string }{
		{"web-v1.0 web-v1.1", "", ""},
		{"web-v1.0 web-v1.1", "api", ""},
		{"web-v1.0 web-v1.1", "web", "web"},
		{"web-v1.0 api-v1.1", "", "web"},
		{"web@1.0 web@1.1", "", "web"},
	} {
		t.Run(tt.tags, func(t *testing.T) {
			var tags []tag
			for name := range strings.FieldsSeq(tt.tags) {
				tags = append(tags, tag{judgedTag: (judge{}).judgeTag(name), name: name})
			}
			r := &cloneReader{source: &source{o: Options{Components: map[string][]string{"https://host/acme/Shop": {tt.owned}}}}}
			r.repo.Name = "acme/shop"
			nameServices(tags, r.ownedComponents())
			if tags[0].component != tt.want {
				t.Errorf("%s, %q is owned: component %q, want %q", tt.tags, tt.owned, tags[0].component, tt.want)
			}
		})
	}
}
