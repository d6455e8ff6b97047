package dora

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

func lengths(l Lead) []string {
	var out []string
	for _, p := range []*float64{l.Coding, l.Pickup, l.Review, l.Deploy} {
		if p == nil {
			out = append(out, "-")
		} else {
			out = append(out, (time.Duration(*p) * time.Second).String())
		}
	}
	return out
}

func TestPhases(t *testing.T) {
	rules, err := Defaults().compile()
	if err != nil {
		t.Fatal(err)
	}
	none := time.Time{}
	tests := []struct {
		name                                 string
		first, opened, ready, review, merged time.Time
		done                                 time.Time
		coding, pickup, reviewing, deploy    string
		clamped                              bool
	}{
		{"all four", at(0, 8), at(0, 9), none, at(0, 11), at(0, 12), at(0, 15), "1h0m0s", "2h0m0s", "1h0m0s", "3h0m0s", false},
		{"draft time is coding", at(0, 8), at(0, 9), at(0, 10), at(0, 11), at(0, 12), at(0, 15), "2h0m0s", "1h0m0s", "1h0m0s", "3h0m0s", false},
		{"merged without review: its time is pickup", at(0, 8), at(0, 9), none, none, at(0, 12), at(0, 15), "1h0m0s", "3h0m0s", "-", "3h0m0s", false},
		{"reviewed only after the merge: the same", at(0, 8), at(0, 9), none, at(0, 13), at(0, 12), at(0, 15), "1h0m0s", "3h0m0s", "-", "3h0m0s", false},
		{"reviewed as a draft: there is no pickup", at(0, 8), at(0, 9), at(0, 11), at(0, 10), at(0, 12), at(0, 15), "3h0m0s", "-", "1h0m0s", "3h0m0s", false},
		{"a commit without a request", at(0, 8), none, none, none, at(0, 12), at(0, 15), "4h0m0s", "-", "-", "3h0m0s", false},
		{"first commit after opening", at(0, 10), at(0, 9), none, at(0, 11), at(0, 12), at(0, 15), "-", "1h0m0s", "1h0m0s", "3h0m0s", false},
		{"reviewed before it was opened", at(0, 8), at(0, 9), none, at(0, 7), at(0, 12), at(0, 15), "1h0m0s", "-", "3h0m0s", "3h0m0s", false},
		{"merged before it was opened", at(0, 8), at(0, 9), none, none, at(0, 8, 30), at(0, 15), "1h0m0s", "-", "-", "6h0m0s", false},
		{"deployed while it waited for a review", at(0, 8), at(0, 9), none, at(0, 16), at(0, 17), at(0, 15), "1h0m0s", "6h0m0s", "-", "-", false},
		{"deployed before it was merged", at(0, 8), at(0, 9), none, at(0, 11), at(0, 16), at(0, 15), "1h0m0s", "2h0m0s", "4h0m0s", "-", false},
		{"nothing waits", at(0, 8), at(0, 8), none, at(0, 8), at(0, 8), at(0, 8), "0s", "0s", "0s", "0s", false},
		{"an old first commit is clamped to 14 days before opening", at(-30, 9), at(0, 9), none, none, at(0, 12), at(0, 15), "336h0m0s", "3h0m0s", "-", "3h0m0s", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &org.Change{FirstCommit: tt.first, Opened: tt.opened, Ready: tt.ready, FirstReview: tt.review, Merged: tt.merged}
			l, why := rules.measureLead(c, tt.first, tt.done, &phaseArena{})
			if why != "" {
				t.Fatal("not measured:", why)
			}
			want(t, "phases", lengths(l), []string{tt.coding, tt.pickup, tt.reviewing, tt.deploy})
			want(t, "clamped", l.Clamped, tt.clamped)
		})
	}
	for name, tt := range map[string]struct {
		change org.Change
		first  time.Time
		why    string
	}{
		"no first commit":                    {org.Change{}, none, noFirstCommit},
		"a clock that runs ahead":            {org.Change{Opened: at(0, 7), Merged: at(0, 8)}, at(0, 20), startsLater},
		"opened weeks after it was deployed": {org.Change{Opened: at(30, 7), Merged: at(30, 8)}, at(-1, 20), startsLater},
	} {
		t.Run(name, func(t *testing.T) {
			if _, why := rules.measureLead(&tt.change, tt.first, at(0, 9), &phaseArena{}); why != tt.why {
				t.Errorf("%s: %q, want %q", name, why, tt.why)
			}
		})
	}
	l, why := rules.measureLead(&org.Change{Merged: at(0, 8)}, at(-200, 8), at(0, 9), &phaseArena{})
	if why != "" || l.Clamped || l.Seconds != 200*86400+3600 {
		t.Errorf("a commit without a request has no limit: %+v, %q", l, why)
	}
}

