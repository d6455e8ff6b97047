package dora

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// linkWith links the one service under changed knobs.
func (h *history) linkWith(t *testing.T, edit func(*Options)) Linked {
	t.Helper()
	o := Defaults()
	if edit != nil {
		edit(&o)
	}
	r, err := o.compile()
	if err != nil {
		t.Fatal(err)
	}
	return r.linkAll(h.organisation(t))[0]
}

// failures lists "deployment: evidence by, restored at".
func failures(l Linked) []string {
	var out []string
	for i := range l.Deliveries {
		d := &l.Deliveries[i]
		if f := d.Failure; f != nil {
			when := f.Restored.Format("02T15:04")
			switch {
			case f.said == "":
				when = "not recorded"
			case f.Bad:
				when = "bad"
			case f.Restored.IsZero():
				when = "open"
			}
			out = append(out, fmt.Sprintf("%s: %s %s, %s", d.ID, f.Evidence.Key(), f.By, when))
		}
		if d.Suspected {
			out = append(out, d.ID+": suspected")
		}
	}
	return out
}

func fixes(l Linked) []string {
	var out []string
	for i := range l.Deliveries {
		if d := &l.Deliveries[i]; d.FixOf != "" {
			out = append(out, d.ID+" "+d.FixOf.Key())
		}
	}
	return out
}

func reverting(what string) func(*fact.Change) { return func(c *fact.Change) { c.Reverts = what } }

// shipping merges and deploys one change a day, c1 in d1 and so on, after a
// baseline d0.
func shipping(days int) *history {
	h := newHistory()
	h.change(merged("c0", "m0", at(0, 8))).deploy("d0", "m0", at(0, 9))
	for i := 1; i <= days; i++ {
		h.change(merged(fmt.Sprint("c", i), fmt.Sprint("m", i), at(i, 8))).deploy(fmt.Sprint("d", i), fmt.Sprint("m", i), at(i, 9))
	}
	return h
}

func TestReverts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		make     func() *history
		failures []string
		fixes    []string
		leftOut  string
	}{
		{"a deployed revert blames the deployment that shipped the original", func() *history {
			return shipping(3).change(merged("r", "mr", at(4, 8), reverting("c2"))).deploy("d4", "mr", at(4, 9))
		}, []string{"d2: revert d4, 13T09:05"}, []string{"d4 revert"}, ""},
		{"by the hash of the merge", func() *history {
			return shipping(3).change(merged("r", "mr", at(4, 8), reverting("m1"))).deploy("d4", "mr", at(4, 9))
		}, []string{"d1: revert d4, 13T09:05"}, []string{"d4 revert"}, ""},
		{"original and revert in one deployment", func() *history {
			h := shipping(1).change(merged("x", "mx", at(4, 7))).change(merged("r", "mr", at(4, 8), reverting("x")))
			return h.deploy("d4", "mr", at(4, 9))
		}, nil, nil, ""},
		{"merged, but not deployed", func() *history {
			return shipping(3).change(merged("r", "mr", at(4, 8), reverting("c2")))
		}, nil, nil, ""},
		{"the original was never deployed", func() *history {
			h := shipping(1).change(merged("x", "mx", at(4, 7), func(c *fact.Change) { c.Branch = "v1" }))
			return h.change(merged("r", "mr", at(4, 8), reverting("x"))).deploy("d4", "mr", at(4, 9))
		}, nil, nil, ""},
		{"the original is in the baseline: a fix, and nobody is blamed", func() *history {
			return shipping(1).change(merged("r", "mr", at(4, 8), reverting("c0"))).deploy("d4", "mr", at(4, 9))
		}, nil, []string{"d4 revert"}, "revert a change from before the first known deployment: no deployment is blamed"},
		{"the original is not known", func() *history {
			return shipping(1).change(merged("r", "mr", at(4, 8), reverting("c77"))).deploy("d4", "mr", at(4, 9))
		}, nil, []string{"d4 revert"}, "revert an unknown change: no deployment is blamed"},
		{"the revert of a revert lands the work again", func() *history {
			h := shipping(2).change(merged("r", "mr", at(4, 8), reverting("c2"))).deploy("d4", "mr", at(4, 9))
			return h.change(merged("rr", "mrr", at(5, 8), reverting("mr"))).deploy("d5", "mrr", at(5, 9))
		}, []string{"d2: revert d4, 13T09:05"}, []string{"d4 revert"}, ""},
		{"two reverts of one deployment fail it once", func() *history {
			h := shipping(1).change(merged("x", "mx", at(2, 7))).change(merged("y", "my", at(2, 8))).deploy("d2", "my", at(2, 9))
			h.change(merged("rx", "mrx", at(3, 8), reverting("x"))).deploy("d3", "mrx", at(3, 9))
			return h.change(merged("ry", "mry", at(4, 8), reverting("y"))).deploy("d4", "mry", at(4, 9))
		}, []string{"d2: revert d3, 12T09:05"}, []string{"d3 revert", "d4 revert"}, ""},
		{"a revert without a first commit is a revert", func() *history {
			h := shipping(2).change(merged("r", "mr", at(4, 8), reverting("c2"), func(c *fact.Change) { c.FirstCommit = time.Time{} }))
			return h.deploy("d4", "mr", at(4, 9))
		}, []string{"d2: revert d4, 13T09:05"}, []string{"d4 revert"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := tt.make().linkWith(t, nil)
			want(t, "failures", failures(l), tt.failures)
			want(t, "fixes", fixes(l), tt.fixes)
			if tt.leftOut != "" && leftOut(l, tt.leftOut) != 1 {
				t.Errorf("left out: got %v, want one %q", l.LeftOut, tt.leftOut)
			}
		})
	}
}

