package support

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/compute/org"
)

var dumps = flag.Int("dumps", 200, "number of random dumps of tickets")

// randomDumps returns one to three files of tickets, which overlap: rows are repeated, updated,
// and in any order.
func randomDumps(r *rand.Rand) []string {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	stamp := func(t time.Time) string { return t.Format(time.RFC3339) }
	var pool []string
	for i := range 20 + r.IntN(200) {
		opened := asOf.Add(-time.Duration(r.IntN(80*7*24*60)+1) * time.Minute)
		names := pick("deploy to prod", "slow build", "quota", "") + "," + pick("red", "blue", "") + "," + pick("ci", "")
		for range 1 + max(0, r.IntN(8)-6) {
			resolved, status := "", pick("Open", "Closed", "Parked", "")
			if end := opened.Add(time.Duration(r.IntN(90*60)) * time.Minute); r.IntN(5) > 0 && end.Before(asOf) {
				resolved, status = stamp(end), pick("Closed", "")
			}
			pool = append(pool, fmt.Sprintf("T-%d,%s,%s,%s,%s,%s,%s,%d", i, names, stamp(opened), resolved,
				stamp(opened.Add(time.Duration(r.IntN(9))*time.Hour)), status, pick("", "Duplicate", "Fixed", "Won't do"), r.IntN(2)))
		}
	}
	files := make([]string, 1+r.IntN(3))
	for f := range files {
		var rows []string
		for _, row := range pool {
			if len(files) == 1 || r.IntN(3) > 0 {
				rows = append(rows, row)
			}
			if r.IntN(15) == 0 {
				rows = append(rows, row)
			}
		}
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		files[f] = "id,title,team,feature,opened,resolved,updated,status,resolution,reopened\n" + strings.Join(rows, "\n") + "\n"
	}
	return files
}

// readDumps returns the merged facts of the files. systems is the number of systems that issued
// their IDs.
func readDumps(t *testing.T, files []string, systems int, o tickets.Options) merge.Result {
	t.Helper()
	o.Themes = rules
	var sources []*tickets.Source
	for i, text := range files {
		sources = append(sources, tickets.New(fmt.Sprint("s", i%systems), tabular.File{
			Path: fmt.Sprint(i, ".csv"),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		}, o))
	}
	if o.OneByOne != nil {
		tickets.Share(sources)
	}
	var parts []merge.SourceFacts
	for _, s := range sources {
		e, err := s.Collect(context.Background(), collect.Window{From: asOf.AddDate(-2, 0, 0), To: asOf})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, merge.SourceFacts{Name: s.Name(), Events: e})
	}
	return merge.Merge(parts, func(string, string) bool { return true }, nil)
}

// TestSumsEqualRows holds that sums made while reading give the results of all rows, for files
// that overlap, of one system and two, with IDs in memory and in a temporary file, and with hashes
// of which most collide.
func TestSumsEqualRows(t *testing.T) {
	summed := 0
	for seed := range *dumps {
		r := rand.New(rand.NewPCG(uint64(seed), 16))
		files, systems := randomDumps(r), 1+r.IntN(2)
		rows := readDumps(t, files, systems, tickets.Options{})
		c := content
		c.Teams = []fact.Team{{ID: "blue"}}
		describe := func(m merge.Result) any {
			e, strays := org.NewNames(c).Canonicalise(c, m.Events)
			in := Input{Content: c, Tickets: e.Tickets, Words: e.TitleWords, Developers: 250, Sesoi: 0.1}
			return []any{Measure(organisation, in), DescribeThemes(&c, e.Tickets, e.TitleWords, nil), strays, m.Imports, m.Findings}
		}
		want := describe(rows)
		for _, o := range []tickets.Options{{}, {Identities: 7}, {Bits: 4}, {Identities: 5, Bits: 6}} {
			o.OneByOne = func(at time.Time) bool { return NeedsOneByOne(organisation.Calendar, at) }
			m := readDumps(t, files, systems, o)
			summed += len(rows.Events.Tickets) - len(m.Events.Tickets)
			if diff := cmp.Diff(want, describe(m), cmpopts.EquateApprox(1e-12, 0), cmpopts.IgnoreUnexported(Change{})); diff != "" {
				t.Fatalf("seed %d, %d files, %d in memory, %d bits (-rows +sums):\n%s", seed, len(files), o.Identities, o.Bits, diff)
			}
		}
	}
	if summed == 0 {
		t.Error("no ticket was summed")
	}
}
