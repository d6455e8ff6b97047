package history_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// TestMain keeps the configuration of whoever runs the tests out of them.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "2",
		"GIT_CONFIG_KEY_0": "maintenance.auto", "GIT_CONFIG_VALUE_0": "false",
		"GIT_CONFIG_KEY_1": "init.templateDir", "GIT_CONFIG_VALUE_1": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// day is a day of 2024, at noon in UTC.
func day(text string) time.Time {
	t, err := time.Parse("2 Jan 2006 15:04", text+" 2024 12:00")
	if err != nil {
		panic(err)
	}
	return t
}

var asOf = day("11 Nov")

// repo is a small repository with configuration and content.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main", ".")
	r.write("config.toml", "[platform]\nname = \"P\"\n")
	return r
}

func (r *repo) git(args ...string) string { r.t.Helper(); return r.gitOn(asOf, args...) }

// gitOn runs git at a time.
func (r *repo) gitOn(at time.Time, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ann", "-c", "user.email=ann@example.com"}, args...)...)
	cmd.Dir = r.dir
	date := fmt.Sprintf("%d -0900", at.Unix())
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// write writes a file; "" removes it.
func (r *repo) write(name, text string) {
	r.t.Helper()
	full := filepath.Join(r.dir, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(full), 0o755)
	if err == nil && text == "" {
		err = os.Remove(full)
	} else if err == nil {
		err = os.WriteFile(full, []byte(text), 0o600)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) commit(on string) {
	r.t.Helper()
	r.git("add", "-A")
	r.gitOn(day(on), "commit", "-q", "--allow-empty", "-m", "change")
}

// item returns the file of an initiative; approved "" leaves it out. more are lines before [rice].
func item(effort float64, approved string, more ...string) string {
	text := "+++\ntitle = \"Checkout in one step\"\nstatus = \"active\"\n" + strings.Join(more, "\n") +
		"\n[rice]\nreach = 100\nimpact = 1\nconfidence = 80\n"
	if effort > 0 {
		text += fmt.Sprintf("effort = %g\n", effort)
	}
	if approved != "" {
		text += "approved = " + approved + "\n"
	}
	return text + "+++\n" + strings.Repeat("The same prose.\n", 20)
}

func (r *repo) load() *workspace.Workspace {
	r.t.Helper()
	w, err := workspace.Load(filepath.Join(r.dir, "config.toml"), func(time.Time) (time.Time, bool, error) {
		return asOf, true, nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return w
}

// predictions describes the predictions of the present content.
func (r *repo) predictions(place history.Place, request bool) string {
	r.t.Helper()
	w := r.load()
	present := history.PresentOf(w)
	present.Request = request
	history.Load(context.Background(), w, place, present)
	var out []string
	for _, p := range rice.Measure(w.Config.Options().RICE, w.Content, asOf).Predictions {
		out = append(out, describe(&p))
	}
	return strings.Join(out, "\n")
}

func describe(p *rice.Prediction) string {
	text := fmt.Sprintf("%s: %g, score %g", p.ID, p.Effort, p.Score)
	switch {
	case p.Unchecked != "":
		text += ", unchecked: " + p.Unchecked
	case p.Request:
		text += ", request"
	case p.Pending:
		text += ", pending"
	default:
		text += ", recorded " + p.Recorded.Format("2 Jan")
	}
	for _, e := range p.Since {
		on := e.At.Format("2 Jan")
		if e.Commit == "" {
			on = "now"
		}
		text += fmt.Sprintf(", since %g on %s", e.Effort, on)
	}
	for word, is := range map[string]bool{", back-dated": p.BackDated, ", future": p.Future, ", with its result": p.WithResult} {
		if is {
			text += word
		}
	}
	return text
}

const (
	a = "roadmap/a.md"
	b = "roadmap/b.md"
)

// TestPredictions: a prediction is the file at the first commit from which approved is set without
// a break.
func TestPredictions(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		make func(r *repo)
		want string
	}{
		{"edited", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(1, "2024-09-01"))
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"},
		{"edited before approval", func(r *repo) {
			r.write(a, item(4, ""))
			r.commit("1 Aug")
			r.write(a, item(2, "2024-09-01"))
			r.commit("15 Sep")
		}, "a: 2, score 40, recorded 15 Sep"},
		{"back-dated", func(r *repo) {
			r.write(a, item(4, "2024-08-31"))
			r.commit("15 Sep")
		}, "a: 4, score 20, recorded 15 Sep, back-dated"},
		{"moved back later", func(r *repo) {
			r.write(a, item(4, "2024-09-10"))
			r.commit("10 Sep")
			r.write(a, item(4, "2024-06-01"))
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 10 Sep, since 4 on 5 Oct, back-dated"},
		{"future", func(r *repo) {
			r.write(a, item(4, "2024-11-13"))
			r.commit("1 Nov")
		}, "a: 4, score 20, recorded 1 Nov, future"},
		{"with its result", func(r *repo) {
			r.write(a, item(4, "2024-09-01", "spent = 4"))
			r.commit("2 Sep")
		}, "a: 4, score 20, recorded 2 Sep, with its result"},
		{"removed and set again", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(4, ""))
			r.commit("5 Sep")
			r.write(a, item(2, "2024-09-07"))
			r.commit("7 Sep")
		}, "a: 2, score 40, recorded 7 Sep"},
		{"file removed and added again", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, "")
			r.commit("5 Sep")
			r.write(a, item(2, "2024-09-07"))
			r.commit("7 Sep")
		}, "a: 2, score 40, recorded 7 Sep"},
		{"renamed", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, "")
			r.write(b, item(1, "2024-09-01"))
			r.commit("5 Oct")
		}, "b: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"},
		{"renamed with formerly", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, "")
			r.write(b, strings.ReplaceAll(item(1, "2024-09-01", `formerly = ["a"]`), "The same prose", "Something else"))
			r.commit("5 Oct")
		}, "b: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"},
		{"renamed twice, both ways", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.git("mv", a, "roadmap/c.md")
			r.commit("10 Sep")
			r.git("mv", "roadmap/c.md", b)
			r.write(b, item(1, "2024-09-01", `formerly = ["c", "a"]`))
			r.commit("5 Oct")
		}, "b: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"},
		{"copied", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(b, item(1, "2024-09-01"))
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep\nb: 1, score 80, recorded 5 Oct, back-dated"},
		{"uncommitted", func(r *repo) {
			r.write(a, item(4, "2024-11-05"))
			r.write(b, item(3, ""))
			r.commit("5 Nov")
			r.write(a, item(1, "2024-11-05"))
			r.write(b, item(2, "2024-11-11"))
		}, "a: 4, score 20, recorded 5 Nov, since 1 on now\nb: 2, score 40, pending"},
		{"renamed, uncommitted", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, "")
			r.write(b, item(1, "2024-09-01"))
		}, "b: 4, score 20, recorded 1 Sep, since 1 on now"},
		{"prose only", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(4, "2024-09-01")+"More.\n")
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep"},
		{"broken for a while", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, "+++\ntitle = \n+++\n")
			r.commit("5 Sep")
			r.write(a, item(4, "2024-09-01"))
			r.commit("7 Sep")
		}, "a: 4, score 20, recorded 1 Sep"},
		{"numbers come later", func(r *repo) {
			r.write(a, item(0, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(2, "2024-09-01"))
			r.commit("5 Oct")
		}, "a: 0, score 0, recorded 1 Sep, since 2 on 5 Oct"},
		{"numbers are removed", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(0, "2024-09-01"))
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep, since 0 on 5 Oct"},
		{"another scale later", func(r *repo) {
			r.write(a, strings.Replace(item(4, "2024-09-01"), "impact = 1", `impact = "low"`, 1))
			r.commit("1 Sep")
			r.write("config.toml", "[platform]\nname = \"P\"\n[rice]\nimpact = { low = 5 }\n")
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep"},
		{"the content moves", func(r *repo) {
			r.write("config.toml", "content = \"site\"\n[platform]\nname = \"P\"\n")
			r.write("site/"+a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write("config.toml", "[platform]\nname = \"P\"\n[content]\npath = \"docs/new\"\n")
			r.write("site/"+a, "")
			r.write("docs/new/"+a, item(1, "2024-09-01"))
			r.commit("5 Oct")
		}, "a: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"},
		{"a commit dated back", func(r *repo) {
			r.write("x", "x")
			r.commit("20 Sep")
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
		}, "a: 4, score 20, recorded 20 Sep, back-dated"},
		{"a commit dated forward", func(r *repo) {
			r.write("x", "x")
			r.gitOn(day("1 Dec"), "add", "-A")
			r.gitOn(day("1 Dec"), "commit", "-q", "-m", "wrong clock")
			r.write(a, item(4, "2024-09-01"))
			r.commit("2 Sep")
		}, "a: 4, score 20, recorded 2 Sep"},
		{"after the as-of time", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Sep")
			r.write(a, item(1, "2024-09-01"))
			r.commit("1 Dec")
		}, "a: 4, score 20, recorded 1 Sep, since 1 on now"},
		{"nothing before the as-of time", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			r.commit("1 Dec")
		}, "a: 4, score 20, unchecked: nothing was written before 11 November 2024"},
		{"no commit", func(r *repo) { r.write(a, item(4, "2024-09-01")) },
			`a: 4, score 20, unchecked: the clone has no commit "HEAD"; commit the content once`},
		{"no clone", func(r *repo) {
			r.write(a, item(4, "2024-09-01"))
			if err := os.RemoveAll(filepath.Join(r.dir, ".git")); err != nil {
				r.t.Fatal(err)
			}
		}, "a: 4, score 20, unchecked: not a git repository: the configuration is outside a clone"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			x.make(r)
			if got := r.predictions(history.Place{}, false); got != x.want {
				t.Errorf("got  %s\nwant %s", got, x.want)
			}
		})
	}
}

// feed runs git with a file as its input.
func (r *repo) feed(name string, args ...string) {
	r.t.Helper()
	in, err := os.Open(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	defer in.Close() // read only
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = r.dir, in
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
}

// parse reads the text of an initiative.
func parse(t *testing.T, id, text string) fact.Initiative {
	t.Helper()
	in, ok := content.ParseInitiative("roadmap/"+id+".md", []byte(text))
	if !ok {
		t.Fatalf("%s cannot be read:\n%s", id, text)
	}
	return in
}
