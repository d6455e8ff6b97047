package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// TestProgress: a log gets a line now and then, a terminal one that is written over.
func TestProgress(t *testing.T) {
	now := time.Date(2024, 11, 11, 3, 0, 0, 0, time.UTC)
	tell := func(terminal bool) string {
		var out strings.Builder
		g := &Progress{console: &Console{W: &out}, clock: func() time.Time { return now }, terminal: terminal, width: 60}
		for done := range 5 {
			g.Show(collect.Progress{
				Source: "github", Phase: "::error::x", Done: done * 100, Total: 500, Requests: 10 * done, Budget: collect.Budget{Limit: 5000, Left: 4000},
			})
			now = now.Add(20 * time.Second)
		}
		g.End()
		return out.String()
	}
	const third = "source github: ::error::x 200 of 500, 20 requests, 4,000 left, about 1 min\n"
	if got := tell(false); got != third+"source github: ::error::x 400 of 500, 40 requests, 4,000 left, about 20 s\n" {
		t.Errorf("log:\n%s", got)
	}
	got := tell(true)
	if n := strings.Count(got, "\r\x1b[K"); n != 6 || strings.Contains(got, "\n") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("terminal: %q", got)
	}
	for line := range strings.SplitSeq(got, "\r\x1b[K") {
		if len([]rune(line)) >= 60 {
			t.Errorf("%q would not fit on a line", line)
		}
	}
}

// TestEstimate: a new phase begins a new estimate.
func TestEstimate(t *testing.T) {
	at := time.Date(2024, 11, 11, 3, 0, 0, 0, time.UTC)
	g := &Progress{}
	step := func(phase string, done int, after time.Duration) time.Duration {
		at = at.Add(after)
		return g.update(collect.Progress{Source: "a", Phase: phase, Done: done, Total: 10}, at).estimateLeft(at)
	}
	for i, tt := range []struct {
		got, want time.Duration
	}{
		{step("list", 2, 0), 0},
		{step("list", 4, 4*time.Second), 12 * time.Second},
		{step("read", 0, time.Hour), 0},
		{step("read", 5, 5*time.Second), 5 * time.Second},
		{step("read", 10, 5*time.Second), 0},
	} {
		t.Run(fmt.Sprint(tt.got), func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("step %d: %v left, want %v", i, tt.got, tt.want)
			}
		})
	}
	for d, want := range map[time.Duration]string{0: "1 s", 59 * time.Second: "59 s", 90 * time.Second: "2 min", 90 * time.Minute: "1.5 h"} {
		if got := FormatRoughly(d); got != want {
			t.Errorf("roughly(%v) = %s, want %s", d, got, want)
		}
	}
}
