package console

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Pauses between two tellings of how far a collection is: a line that is written
// over may come often, lines of a log may not.
const (
	redraw = 200 * time.Millisecond
	relog  = 30 * time.Second
)

// Progress prints how far the collection from all forges is: in one line that is overwritten on
// a terminal, in a plain line now and then elsewhere.
type Progress struct {
	console  *Console
	clock    func() time.Time
	terminal bool
	width    int // of the terminal, in characters

	mu      sync.Mutex
	sources []*sourceProgress // in the order they were first heard of
	told    time.Time
	drawn   bool // a line stands on the terminal
}

// sourceProgress is how far one forge is.
type sourceProgress struct {
	collect.Progress
	began time.Time // of the phase
	first int       // repositories done when it began
	told  time.Time // time of its last log line
}

// NewProgress returns a progress without any forge.
func NewProgress(c *Console, clock func() time.Time) *Progress {
	g := &Progress{console: c, clock: clock, terminal: IsTerminal(c.W), width: 80}
	if f, ok := c.W.(*os.File); ok && g.terminal {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			g.width = width
		}
	}
	return g
}

// Show takes how far a forge is. It may be called for several forges at a time.
func (g *Progress) Show(now collect.Progress) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.clock()
	s := g.update(now, at)
	if g.terminal {
		if at.Sub(g.told) >= redraw {
			g.told = at
			g.drawLine(at)
		}
		return
	}
	if at.Sub(s.told) >= relog {
		s.told = at
		g.console.Printf("%s", s.formatLine(at))
	}
}

// update updates and returns the entry of a forge.
func (g *Progress) update(now collect.Progress, at time.Time) *sourceProgress {
	i := slices.IndexFunc(g.sources, func(s *sourceProgress) bool { return s.Source == now.Source })
	if i < 0 {
		i = len(g.sources)
		g.sources = append(g.sources, &sourceProgress{Progress: now, began: at, first: now.Done, told: at})
	}
	s := g.sources[i]
	if s.Phase != now.Phase || s.Total != now.Total || now.Done < s.Done {
		s.began, s.first = at, now.Done
	}
	s.Progress = now
	return s
}

// drawLine writes the line of the terminal over.
func (g *Progress) drawLine(at time.Time) {
	parts := make([]string, len(g.sources))
	for i, s := range g.sources {
		parts[i] = s.formatLine(at)
	}
	line := []rune(text.OneLine(strings.Join(parts, " · ")))
	if len(line) >= g.width { // a line that wraps cannot be written over
		line = append(line[:max(0, g.width-2)], '…')
	}
	fmt.Fprintf(g.console.W, "\r\x1b[K%s", string(line)) // see tagged
	g.drawn = true
}

// End removes the line of the terminal.
func (g *Progress) End() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.drawn {
		fmt.Fprint(g.console.W, "\r\x1b[K") // see tagged
		g.drawn = false
	}
}

// formatLine returns "github: repositories 120 of 500, 84 requests, 4,900 left, about 2 min".
func (s *sourceProgress) formatLine(at time.Time) string {
	done := text.FormatCount(s.Done)
	if s.Total > 0 {
		done += " of " + text.FormatCount(s.Total)
	}
	line := fmt.Sprintf("source %s: %s %s, %s requests", s.Source, s.Phase, done, text.FormatCount(s.Requests))
	if s.Budget.Limit > 0 {
		line += fmt.Sprintf(", %s left", text.FormatCount(s.Budget.Left))
	}
	if left := s.estimateLeft(at); left > 0 {
		line += ", about " + FormatRoughly(left)
	}
	return line
}

// estimateLeft returns the time that the rest of the phase takes at its present speed; 0 if it
// is unknown.
func (s *sourceProgress) estimateLeft(at time.Time) time.Duration {
	done := s.Done - s.first
	if done <= 0 || s.Total <= s.Done {
		return 0
	}
	return at.Sub(s.began) / time.Duration(done) * time.Duration(s.Total-s.Done)
}

// FormatRoughly returns a duration with the precision of an estimate.
func FormatRoughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Seconds()+0.5)))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
