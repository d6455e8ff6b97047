package content

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Limits on a file, checked before the TOML library reads it: the library's time grows with the
// cube of a key's depth.
const (
	maxSize  = 1 << 20 // bytes of a file
	maxDepth = 32      // parts of a key's path, counting tables, dots, arrays and inline tables
	maxPath  = 256     // bytes of a key's path
)

// scanner reads TOML without checking values. It finds the line of every key, applies the
// limits, and stops at syntax that it does not understand.
type scanner struct {
	data   []byte
	pos    int
	line   int
	lines  fact.Lines
	counts map[string]int // tables so far in each array of tables
}

// fault is the place and the reason where scanning stopped.
type fault struct {
	line       int
	text, next string
}

// scanLines returns the line of every key path; first is the line of data's first byte. If the
// fault is nil, the library may parse the data.
func scanLines(data []byte, first int) (fact.Lines, *fault) {
	s := &scanner{data: data, line: first, lines: fact.Lines{}, counts: map[string]int{}}
	table := ""
	for {
		s.skipBlanks(true)
		if s.pos == len(s.data) {
			return s.lines, nil
		}
		var bad *fault
		if s.data[s.pos] == '[' {
			table, bad = s.readHeader()
		} else {
			bad = s.readPair(table)
		}
		if bad == nil {
			bad = s.checkEndOfLine()
		}
		if bad != nil {
			return s.lines, bad
		}
	}
}

// skipBlanks skips blanks and, if newlines is set, line ends and comments.
func (s *scanner) skipBlanks(newlines bool) {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == ' ' || c == '\t':
			s.pos++
		case newlines && c == '#':
			s.skipComment()
		case newlines && (c == '\n' || c == '\r'):
			if c == '\n' {
				s.line++
			}
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) skipComment() {
	if n := bytes.IndexByte(s.data[s.pos:], '\n'); n >= 0 {
		s.pos += n
		return
	}
	s.pos = len(s.data)
}

func (s *scanner) checkEndOfLine() *fault {
	s.skipBlanks(false)
	if s.pos == len(s.data) {
		return nil
	}
	switch s.data[s.pos] {
	case '\n', '\r', '#':
		return nil
	}
	return s.newFault("unexpected "+s.quoteNext()+" after the value", "one key a line; text goes in quotes")
}

func (s *scanner) newFault(text, next string) *fault { return &fault{s.line, text, next} }

// quoteNext quotes the next word, for messages.
func (s *scanner) quoteNext() string {
	rest := s.data[s.pos:]
	if n := bytes.IndexAny(rest, " \t\r\n,]}#="); n > 0 {
		rest = rest[:n]
	}
	return strconv.Quote(string(rest[:min(len(rest), 20)]))
}

// readHeader reads [table] or [[table]] and returns the path of its keys.
func (s *scanner) readHeader() (string, *fault) {
	line, list := s.line, bytes.HasPrefix(s.data[s.pos:], []byte("[["))
	brackets := 1
	if list {
		brackets = 2
	}
	s.pos += brackets
	parts, bad := s.readKey()
	if bad != nil {
		return "", bad
	}
	if !bytes.HasPrefix(s.data[s.pos:], []byte("]]"[:brackets])) {
		return "", s.newFault("table name is not closed", "write "+"[["[:brackets]+strings.Join(parts, ".")+"]]"[:brackets])
	}
	s.pos += brackets
	path := ""
	for i, part := range parts {
		path = joinKey(path, part)
		if n := s.counts[path]; list && i == len(parts)-1 {
			s.counts[path] = n + 1
			path = joinKey(path, strconv.Itoa(n))
		} else if n > 0 {
			path = joinKey(path, strconv.Itoa(n-1))
		}
		if bad := s.markLine(path, line); bad != nil {
			return "", bad
		}
	}
	return path, nil
}

// readPair reads key = value in a table.
func (s *scanner) readPair(table string) *fault {
	line := s.line
	parts, bad := s.readKey()
	if bad != nil {
		return bad
	}
	if s.pos == len(s.data) || s.data[s.pos] != '=' {
		return s.newFault(fmt.Sprintf("%q has no value", strings.Join(parts, ".")), "write "+parts[0]+" = …")
	}
	s.pos++
	path := table
	for _, part := range parts {
		path = joinKey(path, part)
		if bad := s.markLine(path, line); bad != nil {
			return bad
		}
	}
	return s.skipValue(path)
}

// markLine records the first line of a path, and applies the limits.
func (s *scanner) markLine(path string, line int) *fault {
	if len(path) > maxPath {
		return s.newFault(fmt.Sprintf("key is longer than %d bytes", maxPath), "give it a shorter name")
	}
	if strings.Count(path, ".") >= maxDepth {
		return s.newFault(fmt.Sprintf("nested deeper than %d", maxDepth), "no file needs that; is it damaged?")
	}
	if _, ok := s.lines[path]; !ok {
		s.lines[path] = line
	}
	return nil
}

// readKey reads a dotted key and the blanks after it.
func (s *scanner) readKey() ([]string, *fault) {
	var parts []string
	for {
		s.skipBlanks(false)
		part, bad := s.readKeyPart()
		if bad != nil {
			return nil, bad
		}
		parts = append(parts, part)
		if len(parts) > maxDepth {
			return nil, s.newFault(fmt.Sprintf("key has more than %d dots", maxDepth-1), "no file needs that; is it damaged?")
		}
		s.skipBlanks(false)
		if s.pos == len(s.data) || s.data[s.pos] != '.' {
			return parts, nil
		}
		s.pos++
	}
}

func (s *scanner) readKeyPart() (string, *fault) {
	start := s.pos
	if s.pos < len(s.data) && (s.data[s.pos] == '"' || s.data[s.pos] == '\'') {
		if bad := s.skipQuoted(s.data[s.pos]); bad != nil {
			return "", bad
		}
		raw := string(s.data[start:s.pos])
		if text, err := strconv.Unquote(raw); err == nil && raw[0] == '"' {
			return text, nil
		}
		return raw[1 : len(raw)-1], nil
	}
	for s.pos < len(s.data) && isBareKey(s.data[s.pos]) {
		s.pos++
	}
	if s.pos == start {
		return "", s.newFault("expected a key, found "+s.quoteNext(), "write key = value")
	}
	return string(s.data[start:s.pos]), nil
}

func isBareKey(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func joinKey(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}
