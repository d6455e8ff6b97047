package database

import (
	"errors"
	"fmt"
	"strings"
)

var (
	errEmpty  = errors.New("the query is empty")
	errSecond = errors.New("the file has several statements: write one for each file")
	errHint   = errors.New("the query has a comment that MySQL runs (/*! … */): remove it")
	errOpen   = errors.New("a quote or comment of the query has no end")
	errOut    = errors.New("the query writes a file of the server (INTO OUTFILE or DUMPFILE)")
)

// checkStatement reports what is wrong with the text of a query: only one statement that
// selects is asked. The server checks this again, so that no trick of quotes gets around it.
// It returns the statement without semicolons and white space at its end.
func checkStatement(query string, isMySQL bool) (string, error) {
	t := lexer{text: strings.TrimPrefix(query, "\ufeff"), isMySQL: isMySQL}
	first, end := "", 0
	for {
		word, err := t.next()
		if err != nil {
			return "", err
		}
		switch {
		case word == "":
			if first == "" {
				return "", errEmpty
			}
			return t.text[:end], nil
		case word == ";":
			continue
		case first == "" && word != "(":
			first = strings.ToUpper(word)
			switch first {
			case "SELECT", "WITH", "VALUES", "TABLE":
			default:
				return "", fmt.Errorf("the query begins with %s: write a SELECT", shorten(first))
			}
		case t.ended:
			return "", errSecond
		case strings.EqualFold(word, "OUTFILE"), strings.EqualFold(word, "DUMPFILE"):
			return "", errOut
		}
		end = t.at
	}
}

// shorten returns a word for a message; "another word" if it is long or no word.
func shorten(word string) string {
	const longest = 20
	if len(word) > longest || !isLetter(word[0]) {
		return "something else"
	}
	return word
}

// lexer splits a query into words, quotes and signs.
type lexer struct {
	text    string
	at      int
	isMySQL bool
	ended   bool // there was a semicolon
}

// next returns the next word or sign, "'" for anything quoted, and "" at the end.
func (t *lexer) next() (string, error) {
	for t.at < len(t.text) {
		rest := t.text[t.at:]
		switch c := rest[0]; {
		case c == ' ', c == '\t', c == '\r', c == '\n', c == '\f', c == '\v':
			t.at++
		case strings.HasPrefix(rest, "--"), t.isMySQL && c == '#':
			t.skipLine()
		case strings.HasPrefix(rest, "/*"):
			if err := t.skipComment(); err != nil {
				return "", err
			}
		case c == ';':
			t.at++
			t.ended = true
			return ";", nil
		case c == '\'', c == '"', c == '`':
			return "'", t.skipQuoted(c, t.isMySQL && c != '`')
		case c == '$' && !t.isMySQL:
			return "'", t.skipDollar()
		case isLetter(c):
			return t.readWord()
		default:
			t.at++
			return string(rest[:1]), nil
		}
	}
	return "", nil
}

func (t *lexer) skipLine() {
	if end := strings.IndexByte(t.text[t.at:], '\n'); end >= 0 {
		t.at += end + 1
		return
	}
	t.at = len(t.text)
}

// skipComment skips a comment. Those of PostgreSQL nest.
func (t *lexer) skipComment() error {
	if rest := t.text[t.at+2:]; t.isMySQL && (strings.HasPrefix(rest, "!") || strings.HasPrefix(rest, "M!")) {
		return errHint
	}
	depth := 0
	for t.at < len(t.text) {
		switch rest := t.text[t.at:]; {
		case strings.HasPrefix(rest, "/*") && (depth == 0 || !t.isMySQL):
			depth++
			t.at += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			t.at += 2
			if depth == 0 {
				return nil
			}
		default:
			t.at++
		}
	}
	return errOpen
}

// skipQuoted skips a quoted text or name. A doubled quote is part of it, and so is one after a
// backslash where backslashes count.
func (t *lexer) skipQuoted(quote byte, backslash bool) error {
	for t.at++; t.at < len(t.text); t.at++ {
		switch c := t.text[t.at]; {
		case c == '\\' && backslash:
			t.at++
		case c == quote && strings.HasPrefix(t.text[t.at+1:], string(quote)):
			t.at++
		case c == quote:
			t.at++
			return nil
		}
	}
	return errOpen
}

// skipDollar skips a text between two equal tags, such as $$ or $body$. Another dollar sign is
// the place of a parameter.
func (t *lexer) skipDollar() error {
	rest := t.text[t.at:]
	end := strings.IndexByte(rest[1:], '$') + 1
	tag := rest[:end+1]
	if end == 0 || strings.IndexFunc(tag[1:end], func(r rune) bool { return !isNameRune(r) }) >= 0 ||
		end > 1 && tag[1] >= '0' && tag[1] <= '9' {
		t.at++
		return nil
	}
	after := strings.Index(rest[len(tag):], tag)
	if after < 0 {
		t.at = len(t.text)
		return errOpen
	}
	t.at += after + 2*len(tag)
	return nil
}

// readWord returns a word. In E'…' of PostgreSQL, backslashes count.
func (t *lexer) readWord() (string, error) {
	start := t.at
	for t.at < len(t.text) && (isLetter(t.text[t.at]) || t.text[t.at] >= '0' && t.text[t.at] <= '9' || t.text[t.at] == '$') {
		t.at++
	}
	word := t.text[start:t.at]
	if strings.EqualFold(word, "e") && strings.HasPrefix(t.text[t.at:], "'") {
		return "'", t.skipQuoted('\'', true)
	}
	return word, nil
}

func isLetter(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func isNameRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0x80
}
