package privacy

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Partition is the one breakdown of a wave's answers that may be published.
type Partition struct {
	Wave  string `json:"wave"`
	Parts []Part `json:"parts"` // by title, "other" last; empty: only the total is shown
	// Why is the reason that the partition has no parts.
	Why string `json:"why,omitempty"`
	// Since is the wave that the parts are compared with: the last earlier wave with parts.
	Since string `json:"since,omitempty"`
}

func (p *Partition) clone() Partition {
	out := *p
	out.Parts = slices.Clone(p.Parts)
	return out
}

// Part is a set of answers that is large and mixed enough to be shown.
type Part struct {
	ID    string `json:"id"` // of the group, or of the team without a group; "_other" and "_none" cannot be IDs of content
	Title string `json:"title"`
	// Units are the groups in the part, and its teams without a group. Members are the teams or
	// groups that its answers name. Both are sorted keys such as "group/payments".
	Units   []string `json:"units"`
	Members []string `json:"members"`
	// Teams are the IDs of the teams of its units at publication, in order.
	Teams   []string `json:"teams"`
	Answers int      `json:"answers"`
	// Comparable means that the change since the part with the same ID in the wave Since may be
	// shown: no small group of members joined or left the part.
	Comparable bool `json:"comparable"`
}

// Part returns the part with that ID, or nil.
func (p *Partition) Part(id string) *Part {
	for i := range p.Parts {
		if p.Parts[i].ID == id {
			return &p.Parts[i]
		}
	}
	return nil
}

// Publication is the output of Publish for all waves.
type Publication struct {
	Partitions []Partition // one a wave, in the order of the waves
	// PartOf is the ID of the part of each answer, in the order given; "" if the wave is not
	// broken down or the answer does not count.
	PartOf []string
	// Counts are the counts of today, fitted to the parts of earlier partitions.
	Counts Counts
}

// Publish partitions the answers of every wave; waves are oldest first. Answers of other waves
// are in no part.
//
// earlier has the partitions that were published before. A wave among them keeps its partition,
// however teams and answers have changed since: two partitions of the same answers could be
// subtracted. Any other wave keeps the partition of the wave before it as far as its parts may
// still be shown.
func Publish(c fact.Content, waves []string, answers []Answer, earlier ...Partition) Publication {
	d := newDirectory(c)
	p := Publication{
		Partitions: make([]Partition, len(waves)), PartOf: make([]string, len(answers)), Counts: Counts{},
	}
	byWave := tallyAnswers(d, waves, answers)
	var kept *Partition
	moved := map[string]bool{} // published waves whose answers have changed since
	for i, id := range waves {
		w, now := byWave[id], &p.Partitions[i]
		p.Counts[id] = w.countsByUnit()
		if published := findPartition(earlier, id); published != nil {
			*now = published.clone()
			if len(now.Parts) > 0 {
				fitted := fitCounts(p.Counts[id], &Record{Partition: *now})
				moved[id] = !maps.Equal(fitted, p.Counts[id])
				p.Counts[id] = fitted
			}
		} else {
			*now = newPartition(id, w.newDrafts(kept))
			now.nameTeams(c, d)
			if len(now.Parts) > 0 && kept != nil {
				now.Since = kept.Wave
				markComparable(now, kept, p.Counts)
				if moved[kept.Wave] { // the counts by member of that time are lost
					p.dropChanges(now)
				}
			}
		}
		if len(now.Parts) > 0 {
			kept = now
		}
	}
	p.assignAnswers(d, answers)
	return p
}

// nameTeams fills the teams of the parts.
func (p *Partition) nameTeams(c fact.Content, d directory) {
	for i := range p.Parts {
		part := &p.Parts[i]
		for k := range c.Teams {
			if _, in := slices.BinarySearch(part.Units, d.findMember(c.Teams[k].ID).unit.key); in {
				part.Teams = append(part.Teams, c.Teams[k].ID)
			}
		}
		slices.Sort(part.Teams)
	}
}

func findPartition(partitions []Partition, wave string) *Partition {
	for i := range partitions {
		if partitions[i].Wave == wave {
			return &partitions[i]
		}
	}
	return nil
}

