package dora

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

func TestRetriesAreOneDeployment(t *testing.T) {
	failed := func(d *fact.Deployment) { d.Statuses[1].State = fact.Failure }
	env := func(name string) func(*fact.Deployment) { return func(d *fact.Deployment) { d.Environment = name } }
	lasting := func(minutes int) func(*fact.Deployment) {
		return func(d *fact.Deployment) { d.Statuses[1].At = d.Created.Add(time.Duration(minutes) * time.Minute) }
	}
	tag := func(d *fact.Deployment) { d.Release = true }
	tier := func(name string) func(*fact.Deployment) { return func(d *fact.Deployment) { d.Tier = name } }
	tests := []struct {
		name       string
		make       func(*history)
		want       []string // "ID@finish"
		unfinished int
	}{
		{"the same commit within 15 minutes", func(h *history) {
			h.deploy("1", "a", at(0, 9)).deploy("2", "a", at(0, 9, 19))
		}, []string{"1@09:05"}, 0},
		{"16 minutes after the end", func(h *history) {
			h.deploy("1", "a", at(0, 9)).deploy("2", "a", at(0, 9, 21))
		}, []string{"1@09:05", "2@09:26"}, 0},
		{"failed, then succeeded: one, finished at its first success", func(h *history) {
			h.deploy("1", "a", at(0, 9), failed).deploy("2", "a", at(0, 9, 10)).deploy("3", "a", at(0, 9, 20))
		}, []string{"1@09:15"}, 0},
		{"never succeeded", func(h *history) {
			h.deploy("1", "a", at(0, 9), failed).deploy("2", "a", at(0, 9, 10), failed).deploy("3", "b", at(0, 9, 30))
		}, []string{"3@09:35"}, 1},
		{"another commit between: no retry", func(h *history) {
			h.deploy("1", "a", at(0, 9)).deploy("2", "b", at(0, 9, 6)).deploy("3", "a", at(0, 9, 12))
		}, []string{"1@09:05", "2@09:11", "3@09:17"}, 0},
		{"another environment: no retry", func(h *history) {
			h.deploy("1", "a", at(0, 9)).deploy("2", "a", at(0, 9, 6), env("prod-eu"))
		}, []string{"1@09:05", "2@09:11"}, 0},
		{"commit unknown: no retry", func(h *history) {
			h.deploy("1", "", at(0, 9)).deploy("2", "", at(0, 9, 6))
		}, []string{"1@09:05", "2@09:11"}, 0},
		{"staging and the site's own pages are not production", func(h *history) {
			h.deploy("1", "a", at(0, 9), env("staging")).deploy("2", "a", at(0, 9), env("github-pages")).deploy("3", "a", at(0, 10), env("Production"))
		}, []string{"3@10:05"}, 0},
		{"a tier that the source knows goes before the name", func(h *history) {
			h.deploy("1", "a", at(0, 9), env("live"), tier("production")).deploy("2", "b", at(0, 9), env("prod-mirror"), tier("testing")).
				deploy("3", "c", at(0, 10), env("production"), tier("other")).deploy("4", "d", at(0, 11), env("eu-west"), tier("other")).
				deploy("5", "e", at(0, 12), env("github-pages"), tier("production"))
		}, []string{"1@09:05", "3@10:05"}, 0},
		{"five attempts at once: the first success finishes it, whichever began first", func(h *history) {
			h.deploy("1", "a", at(0, 9), lasting(50)).deploy("2", "a", at(0, 9, 5), failed, lasting(30)).deploy("3", "a", at(0, 9, 10), lasting(20)).
				deploy("4", "a", at(0, 9, 15), lasting(70)).deploy("5", "a", at(0, 9, 20), failed, lasting(5))
		}, []string{"1@09:30"}, 0},
		{"a retry after the last of them ended", func(h *history) {
			h.deploy("1", "a", at(0, 9), failed, lasting(50)).deploy("2", "a", at(0, 9, 5), failed, lasting(10)).deploy("3", "a", at(0, 9, 60))
		}, []string{"1@10:05"}, 0},
		{"another commit was in service between overlapping attempts", func(h *history) {
			h.deploy("1", "a", at(0, 9), lasting(50)).deploy("2", "b", at(0, 9, 5)).deploy("3", "a", at(0, 9, 20))
		}, []string{"2@09:10", "3@09:25", "1@09:50"}, 0},
		{"another commit that began and did not get there is not between", func(h *history) {
			h.deploy("1", "a", at(0, 9), failed, lasting(20)).deploy("2", "b", at(0, 9, 5), failed, lasting(40)).deploy("3", "a", at(0, 9, 25))
		}, []string{"1@09:30"}, 1},
		{"what is written over it days later does not prolong an attempt", func(h *history) {
			h.deploy("1", "a", at(0, 9), func(d *fact.Deployment) {
				d.Statuses = append(d.Statuses, fact.Status{State: fact.Inactive, At: at(3, 9, 5)})
			}).deploy("2", "a", at(3, 9))
		}, []string{"1@09:05", "2@09:05"}, 0},
		{"two tags of one commit are one release, however late the second", func(h *history) {
			h.deploy("1", "a", at(0, 9), tag).deploy("2", "b", at(1, 9), tag).deploy("3", "a", at(9, 11), tag)
		}, []string{"1@09:05", "2@09:05"}, 0},
		{"a roll-out of a tagged commit is not a tag", func(h *history) {
			h.deploy("1", "a", at(0, 9), tag).deploy("2", "a", at(0, 9, 10)).deploy("3", "a", at(1, 9))
		}, []string{"1@09:05", "2@09:15", "3@09:05"}, 0},
		{"created after it finished", func(h *history) {
			h.deploy("1", "a", at(0, 9), func(d *fact.Deployment) { d.Created = at(0, 11) })
		}, []string{"1@09:05"}, 0},
		{"inactive does not finish, and does not unfinish", func(h *history) {
			h.deploy("1", "a", at(0, 9), func(d *fact.Deployment) {
				d.Statuses = append(d.Statuses, fact.Status{State: fact.Inactive, At: at(0, 11)}, fact.Status{State: fact.Success, At: at(0, 12)})
			})
		}, []string{"1@09:05"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			l := h.link(t)
			var got []string
			for i := range l.Deliveries {
				got = append(got, l.Deliveries[i].ID+"@"+l.Deliveries[i].Finished.Format("15:04"))
			}
			want(t, "deployments", got, tt.want)
			want(t, "unfinished", len(l.Unfinished), tt.unfinished)
		})
	}
}

