package importer

import (
	"strconv"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// newSurvey returns the survey of a proposal as a build would read it.
func (p *Proposal) newSurvey(t Target) fact.Survey {
	w := p.Survey
	s := fact.Survey{ID: t.Name, Title: t.Title, File: t.File, NPS: w.NPS, Features: w.Features}
	s.Origin.File = "surveys/" + t.Name + ".toml"
	unquote := func(text string) string {
		v, err := strconv.Unquote(text)
		if err != nil {
			return text
		}
		return v
	}
	for _, c := range w.Columns {
		*map[string]*string{
			"at": &s.Columns.At, "team": &s.Columns.Team, "reason": &s.Columns.Reason, "loved": &s.Columns.Loved,
			"frustrating": &s.Columns.Frustrating,
		}[c.Key] = unquote(c.Value)
	}
	for _, word := range w.NPSWords {
		if s.NPSWords == nil {
			s.NPSWords = map[string]float64{}
		}
		s.NPSWords[unquote(word.Key)], _ = strconv.ParseFloat(word.Value, 64)
	}
	for i := range w.Items {
		s.Items = append(s.Items, w.Items[i].SurveyItem)
	}
	for _, set := range p.Settings {
		switch set.Key {
		case "timezone":
			s.Timezone = unquote(set.Value)
		case "day_first":
			first := set.Value == "true"
			s.DayFirst = &first
		}
	}
	return s
}
