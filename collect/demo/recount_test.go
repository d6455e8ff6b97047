package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// This file counts again, from the bytes of the exports and the documented
// definitions alone: slowly, plainly and without the generator's types.

// memory is a folder in memory; files are parsed once.
type memory map[string]*export

type export struct {
	bytes.Buffer
	lines []line
}

func (m memory) create(name string) (io.Writer, error) {
	m[name] = &export{}
	return m[name], nil
}

// line is one row of an export.
type line struct {
	index map[string]int
	cells []string
}

func (l line) get(column string) string {
	i, ok := l.index[column]
	if !ok {
		panic("no column " + column)
	}
	return l.cells[i]
}

// rows reads an export.
func (m memory) rows(t *testing.T, name string) []line {
	t.Helper()
	if m[name].lines != nil {
		return m[name].lines
	}
	var r io.Reader = bytes.NewReader(m[name].Bytes())
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	all, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	index := map[string]int{}
	for i, c := range all[0] {
		index[c] = i
	}
	out := make([]line, 0, len(all))
	for _, cells := range all[1:] {
		out = append(out, line{index, cells})
	}
	m[name].lines = out
	return out
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type recounted struct {
	deployments []rolled
	leads       []waited
	incidents   []line
	stillborn   int // roll-outs that never succeeded
	retries     int
	waiting     int // merged, not deployed
}

// rolled is one successful production deployment.
type rolled struct {
	id, service, team, commit string
	created, finished         time.Time
	position                  int // of its commit among the service's merges
	human, bots               int // new changes in it
	failed                    bool
}

func (d *rolled) automated() bool { return d.human == 0 && d.bots > 0 }

type waited struct {
	team           string
	deployed       time.Time
	minutes        float64
	first, changed time.Time
}

// scope is one owned service.
type scope struct{ team, id, repository, prefix string }

func scopes(teams []fact.Team) []scope {
	var out []scope
	seen := map[string]bool{}
	for _, t := range teams {
		for _, o := range t.Owns {
			s := scope{t.ID, o.Service, o.Repository, ""}
			if s.id == "" {
				s.id = o.Repository
			}
			if len(o.Paths) > 0 {
				s.prefix = strings.TrimSuffix(o.Paths[0], "**")
				if o.Service == "" {
					s.id += ":" + strings.TrimSuffix(o.Paths[0], "/**")
				}
			}
			if !seen[s.id] {
				seen[s.id] = true
				out = append(out, s)
			}
		}
	}
	return out
}

var production = regexp.MustCompile("^prod")

// recount applies the definitions to the exports.
func recount(t *testing.T, m memory, teams []fact.Team) recounted {
	t.Helper()
	deployments, changes := map[string][]line{}, map[string][]line{}
	for _, d := range m.rows(t, "deployments.csv.gz") {
		deployments[d.get("service")] = append(deployments[d.get("service")], d)
	}
	for _, c := range m.rows(t, "changes.csv.gz") {
		changes[c.get("repository")] = append(changes[c.get("repository")], c)
	}
	out := recounted{incidents: m.rows(t, "incidents.csv.gz")}
	named := map[string]bool{}
	for _, in := range out.incidents {
		named[in.get("deployment")] = true
	}
	for _, s := range scopes(teams) {
		out.service(t, s, deployments[s.id], changes[s.repository], named)
	}
	return out
}

func (out *recounted) service(t *testing.T, s scope, ds, cs []line, named map[string]bool) {
	merged := mergedChanges(cs, s.prefix)
	position := map[string]int{}
	for i, c := range merged {
		position[c.get("merge_commit")] = i
	}
	list := out.collapse(t, s, ds)
	for i := range list {
		p, ok := position[list[i].commit]
		if !ok {
			t.Fatalf("%s deploys %s, which no change of the service merged", list[i].id, list[i].commit)
		}
		list[i].position = p
	}
	for i, c := range merged {
		out.deliver(t, s, list, i, c)
	}
	for i := range list {
		d := &list[i]
		d.failed = d.failed || named[d.id]
		if i > 0 && d.position < list[i-1].position {
			list[i-1].failed = true // an older commit came back: it blames the one in service before
		}
	}
	out.deployments = append(out.deployments, list...)
}

func mergedChanges(cs []line, prefix string) []line {
	var merged []line
	for _, c := range cs {
		if c.get("merged") != "" && (prefix == "" || strings.HasPrefix(c.get("paths"), prefix)) {
			merged = append(merged, c)
		}
	}
	slices.SortStableFunc(merged, func(a, b line) int { return strings.Compare(a.get("merged"), b.get("merged")) })
	return merged
}

// collapse keeps successful production deployments; a repetition of the same
// commit within 15 minutes belongs to the one before.
func (out *recounted) collapse(t *testing.T, s scope, ds []line) []rolled {
	type attempt struct {
		rolled
		ok bool
	}
	var all []attempt
	for _, d := range ds {
		if !production.MatchString(d.get("environment")) {
			continue
		}
		a := attempt{rolled{
			id: d.get("id"), service: s.id, team: s.team, commit: d.get("commit"),
			created: instant(t, d.get("created")), finished: instant(t, d.get("finished")),
		}, d.get("status") == "success"}
		if n := len(all); n > 0 && all[n-1].commit == a.commit && a.created.Sub(all[n-1].created) <= 15*time.Minute {
			out.retries++
			if !all[n-1].ok {
				all[n-1] = a
			}
			continue
		}
		all = append(all, a)
	}
	var list []rolled
	for _, a := range all {
		if a.ok {
			list = append(list, a.rolled)
		} else {
			out.stillborn++
		}
	}
	slices.SortStableFunc(list, func(a, b rolled) int { return a.finished.Compare(b.finished) })
	return list
}

// deliver finds the first deployment that contains the i-th merge. The first
// deployment of all is the baseline: what it brought is not known.
func (out *recounted) deliver(t *testing.T, s scope, list []rolled, i int, c line) {
	bot := strings.HasSuffix(c.get("author"), "[bot]")
	for k := range list {
		if list[k].position < i {
			continue
		}
		if bot {
			list[k].bots++
		} else {
			list[k].human++
		}
		if k > 0 && !bot {
			first := instant(t, c.get("first_commit"))
			out.leads = append(out.leads, waited{
				s.team, list[k].finished, list[k].finished.Sub(first).Minutes(), first, instant(t, c.get("merged")),
			})
		}
		return
	}
	out.waiting++
}

// window is what a page shows about four weeks.
type window struct {
	human, automated, failed int
	lead, restore            []float64
	open                     int
}

func (out *recounted) window(t *testing.T, from string) window {
	t.Helper()
	begin, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	in := func(x time.Time) bool { return !x.Before(begin) && x.Before(begin.AddDate(0, 0, 28)) }
	var w window
	for i := range out.deployments {
		switch d := &out.deployments[i]; {
		case !in(d.finished):
		case d.automated():
			w.automated++
		default:
			w.human++
			if d.failed {
				w.failed++
			}
		}
	}
	for _, l := range out.leads {
		if in(l.deployed) {
			w.lead = append(w.lead, l.minutes)
		}
	}
	for _, i := range out.incidents {
		if opened := instant(t, i.get("opened")); in(opened) {
			if i.get("resolved") == "" {
				w.open++
				continue
			}
			w.restore = append(w.restore, instant(t, i.get("resolved")).Sub(opened).Minutes())
		}
	}
	slices.Sort(w.lead)
	slices.Sort(w.restore)
	return w
}

// at7 is the q-quantile of sorted values by interpolation (R type 7).
func at7(x []float64, q float64) float64 {
	h := q * float64(len(x)-1)
	i := int(h)
	if i+1 >= len(x) {
		return x[len(x)-1]
	}
	return x[i] + (h-float64(i))*(x[i+1]-x[i])
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