func TestHotfixes(t *testing.T) {
	branch := func(name string) func(*fact.Change) { return func(c *fact.Change) { c.HeadBranch = name } }
	label := func(name string) func(*fact.Change) { return func(c *fact.Change) { c.Labels = []string{"bug", name} } }
	title := func(text string) func(*fact.Change) { return func(c *fact.Change) { c.Title = text } }
	fix := func(edit ...func(*fact.Change)) *history {
		return shipping(3).change(merged("f", "mf", at(4, 8), edit...)).deploy("d4", "mf", at(4, 9))
	}
	blamed, fixed := []string{"d3: hotfix d4, 13T09:05"}, []string{"d4 hotfix"}
	for _, tt := range []struct {
		name     string
		make     func() *history
		edit     func(*Options)
		failures []string
		fixes    []string
	}{
		{"by branch", func() *history { return fix(branch("hotfix/login")) }, nil, blamed, fixed},
		{"by label, in any case", func() *history { return fix(label("Hot-Fix")) }, nil, blamed, fixed},
		{"by title only if asked", func() *history { return fix(title("hotfix: login")) }, nil, nil, nil},
		{"by title", func() *history { return fix(title("hotfix: login")) }, func(o *Options) { o.HotfixTitle = "^hotfix:" }, blamed, fixed},
		{"a word that only begins so", func() *history { return fix(branch("hotfixture")) }, nil, nil, nil},
		{"no rule", func() *history { return fix(branch("hotfix/login")) }, func(o *Options) { o.HotfixBranch, o.HotfixLabel = "", "" }, nil, nil},
		{"not a class in force", func() *history { return fix(branch("hotfix/login")) }, func(o *Options) { o.Classes = []string{"revert"} }, nil, nil},
		{"a bot's is none", func() *history {
			return fix(branch("hotfix/deps"), func(c *fact.Change) { c.Author = "renovate[bot]" })
		}, nil, nil, nil},
		{"by the ref that was deployed", func() *history {
			return shipping(3).change(merged("f", "mf", at(4, 8))).deploy("d4", "mf", at(4, 9), func(d *fact.Deployment) { d.Ref = "hotfix/1.2.1" })
		}, nil, blamed, fixed},
		{"the one in service in its environment", func() *history {
			h := shipping(1).change(merged("e", "me", at(2, 8))).deploy("eu", "me", at(2, 9), func(d *fact.Deployment) { d.Environment = "prod-eu" })
			return h.change(merged("f", "mf", at(4, 8), branch("hotfix/x"))).deploy("d4", "mf", at(4, 9))
		}, nil, []string{"d1: hotfix d4, 13T09:05"}, fixed},
		{"after a rollback it mends what was rolled back", func() *history {
			h := shipping(3).deploy("back", "m2", at(3, 12))
			return h.change(merged("f", "mf", at(4, 8), branch("hotfix/x"))).deploy("d4", "mf", at(4, 9))
		}, nil, []string{"d3: rollback back, 12T12:05"}, []string{"back rollback", "d4 hotfix"}},
		{"the first known deployment mends nothing known", func() *history {
			return newHistory().change(merged("f", "mf", at(4, 8))).deploy("d4", "mf", at(4, 9), func(d *fact.Deployment) { d.Ref = "hotfix/1" })
		}, nil, nil, fixed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := tt.make().linkWith(t, tt.edit)
			want(t, "failures", failures(l), tt.failures)
			want(t, "fixes", fixes(l), tt.fixes)
		})
	}
}

