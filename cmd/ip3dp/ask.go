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
	code, err := Ask(p.stdout, in, "Where does the code live? Folders of git clones", strings.Join(f.code, ","))
	if err != nil {
		return err
	}
	f.code = strings.FieldsFunc(code, func(r rune) bool { return r == ',' || r == ' ' })
	if f.tokenEnv, err = Ask(p.stdout, in, "Which environment variable holds a read token of the forge? A clone needs none", f.tokenEnv); err != nil {
		return err
	}
	f.production, err = Ask(p.stdout, in, "What is the production environment called?", cmp.Or(f.production, "production"))
	return err
}

// Ask asks one question. The end of the input takes the suggestion, as enter does.
func Ask(out io.Writer, in *bufio.Reader, text, suggestion string) (string, error) {
	fmt.Fprintf(out, "%s [%s]: ", text, OneLine(cmp.Or(suggestion, "none"))) // see tagged
	answer, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", Fail("", fmt.Errorf("read the answer: %w", err))
	}
	return cmp.Or(strings.TrimSpace(answer), suggestion), nil
}
