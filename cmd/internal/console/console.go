package console

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Environment lists variables in the form of os.Environ.
type Environment []string

// Get returns the value of a variable; "" if it is not set.
func (e Environment) Get(name string) string {
	for i := len(e) - 1; i >= 0; i-- { // the last one counts
		if value, ok := strings.CutPrefix(e[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// Console writes lines for people. Every line goes through line, because parts
// of them come from files of strangers: a line break or an escape sequence in a
// name must not forge a line of its own.
type Console struct {
	W       io.Writer
	colour  bool
	Verbose bool // whether problems are listed however many they are
	actions bool // in GitHub Actions, which reads commands from the output
	// repository is the folder of the clone in GitHub Actions.
	repository string
}

// New returns a console that writes to w. Only a terminal gets colours.
func New(w io.Writer, env Environment) *Console {
	return &Console{
		W:       w,
		colour:  IsTerminal(w) && env.Get("NO_COLOR") == "" && env.Get("TERM") != "dumb",
		actions: env.Get("GITHUB_ACTIONS") == "true", repository: env.Get("GITHUB_WORKSPACE"),
	}
}

// IsTerminal reports whether a stream is a person's terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Colours of the word that a line begins with.
const (
	Plain  = ""
	Red    = "\x1b[31m"
	Yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

// Warnf writes a line that begins with "warning".
func (c *Console) Warnf(format string, args ...any) { c.Tagf(Yellow, "warning", format, args...) }

// Printf writes a line without a tag.
func (c *Console) Printf(format string, args ...any) { c.Tagf(Plain, "", format, args...) }

// Tagf writes one line after a tag such as "error", in its colour.
func (c *Console) Tagf(colour, tag, format string, args ...any) {
	line := text.OneLine(fmt.Sprintf(format, args...))
	if tag != "" {
		if c.colour {
			tag = colour + tag + reset
		}
		line = tag + ": " + line
	}
	fmt.Fprintln(c.W, line) // a closed terminal does not stop the program
}

// Fail prints an error, its problems and the next step.
func (c *Console) Fail(f *exit.Failure) {
	c.PrintProblems(content.AsErrors(f.Problems))
	c.Tagf(Red, "error", "%v", f.Err)
	if f.Next != "" {
		c.Tagf(Plain, " next", "%s", f.Next)
	}
}

// MostProblems is how many problems are listed before the rest is counted.
const MostProblems = 50

// PrintProblems prints findings with their places. If there are many, it prints the worst ones
// and the number of the others, unless Verbose is set.
func (c *Console) PrintProblems(list []content.Finding) {
	if len(list) > MostProblems && !c.Verbose {
		list = sortWorstFirst(list)
	}
	for i := range list {
		if i == MostProblems && !c.Verbose {
			c.Printf("and %s more; --verbose lists them", text.Plural(len(list)-i, "problem"))
			return
		}
		c.PrintProblem(list[i].Level, list[i].Problem)
	}
}

// PrintProblem prints one problem with its place.
func (c *Console) PrintProblem(level content.Level, p content.Problem) {
	colour := Yellow
	switch level {
	case content.Error:
		colour = Red
	case content.Note:
		colour = Plain
	}
	c.Tagf(colour, string(level), "%s", p.Error())
}