// Where commits are grouped, three regions of one commit are one deployment.
func TestGroupedByCommit(t *testing.T) {
	in := func(place string) func(*fact.Deployment) {
		return func(d *fact.Deployment) { d.Environment = "prod-" + place }
	}
	failed := func(d *fact.Deployment) { d.Statuses[1].State = fact.Failure }
	for _, tt := range []struct {
		name       string
		make       func(*history)
		want       []string // "ID@finish in environments"
		failures   []string
		unfinished int
	}{
		{"three regions, days apart", func(h *history) {
			h.deploy("1", "a", at(0, 9), in("eu")).deploy("2", "a", at(0, 12), in("us")).deploy("3", "a", at(2, 9), in("ap"))
		}, []string{"1@09T09:05 in prod-eu, prod-us, prod-ap"}, nil, 0},
		{"the next commit overtakes a region", func(h *history) {
			h.deploy("1", "a", at(0, 9), in("eu")).deploy("2", "b", at(0, 12), in("eu")).deploy("3", "b", at(0, 13), in("us"))
		}, []string{"1@09T09:05 in prod-eu", "2@09T12:05 in prod-eu, prod-us"}, nil, 0},
		{"one region failed, another got there first", func(h *history) {
			h.deploy("1", "a", at(0, 9), in("eu"), failed).deploy("2", "a", at(0, 10), in("us"))
		}, []string{"1@09T10:05 in prod-eu, prod-us"}, nil, 0},
		{"none got there", func(h *history) {
			h.deploy("1", "a", at(0, 9), in("eu"), failed).deploy("2", "a", at(0, 10), in("us"), failed)
		}, nil, nil, 1},
		{"a commit that comes back to a region is a rollback", func(h *history) {
			h.deploy("1", "a", at(0, 9), in("eu")).deploy("2", "a", at(0, 10), in("us")).deploy("3", "b", at(1, 9), in("eu"))
			h.deploy("4", "a", at(1, 12), in("eu"))
		}, []string{"1@09T09:05 in prod-eu, prod-us", "3@10T09:05 in prod-eu", "4@10T12:05 in prod-eu"}, []string{"3: rollback 4, 10T12:05"}, 0},
		{"unknown commits are not one", func(h *history) {
			h.deploy("1", "", at(0, 9), in("eu")).deploy("2", "", at(0, 10), in("us"))
		}, []string{"1@09T09:05 in prod-eu", "2@09T10:05 in prod-us"}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			l := h.linkWith(t, func(o *Options) { o.Group = ByCommit })
			var got []string
			for i := range l.Deliveries {
				d := &l.Deliveries[i]
				got = append(got, d.ID+"@"+d.Finished.Format("02T15:04")+" in "+d.Environment)
			}
			want(t, "deployments", got, tt.want)
			want(t, "failures", failures(l), tt.failures)
			want(t, "unfinished", len(l.Unfinished), tt.unfinished)
		})
	}
}