func TestIncidentsThatNameNothing(t *testing.T) {
	for _, tt := range []struct {
		name      string
		days      int // deployments, one a day
		more      func(*history)
		incidents []fact.Incident
		edit      func(*Options)
		want      []string
	}{
		{"soon after the latest", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 20), Resolved: at(3, 22)}}, nil, []string{"d3: window i, 12T22:00"}},
		{"during the roll-out: a suspicion, and the one before is not blamed", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 9, 4), Resolved: at(3, 22)}}, nil, []string{"d3: suspected"}},
		{"as the roll-out began", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 9), Resolved: at(3, 22)}}, nil, []string{"d3: suspected"}},
		{"a minute before it began: the one before", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 8, 59), Resolved: at(3, 22)}}, nil, []string{"d2: window i, 12T22:00"}},
		{"as it finished", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 9, 5), Resolved: at(3, 22)}}, nil, []string{"d3: window i, 12T22:00"}},
		{"during two roll-outs: the one begun last", 3, func(h *history) {
			h.deploy("slow", "mx", at(3, 7), func(d *fact.Deployment) { d.Statuses[1].At = at(3, 12) })
		}, []fact.Incident{{ID: "i", Opened: at(3, 9, 4), Resolved: at(3, 22)}, {ID: "j", Opened: at(3, 11), Resolved: at(3, 22)}}, nil, []string{"d3: suspected", "slow: suspected"}},
		{"during a roll-out that never succeeded: nobody's", 3, func(h *history) {
			h.deploy("no", "mx", at(3, 20), func(d *fact.Deployment) { d.Statuses[1].State = fact.Failure })
		}, []fact.Incident{{ID: "i", Opened: at(3, 20, 1), Resolved: at(3, 22)}}, nil, nil},
		{"during a roll-out that failed for another reason: no suspicion is left", 3, nil, []fact.Incident{
			{ID: "i", Opened: at(3, 9, 4), Resolved: at(3, 22)}, {ID: "j", Opened: at(3, 10), Resolved: at(3, 22), Deployment: "d3"},
		}, nil, []string{"d3: incident_field j, 12T22:00"}},
		{"at the end of the window", 3, nil, []fact.Incident{{ID: "i", Opened: at(4, 9, 5), Resolved: at(4, 10)}}, nil, []string{"d3: window i, 13T10:00"}},
		{"a minute later: never an old one", 3, nil, []fact.Incident{{ID: "i", Opened: at(4, 9, 6), Resolved: at(4, 10)}}, nil, nil},
		{"a shorter window", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 20), Resolved: at(3, 22)}}, func(o *Options) { o.WindowHours = 8 }, nil},
		{"before any deployment", 3, nil, []fact.Incident{{ID: "i", Opened: at(-1, 9), Resolved: at(-1, 10)}}, nil, nil},
		{"still open", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 20)}}, nil, []string{"d3: window i, open"}},
		{"two of them: once, until both are over", 3, nil, []fact.Incident{
			{ID: "i", Opened: at(3, 20), Resolved: at(3, 21)}, {ID: "j", Opened: at(3, 20, 1), Resolved: at(3, 23)},
		}, nil, []string{"d3: window i, 12T23:00"}},
		{"a stronger proof is there already", 3, nil, []fact.Incident{
			{ID: "i", Deployment: "d3", Opened: at(3, 20), Resolved: at(3, 21)}, {ID: "j", Opened: at(3, 20, 1), Resolved: at(3, 23)},
		}, nil, []string{"d3: incident_field i, 12T21:00"}},
		{"one that names what is not known: a suspicion", 3, nil, []fact.Incident{{ID: "i", Deployment: "d77", Opened: at(3, 20), Resolved: at(3, 21)}}, nil, []string{"d3: suspected"}},
		{"one that names another environment's deployment is no candidate", 3, func(h *history) {
			h.deploy("s", "m3", at(3, 19), func(d *fact.Deployment) { d.Environment = "staging" })
		}, []fact.Incident{{ID: "i", Deployment: "s", Opened: at(3, 20), Resolved: at(3, 21)}}, nil, nil},
		{"one that names what the first known deployment holds is no candidate", 3, nil, []fact.Incident{{ID: "i", Change: "c0", Opened: at(3, 20), Resolved: at(3, 21)}}, nil, nil},
		{"28 deployments in 28 days are one a window", 27, nil, []fact.Incident{{ID: "i", Opened: at(27, 20), Resolved: at(27, 21)}}, nil, []string{"d27: window i, 06T21:00"}},
		{"29 are more: a suspicion", 27, func(h *history) {
			h.change(merged("x", "mx", at(27, 10))).deploy("d28", "mx", at(27, 11))
		}, []fact.Incident{{ID: "i", Opened: at(27, 20), Resolved: at(27, 21)}}, nil, []string{"d28: suspected"}},
		{"not a class in force", 3, nil, []fact.Incident{{ID: "i", Opened: at(3, 20), Resolved: at(3, 22)}}, func(o *Options) { o.Classes = []string{"incident_field"} }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := shipping(tt.days)
			if tt.more != nil {
				tt.more(h)
			}
			for _, in := range tt.incidents {
				h.incident(in)
			}
			want(t, "failures", failures(h.linkWith(t, tt.edit)), tt.want)
		})
	}
}

