package main

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

// progress tells how far the collection from all forges is: in one line that is
// written over on a terminal, in a plain line now and then elsewhere.
type progress struct {
	console  *console
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
	told  time.Time // when a log line last told it
}

func (p *program) newProgress() *progress {
	g := &progress{console: p.err, clock: p.clock, terminal: isTerminal(p.err.w), width: 80}
	if f, ok := p.err.w.(*os.File); ok && g.terminal {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			g.width = width
		}
	}
	return g
}

// show takes how far a forge is. It may be called for several forges at a time.
func (g *progress) show(now collect.Progress) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.clock()
	s := g.of(now, at)
	if g.terminal {
		if at.Sub(g.told) >= redraw {
			g.told = at
			g.draw(at)
		}
		return
	}
	if at.Sub(s.told) >= relog {
		s.told = at
		g.console.line("%s", s.text(at))
	}
}

// of is the entry of a forge, brought up to date.
func (g *progress) of(now collect.Progress, at time.Time) *sourceProgress {
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

// draw writes the line of the terminal over.
func (g *progress) draw(at time.Time) {
	parts := make([]string, len(g.sources))
	for i, s := range g.sources {
		parts[i] = s.text(at)
	}
	line := []rune(oneLine(strings.Join(parts, " · ")))
	if len(line) >= g.width { // a line that wraps cannot be written over
		line = append(line[:max(0, g.width-2)], '…')
	}
	fmt.Fprintf(g.console.w, "\r\x1b[K%s", string(line)) // see tagged
	g.drawn = true
}

// end removes the line of the terminal.
func (g *progress) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.drawn {
		fmt.Fprint(g.console.w, "\r\x1b[K") // see tagged
		g.drawn = false
	}
}

// text is "github: repositories 120 of 500, 84 requests, 4,900 left, about 2 min".
func (s *sourceProgress) text(at time.Time) string {
	done := text.FormatCount(s.Done)
	if s.Total > 0 {
		done += " of " + text.FormatCount(s.Total)
	}
	line := fmt.Sprintf("source %s: %s %s, %s requests", s.Source, s.Phase, done, text.FormatCount(s.Requests))
	if s.Budget.Limit > 0 {
		line += fmt.Sprintf(", %s left", text.FormatCount(s.Budget.Left))
	}
	if left := s.left(at); left > 0 {
		line += ", about " + roughly(left)
	}
	return line
}

// left is how long the phase will take if it goes on as so far; 0 if nobody knows.
func (s *sourceProgress) left(at time.Time) time.Duration {
	done := s.Done - s.first
	if done <= 0 || s.Total <= s.Done {
		return 0
	}
	return at.Sub(s.began) / time.Duration(done) * time.Duration(s.Total-s.Done)
}

// roughly is a duration as precise as an estimate may be.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Seconds()+0.5)))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