// What is one deployment depends on when attempts began and ended, never on the
// order in which a source lists them.
func TestRollOutsInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		var ds []org.Deployment
		for i := range 2 + r.IntN(12) {
			d := org.Deployment{
				ID: fmt.Sprint(i), Commit: []string{"a", "b", "c", ""}[r.IntN(4)], Environment: []string{"production", "prod-eu"}[r.IntN(2)],
				Created: at(0, 9, r.IntN(12)*7), Release: r.IntN(4) == 0,
			}
			d.Ended = d.Created.Add(time.Duration(r.IntN(40)) * time.Minute)
			if r.IntN(3) > 0 {
				d.Finished = d.Ended
			}
			ds = append(ds, d)
		}
		for _, group := range []string{ByEnvironment, ByCommit} {
			o := Defaults()
			o.Group = group
			rules, err := o.compile()
			if err != nil {
				t.Fatal(err)
			}
			list := func(ds []org.Deployment) string {
				done, never := rules.listRollouts(&org.Service{Deployments: ds}, 0, &exclusions{})
				var b strings.Builder
				for i := range done {
					fmt.Fprintln(&b, done[i].ID, done[i].Environment, done[i].Created, done[i].Finished, done[i].retries)
				}
				for i := range never {
					fmt.Fprintln(&b, "never", never[i].ID)
				}
				return b.String()
			}
			first := list(ds)
			for range 5 {
				mixed := slices.Clone(ds)
				r.Shuffle(len(mixed), func(i, k int) { mixed[i], mixed[k] = mixed[k], mixed[i] })
				if again := list(mixed); again != first {
					t.Fatalf("seed %d, %s: another order gives\n%s\nnot\n%s", seed, group, again, first)
				}
			}
		}
	}
}

func TestLaneIsTheAuthors(t *testing.T) {
	by := func(authors ...string) func(*fact.Change) {
		return func(c *fact.Change) { c.Author, c.Authors = authors[0], authors }
	}
	pressed := func(login string) func(*fact.Deployment) { return func(d *fact.Deployment) { d.Creator = login } }
	h := newHistory()
	h.change(merged("0", "m0", at(0, 7)))
	h.change(merged("1", "m1", at(0, 9), by("renovate[bot]")))
	h.change(merged("2", "m2", at(0, 10), by("ann")))
	h.change(merged("3", "m3", at(0, 11), by("dependabot[bot]"))).change(merged("4", "m4", at(0, 11, 1), by("ann")))
	h.change(merged("5", "m5", at(0, 12), by("dependabot[bot]", "ann")))
	h.deploy("base", "m0", at(0, 8))
	h.deploy("bot", "m1", at(0, 9, 10), pressed("ann"))
	h.deploy("human", "m2", at(0, 10, 10), pressed("github-actions[bot]"))
	h.deploy("mixed", "m4", at(0, 11, 10))
	h.deploy("paired", "m5", at(0, 12, 10))
	h.deploy("again", "m5", at(0, 18))
	var got []string
	for _, d := range h.link(t).Deliveries {
		got = append(got, d.ID+" "+string(d.Lane))
	}
	want(t, "lanes", got, []string{"base human", "bot automation", "human human", "mixed human", "paired human", "again human"})
}

