package content

import (
	"bytes"
	"strconv"
)

// skipValue skips one value and records the lines of the keys inside it.
func (s *scanner) skipValue(path string) *fault {
	s.skipBlanks(false)
	if s.pos == len(s.data) {
		return s.newFault("value is missing after =", "")
	}
	switch c := s.data[s.pos]; c {
	case '"', '\'':
		if bytes.HasPrefix(s.data[s.pos:], []byte{c, c, c}) {
			return s.skipMultiline(c)
		}
		return s.skipQuoted(c)
	case '[':
		return s.skipArray(path)
	case '{':
		return s.skipInlineTable(path)
	}
	return s.skipBare()
}

// skipQuoted skips a string on one line.
func (s *scanner) skipQuoted(quote byte) *fault {
	for i := s.pos + 1; i < len(s.data) && s.data[i] != '\n'; i++ {
		switch {
		case s.data[i] == quote:
			s.pos = i + 1
			return nil
		case s.data[i] == '\\' && quote == '"':
			i++
		}
	}
	return s.newFault("string is not closed before the end of the line",
		`close it with `+string(quote)+`, or use """ for several lines`)
}

// skipMultiline skips a string in triple quotes, which may end in up to two further quotes of
// its own.
func (s *scanner) skipMultiline(quote byte) *fault {
	open := s.line
	for i := s.pos + 3; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '\n':
			s.line++
		case c == '\\' && quote == '"':
			if i++; i < len(s.data) && s.data[i] == '\n' {
				s.line++
			}
		case c == quote && bytes.HasPrefix(s.data[i:], []byte{quote, quote, quote}):
			end := i + 3
			for end < i+5 && end < len(s.data) && s.data[end] == quote {
				end++
			}
			s.pos = end
			return nil
		}
	}
	s.line = open
	return s.newFault("string in triple quotes is not closed", "")
}

func (s *scanner) skipArray(path string) *fault {
	open := s.line
	s.pos++
	for i := 0; ; i++ {
		s.skipBlanks(true)
		if s.pos < len(s.data) && s.data[s.pos] == ']' {
			s.pos++
			return nil
		}
		if s.pos == len(s.data) {
			s.line = open
			return s.newFault("list is not closed", "close it with ]")
		}
		item := joinKey(path, strconv.Itoa(i))
		bad := s.markLine(item, s.line)
		if bad == nil {
			bad = s.skipValue(item)
		}
		if bad == nil {
			bad = s.skipComma(']')
		}
		if bad != nil {
			return bad
		}
	}
}

func (s *scanner) skipInlineTable(path string) *fault {
	open := s.line
	s.pos++
	for {
		s.skipBlanks(true)
		if s.pos < len(s.data) && s.data[s.pos] == '}' {
			s.pos++
			return nil
		}
		if s.pos == len(s.data) {
			s.line = open
			return s.newFault("table is not closed", "close it with }")
		}
		bad := s.readPair(path)
		if bad == nil {
			bad = s.skipComma('}')
		}
		if bad != nil {
			return bad
		}
	}
}

// skipComma skips the comma between items, which is optional before the closing mark.
func (s *scanner) skipComma(closing byte) *fault {
	s.skipBlanks(true)
	if s.pos == len(s.data) || s.data[s.pos] == closing {
		return nil // the caller reports a missing end, at the line where it opened
	}
	if s.data[s.pos] != ',' {
		return s.newFault("expected , or "+string(closing)+", found "+s.quoteNext(), "")
	}
	s.pos++
	return nil
}

// skipBare skips a number, date or boolean.
func (s *scanner) skipBare() *fault {
	rest := s.data[s.pos:]
	if n := bytes.IndexAny(rest, ",]}#\r\n"); n >= 0 {
		rest = rest[:n]
	}
	// Only between a date and its time is a blank allowed.
	if n := bytes.IndexAny(rest, " \t"); n >= 0 && (n != len("2024-10-07") || rest[4] != '-') {
		rest = rest[:n]
	}
	text := string(bytes.TrimRight(rest, " \t"))
	switch {
	case text == "":
		return s.newFault("value is missing", "")
	case len(text) > 64 || !isScalar(text):
		return s.newFault("value "+s.quoteNext()+" is not a number, date or true/false", "put text in quotes")
	}
	s.pos += len(text)
	return nil
}

// isScalar reports whether a text may be a number, date or boolean, not a text whose quotes
// were forgotten. The library checks the rest.
func isScalar(text string) bool {
	switch text {
	case "true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan":
		return true
	}
	c := text[0]
	return c >= '0' && c <= '9' || c == '+' || c == '-'
}
