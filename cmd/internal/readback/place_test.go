package readback

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
)

// TestOrder lists the places of a configuration and a job in the order in which they are read.
func TestOrder(t *testing.T) {
	job := []string{"GITHUB_REPOSITORY=acme/platform", "GITHUB_TOKEN=token"}
	lab := []string{"GITLAB_CI=true", "CI_API_V4_URL=https://lab.example.com/api/v4", "CI_PROJECT_ID=7"}
	for _, tt := range []struct {
		name, from, base string
		env              []string
		want             string
	}{
		{"nothing", "", "", nil, "a folder"},
		{"in a job of GitHub", "", "https://x.example.com/", job, "a folder, an artifact, the published site"},
		{"in a job of GitLab", "", "", lab, "a folder, an artifact"},
		{"without a token", "", "", job[:1], "a folder"},
		{"a GitLab without https", "", "", append(lab, "CI_API_V4_URL=http://lab.example.com/api/v4"), "a folder"},
		{"a branch", "branch:gh-pages", "https://x.example.com/", job, "a branch, a folder, an artifact, the published site"},
		{"a repository", "git+https://x.example.com/y.git#b", "", nil, "a branch, a folder"},
		{"a bucket", "s3://sites/x", "https://x.example.com/", job, "a bucket, a folder, an artifact, the published site"},
		{"another folder", "elsewhere", "", nil, "a folder, a folder"},
		{"an address", "https://x.example.com", "https://x.example.com/", job, "a folder, an artifact, the published site"},
		{"two addresses", "https://y.example.com", "https://x.example.com/", nil, "a folder, the published site, the published site"},
		{"an artifact elsewhere", "artifact", "", nil, "a folder, an artifact"},
		{"an artifact once", "artifact", "", job, "a folder, an artifact"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := config.Default()
			c.History.From, c.Site.BaseURL = tt.from, tt.base
			var got []string
			for _, p := range List(NewOpener(tt.env, &c, ".", "1"), &c, ".") {
				got = append(got, p.Kind.String())
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("%s, want %s", text, tt.want)
			}
		})
	}
}