func ruling(deployment string, failed bool, edit ...func(*fact.FailureOverride)) fact.FailureOverride {
	f := fact.FailureOverride{
		Deployment: deployment, Failed: &failed, Reason: "seen by hand", By: "on-call engineer", On: at(9, 0),
		Origin: fact.Origin{File: "failures.toml", Line: 7},
	}
	for _, e := range edit {
		e(&f)
	}
	return f
}

func TestRulings(t *testing.T) {
	named := func(h *history) {
		h.incident(fact.Incident{ID: "i", Deployment: "d2", Opened: at(2, 10), Resolved: at(2, 12)})
	}
	rolledBack := func(h *history) { h.deploy("back", "m1", at(2, 15)) }
	for _, tt := range []struct {
		name     string
		more     func(*history)
		ruling   fact.FailureOverride
		failures []string
		fixes    []string
	}{
		{"failed, nobody says when it was over", nil, ruling("d2", true), []string{"d2: override on-call engineer, not recorded"}, nil},
		{"failed until then", nil, ruling("d2", true, func(f *fact.FailureOverride) { f.Restored = at(2, 13) }), []string{"d2: override on-call engineer, 11T13:00"}, nil},
		{"restored before it was deployed", nil, ruling("d2", true, func(f *fact.FailureOverride) { f.Restored = at(1, 13) }), []string{"d2: override on-call engineer, bad"}, nil},
		{"the strongest class is kept, the incident says when", named, ruling("d2", true), []string{"d2: override on-call engineer, 11T12:00"}, nil},
		{"a person's word on when goes before", named, ruling("d2", true, func(f *fact.FailureOverride) { f.Restored = at(2, 13) }), []string{"d2: override on-call engineer, 11T13:00"}, nil},
		{"did not fail, whatever the incident says", named, ruling("d2", false), nil, nil},
		{"did not fail: going back was planned, and is no fix", rolledBack, ruling("d2", false), nil, nil},
		{"by a retry", func(h *history) { h.deploy("d2b", "m2", at(2, 9, 10)) }, ruling("d2b", true), []string{"d2: override on-call engineer, not recorded"}, nil},
		{"in another repository", nil, ruling("d2", true, func(f *fact.FailureOverride) { f.Repository = "acme/other" }), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := shipping(2)
			if tt.more != nil {
				tt.more(h)
			}
			l := h.linkWith(t, func(o *Options) { o.Overrides = []fact.FailureOverride{tt.ruling} })
			want(t, "failures", failures(l), tt.failures)
			want(t, "fixes", fixes(l), tt.fixes)
		})
	}
}

