package space

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// measureActivity returns the changes and commits that people merge per week, of the whole
// organisation and never of a team or a person. It leaves out changes written by bots.
func (m *measurer) measureActivity(o *org.Organisation, in *Input) []metric.Metric {
	now, before := m.cal.Current(), m.cal.Before()
	repositories := map[string]bool{} // collected in the current weeks
	all := true                       // and in the weeks before
	for i := range o.Services {
		name := o.Services[i].Repository
		if isCollected(in, name, now) {
			repositories[name] = true
			all = all && isCollected(in, name, before)
		}
	}
	changes, commits := m.countMerged(o, repositories, now)
	changesBefore, commitsBefore := m.countMerged(o, repositories, before)
	if !all {
		changesBefore, commitsBefore = nil, nil
	}
	var why, next string
	if len(repositories) == 0 {
		why, next = "changes were not collected for these weeks", "connect a forge, a clone or an event file in config.toml"
	}
	if authors, named := o.CountAuthors(); why == "" && named && authors < org.MinPeople && !o.ShowsFew() {
		why = fmt.Sprintf("fewer than %d people wrote all changes in the %d weeks up to the cut-off, so it would be a "+
			"person's", org.MinPeople, org.PeopleWeeks)
	}
	list := []metric.Metric{m.measurePerWeek(ChangesWeek, "changes", why, changes, changesBefore)}
	if why == "" && sumValues(commits) == 0 && sumValues(changes) > 0 {
		why = "the source does not list the commits of changes"
	}
	list = append(list, m.measurePerWeek(CommitsWeek, "commits", why, commits, commitsBefore))
	for i := range list {
		if list[i].State == metric.NotAvailable {
			list[i].Next = next
		}
	}
	return list
}

// isCollected reports whether one source collected the changes of a repository over the whole
// window, without a gap.
func isCollected(in *Input, repository string, w metric.Window) bool {
	return slices.ContainsFunc(in.Coverage, func(c fact.Coverage) bool {
		return c.Kind == "changes" && c.Repository == repository && !c.From.After(w.From) && !c.To.Before(w.To) &&
			!slices.ContainsFunc(in.Gaps, func(g fact.Gap) bool {
				return !g.From.IsZero() && g.Source == c.Source && (g.Repository == "" || g.Repository == repository) &&
					g.From.Before(w.To) && (g.To.IsZero() || g.To.After(w.From))
			})
	})
}

// countMerged counts the changes of people and their commits, by week of the window, without weeks
// of a break. A change
// of two services counts once, and so does a commit of several changes. Carriers and backports
// do not count, because they bring the work of others.
func (m *measurer) countMerged(o *org.Organisation, repositories map[string]bool,
	w metric.Window,
) (changes, commits []float64) {
	weeks := int(w.To.Sub(w.From) / org.Week)
	changes, commits = make([]float64, weeks), make([]float64, weeks)
	type key struct{ repository, id string }
	seen, known := map[key]bool{}, map[key]bool{} // changes, commits
	for i := range o.Services {
		s := &o.Services[i]
		if !repositories[s.Repository] {
			continue
		}
		from, _ := slices.BinarySearchFunc(s.Changes, w.From,
			func(c org.Change, t time.Time) int { return c.Merged.Compare(t) })
		for k := from; k < len(s.Changes) && s.Changes[k].Merged.Before(w.To); k++ {
			c := &s.Changes[k]
			if c.Lane != org.Human || c.Carrier || c.Copies != "" || seen[key{s.Repository, c.ID}] {
				continue
			}
			seen[key{s.Repository, c.ID}] = true
			week := int(c.Merged.Sub(w.From) / org.Week)
			changes[week]++
			for _, sha := range c.Commits {
				if !known[key{s.Repository, sha}] {
					known[key{s.Repository, sha}] = true
					commits[week]++
				}
			}
		}
	}
	return m.cal.DropBreaks(changes, w, ""), m.cal.DropBreaks(commits, w, "")
}

func sumValues(values []float64) float64 {
	var total float64
	for _, v := range values {
		total += v
	}
	return total
}

// measurePerWeek returns a rate, or a metric without a value if why gives a reason.
func (m *measurer) measurePerWeek(id, what, why string, now, before []float64) metric.Metric {
	mt := m.newMetric(id, metric.Scope{Kind: metric.Organisation})
	mt.Window = m.cal.Current()
	if why != "" {
		mt.State, mt.Why = metric.NotAvailable, why
		return mt
	}
	rate, _, iv := stat.QuasiPoissonRate(now, confidence)
	mt.Figure = metric.NewFigure(rate, iv)
	mt.N = []metric.Count{{What: what, N: int(sumValues(now))}}
	if before != nil {
		rate, _, iv := stat.QuasiPoissonRate(before, confidence)
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: metric.Of(rate), Lo: metric.Of(iv.Lo), Hi: metric.Of(iv.Hi)}, Window: m.cal.Before(),
			N: []metric.Count{{What: what, N: int(sumValues(before))}},
		}
	}
	return mt
}
