package render

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// manyTeams is a report of n teams in groups, with the four metrics and their weeks.
func manyTeams(n, groups int) (compute.Report, fact.Content) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	r := compute.Report{Measured: compute.Measured{
		AsOf: asOf, Current: metric.Window{From: asOf.AddDate(0, 0, -35), To: asOf.AddDate(0, 0, -7)},
		Before:   metric.Window{From: asOf.AddDate(0, 0, -63), To: asOf.AddDate(0, 0, -35)},
		Platform: compute.Platform{Name: "Fawkes", Developers: 4 * n},
	}}
	sec := metric.Section{Family: "dora"}
	var c fact.Content
	addNumbers(&r, &sec, organisation, 0)
	for g := range groups {
		id := fmt.Sprintf("group-%02d", g+1)
		c.Groups = append(c.Groups, fact.Group{ID: id, Title: fmt.Sprintf("Group %02d", g+1)})
		r.Groups = append(r.Groups, dora.GroupTeams{ID: id, Teams: n / groups})
		addNumbers(&r, &sec, metric.Scope{Kind: metric.Group, ID: id}, g)
	}
	for i := range n {
		t := compute.TeamInfo{ID: fmt.Sprintf("team-%04d", i), Title: fmt.Sprintf("Team of domain %04d", i), Developers: 4, Shown: true}
		if groups > 0 {
			t.Group = c.Groups[i%groups].ID
		}
		r.Teams = append(r.Teams, t)
		addNumbers(&r, &sec, metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, i)
	}
	r.Sections = []metric.Section{sec}
	return r, c
}

// addNumbers adds the four metrics of a scope; each scope has numbers of its own.
func addNumbers(r *compute.Report, sec *metric.Section, scope metric.Scope, seed int) {
	for k, id := range headlineIDs {
		unit, at := metric.PerDay, 2+math.Mod(float64(seed)*1.37, 9)
		switch {
		case id == dora.Frequency && scope.Kind != metric.Team:
			unit = metric.PerDayPer
		case id == dora.LeadTime, id == dora.RestoreTime:
			unit, at = metric.Seconds, at*713
		case id == dora.FailRate:
			unit, at = metric.Share, at/100
		}
		change := 0.3 * math.Sin(float64(seed+k))
		m := metric.Metric{
			ID: id, Title: id, Scope: scope, State: metric.OK, Unit: unit, Better: metric.Up, Window: r.Current,
			Figure: metric.Figure{Value: metric.Of(at)}, N: []metric.Count{{What: "deployments", N: 100 + seed}},
			Was: &metric.Was{Figure: metric.Figure{Value: metric.Of(at / (1 + change))}, Window: r.Before},
			Trend: &metric.Trend{
				Change: change, Range: metric.Range{Lo: change - 0.2, Hi: change + 0.25}, Bounded: true,
				Relative: unit != metric.Share, Better: metric.Up, Now: r.Current, Before: r.Before, Outcome: metric.NotEnoughData,
			},
		}
		sec.Metrics = append(sec.Metrics, m)
		s := metric.Series{ID: id, Title: id, Scope: scope, Unit: unit}
		for w := range 60 {
			v := at * (1 + 0.3*math.Sin(float64(w*w+seed*7+k)))
			s.Points = append(s.Points, metric.Point{At: r.Current.To.AddDate(0, 0, 7*(w-60)), Figure: metric.Figure{Value: metric.Of(v)}})
		}
		sec.Series = append(sec.Series, s)
	}
}

func gzipped(text string) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	fmt.Fprint(w, text)
	w.Close()
	return b.Len()
}

