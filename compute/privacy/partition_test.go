package privacy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// platform has groups north (teams n1, n2), south (s1, s2) and east (e1), and a
// team of its own, solo.
func platform() fact.Content {
	return fact.Content{
		Groups: []fact.Group{{ID: "north", Title: "North"}, {ID: "south", Title: "South"}, {ID: "east"}},
		Teams: []fact.Team{
			{ID: "n1", Title: "North One", Group: "north", Formerly: []string{"polar"}},
			{ID: "n2", Group: "north"},
			{ID: "s1", Group: "south"},
			{ID: "s2", Group: "south"},
			{ID: "e1", Group: "east"},
			{ID: "solo", Title: "Solo"},
		},
	}
}

// answers makes answers of a wave out of "n1 6, s1 2": promoters and detractors in
// turn; "n1 6!" answer alike.
func answers(wave, text string) []Answer {
	var out []Answer
	for part := range strings.SplitSeq(text, ", ") {
		i := strings.LastIndexByte(part, ' ')
		name, count := part[:i], part[i+1:]
		var n int
		fmt.Sscan(strings.TrimSuffix(count, "!"), &n)
		for k := range n {
			class := []string{"promoter", "detractor"}[k%2]
			if strings.HasSuffix(count, "!") {
				class = "promoter"
			}
			out = append(out, Answer{Wave: wave, Name: name, Class: class})
		}
	}
	return out
}

// show writes a partition as "North 6 | other (2 groups) 7*"; a star marks a
// change that may be shown.
func show(p Partition) string {
	var parts []string
	for _, part := range p.Parts {
		s := fmt.Sprintf("%s %d", part.Title, part.Answers)
		if part.Comparable {
			s += "*"
		}
		parts = append(parts, s)
	}
	if p.Why != "" {
		parts = append(parts, "none: "+p.Why)
	}
	return strings.Join(parts, " | ")
}

