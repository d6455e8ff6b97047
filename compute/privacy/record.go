package privacy

import (
	"fmt"
	"maps"
	"slices"
)

// Record is a published partition of a wave at one time, with the number of answers behind each
// part at that time.
type Record struct {
	Partition
	N int // answers behind the wave's total; fewer than five: it was not shown
	// Old means that an earlier run published the record. Its changes were audited then, with
	// the answers that members had at that time.
	Old bool
}

// AuditRecords solves everything that was published about waves. Several records of one wave
// are in the order of their publication. counts are those of today; they are fitted to the
// counts of each record, because answers may have changed since. See Audit for the error.
func AuditRecords(counts Counts, records []Record) error {
	h := history{fitted: Counts{}, last: map[string]*Record{}, members: map[string]map[string][]string{}}
	for _, wave := range listWaves(records) {
		h.add(counts[wave], slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Wave != wave }))
	}
	seen := map[string]bool{}
	for i := range records {
		if wave := records[i].Wave; !seen[wave] && !records[i].Old {
			h.addChanges(wave)
		}
		seen[records[i].Wave] = true
	}
	return Audit(h.fitted, h.tables...)
}

// listWaves returns the waves of records, each once, in order.
func listWaves(records []Record) []string {
	var out []string
	for i := range records {
		if !slices.Contains(out, records[i].Wave) {
			out = append(out, records[i].Wave)
		}
	}
	return out
}

// history is everything that was published, as sums.
type history struct {
	fitted  Counts
	tables  []Table
	last    map[string]*Record             // by wave
	members map[string]map[string][]string // of the last record, by wave and part
}

// wholeWave is the ID of the only part of a wave without parts.
const wholeWave = ""

// add adds the records of one wave.
func (h *history) add(counts map[string]int, records []Record) {
	wave := records[0].Wave
	n := fitCounts(counts, &records[0])
	h.fitted[wave] = n
	first := slices.Sorted(maps.Keys(n))
	late := map[string][]string{} // part → names of the answers that a later record added
	for i := range records {
		r := &records[i]
		parts := r.Parts
		if len(parts) == 0 {
			parts = []Part{{ID: wholeWave, Title: "total", Members: first, Answers: r.N}}
		}
		table := Table{Wave: wave}
		total := Sum{Label: "total"}
		h.members[wave] = map[string][]string{}
		for k := range parts {
			p := &parts[k]
			if i > 0 {
				if more := p.Answers - answersOf(&records[i-1], p.ID); more > 0 {
					name := fmt.Sprintf("later answers %d of %s in %s", i, p.Title, wave)
					n[name] = more
					late[p.ID] = append(late[p.ID], name)
				}
			}
			sum := Sum{Label: p.Title, Members: slices.Concat(p.Members, late[p.ID])}
			h.members[wave][p.ID] = sum.Members
			total.Members = append(total.Members, sum.Members...)
			if len(r.Parts) > 0 {
				table.Sums = append(table.Sums, sum)
			}
		}
		if r.N >= MinAnswers {
			table.Sums = append(table.Sums, total)
		}
		h.tables = append(h.tables, table)
		h.last[wave] = r
	}
}

// addChanges adds the sums behind the published changes of a wave's parts; see
// Publication.Changes.
func (h *history) addChanges(wave string) {
	now := h.last[wave]
	was := h.last[now.Since]
	if was == nil {
		return
	}
	t := Table{Wave: wave, Since: was.Wave}
	for i := range now.Parts {
		p := &now.Parts[i]
		if before := was.Part(p.ID); p.Comparable && before != nil {
			t.Sums = append(t.Sums,
				Sum{before.Title + " in " + was.Wave, h.members[was.Wave][p.ID]},
				Sum{p.Title + " in " + wave, h.members[wave][p.ID]})
		}
	}
	h.tables = append(h.tables, t)
}

func answersOf(r *Record, part string) int {
	if part == wholeWave {
		return r.N
	}
	if p := r.Part(part); p != nil {
		return p.Answers
	}
	return 0
}

// fitCounts returns counts of answers by member that add up to the published count of every
// part of the record.
func fitCounts(counts map[string]int, r *Record) map[string]int {
	out := map[string]int{}
	if len(r.Parts) == 0 {
		maps.Copy(out, counts)
		fitPart(out, slices.Sorted(maps.Keys(counts)), r.N)
		return out
	}
	for i := range r.Parts {
		for _, m := range r.Parts[i].Members {
			out[m] = counts[m]
		}
		fitPart(out, r.Parts[i].Members, r.Parts[i].Answers)
	}
	return out
}

// fitPart removes a surplus from the member with the most answers, or adds the missing answers
// to it. If that member has too few, it continues with the next one.
func fitPart(counts map[string]int, members []string, want int) {
	if len(members) == 0 {
		if want > 0 {
			counts["all"] = want
		}
		return
	}
	have := 0
	for _, m := range members {
		have += counts[m]
	}
	for have != want {
		most := slices.MaxFunc(members, func(a, b string) int { return counts[a] - counts[b] })
		step := max(want-have, -counts[most])
		if step == 0 {
			return
		}
		counts[most] += step
		have += step
	}
}