// deliveryTree renders the pages of delivery and of groups. It has no text of the others.
func deliveryTree(t *testing.T, o Options, r compute.Report, c fact.Content) map[string]string {
	t.Helper()
	pages, err := Site(o, r, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range pages {
		out[p.Path] = "-"
		if p.Path == deliveryPath || strings.HasPrefix(p.Path, "groups/") {
			var b bytes.Buffer
			if err := p.Write(&b); err != nil {
				t.Fatal(err)
			}
			out[p.Path] = b.String()
		}
	}
	return out
}

var hrefs = regexp.MustCompile(`href="([^"#]+)[^"]*"`)

// reached returns the pages that links lead to from a page, by way of the pages of delivery.
func reached(site map[string]string, from string) map[string]bool {
	seen := map[string]bool{from: true}
	for todo := []string{from}; len(todo) > 0; {
		at := todo[0]
		todo = todo[1:]
		if !strings.HasPrefix(at, "delivery/") && !strings.HasPrefix(at, "groups/") {
			continue
		}
		for _, m := range hrefs.FindAllStringSubmatch(site[at], -1) {
			if to := path.Join(path.Dir(at), m[1]); site[to] != "" && !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}

func TestDeliveryOfManyTeams(t *testing.T) {
	const kb = 1000
	for _, tt := range []struct {
		name          string
		teams, groups int
		most          int // bytes of the page of delivery, compressed
		multiples     int // pictures of the first metric
	}{
		{"12 teams without groups", 12, 0, 40 * kb, 12},
		{"60 teams in 10 groups", 60, 10, 60 * kb, 60},
		{"300 teams in 30 groups", 300, 30, 60 * kb, 30},
		{"300 teams without groups", 300, 0, 60 * kb, 0},
		{"1,000 teams without groups", 1000, 0, 60 * kb, 0},
		{"1,000 teams in one group", 1000, 1, 60 * kb, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, c := manyTeams(tt.teams, tt.groups)
			site := deliveryTree(t, options, r, c)
			for at, text := range site {
				if at != deliveryPath && !strings.HasPrefix(at, "groups/") || !strings.HasSuffix(at, ".html") {
					continue
				}
				if n := gzipped(text); n > tt.most {
					t.Errorf("%s has %d bytes, more than %d", at, n, tt.most)
				}
			}
			first, _, _ := strings.Cut(site[deliveryPath], `id="m-lead"`)
			if got := strings.Count(first, `class="mini"`); got != tt.multiples {
				t.Errorf("%d pictures, want %d", got, tt.multiples)
			}
			if tt.multiples == 0 && strings.Count(site[deliveryPath], `<th scope="row"><bdi><a`) != tt.teams {
				t.Error("the list does not have every team")
			}
			seen := reached(site, deliveryPath)
			for i := range r.Teams {
				if at := teamPath(r.Teams[i].ID); !seen[at] {
					t.Fatalf("no link leads to %s", at)
				}
			}
			if has := strings.Contains(site[deliveryPath], "data-find"); has != (tt.teams >= fewToFind) {
				t.Errorf("a field to find a team: %v", has)
			}
		})
	}
}

// Teams and groups are in a fixed order, whatever their numbers are.
func TestTeamsAreNotRanked(t *testing.T) {
	r, c := manyTeams(60, 10)
	page := deliveryTree(t, options, r, c)[deliveryPath]
	last := -1
	for _, name := range []string{
		">Group 01<", ">Team of domain 0000<", ">Team of domain 0010<", ">Team of domain 0050<", ">Group 02<", ">Team of domain 0001<",
		">Group 10<", ">Team of domain 0059<",
	} {
		at := strings.Index(page[strings.Index(page, `class="mets"`):], name)
		if at < last {
			t.Errorf("%s is not in its place", name)
		}
		last = at
	}
}

// Without pages of teams or groups their names are text, and no link is broken.
func TestSiteWithoutPagesOfTeamsAndGroups(t *testing.T) {
	r, c, ev := small(t)
	c.Groups = []fact.Group{{ID: "commerce", Title: "Commerce"}, {ID: "finance", Title: "Finance", Parent: "commerce"}}
	r.Groups = []dora.GroupTeams{{ID: "commerce", Teams: 2}, {ID: "finance", Teams: 1}}
	for _, tt := range []struct{ noTeams, noGroups bool }{{true, false}, {false, true}, {true, true}} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			o := options
			o.NoTeamPages, o.NoGroupPages = tt.noTeams, tt.noGroups
			site := tree(t, o, r, c, ev)
			for at := range site {
				if tt.noTeams && strings.HasPrefix(at, "teams/") || tt.noGroups && strings.HasPrefix(at, "groups/") {
					t.Errorf("%+v: %s exists", tt, at)
				}
			}
			for at, text := range site {
				for _, m := range hrefs.FindAllStringSubmatch(text, -1) {
					to := path.Join(path.Dir(at), m[1])
					if strings.HasSuffix(at, ".html") && !strings.Contains(m[1], ":") && site[to] == "" {
						t.Errorf("%+v: %s links to %s, which does not exist", tt, at, to)
					}
				}
			}
			page := site[deliveryPath]
			for i := range r.Teams {
				if !strings.Contains(page, r.Teams[i].Title) {
					t.Errorf("%+v: the page of delivery does not name %s", tt, r.Teams[i].Title)
				}
			}
		})
	}
}
