package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/format"
)

// otherLevels states up to two levels of a site without deployments, from whatever
// section has one; "" where nothing is measured at all.
func (s *site) otherLevels(sec *metric.Section, f *dora.Shipped) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if m := sec.Find(dora.RestoreTime, organisation); m != nil && m.Value != nil {
		add(levelWords(m, f))
	}
	add(s.scoreLevel())
	add(s.adoptionLevel())
	if m := s.report.Section("support").Find(support.PerWeek, organisation); m != nil && m.Value != nil {
		n, _ := format.Parts(*m.Value, m.Unit)
		add(n + " tickets a week")
	}
	if n := len(s.report.Plan.Ranked); n > 0 {
		add(format.Things(n, "initiatives") + " in order of their RICE score")
	}
	if len(parts) == 0 {
		add(s.anyLevel())
	}
	if len(parts) == 0 {
		return ""
	}
	return upperFirst(strings.Join(parts[:min(len(parts), 2)], "; ")) + "."
}

// scoreLevel is the net promoter score in a sentence.
func (s *site) scoreLevel() string {
	m := s.report.Section("space").Find(space.NPS, organisation)
	if m == nil || m.Value == nil {
		return ""
	}
	return "the net promoter score is " + format.Value(*m.Value, m.Unit) + ", by " + format.Counts(m.N[:1])
}

// adoptionLevel is who uses the most used feature, in a sentence.
func (s *site) adoptionLevel() string {
	rows := s.adoptionStrip("").Rows
	if len(rows) == 0 || rows[0].Share == "" {
		return ""
	}
	return rows[0].Of + " use " + rows[0].Name.Title + " (" + rows[0].Share + ")"
}

// anyLevel is the first value of any section in a sentence.
func (s *site) anyLevel() string {
	sections := append([]metric.Section{}, s.report.Sections...)
	for _, sec := range append(sections, s.report.Found) {
		for i := range sec.Metrics {
			if m := &sec.Metrics[i]; m.Value != nil {
				text := m.Title + ": " + format.Value(*m.Value, m.Unit)
				if m.Scope.Title != "" {
					text = m.Scope.Title + ", " + text
				}
				return text
			}
		}
	}
	return ""
}
