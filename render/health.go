package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

var organisation = metric.Scope{Kind: metric.Organisation}

// headlineIDs are the four numbers that the health page leads with.
var headlineIDs = []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime}

type healthView struct {
	frame
	Headline string
	Doubt    string
	Meta     string
	Delivery []tile
	Gaps     []string
	Empty    bool // nothing was collected: say how to begin
}

func (s *site) health() ([]Page, error) {
	const at = "index.html"
	p, err := s.page("health", at, func() any {
		sec := s.report.Section("dora")
		h, doubt := s.headline(sec)
		return healthView{
			frame:    s.frame(at, "Platform health", h),
			Headline: h, Doubt: doubt, Meta: s.meta(),
			Delivery: s.tiles(sec, organisation, "", headlineIDs...),
			Gaps:     s.gaps(),
			Empty:    len(s.report.Changes.Missing) == len(headlineIDs),
		}
	})
	return []Page{p}, err
}

// headline is the site's first sentence, made of supported claims only, and what
// cannot be claimed. Levels without a tested change are stated as levels.
func (s *site) headline(sec *metric.Section) (claim, doubt string) {
	c := &s.report.Changes
	if len(c.Missing) == len(headlineIDs) {
		return "Nothing is measured yet.", "Connect a source of deployments to see how delivery does."
	}
	var parts []string
	for _, id := range headlineIDs {
		if m := sec.Find(id, organisation); m != nil && m.Value != nil {
			if p := levelWords(m); p != "" {
				parts = append(parts, p)
			}
		}
	}
	if len(parts) > 2 {
		parts = parts[:2]
	}
	claim = upperFirst(strings.Join(parts, "; ")) + "."
	if n := len(c.Untested); n > 0 {
		doubt = "Not tested yet: whether that is better than four weeks before. The earlier values stand beside each number."
	}
	return claim, doubt
}

// levelWords says a level in a sentence.
func levelWords(m *metric.Metric) string {
	v := format.Value(*m.Value, m.Unit)
	switch m.ID {
	case dora.Frequency:
		if m.Unit == metric.PerDayPer {
			n, _ := format.Parts(*m.Value, m.Unit)
			return "teams deploy " + n + " times a day each"
		}
		return format.Things(m.N[0].N, "deployments") + " in four weeks"
	case dora.LeadTime:
		return "half of all changes reach production within " + v
	case dora.FailRate:
		return v + " of deployments fail"
	case dora.RestoreTime:
		return "half of all incidents are over within " + v
	}
	return ""
}

func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// gaps are the known holes in the data, for every page that depends on them.
func (s *site) gaps() []string {
	var out []string
	for i := range s.report.Quality {
		q := &s.report.Quality[i]
		for _, g := range q.Gaps {
			text := q.Source
			if g.Repository != "" && g.Repository != q.Source {
				text += " (" + g.Repository + ")"
			}
			out = append(out, text+": "+g.Reason)
		}
	}
	const most = 3
	if n := len(out); n > most {
		out = append(out[:most], format.Things(n-most, "further gaps")+" on the data quality page")
	}
	return out
}
