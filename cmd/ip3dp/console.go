package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
)

// environment looks up a variable; "" if it is not set.
type environment []string

func (e environment) get(name string) string {
	for i := len(e) - 1; i >= 0; i-- { // the last one counts
		if value, ok := strings.CutPrefix(e[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// console writes lines for people. Every line goes through line, because parts
// of them come from files of strangers: a line break or an escape sequence in a
// name must not forge a line of its own.
type console struct {
	w       io.Writer
	colour  bool
	all     bool // whether problems are listed however many they are
	actions bool // in GitHub Actions, which reads commands from the output
}

func newConsole(w io.Writer, env environment) *console {
	return &console{
		w:       w,
		colour:  isTerminal(w) && env.get("NO_COLOR") == "" && env.get("TERM") != "dumb",
		actions: env.get("GITHUB_ACTIONS") == "true",
	}
}

// isTerminal reports whether a stream is a person's terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Colours of the word that a line begins with.
const (
	plain  = ""
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

// line writes one line that begins with our own words.
func (c *console) line(format string, args ...any) { c.tagged(plain, "", format, args...) }

// tagged writes one line after a tag such as "error", in its colour.
func (c *console) tagged(colour, tag, format string, args ...any) {
	line := oneLine(fmt.Sprintf(format, args...))
	if tag != "" {
		if c.colour {
			tag = colour + tag + reset
		}
		line = tag + ": " + line
	}
	fmt.Fprintln(c.w, line) // a closed terminal is no reason to stop
}

// oneLine makes text fit for a line of a log: no credentials, no control characters, none
// that turn the direction of writing, and nothing that GitHub Actions obeys.
func oneLine(line string) string {
	line, _ = text.RemoveSecrets(line)
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, line)
	line = strings.ReplaceAll(line, "##[", "# #[")
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = "| " + line
	}
	return line
}

// fail tells an error: what, where, and what to do next.
func (c *console) fail(f *failure) {
	c.problems(asFindings(f.problems))
	c.tagged(red, "error", "%v", f.err)
	if f.next != "" {
		c.tagged(plain, " next", "%s", f.next)
	}
}

// mostProblems is how many problems are listed before the rest is counted.
const mostProblems = 50

// problems tells findings at their places: of many the worst ones, and how many there
// are beside, unless all are asked for.
func (c *console) problems(list []content.Finding) {
	if len(list) > mostProblems && !c.all {
		list = worstFirst(list)
	}
	for i := range list {
		if i == mostProblems && !c.all {
			c.line("and %s more; --verbose lists them", counted(len(list)-i, "problem"))
			return
		}
		c.problem(list[i].Level, list[i].Problem)
	}
}

// problem tells one problem at its place.
func (c *console) problem(level content.Level, p content.Problem) {
	colour := yellow
	switch level {
	case content.Error:
		colour = red
	case content.Note:
		colour = plain
	}
	c.tagged(colour, string(level), "%s", p.Error())
}
