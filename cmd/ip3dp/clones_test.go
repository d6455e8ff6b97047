package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// explained builds a clone as of 2 May 2026 and returns lines of explain.
func explained(t *testing.T, c *clone, metric string) string {
	t.Helper()
	dir := c.write(t, "clone", 0)
	var out bytes.Buffer
	for _, args := range [][]string{{"init", "--yes", dir}, {"explain", metric, "--config", filepath.Join(dir, "config.toml"), "--now", "2026-05-02"}} {
		out.Reset()
		if code := start(args, nil, strings.NewReader(""), &out, &out); code != exit.Complete && code != exit.Partial {
			t.Fatalf("ip3dp %s: exit code %d\n%s", args[0], code, out.String())
		}
	}
	return out.String()
}

func hasLine(text, label, begin string) bool {
	for line := range strings.Lines(text) {
		if l, rest, ok := strings.Cut(strings.TrimSpace(line), "  "); ok && l == label && strings.HasPrefix(strings.TrimSpace(rest), begin) {
			return true
		}
	}
	return false
}

// A clone has no opening time: branches of 200 days are 200 days old.
func TestOldBranchesOfAClone(t *testing.T) {
	c := newClone(4)
	c.commit("main", "", c.ago(500, 8), "begin", "f")
	for w := 30; w >= 0; w-- {
		branch := fmt.Sprint("topic-", w)
		c.commit(branch, "main", c.ago(7*w+5+200, 10), "work on "+branch, branch)
		c.merge("main", branch, c.ago(7*w+5, 12), fmt.Sprintf("Merge pull request #%d from acme/%s", 31-w, branch))
	}
	if text := explained(t, c, "dora.lead_time"); !hasLine(text, "value", "200 days") {
		t.Errorf("want 200 days\n%s", text)
	}
}

// A release that is tagged twice, two hours apart, is one deployment.
func TestReleasesTaggedTwice(t *testing.T) {
	c := newClone(4)
	for w := 30; w >= 0; w-- {
		c.commit("main", "", c.ago(7*w+5, 10), fmt.Sprint("week ", w), "f")
		c.tag(fmt.Sprintf("v3.%d.0", 30-w), "main", c.ago(7*w+5, 11))
		c.tag(fmt.Sprintf("v0.3%d.0", 30-w), "main", c.ago(7*w+5, 13))
	}
	if text := explained(t, c, "dora.deployment_frequency"); !hasLine(text, "n", "4 deployments") {
		t.Errorf("want 4 deployments\n%s", text)
	}
}
