package history_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// Each history has several initiatives with edits of their own: 120 have more than 200 predictions.
var sequences = flag.Int("sequences", 120, "random histories of TestRandomHistories")

// draftItem is an initiative in a random history.
type draftItem struct {
	effort   int
	approved bool
	formerly []string
	seed     int // of its prose, so that no two are similar
}

func (d draftItem) text() string {
	var more []string
	if len(d.formerly) > 0 {
		more = []string{fmt.Sprintf("formerly = [%q]", strings.Join(d.formerly, `", "`))}
	}
	approved := ""
	if d.approved {
		approved = "2024-01-01"
	}
	text := item(float64(d.effort), approved, more...)
	text = text[:strings.LastIndex(text, "+++\n")+4]
	for line := range 30 {
		text += fmt.Sprintf("Prose %d of %d.\n", line*7919, d.seed)
	}
	return text
}

// state is one commit of a random history. from has the former names of renamed items.
type state struct {
	at    time.Time
	items map[string]draftItem
	from  map[string]string
}

// newStates makes a random sequence of additions, edits, renames and removals.
func newStates(rng *rand.Rand) []state {
	at := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	var states []state
	items := map[string]draftItem{}
	var used []string
	next := 0
	for range 4 + rng.IntN(12) {
		at = at.AddDate(0, 0, 1+rng.IntN(9)).Add(time.Duration(rng.IntN(60)) * time.Minute)
		s := state{at: at, items: maps.Clone(items), from: map[string]string{}}
		names := slices.Sorted(maps.Keys(items))
		rng.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
		for _, name := range names {
			it := s.items[name]
			switch rng.IntN(8) {
			case 0:
				it.effort = 1 + rng.IntN(9)
			case 1:
				it.approved = !it.approved
			case 2:
				delete(s.items, name)
				continue
			case 3, 4: // renamed, perhaps with an edit; the names are new, and used once more
				next++
				to := fmt.Sprintf("item-%d", next)
				if rng.IntN(2) == 0 {
					it.effort = 1 + rng.IntN(9)
				}
				if rng.IntN(2) == 0 { // nothing of the text stays, but the file names its former ID
					next++
					it.seed, it.formerly = 1000+next, []string{name}
				} else {
					it.formerly = nil
				}
				delete(s.items, name)
				s.items[to], s.from[to] = it, name
				continue
			}
			s.items[name] = it
		}
		if rng.IntN(2) == 0 {
			next++
			s.items[fmt.Sprintf("item-%d", next)] = draftItem{effort: 1 + rng.IntN(9), approved: rng.IntN(2) == 0, seed: next}
		}
		if len(used) > 0 && rng.IntN(3) == 0 { // a name that was used before, but not in the last commit
			name := used[rng.IntN(len(used))]
			_, before := items[name]
			if _, taken := s.items[name]; !taken && !before {
				next++
				s.items[name] = draftItem{effort: 1 + rng.IntN(9), approved: rng.IntN(2) == 0, seed: next}
			}
		}
		used = append(used, names...)
		states, items = append(states, s), s.items
	}
	return states
}

// expectPrediction walks back from the last state, one commit at a time, by the names that the
// history was made with. It is slow, and shares nothing with the reader.
func expectPrediction(states []state, name string) string {
	at := len(states) - 1
	now := states[at].items[name]
	if !now.approved {
		return ""
	}
	first := at
	var efforts []string
	for i, current := at, name; ; i-- {
		if i < at && !states[i].items[current].approved {
			break
		}
		if _, there := states[i].items[current]; !there {
			break
		}
		first = i
		it := states[i].items[current]
		efforts = append(efforts, fmt.Sprintf("%d", it.effort))
		if i == 0 {
			break
		}
		if from, renamed := states[i].from[current]; renamed {
			current = from
		} else if _, there := states[i-1].items[current]; !there {
			break
		}
	}
	slices.Reverse(efforts)
	return fmt.Sprintf("%s: %s, recorded %s", name, strings.Join(slices.Compact(efforts), " → "),
		states[first].at.Format(time.RFC3339))
}

// TestRandomHistories compares the reader with an oracle that knows how the history was made.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var stream strings.Builder
	all := make([][]state, *sequences)
	for seed := range all {
		rng := rand.New(rand.NewPCG(uint64(seed), 14))
		all[seed] = newStates(rng)
		for n, s := range all[seed] {
			fmt.Fprintf(&stream, "commit refs/heads/s%d\ncommitter Ann <a@x> %d %+03d00\ndata 1\nx\n", seed, s.at.Unix(),
				rng.IntN(26)-12)
			if n == 0 {
				const config = "[platform]\nname = \"P\"\n"
				fmt.Fprintf(&stream, "M 100644 inline config.toml\ndata %d\n%s\n", len(config), config)
			} else {
				stream.WriteString("D roadmap\n")
			}
			for _, name := range slices.Sorted(maps.Keys(s.items)) {
				text := s.items[name].text()
				fmt.Fprintf(&stream, "M 100644 inline roadmap/%s.md\ndata %d\n%s\n", name, len(text), text)
			}
		}
	}
	r.write("stream", stream.String())
	r.feed("stream", "fast-import", "--quiet")
	counted, renamed := 0, 0
	for seed, states := range all {
		last := states[len(states)-1]
		w := r.load()
		w.Content.Initiatives = nil
		for _, name := range slices.Sorted(maps.Keys(last.items)) {
			w.Content.Initiatives = append(w.Content.Initiatives, parse(t, name, last.items[name].text()))
		}
		h, err := history.Open(t.Context(), w, history.Place{Tip: fmt.Sprintf("refs/heads/s%d", seed)})
		if err != nil {
			t.Fatal(err)
		}
		ledger, err := h.ReadLedger(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ledger.Attach(history.PresentOf(w))
		var got, want []string
		for _, p := range rice.Measure(w.Config.Options().RICE, w.Content, asOf).Predictions {
			efforts := []string{fmt.Sprintf("%g", p.Effort)}
			for _, e := range p.Since {
				efforts = append(efforts, fmt.Sprintf("%g", e.Effort))
			}
			got = append(got, fmt.Sprintf("%s: %s, recorded %s", p.ID, strings.Join(efforts, " → "), p.Recorded.Format(time.RFC3339)))
		}
		for _, name := range slices.Sorted(maps.Keys(last.items)) {
			if line := expectPrediction(states, name); line != "" {
				want = append(want, line)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("sequence %d:\ngot  %s\nwant %s", seed, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
		counted += len(want)
		for _, s := range states {
			renamed += len(s.from)
		}
	}
	t.Logf("%d histories, %d predictions, %d renames", *sequences, counted, renamed)
	if counted < *sequences*3/2 || renamed < *sequences {
		t.Errorf("only %d predictions and %d renames in %d histories", counted, renamed, *sequences)
	}
}