func TestRollbacks(t *testing.T) {
	late := func(d *fact.Deployment) { d.Statuses[1].At = d.Created.Add(2 * time.Hour) }
	release := func(d *fact.Deployment) { d.Release = true }
	tests := []struct {
		name string
		make func(*history)
		want []string // "failed by fixer"
	}{
		{"back to the one before", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10)).deploy("3", "v1", at(0, 11))
		}, []string{"2 by 3"}},
		{"V1 V2 V3 V1 blames V2", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10)).deploy("3", "v3", at(0, 11)).deploy("4", "v1", at(0, 12))
		}, []string{"2 by 4"}},
		{"the same version twice is none", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10)).deploy("3", "v2", at(0, 12))
		}, nil},
		{"forward again is none", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10)).deploy("3", "v1", at(0, 11)).deploy("4", "v2", at(0, 12))
		}, []string{"2 by 3"}},
		{"twice back, twice blamed once", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10)).deploy("3", "v1", at(0, 11)).deploy("4", "v3", at(0, 12)).deploy("5", "v1", at(0, 13))
		}, []string{"2 by 3", "4 by 5"}},
		{"an older roll-out that finished late is none", func(h *history) {
			h.deploy("0", "v1", at(0, 7)).deploy("1", "v1", at(0, 9), late).deploy("2", "v2", at(0, 9, 30))
		}, nil},
		{"another environment's older version is none", func(h *history) {
			h.deploy("1", "v1", at(0, 9)).deploy("2", "v2", at(0, 10))
			h.deploy("3", "v1", at(0, 11), func(d *fact.Deployment) { d.Environment = "prod-eu" })
		}, nil},
		{"a release is never one", func(h *history) {
			h.deploy("1", "v1", at(0, 9), release).deploy("2", "v2", at(0, 10), release).deploy("3", "v1", at(0, 11), release)
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			var got []string
			for _, d := range h.link(t).Deliveries {
				if d.Failure != nil {
					got = append(got, d.ID+" by "+d.Failure.By)
				}
			}
			want(t, "failures", got, tt.want)
		})
	}
}

func TestIncidentsThatNameWhatBroke(t *testing.T) {
	type inc = fact.Incident
	tests := []struct {
		name      string
		incidents []inc
		want      []string // "failed by incident, restored at"
		leftOut   string
	}{
		{"by deployment", []inc{{ID: "i", Deployment: "d1", Opened: at(0, 14), Resolved: at(0, 15)}}, []string{"d1 by i 15:00"}, ""},
		{"by commit", []inc{{ID: "i", Commit: "m2", Opened: at(0, 17), Resolved: at(0, 18)}}, []string{"d2 by i 18:00"}, ""},
		{"by change", []inc{{ID: "i", Change: "1", Opened: at(0, 14), Resolved: at(0, 15)}}, []string{"d1 by i 15:00"}, ""},
		{"by a retry of the deployment", []inc{{ID: "i", Deployment: "d1b", Opened: at(0, 14), Resolved: at(0, 15)}}, []string{"d1 by i 15:00"}, ""},
		{"two incidents fail it once, until both are over", []inc{
			{ID: "i", Deployment: "d1", Opened: at(0, 14), Resolved: at(0, 15)},
			{ID: "j", Deployment: "d1", Opened: at(0, 14, 1), Resolved: at(0, 19)},
		}, []string{"d1 by i 19:00"}, ""},
		{"still open", []inc{{ID: "i", Deployment: "d1", Opened: at(0, 14)}}, []string{"d1 by i open"}, ""},
		{"reopened", []inc{{ID: "i", Deployment: "d1", Opened: at(0, 14), Resolved: at(0, 15), Reopened: []time.Time{at(0, 16)}}}, []string{"d1 by i open"}, ""},
		{"resolved before it was opened", []inc{{ID: "i", Deployment: "d1", Opened: at(0, 14), Resolved: at(0, 12)}}, []string{"d1 by i bad"}, ""},
		{"opened before the deployment", []inc{{ID: "i", Deployment: "d1", Opened: at(0, 8), Resolved: at(0, 15)}}, nil, "opened before the deployment they name"},
		{"names what is not known", []inc{{ID: "i", Deployment: "d77", Opened: at(0, 14), Resolved: at(0, 15)}}, nil, "name an unknown deployment, commit or change"},
		{"names nothing, and no deployment is near", []inc{{ID: "i", Opened: at(2, 14), Resolved: at(2, 15)}}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			h.change(merged("0", "m0", at(0, 8))).change(merged("1", "m1", at(0, 12))).change(merged("2", "m2", at(0, 15)))
			h.deploy("d0", "m0", at(0, 9)).deploy("d1", "m1", at(0, 13)).deploy("d1b", "m1", at(0, 13, 10)).deploy("d2", "m2", at(0, 16))
			for _, i := range tt.incidents {
				h.incident(i)
			}
			l := h.link(t)
			var got []string
			for _, d := range l.Deliveries {
				if f := d.Failure; f != nil {
					when := f.Restored.Format("15:04")
					switch {
					case f.Bad:
						when = "bad"
					case f.Restored.IsZero():
						when = "open"
					}
					got = append(got, d.ID+" by "+f.By+" "+when)
				}
			}
			want(t, "failures", got, tt.want)
			if tt.leftOut != "" && leftOut(l, tt.leftOut) != 1 {
				t.Errorf("left out: got %v, want one %q", l.LeftOut, tt.leftOut)
			}
		})
	}
}
