package main

import (
	"bufio"
	"cmp"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
)

// ask puts the three questions of init; enter takes what stands in brackets.
func (p *program) ask(f *initFlags) error {
	in := bufio.NewReader(p.stdin)
	code, err := console.Ask(p.stdout, in, "Where does the code live? Folders of git clones", strings.Join(f.code, ","))
	if err != nil {
		return err
	}
	f.code = strings.FieldsFunc(code, func(r rune) bool { return r == ',' || r == ' ' })
	if f.tokenEnv, err = console.Ask(p.stdout, in, "Which environment variable holds a read token of the forge? A clone needs none", f.tokenEnv); err != nil {
		return err
	}
	f.production, err = console.Ask(p.stdout, in, "What is the production environment called?", cmp.Or(f.production, "production"))
	return err
}
