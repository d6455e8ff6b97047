package compute_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/privacy"
	"github.com/ip3dp/ip3dp/compute/space"
)

// read takes in everything that a build shows of surveys.
func (s *story) read(m *compute.Measured, now time.Time) error {
	parts := map[string][]privacy.Part{}
	for _, e := range m.Waves.Waves {
		parts[e.Wave] = e.Parts
	}
	for i := range m.Space.Waves {
		w := &m.Space.Waves[i]
		if w.Open {
			bare := space.Wave{
				ID: w.ID, Title: w.Title, Sent: w.Sent, Closed: w.Closed, Open: true, CutOff: w.CutOff, Window: w.Window,
				Answered: w.Answered, Why: w.Why,
			}
			if fmt.Sprintf("%+v", bare) != fmt.Sprintf("%+v", *w) {
				return fmt.Errorf("the open wave %s shows %+v", w.ID, *w)
			}
			continue
		}
		if err := s.readWave(w, parts[w.ID], now); err != nil {
			return fmt.Errorf("wave %s: %w", w.ID, err)
		}
	}
	return s.compared(m)
}

// figure is one published row of counts.
type figure struct {
	question, part string
	counts         []int
	class          func(*fact.Answer) int // −1: does not count
}

func (s *story) readWave(w *space.Wave, parts []privacy.Part, now time.Time) error {
	score := func(a *fact.Answer) int {
		return slices.Index([]string{space.Promoter, space.Passive, space.Detractor}, space.Classify(a))
	}
	var all []figure
	if sc := w.Score; sc != nil {
		all = append(all, figure{"score", "", []int{sc.Promoters, sc.Passives, sc.Detractors}, score})
	}
	for _, p := range w.Parts {
		if p.Value == nil {
			continue
		}
		all = append(all, figure{"score", p.ID, []int{p.Promoters, p.Passives, p.Detractors}, score})
	}
	for _, it := range w.Items {
		if it.Counts != nil {
			all = append(all, figure{"item " + it.ID, "", it.Counts, func(a *fact.Answer) int {
				v, ok := a.Items[it.ID]
				if !ok {
					return -1
				}
				return int(v) - 1
			}})
		}
	}
	for _, f := range w.Satisfied {
		if f.Known {
			all = append(all, figure{"feature " + f.Feature, "", []int{f.Positive, f.Neutral, f.Negative}, func(a *fact.Answer) int {
				switch {
				case len(a.Features) == 0:
					return -1
				case a.Features[0].Positive == nil:
					return 1
				case *a.Features[0].Positive:
					return 0
				}
				return 2
			}})
		}
	}
	for i := range all {
		if err := s.readFigure(w, &all[i], parts, now); err != nil {
			return err
		}
	}
	return nil
}

// readFigure notes which answers a figure sums up: those of its last publication if
// it is the same, else those that have to count now; their sums must agree.
func (s *story) readFigure(w *space.Wave, f *figure, parts []privacy.Part, now time.Time) error {
	key := w.ID + "|" + f.question + "|" + f.part
	text := fmt.Sprint(f.counts)
	n := 0
	for _, k := range f.counts {
		n += k
	}
	if kinds := len(slices.DeleteFunc(slices.Clone(f.counts), func(k int) bool { return k == 0 })); n < privacy.MinAnswers || kinds < 2 && (f.question != "score" || f.part != "") {
		return fmt.Errorf("%s shows %v", key, f.counts)
	}
	if s.last[key] == text {
		return nil
	}
	members, sums := s.sum(w, f, parts, w.CutOff)
	if !slices.Equal(sums, f.counts) && !w.Until.IsZero() { // or it took late answers in
		members, sums = s.sum(w, f, parts, now.Add(1))
	}
	if !slices.Equal(sums, f.counts) && !w.Until.IsZero() { // or words among those of an earlier night are understood now
		members, sums = s.sum(w, f, parts, w.Until)
	}
	if !slices.Equal(sums, f.counts) {
		return fmt.Errorf("%s shows %v, and the answers that count give %v", key, f.counts, sums)
	}
	s.last[key], s.support[key] = text, members
	subject := w.ID + " " + f.question
	s.published[subject] = append(s.published[subject], privacy.Sum{Label: fmt.Sprint(f.part, " on ", now.Format(time.DateOnly)), Members: members})
	return nil
}

// sum is what the answers give that were given before a time, and their IDs.
func (s *story) sum(w *space.Wave, f *figure, parts []privacy.Part, until time.Time) (members []string, sums []int) {
	sums = make([]int, len(f.counts))
	for i := range s.people {
		p := &s.people[i]
		if s.counts(p, w, f.part, parts, until) {
			if c := f.class(&p.Answer); c >= 0 {
				sums[c]++
				members = append(members, p.id)
			}
		}
	}
	return members, sums
}

// counts reports whether an answer that was given before a time has to count in a
// part of a wave, or, with part "", in the whole of it.
func (s *story) counts(p *person, w *space.Wave, part string, parts []privacy.Part, until time.Time) bool {
	file, month, pulse := strings.Cut(w.ID, "/")
	at := p.At
	if at.IsZero() {
		at = w.Sent
		for i := range s.content.Surveys {
			if s.content.Surveys[i].ID == file {
				at = s.content.Surveys[i].Sent
			}
		}
	}
	if p.Wave != file || pulse && at.Format("2006-01") != month || !at.Before(until) {
		return false
	}
	if space.ClassOf(&p.Answer) == "" {
		return part == ""
	}
	home := s.home(p.Team, parts)
	if part == "" {
		return home != "" || len(parts) == 0
	}
	return part == home
}

// home is the part that a team's answers belong to, by the ledger.
func (s *story) home(team string, parts []privacy.Part) string {
	member := "none"
	for _, t := range s.content.Teams {
		if t.ID == team {
			member = "team/" + t.ID
		}
	}
	for _, p := range parts {
		if slices.Contains(p.Members, member) {
			return p.ID
		}
	}
	return ""
}

// compared checks the groups that are shown with their change: those who are in one
// wave only are nobody, or many.
func (s *story) compared(m *compute.Measured) error {
	sec := m.Section("space")
	var scored []string
	for i := range m.Space.Waves {
		if m.Space.Waves[i].Score != nil || m.Space.Waves[i].ID == m.Space.Latest {
			scored = append(scored, m.Space.Waves[i].ID)
		}
	}
	for i := range sec.Metrics {
		x := &sec.Metrics[i]
		if x.ID != space.NPS || x.Scope.Kind != metric.Group || x.Was == nil {
			continue
		}
		now, was := s.support[scored[len(scored)-1]+"|score|"+x.Scope.ID], s.support[scored[len(scored)-2]+"|score|"+x.Scope.ID]
		for _, pair := range [][2][]string{{now, was}, {was, now}} {
			alone := map[string]int{}
			for _, id := range pair[0] {
				alone[s.teams[id]]++
			}
			for _, id := range pair[1] {
				delete(alone, s.teams[id])
			}
			n := 0
			for k := range maps.Values(alone) {
				n += k
			}
			if len(alone) > 0 && (len(alone) < 2 || n < privacy.MinAnswers) {
				return fmt.Errorf("the change of %s tells of %v", x.Scope.ID, alone)
			}
		}
	}
	return nil
}