// Whatever the order of the times, phases are not negative and sum to the lead time.
func TestPhasesSumExactly(t *testing.T) {
	rules, err := Defaults().compile()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	some := func() time.Time {
		if r.IntN(4) == 0 {
			return time.Time{}
		}
		return at(0, 0).Add(time.Duration(r.IntN(40*24*3600)) * time.Second)
	}
	for range 20_000 {
		c := &org.Change{FirstCommit: some(), Opened: some(), Ready: some(), FirstReview: some(), Merged: some()}
		l, why := rules.measureLead(c, c.FirstCommit, at(35, 0), &phaseArena{})
		if why != "" {
			if why != noFirstCommit && c.FirstCommit.Before(at(35, 0)) && c.Opened.Before(at(35, 0)) {
				t.Fatalf("%+v is %s", c, why)
			}
			continue
		}
		sum := 0.0
		for _, p := range []*float64{l.Coding, l.Pickup, l.Review, l.Deploy} {
			if p == nil {
				continue
			}
			if *p < 0 {
				t.Fatalf("negative phase of %+v: %v", c, lengths(l))
			}
			sum += *p
		}
		if sum != l.Seconds {
			t.Fatalf("phases of %+v sum to %v, lead time is %v", c, sum, l.Seconds)
		}
	}
}

// A lead time may begin later; phases that were over by then did not happen.
func TestLeadStart(t *testing.T) {
	c := &org.Change{Opened: at(0, 9), Ready: at(0, 10), FirstReview: at(0, 11), Merged: at(0, 12)}
	bare := &org.Change{Merged: at(0, 12)}
	for _, tt := range []struct {
		start   string
		change  *org.Change
		first   time.Time
		seconds time.Duration
		phases  string
	}{
		{FirstCommit, c, at(0, 8), 7 * time.Hour, "[2h0m0s 1h0m0s 1h0m0s 3h0m0s]"},
		{Opened, c, at(0, 8), 6 * time.Hour, "[1h0m0s 1h0m0s 1h0m0s 3h0m0s]"},
		{Ready, c, at(0, 8), 5 * time.Hour, "[- 1h0m0s 1h0m0s 3h0m0s]"},
		{Merged, c, at(0, 8), 3 * time.Hour, "[- - - 3h0m0s]"},
		{Merged, c, time.Time{}, 3 * time.Hour, "[- - - 3h0m0s]"},
		{Opened, bare, at(0, 8), 7 * time.Hour, "[4h0m0s - - 3h0m0s]"},
		{Merged, bare, at(0, 8), 3 * time.Hour, "[- - - 3h0m0s]"},
		{Opened, bare, time.Time{}, 0, ""},
	} {
		t.Run(tt.start, func(t *testing.T) {
			o := Defaults()
			o.LeadStart = tt.start
			rules, err := o.compile()
			if err != nil {
				t.Fatal(err)
			}
			l, why := rules.measureLead(tt.change, tt.first, at(0, 15), &phaseArena{})
			if why != "" {
				want(t, tt.start+" not measured", tt.phases, "")
				return
			}
			want(t, tt.start, time.Duration(l.Seconds)*time.Second, tt.seconds)
			want(t, tt.start, lengths(l), tt.phases)
		})
	}
}
