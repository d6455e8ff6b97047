package render

import "io"

// clean drops control characters that no page needs and that a terminal or an
// editor may obey: text comes from others. Tab, line feed and carriage return stay.
type clean struct{ to io.Writer }

func (c clean) Write(p []byte) (int, error) {
	start := 0
	for i, b := range p {
		if b >= ' ' && b != 0x7f || b == '\t' || b == '\n' || b == '\r' {
			continue
		}
		if _, err := c.to.Write(p[start:i]); err != nil {
			return start, err
		}
		start = i + 1
	}
	if _, err := c.to.Write(p[start:]); err != nil {
		return start, err
	}
	return len(p), nil
}
