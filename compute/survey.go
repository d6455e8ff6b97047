package compute

import (
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/privacy"
	"github.com/ip3dp/ip3dp/compute/space"
)

// measureSurvey measures the answers of surveys, in groups of at least five. It audits the
// figures to publish together with everything published before. Its error names a smaller group
// whose answers could be computed; then nothing may be published.
func measureSurvey(o Options, org *org.Organisation, c fact.Content, e fact.Events, was *waves) (space.Result, error) {
	in := space.Input{Answers: e.Answers, Published: was.published, Tasks: e.Tasks, Coverage: e.Coverage, Gaps: e.Gaps}
	in.Rounds = space.ListRounds(c, e.Answers, org.Calendar.AsOf, was.published)
	answers := make([]privacy.Answer, len(e.Answers)) // answers of no wave stay blank
	was.moving = map[string]bool{}
	for i := range in.Rounds {
		r := &in.Rounds[i]
		if r.Open || len(r.Late) > 0 {
			was.moving[space.SurveyID(r.Survey.ID)] = true
		}
		for late, list := range [][]int{r.Answers, r.Late} {
			for _, k := range list {
				a, class := &e.Answers[k], space.ClassOf(&e.Answers[k])
				answers[k] = privacy.Answer{
					Wave: r.Survey.ID, Name: a.Team, Class: class, Unclear: class == space.NotUnderstood, Late: late > 0,
				}
			}
		}
	}
	earlier := slices.Concat(was.sealLost(in.Rounds), was.earlier)
	in.Sealed = was.sealed
	pub := privacy.Publish(c, space.ListClosedWaves(in.Rounds), answers, earlier...)
	pub.Settle(was.records(nil))
	was.now = pub.Partitions
	in.PartOf = pub.PartOf
	for _, w := range pub.Partitions {
		for _, p := range w.Parts {
			in.Parts = append(in.Parts, space.WavePart{
				Wave: w.Wave, ID: p.ID, Title: p.Title, Comparable: p.Comparable, Since: w.Since, Unchanged: pub.Unchanged(&w, &p),
			})
		}
	}
	r := space.Measure(SurveyOptions(o), org, c, in)
	if err := privacy.AuditRecords(pub.Counts, was.records(r.FindNews())); err != nil {
		return space.Result{}, fmt.Errorf("survey answers of too few people could be worked out from the pages; give "+
			"those teams a larger group in teams.toml: %w", err)
	}
	return r, nil
}

// SurveyOptions returns the options of the survey metrics.
func SurveyOptions(o Options) space.Options {
	opt := space.Defaults()
	opt.Developers, opt.NPSPoints = o.Platform.Developers, o.NPSPoints
	return opt
}
