package compute_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/privacy"
)

var sequences = flag.Int("sequences", 250, "how many random sequences of builds are solved for a group below five")

// person is an answer with what a reader of all builds may find out about it.
type person struct {
	fact.Answer
	id string
}

// story is a platform whose surveys are published again and again.
type story struct {
	*rand.Rand
	content fact.Content
	people  []person
	begun   time.Time
	lost    bool // the ledger is lost once, and nobody edits an answer
	n       int
	words   *rand.Rand // some answers are words that a later build understands; nil: none

	published map[string][]privacy.Sum // by wave and question
	last      map[string]string        // by wave, question and part: the figure
	support   map[string][]string      // likewise: the IDs of the answers it sums up
	teams     map[string]string        // of an answer
}

func newStory(seed uint64) *story {
	r := rand.New(rand.NewPCG(seed, 11))
	s := &story{
		Rand: r, begun: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), lost: r.IntN(5) == 0,
		published: map[string][]privacy.Sum{}, last: map[string]string{}, support: map[string][]string{}, teams: map[string]string{},
	}
	if seed%3 == 0 && !s.lost { // a lost ledger cannot tell that a word was mapped
		s.words = rand.New(rand.NewPCG(seed, 12))
	}
	for g := range 3 {
		s.content.Groups = append(s.content.Groups, fact.Group{ID: fmt.Sprint("g", g)})
	}
	for t := range 4 + r.IntN(6) {
		team := fact.Team{ID: fmt.Sprint("t", t)}
		if r.IntN(4) > 0 {
			team.Group = fmt.Sprint("g", r.IntN(3))
		}
		s.content.Teams = append(s.content.Teams, team)
	}
	s.content.Features = []fact.Feature{{Item: fact.Item{ID: "f", Title: "F"}}}
	for k := range 1 + r.IntN(3) {
		v := fact.Survey{
			ID: fmt.Sprint("w", k), Sent: s.day(float64(30 * k)), NPS: "Recommend?",
			Items:    []fact.SurveyItem{{ID: "ease", Question: "Easy?"}},
			Features: []fact.FeatureQuestion{{Feature: "f", Question: "F?"}},
		}
		switch r.IntN(4) {
		case 0, 1:
			v.Closed = v.Sent.AddDate(0, 0, 6+r.IntN(10))
		case 2:
			v.Pulse = r.IntN(2) == 0
		}
		s.content.Surveys = append(s.content.Surveys, v)
		for range 5 + r.IntN(45) {
			s.answer(&v, r.Float64()*8)
		}
	}
	return s
}

func (s *story) day(n float64) time.Time {
	return s.begun.Add(time.Duration(n * 24 * float64(time.Hour))).Truncate(time.Minute)
}

// answer adds one, so many days after the survey was sent.
func (s *story) answer(v *fact.Survey, after float64) {
	a := fact.Answer{Wave: v.ID, At: v.Sent.Add(time.Duration(after * 24 * float64(time.Hour))).Truncate(time.Minute)}
	if s.IntN(8) > 0 {
		a.Team = s.content.Teams[s.IntN(len(s.content.Teams))].ID
	}
	if s.IntN(15) == 0 && !s.lost {
		a.At = time.Time{}
	}
	s.say(&a)
	s.add(a)
}

func (s *story) add(a fact.Answer) {
	s.n++
	p := person{a, fmt.Sprintf("%s#%d", a.Wave, s.n)}
	s.people = append(s.people, p)
	s.teams[p.id] = a.Team
}

// say fills an answer in.
func (s *story) say(a *fact.Answer) {
	a.Score, a.Items, a.Features, a.Reason = nil, nil, nil, "x"
	if s.IntN(10) > 0 {
		a.Score = new([]int{0, 7, 9, 10}[s.IntN(4)])
	}
	if s.IntN(3) > 0 {
		a.Items = map[string]float64{"ease": float64(1 + s.IntN(5))}
	}
	if s.IntN(2) == 0 {
		a.Features = []fact.FeatureAnswer{{Feature: "f", Positive: []*bool{nil, new(true), new(false)}[s.IntN(3)]}}
	}
	a.Unclear = nil
	if s.words == nil || s.words.IntN(12) > 0 {
		return
	}
	if a.Score != nil { // the next step keeps what the word means
		a.Unclear, a.Score = append(a.Unclear, fact.Unclear{Measure: fact.NPSMeasure, Next: strconv.Itoa(*a.Score)}), nil
	}
	if v, ok := a.Items["ease"]; ok {
		a.Unclear, a.Items = append(a.Unclear, fact.Unclear{Measure: fact.ItemMeasure("ease"), Next: strconv.Itoa(int(v))}), nil
	}
}

