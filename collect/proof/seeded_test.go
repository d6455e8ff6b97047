package proof_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// seeder makes texts with a credential in them and remembers the credentials.
type seeder struct {
	needles [][]byte
	n       int
}

// credentials are the forms in which they are seeded: in addresses, and in any text.
var credentials = []string{
	"https://oauth2:%s@git.example.com/acme/shop/1?page=2", "https://%s@git.example.com/acme/shop", "https://ci.example.com/run/1?private_token=%s",
	"https://ci.example.com/run?x=1&access_token=%s&y=2", "https://ci.example.com/#id_token=%s&state=1", "https://s3.example.com/b/o?X-Amz-Credential=%s&X-Amz-Date=1",
	"https://b.example.com/c?sv=1&sig=%s", "https://ci.example.com/go?to=https%%3A%%2F%%2Fu%%3A%s%%40h%%2Fx", "ssh://bot:%s@git.example.com/acme/shop.git",
	"oauth2:%s@git.example.com/acme/shop", "ghp_%s", "glpat-%s", "xoxb-%s", "eyJhbGciOiJub25lIn0.eyJ%s.c2ln", "Authorization: Bearer %s", "npm_%s", "sk-%s", "password=%s",
	"https://hooks.slack.com/services/T000/B000/%s", "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----",
}

// secret returns the next text with a credential; a line has no line break in it.
func (s *seeder) secret(line bool) string {
	form := credentials[s.n%len(credentials)]
	s.n++
	if line {
		form = strings.ReplaceAll(form, "\n", " ")
	}
	value := fmt.Sprintf("Canary%04dxQ7wE9rT2yU4iO", s.n)
	s.needles = append(s.needles, []byte(value))
	return fmt.Sprintf(form, value)
}

