package compute

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/privacy"
	"github.com/ip3dp/ip3dp/compute/space"
)

// survey measures what people answered, in groups of five or more, and audits
// what that publishes. Its error names a group of fewer whose answers could be
// worked out: then nothing may be published.
func survey(o Options, org *org.Organisation, c fact.Content, e fact.Events, asOf time.Time) (space.Result, error) {
	answers := make([]privacy.Answer, len(e.Answers))
	for i := range e.Answers {
		answers[i] = privacy.Answer{Wave: e.Answers[i].Wave, Name: e.Answers[i].Team, Class: space.Class(&e.Answers[i])}
	}
	pub := privacy.Publish(c, space.WaveIDs(c, asOf), answers)
	in := space.Input{Answers: e.Answers, PartOf: pub.PartOf, Tasks: e.Tasks, Coverage: e.Coverage, Gaps: e.Gaps}
	for _, w := range pub.Partitions {
		for _, p := range w.Parts {
			in.Parts = append(in.Parts, space.Part{Wave: w.Wave, ID: p.ID, Title: p.Title, Comparable: p.Comparable})
		}
	}
	r := space.Measure(surveyOptions(o), org, c, in)
	if err := privacy.Audit(pub.Counts, published(&r, &pub)...); err != nil {
		return space.Result{}, fmt.Errorf("survey answers of too few people could be worked out from the pages; give those teams a larger group in teams.toml: %w", err)
	}
	return r, nil
}

func surveyOptions(o Options) space.Options {
	opt := space.Defaults()
	opt.Developers, opt.NPSPoints = o.Platform.Developers, o.NPSPoints
	return opt
}

// published are the tables of a result: every wave by group, and the changes of
// groups between the last two waves with a score.
func published(r *space.Result, pub *privacy.Publication) []privacy.Table {
	var tables []privacy.Table
	var scored []string
	for i := range r.Waves {
		w := &r.Waves[i]
		if w.Score == nil {
			continue
		}
		scored = append(scored, w.ID)
		var ids []string
		for _, p := range w.Parts {
			ids = append(ids, p.ID)
		}
		tables = append(tables, pub.Table(w.ID, ids...))
	}
	if len(scored) < 2 {
		return tables
	}
	latest, before := scored[len(scored)-1], scored[len(scored)-2]
	for i := range r.Section.Metrics {
		if m := &r.Section.Metrics[i]; m.ID == space.NPS && m.Scope.Kind == metric.Group && m.Was != nil {
			tables = append(tables, pub.Changes(latest, before, m.Scope.ID))
		}
	}
	return tables
}
