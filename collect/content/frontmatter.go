package content

import (
	"bytes"
	"strings"
)

// document is a Markdown file split at its front matter.
type document struct {
	head     []byte // TOML
	headLine int    // line of its first byte
	body     string // Markdown with \n line ends, without blank lines around it
	bodyLine int    // line of the body's first character
}

// splitFrontMatter splits a Markdown file into the TOML between two +++ lines and the body.
func splitFrontMatter(data []byte) (document, *fault) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	switch string(bytes.TrimSpace(first)) {
	case "+++":
	case "---":
		return document{}, &fault{1, "front matter is YAML", "write TOML between two lines of +++"}
	default:
		return document{}, &fault{1, "front matter is missing", "begin the file with a line of +++, then TOML, then +++"}
	}
	const headLine = 2
	start, number := 0, headLine
	for line := range bytes.Lines(rest) {
		if isFence(line) {
			body, bodyLine := trimBody(string(rest[start+len(line):]), number+1)
			return document{head: rest[:start], headLine: headLine, body: body, bodyLine: bodyLine}, nil
		}
		start += len(line)
		number++
	}
	return document{}, &fault{1, "front matter is not closed", "end it with a line of +++"}
}

// isFence reports whether a line is +++, with at most blanks after it.
func isFence(line []byte) bool {
	return string(bytes.TrimRight(line, " \t\r\n")) == "+++"
}

// trimBody drops blank lines around the body and finds its first line.
func trimBody(body string, line int) (string, int) {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	for {
		first, rest, found := strings.Cut(body, "\n")
		if !found || strings.TrimSpace(first) != "" {
			return strings.TrimRight(body, " \t\n"), line
		}
		body = rest
		line++
	}
}
