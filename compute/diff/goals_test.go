package diff

import (
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestGoals(t *testing.T) {
	goal := func(level float64, by time.Time) fact.Goal {
		return fact.Goal{Metric: "space.nps", AtLeast: &level, By: by, Owner: "x", Origin: fact.Origin{File: "goals.toml", Line: 3}}
	}
	spring, autumn := date(12, 1), date(12, 31)
	for name, c := range map[string]struct {
		base, head []fact.Goal
		want       []string // level before → after
	}{
		"none":                 {nil, nil, nil},
		"the same":             {[]fact.Goal{goal(40, autumn)}, []fact.Goal{goal(40, autumn)}, nil},
		"in another order":     {[]fact.Goal{goal(40, autumn), goal(50, spring)}, []fact.Goal{goal(50, spring), goal(40, autumn)}, nil},
		"new":                  {nil, []fact.Goal{goal(40, autumn)}, []string{"+40"}},
		"gone":                 {[]fact.Goal{goal(40, autumn)}, nil, []string{"40-"}},
		"harder":               {[]fact.Goal{goal(40, autumn)}, []fact.Goal{goal(50, autumn)}, []string{"40 50"}},
		"later":                {[]fact.Goal{goal(40, spring)}, []fact.Goal{goal(40, autumn)}, []string{"40 40"}},
		"a second one":         {[]fact.Goal{goal(40, autumn)}, []fact.Goal{goal(30, spring), goal(40, autumn)}, []string{"+30"}},
		"one of two is harder": {[]fact.Goal{goal(30, spring), goal(40, autumn)}, []fact.Goal{goal(30, spring), goal(50, autumn)}, []string{"40 50"}},
	} {
		t.Run(name, func(t *testing.T) {
			base, head := plan(), plan()
			base.Goals, head.Goals = c.base, c.head
			d := Compare(Input{Base: side(base), Head: side(head), Root: "site"})
			var got []string
			for i := range d.Changes {
				x := &d.Changes[i]
				if x.Kind != Aimed {
					t.Errorf("%s: %+v", name, x)
					continue
				}
				if !x.isComplete() || x.File != "site/goals.toml" || x.Goal.After != nil && x.Line != 3 {
					t.Errorf("%s: %+v", name, x)
				}
				number := func(v float64) string { return string(rune('0'+int(v)/10)) + "0" }
				switch g := x.Goal; {
				case g.Before == nil:
					got = append(got, "+"+number(g.After.Target.Value))
				case g.After == nil:
					got = append(got, number(g.Before.Target.Value)+"-")
				default:
					got = append(got, number(g.Before.Target.Value)+" "+number(g.After.Target.Value))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		})
	}
	head := plan()
	head.Goals = []fact.Goal{goal(40, autumn)}
	d := Compare(Input{Base: side(plan()), Head: side(head), Missing: "nothing measured"})
	if len(d.Changes) != 1 || d.Changes[0].Goal.After.State != "" || d.Changes[0].Goal.After.Why != "" {
		t.Errorf("a goal is judged without data: %+v", d.Changes)
	}
}

func TestExpectedEffect(t *testing.T) {
	base, head := plan(), plan()
	for _, c := range []*fact.Content{&base, &head} {
		c.Initiatives[0].Expected = &fact.Expected{Outcome: "dora.lead_time", Change: of(-20), On: date(10, 7), Looks: []time.Time{date(12, 1)}}
	}
	head.Initiatives[0].Expected.Change = of(-10)
	d := Compare(Input{Base: side(base), Head: side(head)})
	i := slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Predicted })
	if i < 0 || d.Changes[i].Prediction.Change == nil || *d.Changes[i].Prediction.Change != (Pair{-.2, -.1}) {
		t.Fatalf("%q", told(d.Changes))
	}
	head.Initiatives[0].Expected.On = date(11, 1)
	d = Compare(Input{Base: side(base), Head: side(head)})
	i = slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Predicted })
	if i < 0 || !d.Changes[i].Prediction.Now.Equal(date(11, 1)) {
		t.Errorf("another day makes no new prediction, and is reported: %q", told(d.Changes))
	}
}
