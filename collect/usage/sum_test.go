package usage

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

var logs = flag.Int("logs", 200, "number of random usage logs")

// logRow is one row of a random log.
type logRow struct {
	id, feature, part, unit, team string
	at, updated                   time.Time
	count                         int
}

// randomLogs returns the rows of one to three files of one system, which overlap: rows are
// repeated, updated and in any order, with or without IDs.
func randomLogs(r *rand.Rand) [][]logRow {
	monday := time.Date(2024, 9, 30, 0, 0, 0, 0, time.UTC)
	ids := r.IntN(3) // none, some, all
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var pool []logRow
	for i := range 1 + r.IntN(40) {
		row := logRow{
			feature: pick("backstage", "gitops"), part: pick("", "docs"), unit: pick("ann", "ben", "cleo"), team: pick("", "red"),
			at: monday.Add(time.Duration(r.IntN(35*24)) * time.Hour), count: r.IntN(4),
		}
		if ids == 2 || ids == 1 && r.IntN(2) == 0 {
			row.id = fmt.Sprint(i)
		}
		pool = append(pool, row)
		if row.id != "" && r.IntN(4) == 0 {
			row.count, row.updated = 1+r.IntN(5), row.at.Add(time.Hour)
			pool = append(pool, row)
		}
	}
	files := make([][]logRow, 1+r.IntN(3))
	for f := range files {
		for _, row := range pool {
			if r.IntN(3) > 0 {
				files[f] = append(files[f], row)
			}
			if r.IntN(8) == 0 {
				files[f] = append(files[f], row)
			}
		}
		r.Shuffle(len(files[f]), func(i, j int) { files[f][i], files[f][j] = files[f][j], files[f][i] })
	}
	return files
}

func writeLog(rows []logRow) string {
	var b strings.Builder
	b.WriteString("event_id,feature,part,unit,team,date,count,updated\n")
	for _, row := range rows {
		updated := ""
		if !row.updated.IsZero() {
			updated = row.updated.Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%d,%s\n", row.id, row.feature, row.part, row.unit, row.team,
			row.at.Format(time.RFC3339), row.count, updated)
	}
	return b.String()
}

// sums are the numbers that a usage log has: by names and week, the days and the count.
type sums map[string]string

func sumUses(list []fact.Use) sums {
	weeks := map[string]fact.UseWeek{}
	for _, u := range list {
		all := u.Weeks
		if all == nil {
			all = []fact.UseWeek{fact.NewUseWeek(u.At, u.Count)}
		}
		for _, w := range all {
			key := fmt.Sprintf("%s %s %s %s %s", u.Feature, u.Part, u.Unit, u.Team, w.Start().Format(time.DateOnly))
			sum := weeks[key]
			weeks[key] = fact.UseWeek{Week: w.Week, Days: sum.Days | w.Days, Count: sum.Count + w.Count}
		}
	}
	out := sums{}
	for key, w := range weeks {
		out[key] = fmt.Sprintf("days %07b, count %g", w.Days, w.Count)
	}
	return out
}

// mergeParts merges the files of one system, and returns the sums and, for each file, the number
// of rows used.
func mergeParts(parts []fact.Events) (sums, []int) {
	var list []merge.SourceFacts
	for _, e := range parts {
		list = append(list, merge.SourceFacts{Name: "logs", Events: e})
	}
	result := merge.Merge(list, func(string, string) bool { return true }, nil)
	var used []int
	for _, imports := range result.Imports {
		used = append(used, imports[0].Used)
	}
	return sumUses(result.Events.Usage), used
}

// keepRows returns the facts of a file without summing any.
func keepRows(name string, rows []logRow) fact.Events {
	var e fact.Events
	for _, row := range rows {
		if row.count == 0 {
			continue
		}
		e.Usage = append(e.Usage, fact.Use{
			Source: "logs", Feature: row.feature, Part: row.part, Unit: tabular.HashID(salt, row.unit), Team: row.team,
			At: row.at, Count: float64(row.count), Row: tabular.NewRowIdentity(row.id, tabular.Time{Time: row.updated}, nil),
		})
	}
	e.Imports = []fact.Import{{Source: "logs", Kind: "usage", File: name, Read: len(rows), Used: len(e.Usage)}}
	return e
}

var salt = []byte("0123456789abcdef")

// TestSumsEqualRows holds that sums made while reading are those of all rows, for one file and
// for several that overlap, with identities in memory and in a temporary file, and with hashes of
// which most collide.
func TestSumsEqualRows(t *testing.T) {
	for seed := range *logs {
		files := randomLogs(rand.New(rand.NewPCG(uint64(seed), 15)))
		var naive []fact.Events
		for i, rows := range files {
			naive = append(naive, keepRows(fmt.Sprintf("%d.csv", i), rows))
		}
		want, wantUsed := mergeParts(naive)
		for _, o := range []Options{{}, {Identities: 3}, {Bits: 2}, {Identities: 5, Bits: 3}} {
			o.Salt = salt
			var sources []*Source
			for i, rows := range files {
				file := inMemory(writeLog(rows))
				file.Path = fmt.Sprintf("%d.csv", i)
				s, err := New("logs", file, o)
				if err != nil {
					t.Fatal(err)
				}
				sources = append(sources, s)
			}
			Share(sources)
			var parts []fact.Events
			for _, s := range sources {
				e, err := s.Collect(context.Background(), window)
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, e)
			}
			got, gotUsed := mergeParts(parts)
			if !maps.Equal(want, got) {
				t.Fatalf("seed %d, %d files, %d in memory, %d bits (-rows +sums):\n%s", seed, len(files), o.Identities, o.Bits,
					cmp.Diff(want, got))
			}
			if diff := cmp.Diff(wantUsed, gotUsed); diff != "" {
				t.Fatalf("seed %d: rows used (-rows +sums):\n%s", seed, diff)
			}
		}
	}
}
