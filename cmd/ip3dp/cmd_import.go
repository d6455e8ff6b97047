package main

import (
	"bufio"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/importer"
)

// importFlags are the flags of import.
type importFlags struct {
	importer.Request
	kind       string
	answers    []string
	yes, check bool
}

func (p *program) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Look at an export, and write its configuration",
		Long: `import reads an export and prints what it is: encoding, delimiter, headers, the
tool that wrote it, and which column has which meaning, with counts. It asks about
what is unsure, reads the file once as a build would, and adds a table to
config.toml, or a file to surveys/. No cell that may be personal is printed. It
refuses a file about people that git would commit.

Elsewhere than on a terminal, and with --yes, it takes only what is sure, and lists
what is left open; a required question ends it with 2.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.File = args[0]
			return p.importFile(c.Context(), f)
		},
	}
	c.Flags().BoolVarP(&f.yes, "yes", "y", false, "ask nothing")
	c.Flags().BoolVar(&f.JSON, "json", false, "print the findings as JSON, and write nothing")
	c.Flags().BoolVar(&f.Print, "print", false, "print what would be written, and write nothing")
	c.Flags().BoolVar(&f.check, "check", false, "compare the file with its table in config.toml or its file in surveys/")
	c.Flags().BoolVar(&f.Ignore, "ignore", false, "add a file about people to .gitignore")
	c.Flags().StringVar(&f.kind, "kind", "", "the `kind` of the rows: "+strings.Join(importer.Kinds(), ", "))
	c.Flags().StringVar(&f.Name, "name", "", "the `name` of the source, or the ID of the survey (default: the file's)")
	c.Flags().StringVar(&f.Place, "night", "", "the `place` of the file at night: "+strings.Join(importer.Places(), ", "))
	c.Flags().StringArrayVar(&f.answers, "answer", nil, "the answer to a question, as `KEY=VALUE`; may be repeated")
	return c
}

func (p *program) importFile(ctx context.Context, f importFlags) error {
	w, err := p.load()
	if err != nil {
		return err
	}
	if f.check {
		return importer.Check(w, p.out, f.Request)
	}
	f.Answers = map[string]string{}
	for _, a := range f.answers {
		key, value, ok := strings.Cut(a, "=")
		if !ok {
			return exit.BadInput("write it like timezone=UTC", "--answer: no \"=\"")
		}
		f.Answers[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	if f.kind != "" {
		f.Answers["kind"] = f.kind
	}
	if !f.yes && !f.JSON && p.asks() {
		f.Ask = bufio.NewReader(p.stdin)
	}
	return importer.Import(ctx, w, p.out, f.Request)
}

// asks reports whether a person can answer questions.
func (p *program) asks() bool {
	return p.answering || console.IsTerminal(p.stdin) && console.IsTerminal(p.stdout)
}