// assignAnswers fills PartOf. The partition of a published wave may be older than an answer: an
// answer of a team that had none then is in no part, because it would join alone.
func (p *Publication) assignAnswers(d directory, answers []Answer) {
	parts := map[[2]string]string{}
	for i := range p.Partitions {
		for _, part := range p.Partitions[i].Parts {
			for _, m := range part.Members {
				parts[[2]string{p.Partitions[i].Wave, m}] = part.ID
			}
		}
	}
	for i, a := range answers {
		if a.Class != "" {
			p.PartOf[i] = parts[[2]string{a.Wave, d.findMember(a.Name).key}]
		}
	}
}

// markComparable marks the parts whose change since an earlier wave may be shown: nobody
// joined, or a group large enough, and the same for those who left.
func markComparable(now, before *Partition, counts Counts) {
	for i := range now.Parts {
		part := &now.Parts[i]
		was := before.Part(part.ID)
		part.Comparable = was != nil &&
			manyOrNone(part.Members, was.Members, counts[now.Wave]) &&
			manyOrNone(was.Members, part.Members, counts[before.Wave])
	}
}

// Unchanged reports whether a part has the same members as in the wave that it is compared
// with.
func (p *Publication) Unchanged(w *Partition, part *Part) bool {
	since := findPartition(p.Partitions, w.Since)
	if since == nil {
		return false
	}
	was := since.Part(part.ID)
	return was != nil && slices.Equal(was.Members, part.Members)
}

// Settle drops changes that are safe alone but not together: then only parts with the same
// members are compared. old has the records of earlier runs.
func (p *Publication) Settle(old []Record) {
	records, fresh := slices.Clone(old), []*Partition(nil)
	for i := range p.Partitions {
		now := &p.Partitions[i]
		if !slices.ContainsFunc(old, func(r Record) bool { return r.Wave == now.Wave }) && len(now.Parts) > 0 {
			n := 0
			for k := range now.Parts {
				n += now.Parts[k].Answers
			}
			records, fresh = append(records, Record{Partition: *now, N: n}), append(fresh, now)
		}
	}
	if AuditRecords(p.Counts, records) == nil {
		return
	}
	for _, now := range fresh {
		p.dropChanges(now)
	}
}

// dropChanges drops the changes of parts whose members have changed.
func (p *Publication) dropChanges(now *Partition) {
	for k := range now.Parts {
		part := &now.Parts[k]
		part.Comparable = part.Comparable && p.Unchanged(now, part)
	}
}

// manyOrNone reports whether the members that are not among others are none, or at least two
// with five answers together.
func manyOrNone(members, others []string, counts map[string]int) bool {
	alone, answers := 0, 0
	for _, m := range members {
		if _, ok := slices.BinarySearch(others, m); !ok {
			alone++
			answers += counts[m]
		}
	}
	return alone == 0 || alone >= 2 && answers >= MinAnswers
}

// memberTally is the tally of one member's answers in a wave.
type memberTally struct {
	member
	n     int
	kinds map[string]bool
}

// wave is the tally of one wave, by member.
type wave map[string]*memberTally

func tallyAnswers(d directory, waves []string, answers []Answer) map[string]wave {
	out := map[string]wave{}
	for _, id := range waves {
		out[id] = wave{}
	}
	for _, a := range answers {
		w, ok := out[a.Wave]
		if !ok || a.Class == "" || a.Late {
			continue
		}
		m := d.findMember(a.Name)
		if w[m.key] == nil {
			w[m.key] = &memberTally{member: m, kinds: map[string]bool{}}
		}
		w[m.key].n++
		if !a.Unclear {
			w[m.key].kinds[a.Class] = true
		}
	}
	return out
}

func (w wave) countsByUnit() map[string]int {
	out := make(map[string]int, len(w))
	for key, c := range w {
		out[key] = c.n
	}
	return out
}

// sortedTallies returns the tallies of the members with answers, by key.
func (w wave) sortedTallies() []*memberTally {
	return slices.SortedFunc(maps.Values(w), func(a, b *memberTally) int { return cmp.Compare(a.key, b.key) })
}