// A ruling that changes nothing is named, with its line.
func TestRulingsThatAreNotUsed(t *testing.T) {
	h := shipping(2)
	h.teams = append(h.teams, fact.Team{ID: "till", Developers: 4, Owns: []fact.Ownership{{Repository: "acme/till"}}})
	h.Deployments = append(h.Deployments, fact.Deployment{
		Repository: "acme/till", ID: "d2", Environment: "production", Commit: "t", Created: at(2, 9),
		Statuses: []fact.Status{{State: fact.Success, At: at(2, 10)}},
	})
	o := Defaults()
	o.Overrides = []fact.FailureOverride{ruling("d99", true), ruling("d2", true), ruling("d1", true)}
	r, err := Measure(o, h.organisation(t))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "notes", strings.Join(r.Section.Notes, "\n"), `failures.toml:7: the override of deployment "d99" is not used: no production deployment has that ID
failures.toml:7: the override of deployment "d2" is not used: several repositories have a deployment of that ID: name the repository`)
}

// With two proofs the stronger is kept, in whatever order the facts come.
func TestStrongerEvidenceIsKept(t *testing.T) {
	h := shipping(2)
	h.incident(fact.Incident{ID: "named", Change: "c2", Opened: at(2, 10)})
	h.incident(fact.Incident{ID: "near", Opened: at(2, 10, 5), Resolved: at(2, 11)})
	h.change(merged("r", "mr", at(3, 8), reverting("c2"), func(c *fact.Change) { c.HeadBranch = "hotfix/r" })).deploy("d3", "mr", at(3, 9))
	// The open incident does not say when it was over; the revert does.
	want(t, "failures", failures(h.linkWith(t, nil)), []string{"d2: incident_field named, 12T09:05"})
	want(t, "fixes", fixes(h.linkWith(t, nil)), []string{"d3 revert"})
	for _, tt := range []struct{ class, want string }{
		{"revert", "d2: revert d3, 12T09:05"}, {"hotfix", "d2: hotfix d3, 12T09:05"}, {"window", "d2: window near, 11T11:00"},
	} {
		t.Run(tt.class, func(t *testing.T) {
			only := func(o *Options) { o.Classes = []string{tt.class} }
			want(t, tt.class, failures(h.linkWith(t, only)), []string{tt.want})
		})
	}
}