func TestPartitionOfOneWave(t *testing.T) {
	tests := []struct{ name, answers, want string }{
		{"all large", "n1 6, s1 5, e1 7", "North 6 | South 5 | east 7"},
		{"teams of a group together", "n1 3, n2 3, South 5", "North 6 | South 5"},
		{"the smallest are merged", "n1 6, s1 2, e1 3", "North 6 | other (2 groups) 5"},
		{"a small one takes the next smallest", "n1 6, s1 2, e1 8", "east 8 | other (2 groups) 8"},
		{"until five are reached", "n1 9, s1 1, e1 1, solo 8", "North 9 | other (3 groups) 10"},
		{"a team without a group stands alone", "n1 6, Solo 5", "North 6 | Solo 5"},
		{"by title, former ID and case", "NORTH  one 3, polar 3, south 5", "North 6 | South 5"},
		{"unknown names are one group", "n1 6, Bob 4, Eve 3", "North 6 | no group given 7"},
		{"few unknown names are merged", "n1 6, s1 7, Bob 1", "South 7 | other (2 groups) 7"},
		{"none given", "? 20", "none: all answers are of one group, or name none that is known"},
		{"one group", "n1 5, n2 9", "none: all answers are of one group, or name none that is known"},
		{"too few", "n1 2, s1 2", "none: fewer than 5 answers"},
		{"only one would be left", "n1 6, s1 4", "none: no two groups have 5 answers each that differ"},
		{"of one mind", "n1 6, s1 5!, e1 7", "east 7 | other (2 groups) 11"},
		{"all of one mind", "n1 6!, s1 5!", "none: no two groups have 5 answers each that differ"},
		{"equal sizes go by key", "n1 6, s1 6, e1 6, solo 2", "North 6 | South 6 | other (2 groups) 8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Publish(platform(), []string{"w"}, answers("w", tt.answers))
			if got := show(p.Partitions[0]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPartitionIsKept(t *testing.T) {
	tests := []struct{ name, first, second, want string }{
		{"same people", "n1 6, s1 5", "n1 7, s1 8", "North 7* | South 8*"},
		{"merged groups stay merged", "n1 6, s1 2, e1 3", "n1 6, s1 8, e1 9", "North 6* | other (2 groups) 17*"},
		{"a team joins a group alone", "n1 6, s1 5", "n1 6, n2 6, s1 5", "North 12 | South 5*"},
		{"a team leaves a group alone", "n1 6, n2 6, s1 5", "n1 6, s1 5", "North 6 | South 5*"},
		{"two teams join", "North 6, s1 5, s2 5", "North 6, n1 3, n2 3, s1 5, s2 5", "North 12* | South 10*"},
		{"two teams of few people join", "North 6, s1 5", "North 6, n1 1, n2 1, s1 5", "North 8 | South 5*"},
		{"a group enters", "n1 6, s1 5", "n1 6, s1 5, e1 9", "North 6* | South 5* | east 9"},
		{"a small group enters", "n1 6, s1 7", "n1 6, s1 7, e1 1", "South 7* | other (2 groups) 7"},
		{"it joins those merged", "n1 6, s1 2, e1 3", "n1 6, s1 2, e1 3, solo 1", "North 6* | other (3 groups) 6"},
		{"a part no longer holds", "n1 6, s1 5, e1 7", "n1 6, s1 4, e1 7", "east 7* | other (2 groups) 10"},
		{"only one of those merged is left", "n1 6, s1 2, e1 3", "n1 6, e1 8", "North 6* | east 8"},
		{"only a small one is left", "n1 6, s1 2, e1 3, solo 9", "n1 6, e1 4, solo 9", "Solo 9* | other (2 groups) 10"},
		{"a wave without parts between", "n1 2", "n1 6, s1 5", "North 6 | South 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := slices.Concat(answers("1", tt.first), answers("2", tt.second))
			p := Publish(platform(), []string{"1", "2"}, all)
			if got := show(p.Partitions[1]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			audit(t, p)
		})
	}
}

// audit publishes all that a partition allows and audits it.
func audit(t testing.TB, p Publication) {
	t.Helper()
	var tables []Table
	for i := range p.Partitions {
		now := &p.Partitions[i]
		var all, changes []string
		for _, part := range now.Parts {
			all = append(all, part.ID)
			if part.Comparable {
				changes = append(changes, part.ID)
			}
		}
		tables = append(tables, p.Table(now.Wave, all...))
		if i > 0 {
			tables = append(tables, p.Changes(now.Wave, p.Partitions[i-1].Wave, changes...))
		}
	}
	for i := range tables { // the total of fewer than five is not published
		if len(tables[i].Sums) == 1 {
			tables[i].Sums = nil
		}
	}
	if err := Audit(p.Counts, tables...); err != nil {
		t.Error(err)
	}
}

// A change that the comparability flag holds back would give the newcomer away.
func TestAuditSeesAForbiddenChange(t *testing.T) {
	all := slices.Concat(answers("1", "n1 6, s1 5"), answers("2", "n1 6, n2 2, s1 5"))
	p := Publish(platform(), []string{"1", "2"}, all)
	err := Audit(p.Counts, p.Changes("2", "1", "north"))
	if err == nil || !strings.Contains(err.Error(), "team/n2") {
		t.Errorf("the change of North is about team n2: %v", err)
	}
}

// Moving a team to another group must not publish old answers a second time in
// other parts.
func TestRegroupingKeepsWhatWasPublished(t *testing.T) {
	before := platform()
	all := answers("1", "n1 6, n2 3, s1 5, s2 5, e1 7")
	old := Publish(before, []string{"1"}, all)
	after := platform()
	after.Teams[1].Group = "south" // n2
	fresh := Publish(after, []string{"1"}, all)
	if err := Audit(fresh.Counts, fresh.Table("1", "north", "south", "east"), old.Table("1", "north", "south", "east")); err == nil || !strings.Contains(err.Error(), "team/n2") {
		t.Errorf("two partitions of wave 1 give n2 away: %v", err)
	}
	kept := Publish(after, []string{"1"}, all, old.Partitions...)
	if diff := cmp.Diff(old.Partitions, kept.Partitions); diff != "" {
		t.Errorf("the published partition is not kept:\n%s", diff)
	}
	if err := Audit(kept.Counts, kept.Table("1", "north", "south", "east"), old.Table("1", "north", "south", "east")); err != nil {
		t.Error(err)
	}
	// It is kept with answers of teams that it does not know, too: those are in none of
	// its parts.
	all = append(all, answers("1", "solo 6, South 1")...)
	more := Publish(after, []string{"1"}, all, old.Partitions...)
	if diff := cmp.Diff(old.Partitions, more.Partitions); diff != "" {
		t.Errorf("the published partition is not kept:\n%s", diff)
	}
	if diff := cmp.Diff(slices.Concat(slices.Repeat([]string{""}, 6), []string{""}), more.PartOf[len(all)-7:]); diff != "" {
		t.Error(diff)
	}
}

// Late answers make no part, and join the one that their team is in.
func TestLateAnswersMakeNoPart(t *testing.T) {
	all := answers("1", "n1 6, s1 2, e1 3")
	late := answers("1", "solo 9, n1 3")
	for i := range late {
		late[i].Late = true
	}
	p := Publish(platform(), []string{"1"}, append(all, late...))
	if got, want := show(p.Partitions[0]), "North 6 | other (2 groups) 5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := slices.Concat(slices.Repeat([]string{""}, 9), slices.Repeat([]string{"north"}, 3))
	if diff := cmp.Diff(want, p.PartOf[11:]); diff != "" {
		t.Error(diff)
	}
}

func record(p *Partition, n int) Record { return Record{Partition: *p, N: n} }

func TestAuditRecords(t *testing.T) {
	all := answers("1", "n1 6, n2 3, s1 5, s2 5, e1 7")
	p := Publish(platform(), []string{"1"}, all)
	first := record(&p.Partitions[0], 26)
	regrouped := platform()
	regrouped.Teams[1].Group = "south" // n2
	q := Publish(regrouped, []string{"1"}, all)
	later := func(more ...int) Record {
		r := Record{Partition: first.clone(), N: first.N}
		for i, n := range more {
			r.Parts[i].Answers += n
			r.N += n
		}
		return r
	}
	tests := []struct {
		name    string
		counts  Counts
		records []Record
		want    string
	}{
		{"one record", p.Counts, []Record{first}, ""},
		{"the same again", p.Counts, []Record{first, first}, ""},
		{"five more in each part", p.Counts, []Record{first, later(5, 6, 7)}, ""},
		{"five more in two", p.Counts, []Record{first, later(5, 0, 7)}, ""},
		{"four more in one part", p.Counts, []Record{first, later(5, 4, 7)}, "later answers 1 of South in 1"},
		{"another partition", p.Counts, []Record{first, record(&q.Partitions[0], 26)}, "team/n2"},
		{"answers are gone since", Counts{}, []Record{first, later(5, 5, 5)}, ""},
		{"answers were added since", Counts{"1": {"team/n1": 60, "team/n2": 9}}, []Record{first}, ""},
		{"a total of four more", Counts{}, []Record{{Partition: Partition{Wave: "1"}, N: 9}, {Partition: Partition{Wave: "1"}, N: 13}}, "later answers 1 of total in 1"},
		{"a total of five more", Counts{}, []Record{{Partition: Partition{Wave: "1"}, N: 9}, {Partition: Partition{Wave: "1"}, N: 14}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := AuditRecords(tt.counts, tt.records)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// The change of a part that one team joined is a sum of records, too.
func TestAuditRecordsSolvesChanges(t *testing.T) {
	all := slices.Concat(answers("1", "n1 6, s1 5"), answers("2", "n1 6, n2 2, s1 5"))
	p := Publish(platform(), []string{"1", "2"}, all)
	records := []Record{record(&p.Partitions[0], 11), record(&p.Partitions[1], 13)}
	if err := AuditRecords(p.Counts, records); err != nil || p.Partitions[1].Since != "1" {
		t.Errorf("since %q: %v", p.Partitions[1].Since, err)
	}
	records[1].Parts[0].Comparable = true // against the flag that Publish set
	if err := AuditRecords(p.Counts, records); err == nil || !strings.Contains(err.Error(), "team/n2") {
		t.Errorf("the change of North is about team n2: %v", err)
	}
}

// A wave that is not broken down is passed over.
func TestPartitionIsKeptOverAWaveWithoutParts(t *testing.T) {
	all := slices.Concat(answers("1", "n1 6, s1 2, e1 3"), answers("2", "n1 2, s1 1"), answers("3", "n1 6, s1 8, e1 9"))
	p := Publish(platform(), []string{"1", "2", "3"}, all)
	if got, want := show(p.Partitions[2]), "North 6* | other (2 groups) 17*"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPartOf(t *testing.T) {
	all := append(answers("1", "n1 6, s1 2, e1 3"), Answer{Wave: "1", Name: "n1"}, Answer{Wave: "draft", Name: "n1", Class: "promoter"})
	p := Publish(platform(), []string{"1"}, all)
	want := slices.Concat(slices.Repeat([]string{"north"}, 6), slices.Repeat([]string{"_other"}, 5), []string{"", ""})
	if diff := cmp.Diff(want, p.PartOf); diff != "" {
		t.Error(diff)
	}
}

func TestPartitionSurvivesJSON(t *testing.T) {
	p := Publish(platform(), []string{"1"}, answers("1", "n1 6, s1 2, e1 3"))
	b, err := json.Marshal(p.Partitions)
	if err != nil {
		t.Fatal(err)
	}
	var back []Partition
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Partitions, back); diff != "" {
		t.Error(diff)
	}
}

func FuzzPublish(f *testing.F) {
	f.Add([]byte("aaaaaabbbbbbccc"), []byte("aaaaabbbbbbbccc"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []byte{})
	names := []string{"n1", "n2", "north", "s1", "south", "e1", "solo", "somebody", "", "S2"}
	make1 := func(wave string, bs []byte) []Answer {
		var out []Answer
		for _, b := range bs {
			out = append(out, Answer{Wave: wave, Name: names[int(b>>2)%len(names)], Class: []string{"p", "n", "d", ""}[b&3]})
		}
		return out
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		all := append(make1("1", first), make1("2", second)...)
		p := Publish(platform(), []string{"1", "2"}, all)
		for _, w := range p.Partitions {
			seen := map[string]bool{}
			n := 0
			for _, part := range w.Parts {
				if part.Answers < MinAnswers || part.ID == otherID != (len(part.Units) > 1) {
					t.Fatalf("part %+v", part)
				}
				n += part.Answers
				for _, m := range part.Members {
					if seen[m] || p.Counts[w.Wave][m] == 0 {
						t.Fatalf("member %s twice, or without answers", m)
					}
					seen[m] = true
				}
			}
			total := 0
			for _, k := range p.Counts[w.Wave] {
				total += k
			}
			if len(w.Parts) > 0 && (n != total || len(w.Parts) == 1 || w.Why != "") || len(w.Parts) == 0 && w.Why == "" {
				t.Fatalf("wave %+v of %d answers", w, total)
			}
		}
		audit(t, p)
		slices.Reverse(all)
		again := Publish(platform(), []string{"1", "2"}, all)
		if diff := cmp.Diff(p.Partitions, again.Partitions); diff != "" {
			t.Fatalf("depends on the order of answers:\n%s", diff)
		}
	})
}
