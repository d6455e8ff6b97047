package privacy

import (
	"fmt"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// year is 12 waves of 60 teams in ten groups, about 1 to 7 answers a team.
func year(grouped bool) (fact.Content, []string, []Answer) {
	var c fact.Content
	for g := range 10 {
		c.Groups = append(c.Groups, fact.Group{ID: fmt.Sprint("g", g)})
	}
	for i := range 60 {
		t := fact.Team{ID: fmt.Sprint("t", i)}
		if grouped {
			t.Group = fmt.Sprint("g", i%10)
		}
		c.Teams = append(c.Teams, t)
	}
	var waves []string
	var answers []Answer
	for w := range 12 {
		waves = append(waves, fmt.Sprintf("2024-%02d", w+1))
		for i, t := range c.Teams {
			for k := range 1 + (i*7+w*3)%7 {
				answers = append(answers, Answer{Wave: waves[w], Name: t.ID, Class: []string{"promoter", "detractor"}[k%2]})
			}
		}
	}
	return c, waves, answers
}

func BenchmarkPublish(b *testing.B) {
	c, waves, answers := year(true)
	b.ReportAllocs()
	for b.Loop() {
		Publish(c, waves, answers)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(answers)), "ns/answer")
}

// BenchmarkAudit: what holds is quick, because no atom is small; the worst is a
// table of all teams but a few, of which much has to be tried.
func BenchmarkAudit(b *testing.B) {
	c, waves, answers := year(false)
	p := Publish(c, waves, answers)
	var sound, naive, hard []Table
	for _, w := range waves {
		var ids []string
		for _, part := range findPartition(p.Partitions, w).Parts {
			ids = append(ids, part.ID)
		}
		sound = append(sound, p.Table(w, ids...))
		n, h := p.Total(w), p.Total(w)
		for k, m := range n.Sums[0].Members {
			n.Sums = append(n.Sums, Sum{m, []string{m}})
			h.Sums = append(h.Sums, Sum{m, append([]string{m}, n.Sums[0].Members[max(0, k-9):k]...)})
		}
		naive, hard = append(naive, n), append(hard, Table{Wave: w, Sums: h.Sums[:40]})
	}
	for _, bb := range []struct {
		name   string
		tables []Table
		fails  bool
	}{{"sound", sound, false}, {"naive", naive, true}, {"overlapping", hard, true}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Audit(p.Counts, bb.tables...); (err != nil) != bb.fails {
					b.Fatal(err)
				}
			}
		})
	}
}