// The split is shown, and the rate stays between 0 and 1 whatever happens.
func TestFailRateIsSplit(t *testing.T) {
	h := newHistory()
	h.change(merged("c-1", "m-1", at(currentDay-2, 8))).deploy("base", "m-1", at(currentDay-2, 9))
	for i := range 40 { // more than one a day
		day, hour := currentDay+i/2, 8+4*(i%2)
		h.change(merged(fmt.Sprint("c", i), fmt.Sprint("m", i), at(day, hour-1))).deploy(fmt.Sprint("d", i), fmt.Sprint("m", i), at(day, hour))
	}
	h.incident(fact.Incident{ID: "i1", Deployment: "d3", Opened: at(currentDay+1, 13), Resolved: at(currentDay+1, 14)})
	h.incident(fact.Incident{ID: "i2", Deployment: "d3", Opened: at(currentDay+1, 13, 1), Resolved: at(currentDay+1, 15)})
	h.incident(fact.Incident{ID: "near", Opened: at(currentDay+19, 20), Resolved: at(currentDay+19, 21)})
	h.change(merged("r", "mr", at(currentDay+21, 8), reverting("c8"))).deploy("dr", "mr", at(currentDay+21, 9))
	h.deploy("back", "m39", at(currentDay+22, 9))
	o := Defaults()
	o.Overrides = []fact.FailureOverride{ruling("d11", true)}
	r, err := Measure(o, h.organisation(t))
	if err != nil {
		t.Fatal(err)
	}
	m := r.Section.Find(FailRate, shopTeam)
	want(t, "n", m.N, "[{failed 4} {deployments 42}]")
	var got []string
	for _, d := range m.Details {
		got = append(got, fmt.Sprintf("%s %.0f (%s)", d.Label, *d.Value*42, d.Note))
	}
	want(t, "split", strings.Join(got, "; "), "confirmed 2 (1 override, 1 incident field); inferred 2 (1 rollback, 1 revert); suspected, not counted 1 (an incident began soon after, at services that deploy too often for that to be evidence, or during the roll-out)")
	rework := r.Section.Find(Rework, shopTeam)
	want(t, "fixes", rework.N, "[{fixes 2} {deployments 42}]")
	want(t, "by kind", rework.Details[0].Note, "1 rollback, 1 revert")
	recovery := r.Section.Find(RecoveryTime, shopTeam)
	want(t, "restored", recovery.N, "[{failed deployments 3}]")
	want(t, "warnings", recovery.Warnings, []string{"1 failed deployments: left out, because their end is not recorded or is before their start"})
	for i := range r.Section.Metrics {
		if m := &r.Section.Metrics[i]; m.Unit == metric.Share && m.Value != nil && (*m.Value < 0 || *m.Value > 1 || *m.Lo < 0 || *m.Hi > 1) {
			t.Errorf("%s of %v is %v (%v to %v)", m.ID, m.Scope, *m.Value, *m.Lo, *m.Hi)
		}
	}
}

func TestBadFailureKnobsAreNamed(t *testing.T) {
	for key, edit := range map[string]func(*Options){
		"dora.failure_evidence": func(o *Options) { o.Classes = []string{"gossip"} },
		"dora.window_hours":     func(o *Options) { o.WindowHours = 0 },
		"dora.hotfix_branch":    func(o *Options) { o.HotfixBranch = "(" },
		"dora.hotfix_label":     func(o *Options) { o.HotfixLabel = "(" },
		"dora.hotfix_title":     func(o *Options) { o.HotfixTitle = "(" },
		"dora.lead_start":       func(o *Options) { o.LeadStart = "birth" },
		"dora.lead_statistic":   func(o *Options) { o.LeadStatistic = "mode" },
		"dora.fail_rate":        func(o *Options) { o.FailRateOf = "pods" },
		"dora.tiers":            func(o *Options) { o.Tiers = "dora-1999" },
	} {
		t.Run(key, func(t *testing.T) {
			o := Defaults()
			edit(&o)
			if _, err := o.compile(); err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("%s: got %v", key, err)
			}
		})
	}
}
