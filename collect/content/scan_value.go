package content

import (
	"bytes"
	"strconv"
)

// value passes over one value and marks the keys inside it.
func (s *scanner) value(path string) *fault {
	s.skip(false)
	if s.pos == len(s.data) {
		return s.fault("value is missing after =", "")
	}
	switch c := s.data[s.pos]; c {
	case '"', '\'':
		if bytes.HasPrefix(s.data[s.pos:], []byte{c, c, c}) {
			return s.multiline(c)
		}
		return s.quoted(c)
	case '[':
		return s.array(path)
	case '{':
		return s.inlineTable(path)
	}
	return s.bare()
}

// quoted passes over a string on one line.
func (s *scanner) quoted(quote byte) *fault {
	for i := s.pos + 1; i < len(s.data) && s.data[i] != '\n'; i++ {
		switch {
		case s.data[i] == quote:
			s.pos = i + 1
			return nil
		case s.data[i] == '\\' && quote == '"':
			i++
		}
	}
	return s.fault("string is not closed before the end of the line",
		`close it with `+string(quote)+`, or use """ for several lines`)
}

// multiline passes over a string in triple quotes, which may end in up to two
// further quotes that belong to it.
func (s *scanner) multiline(quote byte) *fault {
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
	return s.fault("string in triple quotes is not closed", "")
}

func (s *scanner) array(path string) *fault {
	open := s.line
	s.pos++
	for i := 0; ; i++ {
		s.skip(true)
		if s.pos < len(s.data) && s.data[s.pos] == ']' {
			s.pos++
			return nil
		}
		if s.pos == len(s.data) {
			s.line = open
			return s.fault("list is not closed", "close it with ]")
		}
		item := join(path, strconv.Itoa(i))
		bad := s.mark(item, s.line)
		if bad == nil {
			bad = s.value(item)
		}
		if bad == nil {
			bad = s.comma(']')
		}
		if bad != nil {
			return bad
		}
	}
}

func (s *scanner) inlineTable(path string) *fault {
	open := s.line
	s.pos++
	for {
		s.skip(true)
		if s.pos < len(s.data) && s.data[s.pos] == '}' {
			s.pos++
			return nil
		}
		if s.pos == len(s.data) {
			s.line = open
			return s.fault("table is not closed", "close it with }")
		}
		bad := s.pair(path)
		if bad == nil {
			bad = s.comma('}')
		}
		if bad != nil {
			return bad
		}
	}
}

// comma passes over the comma between items; before the closing mark there
// need be none.
func (s *scanner) comma(closing byte) *fault {
	s.skip(true)
	if s.pos == len(s.data) || s.data[s.pos] == closing {
		return nil // a missing end is the caller's to report, at the line it opened
	}
	if s.data[s.pos] != ',' {
		return s.fault("expected , or "+string(closing)+", found "+s.seen(), "")
	}
	s.pos++
	return nil
}

// bare passes over a number, date or boolean.
func (s *scanner) bare() *fault {
	rest := s.data[s.pos:]
	if n := bytes.IndexAny(rest, ",]}#\r\n"); n >= 0 {
		rest = rest[:n]
	}
	// Only a date and its time may have a blank between them.
	if n := bytes.IndexAny(rest, " \t"); n >= 0 && (n != len("2024-10-07") || rest[4] != '-') {
		rest = rest[:n]
	}
	text := string(bytes.TrimRight(rest, " \t"))
	switch {
	case text == "":
		return s.fault("value is missing", "")
	case len(text) > 64 || !scalar(text):
		return s.fault("value "+s.seen()+" is no number, date or true/false", "put text in quotes")
	}
	s.pos += len(text)
	return nil
}

// scalar tells what may be a number, date or boolean from text whose quotes
// were forgotten. The library judges the rest.
func scalar(text string) bool {
	switch text {
	case "true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan":
		return true
	}
	c := text[0]
	return c >= '0' && c <= '9' || c == '+' || c == '-'
}
