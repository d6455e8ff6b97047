package merge

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// export makes the rows of a random export of one kind, without its header.
type export struct {
	kind, header string
	rows         func(r *rand.Rand) []string
}

// clock gives random stamps of October 2024, in minutes.
func clock(r *rand.Rand) time.Time {
	return time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(30*24*60)) * time.Minute)
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// maybe is the text or blank.
func maybe(r *rand.Rand, text string) string {
	if r.IntN(3) == 0 {
		return ""
	}
	return text
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

// log makes up to four rows of each of n things. line gets the thing's number, its
// opening and the time of the row.
func log(r *rand.Rand, n int, line func(i, turn int, opened, at time.Time) string) []string {
	var rows []string
	for i := range n {
		opened := clock(r)
		at := opened
		for turn := range 1 + r.IntN(4) {
			at = at.Add(time.Duration(1+r.IntN(3000)) * time.Minute)
			rows = append(rows, line(i/2, turn+1, opened, at)) // two things share an id
		}
	}
	return rows
}

// plainRows makes rows without ids, some of them several times.
func plainRows(r *rand.Rand, n int, line func() string) []string {
	var rows []string
	for range n {
		row := line()
		for range 1 + r.IntN(3)/2 {
			rows = append(rows, row)
		}
	}
	return rows
}

var exports = []export{
	{"deployments", "repository,service,id,environment,commit,created,finished,at,status,updated", func(r *rand.Rand) []string {
		byTime := log(r, 8, func(i, turn int, opened, at time.Time) string { // states of a log
			return fmt.Sprintf("acme/%s,,%d,prod,%s,,,%s,%s,", "ab"[i%2:i%2+1], i, maybe(r, fmt.Sprint("c", i)), stamp(at), pick(r, "queued", "failed", "success", "inactive"))
		})
		records := log(r, 8, func(i, turn int, opened, at time.Time) string {
			return fmt.Sprintf("acme/c,%s,%d,prod,,%s,%s,,%s,%s", maybe(r, "web"), i, stamp(opened), stamp(opened.Add(time.Hour)), pick(r, "failed", "success"), stamp(at))
		})
		without := plainRows(r, 8, func() string {
			at := time.Date(2024, 10, 1+r.IntN(3), 0, 0, 0, 0, time.UTC)
			end, status := stamp(at.Add(time.Hour)), "success"
			if r.IntN(2) == 0 {
				end, status = "", "running"
			}
			return fmt.Sprintf("acme/d,,,prod,%s,%s,%s,,%s,", maybe(r, "abc"), stamp(at), end, status)
		})
		return append(append(byTime, records...), without...)
	}},
	{"changes", "repository,id,title,author,opened,merged,closed,draft,labels,updated", func(r *rand.Rand) []string {
		return log(r, 12, func(i, turn int, opened, at time.Time) string {
			merged, closed := "", ""
			switch r.IntN(3) {
			case 0:
				merged = stamp(opened.Add(time.Hour))
			case 1:
				closed = stamp(at)
			}
			return fmt.Sprintf("acme/a,%d,%s,%s,%s,%s,%s,%s,%s,%s", i, maybe(r, fmt.Sprint("t", turn)), maybe(r, "ann"),
				maybe(r, stamp(opened)), merged, cmpOr(closed, stamp(opened)), pick(r, "true", "false"), maybe(r, "x;y"), stamp(at))
		})
	}},
	{"incidents", "id,service,severity,opened,resolved,reopened,updated", func(r *rand.Rand) []string {
		return log(r, 12, func(i, turn int, opened, at time.Time) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s,%s,%s", i, maybe(r, "web"), maybe(r, fmt.Sprint("s", turn)), stamp(opened),
				maybe(r, stamp(opened.Add(time.Hour))), maybe(r, stamp(at)), stamp(at))
		})
	}},
	{"incidents", "id,service,severity,opened,resolved,sequence", func(r *rand.Rand) []string {
		return log(r, 12, func(i, turn int, opened, at time.Time) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s,%d", i, maybe(r, "web"), maybe(r, fmt.Sprint("s", turn)), stamp(opened), maybe(r, stamp(at)), turn)
		})
	}},
	{"tickets", "id,title,team,opened,resolved,reopened,updated", func(r *rand.Rand) []string {
		return log(r, 12, func(i, turn int, opened, at time.Time) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s,%s,%s", i, maybe(r, fmt.Sprint("t", turn)), maybe(r, "web"), stamp(opened),
				maybe(r, stamp(at)), maybe(r, fmt.Sprint(turn)), stamp(at))
		})
	}},
	{"commits", "repository,sha,parents,author,commit_time", func(r *rand.Rand) []string {
		sha := 0
		return plainRows(r, 12, func() string {
			sha++
			return fmt.Sprintf("acme/%s,%d,%s,%s,%s", pick(r, "a", "b"), sha, maybe(r, "1 2"), maybe(r, "ann"), stamp(clock(r)))
		})
	}},
	{"tasks", "task,date,minutes,unaided,team", func(r *rand.Rand) []string {
		return plainRows(r, 20, func() string {
			return fmt.Sprintf("%s,2024-10-0%d,%s,%s,%s", pick(r, "deploy", "onboard"), 1+r.IntN(3), maybe(r, "5"), maybe(r, "yes"), maybe(r, "web"))
		})
	}},
	{"tasks", "attempt,task,date,done,updated", func(r *rand.Rand) []string {
		return log(r, 12, func(i, turn int, opened, at time.Time) string {
			return fmt.Sprintf("%d,deploy,%s,%s,%s", i, stamp(opened), pick(r, "yes", "no"), stamp(at))
		})
	}},
	{"measures", "measure,date,value,n,team", func(r *rand.Rand) []string {
		return plainRows(r, 20, func() string {
			return fmt.Sprintf("uptime,2024-10-0%d,%d,%s,%s", 1+r.IntN(3), r.IntN(3), maybe(r, "5"), maybe(r, "web"))
		})
	}},
	{"usage", "feature,unit,team,date,count", func(r *rand.Rand) []string {
		return plainRows(r, 20, func() string {
			return fmt.Sprintf("%s,%s,%s,2024-10-0%d,%d", pick(r, "helm", "vault"), pick(r, "ann", "bob"), maybe(r, "web"), 1+r.IntN(3), 1+r.IntN(2))
		})
	}},
	{"survey", "response_id,at,score,why", func(r *rand.Rand) []string {
		rows := log(r, 6, func(i, turn int, _, at time.Time) string {
			return fmt.Sprintf("r%d,%s,%d,%s", i, stamp(at), r.IntN(11), maybe(r, "slow"))
		})
		return append(rows, plainRows(r, 6, func() string {
			return fmt.Sprintf(",2024-10-0%d,%d,%s", 1+r.IntN(3), r.IntN(2), maybe(r, "slow"))
		})...)
	}},
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// split deals the rows to overlapping files, each to at least one; equal rows stay
// together. The names of the files are in no order.
func split(r *rand.Rand, x export, rows []string) []file {
	files := make([]file, 1+r.IntN(5))
	for i, n := range r.Perm(len(files)) {
		files[i] = file{"table", "s", fmt.Sprintf("%d.csv", n), x.header + "\n"}
	}
	dealt := map[string][]int{}
	for _, i := range r.Perm(len(rows)) {
		row := rows[i]
		if dealt[row] == nil {
			for k := range files {
				if r.IntN(2) == 0 {
					dealt[row] = append(dealt[row], k)
				}
			}
			if dealt[row] == nil {
				dealt[row] = []int{r.IntN(len(files))}
			}
		}
		for _, k := range dealt[row] {
			files[k].text += row + "\n"
		}
	}
	kept := files[:0]
	for _, f := range files {
		if strings.Count(f.text, "\n") > 1 {
			kept = append(kept, f)
		}
	}
	return kept
}