// mapWords makes all answers understood.
func (s *story) mapWords() {
	for i := range s.people {
		a := &s.people[i].Answer
		for _, u := range a.Unclear {
			n, err := strconv.Atoi(u.Next)
			if err != nil {
				panic(err)
			}
			if u.Measure == fact.NPSMeasure {
				a.Score = &n
			} else {
				a.Items = map[string]float64{"ease": float64(n)}
			}
		}
		a.Unclear = nil
	}
}

// happen changes the platform between two builds.
func (s *story) happen(now time.Time) {
	if s.IntN(2) == 0 {
		t := &s.content.Teams[s.IntN(len(s.content.Teams))]
		t.Group = []string{"", "g0", "g1", "g2"}[s.IntN(4)]
	}
	if s.IntN(4) == 0 {
		s.content.Teams = append(s.content.Teams, fact.Team{ID: fmt.Sprint("new", len(s.content.Teams)), Group: "g1"})
	}
	if s.words != nil && s.words.IntN(3) == 0 {
		s.mapWords()
	}
	v := &s.content.Surveys[s.IntN(len(s.content.Surveys))]
	for range s.IntN(2) * s.IntN(40) { // late, if it is closed by now
		s.answer(v, now.Sub(v.Sent).Hours()/24-s.Float64())
	}
	if s.lost || s.words != nil || len(s.people) == 0 { // an edit beside mapped words may look like none
		return
	}
	switch i := s.IntN(len(s.people)); s.IntN(4) {
	case 0: // somebody changes their mind
		a := s.people[i].Answer
		s.say(&a)
		s.people = slices.Delete(s.people, i, i+1)
		s.add(a)
	case 1: // an answer is gone
		s.people = slices.Delete(s.people, i, i+1)
	}
}

func (s *story) events() fact.Events {
	var e fact.Events
	for _, p := range s.people {
		e.Answers = append(e.Answers, p.Answer)
	}
	return e
}

// TestNoSequenceOfBuildsTellsOfFewerThanFive publishes regrouped, late, edited and
// open waves night after night, and solves everything that was published.
func TestNoSequenceOfBuildsTellsOfFewerThanFive(t *testing.T) {
	h := fnv.New64a()
	h.Write([]byte(t.Name())) // it never fails
	base := h.Sum64()
	entered, kept, broken := 0, 0, 0
	for i := range *sequences {
		s := newStory(base + uint64(i))
		var past compute.Past
		now := 2.
		for build := range 4 + s.IntN(5) {
			now += s.Float64() * 20
			if build > 0 {
				s.happen(s.day(now))
			}
			m, _, err := compute.Measure(compute.DefaultOptions(), s.content, s.events(), past, s.day(now))
			if err != nil {
				t.Fatalf("sequence %d, build %d: %v", i, build, err)
			}
			if err := s.read(&m, s.day(now)); err != nil {
				t.Fatalf("sequence %d, build %d: %v", i, build, err)
			}
			past = compute.Past{Rows: m.History, Waves: &m.Waves}
			if s.lost && s.IntN(4) == 0 && len(m.History) > 0 {
				past.Waves = nil
			}
			for k := range m.Space.Waves {
				w := &m.Space.Waves[k]
				entered += min(1, int(w.Until.Unix()-time.Time{}.Unix()))
				broken += min(1, len(w.Parts))
			}
			kept += len(m.Waves.Waves)
		}
		if err := s.solve(); err != nil {
			t.Fatalf("sequence %d: %v", i, err)
		}
	}
	t.Logf("%d sequences: %d waves shown by group, %d with late answers, %d entries of ledgers", *sequences, broken, entered, kept)
	if entered == 0 || broken < *sequences {
		t.Error("the sequences do not try what they should")
	}
}

