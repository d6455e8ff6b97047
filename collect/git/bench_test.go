package git

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

const benchCommits = 20_000

// benchLog is a log whose messages are about as long as real ones.
func benchLog() string {
	text := graphText(rand.New(rand.NewPCG(5, 6)), benchCommits)
	return strings.ReplaceAll(text, "work", "Explain what changed and why\n\n"+strings.Repeat("A line of a message as people write them.\n", 5))
}

func perCommit(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchCommits, "ns/commit")
}

// BenchmarkReadLog reads the log of 20,000 commits into the graph.
func BenchmarkReadLog(b *testing.B) {
	text := benchLog()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(text, false); err != nil {
			b.Fatal(err)
		}
	}
	perCommit(b)
}

// BenchmarkChanges attributes 20,000 commits to their changes.
func BenchmarkChanges(b *testing.B) {
	h, err := read(benchLog(), false)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.findChanges(h.order[0], home{})
	}
	perCommit(b)
}

// BenchmarkEmit turns the graph of 20,000 commits into facts.
func BenchmarkEmit(b *testing.B) {
	h, err := read(benchLog(), false)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r := &cloneReader{source: &source{name: "local"}, history: h, head: tip{"main", h.sha[h.order[0]]}}
		r.emitFacts()
		if len(r.out.Commits) != benchCommits {
			b.Fatal(len(r.out.Commits))
		}
	}
	perCommit(b)
}

// benchRepo is a real repository of 20,000 commits, every tenth of them tagged.
func benchRepo(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	var in strings.Builder
	for n := range benchCommits {
		message := fmt.Sprintf("Explain what changed (#%d)\n\n%s", n, strings.Repeat("A line of a message.\n", 5))
		fmt.Fprintf(&in, "commit refs/heads/main\nauthor A%d <a%d@example.com> %d +0000\ncommitter C <c@example.com> %d +0000\ndata %d\n%s\n",
			n%40, n%40, 1600000000+n*600, 1600000000+n*600, len(message), message)
		if n%10 == 0 {
			fmt.Fprintf(&in, "reset refs/tags/v1.%d.0\nfrom refs/heads/main\n\n", n)
		}
	}
	for _, step := range []struct {
		stdin string
		args  []string
	}{{"", []string{"init", "-q", "--bare", "-b", "main", "."}}, {in.String(), []string{"fast-import", "--quiet"}}, {"", []string{"pack-refs", "--all"}}} {
		cmd := exec.Command("git", step.args...)
		cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader(step.stdin), os.Stderr
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkCollect reads a repository of 20,000 commits with the git program,
// and beside it what git log alone costs.
func BenchmarkCollect(b *testing.B) {
	dir := benchRepo(b)
	window := collect.Window{To: time.Unix(2000000000, 0)}
	b.Run("collect", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e, err := New("local", Options{Path: dir}).Collect(context.Background(), window)
			if err != nil || len(e.Commits) != benchCommits || len(e.Deployments) != benchCommits/10 {
				b.Fatal(len(e.Commits), len(e.Deployments), err)
			}
		}
		perCommit(b)
	})
	b.Run("git-log-alone", func(b *testing.B) {
		for b.Loop() {
			err := program{dir: dir}.stream(context.Background(), strings.NewReader("refs/heads/main\n"), func(r io.Reader) error {
				_, err := io.Copy(io.Discard, r)
				return err
			}, logArgs(false)...)
			if err != nil {
				b.Fatal(err)
			}
		}
		perCommit(b)
	})
}