// csv returns rows of the columns: those with a value in fixed have it, the others a
// credential. "#" in a fixed value is the number of the row.
func (s *seeder) csv(rows int, columns []string, fixed map[string]string) string {
	quoted := func(v string) string { return `"` + strings.ReplaceAll(v, `"`, `""`) + `"` }
	var b strings.Builder
	b.WriteString(strings.Join(columns, ",") + "\n")
	for row := range rows {
		for i, column := range columns {
			value, ok := fixed[column]
			if value = strings.ReplaceAll(value, "#", fmt.Sprint(row)); !ok {
				value = s.secret(false)
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoted(value))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// json returns the same as an array of objects.
func (s *seeder) json(rows int, columns []string, fixed map[string]string) string {
	var list []string
	for row := range rows {
		var fields []string
		for _, column := range columns {
			value, ok := fixed[column]
			if value = strings.ReplaceAll(value, "#", fmt.Sprint(row)); !ok {
				value = s.secret(true)
			}
			fields = append(fields, fmt.Sprintf("%q: %q", column, value))
		}
		list = append(list, "{"+strings.Join(fields, ", ")+"}")
	}
	return "[" + strings.Join(list, ",\n") + "]"
}

// kinds are the importers of files with all their columns of text.
var seededKinds = []struct {
	table, kind string
	columns     []string
	fixed       map[string]string
}{
	{
		"events", "deployments",
		[]string{"repository", "service", "id", "environment", "commit", "ref", "created", "finished", "status", "creator", "url", "changes", "commits"},
		map[string]string{"created": "2025-03-20T0#:00:00Z", "finished": "2025-03-20T0#:10:00Z", "status": "success"},
	},
	{
		"events", "deployments",
		[]string{"repository", "id", "environment", "commit", "ref", "created", "finished", "status", "url"},
		map[string]string{"repository": "acme/shop", "id": "d#", "environment": "production", "created": "2025-03-2#T10:00:00Z", "finished": "2025-03-2#T10:10:00Z", "status": "success"},
	},
	{
		"events", "changes",
		[]string{"repository", "id", "url", "title", "author", "labels", "branch", "head_branch", "head_repository", "tracker", "opened", "merged", "merge_commit", "head", "commits", "reverts", "body", "paths"},
		map[string]string{"repository": "acme/shop", "id": "#", "opened": "2025-03-2#T08:00:00Z", "merged": "2025-03-2#T09:00:00Z"},
	},
	{
		"events", "incidents",
		[]string{"id", "url", "title", "repository", "service", "severity", "labels", "opened", "resolved", "deployment", "commit", "change"},
		map[string]string{"opened": "2025-03-2#T11:00:00Z", "resolved": "2025-03-2#T12:00:00Z", "repository": "acme/shop"},
	},
	{
		"events", "commits",
		[]string{"repository", "sha", "parents", "author", "author_time", "commit_time", "subject"},
		map[string]string{"author_time": "2025-03-2#T07:00:00Z", "commit_time": "2025-03-2#T07:00:00Z", "repository": "acme/shop"},
	},
	{
		"tickets", "",
		[]string{"id", "title", "team", "feature", "labels", "tags", "opened", "resolved", "resolution"},
		map[string]string{"opened": "2025-03-2#", "resolved": "2025-03-2#"},
	},
	{"usage", "", []string{"feature", "part", "unit", "team", "date", "event_id", "count"}, map[string]string{"date": "2025-03-2#", "count": "2"}},
	{"measures", "", []string{"measure", "date", "value", "team", "record_id"}, map[string]string{"date": "2025-03-2#", "value": "9#", "measure": "uptime"}},
	{"tasks", "", []string{"task", "date", "minutes", "done", "team", "id"}, map[string]string{"date": "2025-03-2#", "minutes": "1#", "done": "yes"}},
}

// writeIn writes a file below the platform's folder.
func (p *platform) writeIn(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.file(name)), 0o750); err != nil {
		p.t.Fatal(err)
	}
	p.write(name, text)
}

// seedWorld puts credentials into everything of a forge that is text.
func (s *seeder) seedWorld(w *testkit.World) {
	for _, r := range w.Repositories {
		for i := range r.Commits {
			if i%10 == 0 {
				r.Commits[i].Message += "\n\n" + s.secret(true)
			}
		}
		for i := range r.Requests {
			r.Requests[i].Title += " " + s.secret(true)
		}
		for i := range r.Issues {
			r.Issues[i].Title += " " + s.secret(true)
			r.Issues[i].Body += "\n" + s.secret(false)
		}
		for i := range r.Deployments {
			if i%2 == 0 {
				r.Deployments[i].Ref = "feature/ghp_" + strings.TrimPrefix(s.secret(true), "x")
				r.Deployments[i].Ref = strings.Join(strings.Fields(r.Deployments[i].Ref), "-")
			}
		}
	}
}

// seedFiles writes exports, content and a clone with credentials in every text, and
// returns their configuration.
func (p *platform) seedFiles(s *seeder) string {
	p.t.Helper()
	var config strings.Builder
	for i, k := range seededKinds {
		for ending, make := range map[string]func(int, []string, map[string]string) string{"csv": s.csv, "json": s.json} {
			file := fmt.Sprintf("exports/%d.%s", i, ending)
			p.writeIn(file, make(3, k.columns, k.fixed))
			fmt.Fprintf(&config, "[[%s]]\nname = \"%s%d%s\"\nfile = %q\n", k.table, k.table, i, ending, file)
			if k.kind != "" {
				fmt.Fprintf(&config, "kind = %q\n", k.kind)
			}
		}
	}
	p.writeIn("surveys/2025-03.toml", "title = \"March\"\nfile = \"wave.csv\"\nsent = 2025-03-10\nnps = \"Score\"\n[columns]\nat = \"At\"\nteam = \"Team\"\nreason = \"Why\"\nloved = \"Loved\"\nfrustrating = \"Hated\"\n")
	p.writeIn("surveys/wave.csv", s.csv(9, []string{"At", "Score", "Team", "Why", "Loved", "Hated"}, map[string]string{"At": "2025-03-1#", "Score": "#"}))
	p.writeIn("measures.toml", "[[measure]]\nid = \"uptime\"\ntitle = \"Uptime\"\nunit = \"percent\"\n")
	p.writeIn("pages/guide.md", fmt.Sprintf("+++\ntitle = \"Guide\"\nsummary = %q\nlinks = [{title = \"Runs\", url = \"https://a:%s@ci.example.com/\"}]\n+++\nSee [runs](https://u:%[2]s@ci.example.com/x), <https://ci.example.com/?token=%[2]s>\nand https://%[2]s@ci.example.com/y or `ghp_%[2]s`.\n",
		s.secret(true), "Canary9999xQ7wE9rT2yU4iO"))
	s.needles = append(s.needles, []byte("Canary9999xQ7wE9rT2yU4iO"))
	p.writeIn("features/search.md", fmt.Sprintf("+++\ntitle = %q\n+++\n%s\n", "Search "+s.secret(true), s.secret(false)))
	p.clone(s)
	return config.String() + "[[git]]\nname = \"clone\"\npath = \"clone\"\n"
}

// clone makes a git repository whose remote, messages, branches and tags hold
// credentials.
func (p *platform) clone(s *seeder) {
	p.t.Helper()
	git := func(args ...string) {
		p.t.Helper()
		cmd := exec.Command("git", append([]string{"-C", p.file("clone")}, args...)...)
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_DATE=2025-03-20T08:00:00Z", "GIT_COMMITTER_DATE=2025-03-20T08:00:00Z",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			p.t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	p.writeIn("clone/README", "x\n")
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-q", "-m", s.secret(true)+"\n\n"+s.secret(false))
	git("tag", "v1.0.0")
	git("tag", "release-ghp_"+string(s.needles[len(s.needles)-1]))
	git("remote", "add", "origin", fmt.Sprintf("https://oauth2:%s@git.example.com/acme/clone.git?private_token=%[1]s", s.needles[len(s.needles)-1]))
}

var removedCount = regexp.MustCompile(`([\d,]+) credentials? removed`)

// TestNoSeededSecretIsPublished puts credentials into every text of every source: into
// the columns of exports, the answers of forges, a clone and content. None of them is in
// the site, in what is kept or in what is printed, and each source tells how many it had.
func TestNoSeededSecretIsPublished(t *testing.T) {
	t.Parallel()
	for _, forge := range []string{"github", "gitlab"} {
		t.Run(forge, func(t *testing.T) {
			s, w := &seeder{}, smallWorld()
			s.seedWorld(w)
			var address string
			if forge == "github" {
				server := githubtest.Serve(w, githubtest.Options{Clock: time.Now})
				t.Cleanup(server.Close)
				address = server.URL
			} else {
				server := serveGitLab(w, nil, nil)
				t.Cleanup(server.close)
				address = server.address
			}
			p := newPlatform(t, forge, address, "days = 12", "budget_percent = 0")
			config, err := os.ReadFile(p.file("config.toml"))
			if err != nil {
				t.Fatal(err)
			}
			p.write("config.toml", string(config)+p.seedFiles(s)+"[evidence]\ntitles = true\n")
			if s.n < 100 {
				t.Fatalf("%d credentials were seeded", s.n)
			}
			for _, args := range [][]string{{"run"}, {"check"}, {"doctor"}, {"build", "--out", "again"}} {
				did := p.run(w.To, args...)
				if args[0] == "run" && did.code != 0 && did.code != 3 {
					t.Fatalf("exit code %d\n%s", did.code, did.said)
				}
				told(t, args[0], []byte(did.said), s.needles)
				if args[0] == "run" {
					if n := len(removedCount.FindAllString(did.said, -1)); n < len(seededKinds) {
						t.Errorf("%d imports tell what was removed\n%s", n, did.said)
					}
				}
			}
			files := 0
			for _, folder := range []string{"public", "again", ".ip3dp"} {
				files += toldIn(t, p.file(folder), s.needles)
			}
			if files < 20 {
				t.Errorf("%d files were looked at", files)
			}
			t.Logf("%d credentials, %d files", s.n, files)
		})
	}
}