// solve is an error if a combination of the figures of all builds is about fewer
// than five answers: without those answers the figures have a lower rank.
func (s *story) solve() error {
	for subject, sums := range s.published {
		of := map[string][]string{} // answers that no figure tells apart, by the figures
		for _, id := range slices.Sorted(maps.Keys(s.teams)) {
			in := ""
			for i := range sums {
				in += string("01"[min(1, 1+slices.Index(sums[i].Members, id))])
			}
			if strings.Contains(in, "1") {
				of[in] = append(of[in], id)
			}
		}
		columns := slices.Sorted(maps.Keys(of))
		full := rankWithout(columns, 0)
		for set := 1; set < 1<<len(columns); set++ {
			n := 0
			var who []string
			for i, c := range columns {
				if set>>i&1 == 1 {
					n += len(of[c])
					who = append(who, of[c]...)
				}
				if n >= privacy.MinAnswers {
					break
				}
			}
			if n < privacy.MinAnswers && rankWithout(columns, set) < full {
				return fmt.Errorf("%s: what %v answered can be worked out from %v", subject, who, sums)
			}
		}
	}
	return nil
}

// rankWithout is the rank of a matrix of columns of zeros and ones, without some.
func rankWithout(columns []string, without int) int {
	var m [][]*big.Rat
	for i, c := range columns {
		if without>>i&1 == 1 {
			continue
		}
		row := make([]*big.Rat, len(c))
		for k := range c {
			row[k] = big.NewRat(int64(c[k]-'0'), 1)
		}
		m = append(m, row)
	}
	rank := 0
	for c := 0; len(m) > 0 && c < len(m[0]); c++ {
		p := slices.IndexFunc(m[rank:], func(row []*big.Rat) bool { return row[c].Sign() != 0 })
		if p < 0 {
			continue
		}
		m[rank], m[rank+p] = m[rank+p], m[rank]
		for i := rank + 1; i < len(m); i++ {
			f := new(big.Rat).Quo(m[i][c], m[rank][c])
			for k := range m[i] {
				m[i][k] = new(big.Rat).Sub(m[i][k], new(big.Rat).Mul(f, m[rank][k]))
			}
		}
		if rank++; rank == len(m) {
			break
		}
	}
	return rank
}

// TestOpenWavesTellNothing: what the answers of an open wave say changes no byte of
// what is published.
func TestOpenWavesTellNothing(t *testing.T) {
	for seed := range uint64(60) {
		s := newStory(seed)
		now := s.day(3 + s.Float64()*40)
		var published []string
		for range 2 {
			m, _, err := compute.Measure(compute.DefaultOptions(), s.content, s.events(), compute.Past{}, now)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(struct {
				compute.Measured
				Ledger compute.Ledger
			}{m, m.Waves})
			if err != nil {
				t.Fatal(err)
			}
			published = append(published, string(data))
			open := map[string]bool{}
			for i := range m.Space.Waves {
				file, _, _ := strings.Cut(m.Space.Waves[i].ID, "/")
				open[file] = open[file] || m.Space.Waves[i].Open
			}
			for i := range s.people {
				p := &s.people[i]
				if v := slices.IndexFunc(s.content.Surveys, func(v fact.Survey) bool { return v.ID == p.Wave }); open[p.Wave] && !s.content.Surveys[v].Pulse {
					s.say(&p.Answer)
					p.Team = ""
				}
			}
		}
		if published[0] != published[1] {
			t.Fatalf("seed %d: other answers to an open wave give another site", seed)
		}
	}
}

// TestSolverSeesNightlyPublication: a platform that publishes an open wave in full
// every night is found out.
func TestSolverSeesNightlyPublication(t *testing.T) {
	found := 0
	for seed := range uint64(50) {
		s := newStory(seed)
		var so []string
		for i := range s.people {
			if so = append(so, s.people[i].id); len(so) >= privacy.MinAnswers && s.IntN(3) == 0 {
				s.published["w score"] = append(s.published["w score"], privacy.Sum{Label: fmt.Sprint(i), Members: slices.Clone(so)})
			}
		}
		if s.solve() != nil {
			found++
		}
	}
	if found < 40 {
		t.Errorf("found out %d of 50", found)
	}
}
