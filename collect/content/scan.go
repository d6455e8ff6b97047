package content

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Limits on a file, checked before the TOML library sees it: the library's time
// grows with the cube of a key's depth.
const (
	maxSize  = 1 << 20 // bytes of a file
	maxDepth = 32      // parts of a key's path, counting tables, dots, arrays and inline tables
	maxPath  = 256     // bytes of a key's path
)

// scanner walks over TOML without judging values. It finds the line of every
// key, enforces the limits, and stops at what it can not follow.
type scanner struct {
	data   []byte
	pos    int
	line   int
	lines  fact.Lines
	counts map[string]int // tables so far in each array of tables
}

// fault is where and why scanning stopped.
type fault struct {
	line       int
	text, next string
}

// scan returns the line of every key path; first is the line of data's first
// byte. The fault is nil if the library may parse the data.
func scan(data []byte, first int) (fact.Lines, *fault) {
	s := &scanner{data: data, line: first, lines: fact.Lines{}, counts: map[string]int{}}
	table := ""
	for {
		s.skip(true)
		if s.pos == len(s.data) {
			return s.lines, nil
		}
		var bad *fault
		if s.data[s.pos] == '[' {
			table, bad = s.header()
		} else {
			bad = s.pair(table)
		}
		if bad == nil {
			bad = s.endOfLine()
		}
		if bad != nil {
			return s.lines, bad
		}
	}
}

// skip passes over blanks and, with newlines set, line ends and comments.
func (s *scanner) skip(newlines bool) {
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == ' ' || c == '\t':
			s.pos++
		case newlines && c == '#':
			s.comment()
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

func (s *scanner) comment() {
	if n := bytes.IndexByte(s.data[s.pos:], '\n'); n >= 0 {
		s.pos += n
		return
	}
	s.pos = len(s.data)
}

func (s *scanner) endOfLine() *fault {
	s.skip(false)
	if s.pos == len(s.data) {
		return nil
	}
	switch s.data[s.pos] {
	case '\n', '\r', '#':
		return nil
	}
	return s.fault("unexpected "+s.seen()+" after the value", "one key a line; text goes in quotes")
}

func (s *scanner) fault(text, next string) *fault { return &fault{s.line, text, next} }

// seen quotes what stands at the current place, for messages.
func (s *scanner) seen() string {
	rest := s.data[s.pos:]
	if n := bytes.IndexAny(rest, " \t\r\n,]}#="); n > 0 {
		rest = rest[:n]
	}
	return strconv.Quote(string(rest[:min(len(rest), 20)]))
}

// header reads [table] or [[table]] and returns the path of its keys.
func (s *scanner) header() (string, *fault) {
	line, list := s.line, bytes.HasPrefix(s.data[s.pos:], []byte("[["))
	brackets := 1
	if list {
		brackets = 2
	}
	s.pos += brackets
	parts, bad := s.key()
	if bad != nil {
		return "", bad
	}
	if !bytes.HasPrefix(s.data[s.pos:], []byte("]]"[:brackets])) {
		return "", s.fault("table name is not closed", "write "+"[["[:brackets]+strings.Join(parts, ".")+"]]"[:brackets])
	}
	s.pos += brackets
	path := ""
	for i, part := range parts {
		path = join(path, part)
		if n := s.counts[path]; list && i == len(parts)-1 {
			s.counts[path] = n + 1
			path = join(path, strconv.Itoa(n))
		} else if n > 0 {
			path = join(path, strconv.Itoa(n-1))
		}
		if bad := s.mark(path, line); bad != nil {
			return "", bad
		}
	}
	return path, nil
}

// pair reads key = value in a table.
func (s *scanner) pair(table string) *fault {
	line := s.line
	parts, bad := s.key()
	if bad != nil {
		return bad
	}
	if s.pos == len(s.data) || s.data[s.pos] != '=' {
		return s.fault(fmt.Sprintf("%q has no value", strings.Join(parts, ".")), "write "+parts[0]+" = …")
	}
	s.pos++
	path := table
	for _, part := range parts {
		path = join(path, part)
		if bad := s.mark(path, line); bad != nil {
			return bad
		}
	}
	return s.value(path)
}

// mark remembers where a path was first written, within the limits.
func (s *scanner) mark(path string, line int) *fault {
	if len(path) > maxPath {
		return s.fault(fmt.Sprintf("key is longer than %d bytes", maxPath), "give it a shorter name")
	}
	if strings.Count(path, ".") >= maxDepth {
		return s.fault(fmt.Sprintf("nested deeper than %d", maxDepth), "no file needs that; is it damaged?")
	}
	if _, ok := s.lines[path]; !ok {
		s.lines[path] = line
	}
	return nil
}

// key reads a dotted key and the blanks after it.
func (s *scanner) key() ([]string, *fault) {
	var parts []string
	for {
		s.skip(false)
		part, bad := s.keyPart()
		if bad != nil {
			return nil, bad
		}
		parts = append(parts, part)
		if len(parts) > maxDepth {
			return nil, s.fault(fmt.Sprintf("key has more than %d dots", maxDepth-1), "no file needs that; is it damaged?")
		}
		s.skip(false)
		if s.pos == len(s.data) || s.data[s.pos] != '.' {
			return parts, nil
		}
		s.pos++
	}
}

func (s *scanner) keyPart() (string, *fault) {
	start := s.pos
	if s.pos < len(s.data) && (s.data[s.pos] == '"' || s.data[s.pos] == '\'') {
		if bad := s.quoted(s.data[s.pos]); bad != nil {
			return "", bad
		}
		raw := string(s.data[start:s.pos])
		if text, err := strconv.Unquote(raw); err == nil && raw[0] == '"' {
			return text, nil
		}
		return raw[1 : len(raw)-1], nil
	}
	for s.pos < len(s.data) && bareKey(s.data[s.pos]) {
		s.pos++
	}
	if s.pos == start {
		return "", s.fault("expected a key, found "+s.seen(), "write key = value")
	}
	return string(s.data[start:s.pos]), nil
}

func bareKey(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func join(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}
