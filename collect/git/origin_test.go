package git

import "testing"

// The branch and the repository of a merge, by the words of every forge.
func TestOrigin(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		head, repo    string
		whose         kinship
	}{
		{"GitHub", "Merge pull request #4 from acme/hotfix/1.1.1\n\nUrgent", "hotfix/1.1.1", "acme/shop", own},
		{"GitHub, other capitals", "Merge pull request #4 from Acme/fix", "fix", "Acme/shop", own},
		{"GitHub, a fork", "Merge pull request #4 from bob/main", "main", "bob/shop", foreign},
		{"GitLab", "Merge branch 'hotfix/x' into 'main'\n\nUrgent\n\nSee merge request acme/shop!12", "hotfix/x", "", unknown},
		{"GitLab, a fork's branch of the same name", "Merge branch 'main' into 'main'\n\nSee merge request acme/shop!12", "main", "", foreign},
		{"Bitbucket", "Merged in hotfix/x (pull request #12)\n\nUrgent", "hotfix/x", "acme/shop", own},
		{"Bitbucket, a fork", "Merged in bob/shop/hotfix/x (pull request #12)", "hotfix/x", "bob/shop", foreign},
		{"Bitbucket Data Center", "Merge pull request #5 in SHOP/shop from hotfix/x to master\n\n* commit 'abc':", "hotfix/x", "acme/shop", own},
		{"Bitbucket Data Center, newer", "Pull request #5: Urgent\n\nMerge in SHOP/shop from hotfix/x to master\n\n* commit 'abc':", "hotfix/x", "acme/shop", own},
		{"Bitbucket Data Center, a fork", "Merge pull request #5 in SHOP/shop from ~bob/shop:hotfix/x to master", "hotfix/x", "bob/shop", foreign},
		{"Gitea", "Merge pull request 'Urgent' (#5) from hotfix/x into main", "hotfix/x", "acme/shop", own},
		{"Gitea, older", "Merge pull request 'Urgent' (#5) from acme/hotfix/x into main", "hotfix/x", "acme/shop", own},
		{"Gitea, older, a fork", "Merge pull request 'Urgent' (#5) from bob/hotfix-x into main", "hotfix-x", "bob/shop", foreign},
		{"Gitea, a fork", "Merge pull request 'Urgent' (#5) from bob/store:hotfix/x into main", "hotfix/x", "bob/store", foreign},
		{"Azure DevOps", "Merged PR 12: Urgent", "", "", unknown},
		{"bors", "Auto merge of #99 - bob:x, r=ann", "x", "bob/shop", foreign},
		{"git", "Merge branch 'hotfix/x'", "hotfix/x", "", unknown},
		{"git, into another branch", "Merge branch 'main' into feature", "main", "", unknown},
		{"git pull", "Merge branch 'main' of github.com:acme/shop", "main", "acme/shop", own},
		{"git pull from a fork", "Merge branch 'main' of https://github.com/bob/shop.git into next", "main", "bob/shop", foreign},
		{"git, a remote's branch", "Merge remote-tracking branch 'origin/hotfix/x'", "hotfix/x", "", own},
		{"git, another remote's branch", "Merge remote-tracking branch 'upstream/main' into main", "main", "", foreign},
		{"git, several branches", "Merge branches 'a' and 'b'", "", "", unknown},
		{"no merge", "Fix the cart", "", "", unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := parseOrigin([]byte(tt.message))
			whose, repo := newHome("acme/shop", "main").resolveOrigin(&o)
			if o.head != tt.head || repo != tt.repo || whose != tt.whose {
				t.Errorf("branch %q of %q, %d, want %q of %q, %d", o.head, repo, whose, tt.head, tt.repo, tt.whose)
			}
		})
	}
	o := parseOrigin([]byte("Merge pull request #4 from acme/x"))
	if whose, repo := newHome("shop", "main").resolveOrigin(&o); whose != unknown || repo != "" {
		t.Errorf("a repository without an owner: branch of %q, %d", repo, whose)
	}
}
