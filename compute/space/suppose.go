package space

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Suppose returns the survey metrics and the satisfaction with features that these waves would
// give, oldest first. The waves are published figures, so it needs no answer.
func Suppose(opt Options, cal org.Calendar, c fact.Content, waves []Wave) ([]metric.Metric, []Satisfaction) {
	m := &measurer{Options: opt, cal: cal, content: c, names: newNames(c.Features), specs: opt.Specs()}
	return m.listSurveyMetrics(waves), m.listSatisfaction(waves)
}

// Revise returns the waves of a survey after an edit of its file. Published figures of a closed
// wave stay, whatever its columns are called; questions that are gone take their figures along.
// A file that is gone, a draft, or a survey that is not sent yet has no waves.
func Revise(waves []Wave, before, after *fact.Survey, sent bool, developers int) []Wave {
	out := make([]Wave, 0, len(waves))
	for _, w := range waves {
		if SurveyID(w.ID) != before.ID {
			out = append(out, w)
			continue
		}
		if after == nil || after.Draft || !sent || after.Pulse != before.Pulse {
			continue
		}
		w.Items = slices.DeleteFunc(slices.Clone(w.Items), func(it ItemAnswers) bool {
			return !slices.ContainsFunc(after.Items, func(q fact.SurveyItem) bool { return q.ID == it.ID && q.Reversed == it.Reversed })
		})
		w.Satisfied = slices.DeleteFunc(slices.Clone(w.Satisfied), func(s Satisfaction) bool {
			return !slices.ContainsFunc(after.Features, func(q fact.FeatureQuestion) bool { return q.Feature == s.Feature })
		})
		if w.Population, w.Invited = developers, after.Invited > 0; w.Invited {
			w.Population = after.Invited
		}
		if !after.Pulse {
			w.Sent = after.Sent
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Wave) int { return a.Sent.Compare(b.Sent) })
	return out
}
