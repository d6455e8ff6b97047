package main

import (
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/compute"
)

// warnUnmatched warns of rows that a build does not count because nothing has their names,
// and of input that matched nothing.
func (p *program) warnUnmatched(m *compute.Measured) {
	for _, text := range sources.Warnings(m.Unmatched, m.Doubts) {
		p.err.Warnf("%s", text)
	}
}
