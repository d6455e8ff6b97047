package dora

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestRetriesAreOneDeployment(t *testing.T) {
	failed := func(d *fact.Deployment) { d.Statuses[1].State = fact.Failure }
	env := func(name string) func(*fact.Deployment) { return func(d *fact.Deployment) { d.Environment = name } }
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
		{"names what is not known", []inc{{ID: "i", Deployment: "d77", Opened: at(0, 14), Resolved: at(0, 15)}}, nil, "name a deployment, commit or change that is not known"},
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
