package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ask puts the three questions of init; enter takes what stands in brackets.
func (p *program) ask(f *initFlags) error {
	in := bufio.NewReader(p.stdin)
	code, err := p.question(in, "Where does the code live? Folders of git clones", strings.Join(f.code, ","))
	if err != nil {
		return err
	}
	f.code = strings.FieldsFunc(code, func(r rune) bool { return r == ',' || r == ' ' })
	if f.tokenEnv, err = p.question(in, "Which environment variable holds a read token of the forge? A clone needs none", f.tokenEnv); err != nil {
		return err
	}
	f.production, err = p.question(in, "What is the production environment called?", cmp.Or(f.production, "production"))
	return err
}

// question asks once; the end of input is as good as enter.
func (p *program) question(in *bufio.Reader, text, suggestion string) (string, error) {
	fmt.Fprintf(p.stdout, "%s [%s]: ", text, oneLine(cmp.Or(suggestion, "none"))) // see tagged
	answer, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", failed("", fmt.Errorf("read the answer: %w", err))
	}
	return cmp.Or(strings.TrimSpace(answer), suggestion), nil
}