// published is what numbers are made of. Usage is added up by names and week, because only rows that
// no other row may repeat are summed while they are read.
func published(e fact.Events) fact.Events {
	e.Imports, e.Gaps = nil, nil
	type names struct {
		feature, part, unit, team string
		week                      int32
	}
	sums := map[names]fact.Use{}
	for _, u := range e.Usage {
		weeks := u.Weeks
		if weeks == nil {
			weeks = []fact.UseWeek{fact.NewUseWeek(u.At, u.Count)}
		}
		for _, w := range weeks {
			k := names{u.Feature, u.Part, u.Unit, u.Team, w.Week}
			sum := sums[k]
			if sum.Weeks == nil {
				sum = fact.Use{Source: u.Source, Feature: u.Feature, Part: u.Part, Unit: u.Unit, Team: u.Team, Weeks: []fact.UseWeek{{Week: w.Week}}}
			}
			sum.Weeks[0].Days |= w.Days
			sum.Weeks[0].Count += w.Count
			sums[k] = sum
		}
	}
	e.Usage = slices.SortedFunc(maps.Values(sums), func(a, b fact.Use) int {
		return cmp.Or(strings.Compare(a.Feature, b.Feature), strings.Compare(a.Part, b.Part), strings.Compare(a.Unit, b.Unit),
			strings.Compare(a.Team, b.Team), int(a.Weeks[0].Week-b.Weeks[0].Week))
	})
	return e
}

// countUsed returns the number of rows behind the uses.
func countUsed(list []fact.Use) int {
	n := 0
	for i := range list {
		n += list[i].CountRows()
	}
	return n
}

// TestSplitExports: an export that is split into one to five overlapping files, in
// any order of files, comes to the same facts as the whole; so does one with a
// file twice.
func TestSplitExports(t *testing.T) {
	const seeds = 200
	for i, x := range exports {
		t.Run(fmt.Sprint(i, " ", x.kind), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(seeds) {
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				rows := x.rows(r)
				whole := read(t, x.kind, file{"table", "s", "whole.csv", x.header + "\n" + strings.Join(rows, "\n") + "\n"})
				want := Merge(whole, prod, nil)
				checkSums(t, &want)
				files := split(r, x, rows)
				parts := read(t, x.kind, files...)
				got := Merge(parts, prod, nil)
				checkSums(t, &got)
				if a, b := countUsed(want.Events.Usage), countUsed(got.Events.Usage); a != b {
					t.Fatalf("seed %d, %d files: %d rows of usage are counted, and %d of the whole", seed, len(parts), b, a)
				}
				if a, b := published(want.Events), published(got.Events); !reflect.DeepEqual(a, b) {
					t.Fatalf("seed %d, %d files (-whole +split):\n%s", seed, len(parts), gocmp.Diff(a, b))
				}
				parts = read(t, x.kind, append(files, files[r.IntN(len(files))])...)
				r.Shuffle(len(parts), func(i, k int) { parts[i], parts[k] = parts[k], parts[i] })
				got = Merge(parts, prod, nil)
				checkSums(t, &got)
				if a, b := published(want.Events), published(got.Events); !reflect.DeepEqual(a, b) {
					t.Fatalf("seed %d, a file twice (-whole +split):\n%s", seed, gocmp.Diff(a, b))
				}
			}
		})
	}
}
